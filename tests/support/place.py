"""A home with a `kubectl` that notes what it is told, a runbook made of blocks, and what is tried with them."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

from engine.state import RunState, fold
from engine.trail import TrailReader

from .terminal import Operator, oncue, run_id_in

BOOK = "book.md"
NOTES = '#!/bin/sh\necho "$*" >> "HOME/log"\necho "told: $*"\n'


class Place:
    KUBECTL = NOTES
    """`HOME` stands for the home."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.path = f"{home}/bin:{os.environ['PATH']}"
        self.trail = home / "state" / "oncue" / "audit.db"
        (home / "bin").mkdir()
        tool = home / "bin" / "kubectl"
        tool.write_text(self.KUBECTL.replace("HOME", str(home)))
        tool.chmod(0o755)

    def write(
        self, *blocks: str, language: str = "bash", sql: str = "", front: str = "", title: str = "Redis is full"
    ) -> str:
        """A block to a section; `sql` is one more, with a database for it. Answers the runbook's name."""
        fences = [f"## Part {number}\n\n```{language}\n{block}\n```" for number, block in enumerate(blocks, 1)]
        if sql:
            fences.append(f"## Rows\n\n```sql\n{sql}\n```")
            front += "databases:\n  orders: sqlite:///orders.db\n"
            connection = sqlite3.connect(self.home / "orders.db")
            connection.execute("CREATE TABLE orders (id)")
            connection.close()
        text = "\n\n".join(fences)
        (self.home / BOOK).write_text(f"---\nkind: procedure\n{front}---\n\n# {title}\n\n{text}\n")
        return BOOK

    # The commands, without a terminal and in one.

    def oncue(self, *words: str, **more: Any) -> CompletedProcess[str]:
        return oncue(self.home, *words, **{"PATH": self.path, **more})

    def operator(self, *words: str, **more: str) -> Operator:
        return Operator(self.home, *words, "--plain", **{"PATH": self.path, **more})

    def run(self, *options: str) -> CompletedProcess[str]:
        return self.oncue("run", BOOK, *options)

    def was_run(self, *options: str) -> str:
        """For real, to its end; answers its id, and forgets what the tool was told."""
        done = self.run("--yes", *options)
        assert done.returncode in (0, 3), done.stdout + done.stderr
        (self.home / "log").unlink(missing_ok=True)
        return run_id_in(done.stdout)

    def rerun(self, *options: str, **more: Any) -> CompletedProcess[str]:
        return self.oncue("rerun", *options, **more)

    def rehearse(self, *options: str, **more: Any) -> CompletedProcess[str]:
        return self.oncue("rehearse", BOOK, "--speed", "0", *options, **more)

    def rehearses(self, *options: str) -> Operator:
        return self.operator("rehearse", BOOK, "--speed", "0", *options)

    def dry_run(self, *options: str, **more: Any) -> CompletedProcess[str]:
        return self.oncue("dry-run", BOOK, *options, **more)

    # What came of them.

    @property
    def log(self) -> list[str]:
        """What the tool was told, in order."""
        log = self.home / "log"
        return log.read_text().splitlines() if log.exists() else []

    def state(self, run_id: str = "") -> RunState:
        """Of the latest run, where none is named."""
        with TrailReader.open(self.trail) as reader:
            return fold(reader.events(reader.find_run(run_id or None)))
