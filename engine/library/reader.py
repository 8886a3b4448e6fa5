"""The reading process seen from outside: what it tells, as it comes, and what may be asked of it meanwhile."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from .news import News, from_line


class Library:
    """Starts the process. `news` is read on one thread; everything else may be called from any."""

    def __init__(
        self,
        directory: Path,
        environ: Mapping[str, str],
        *,
        config: str | None = None,
        environment: str | None = None,
    ) -> None:
        """`config` and `environment` are what the command line says, and decide about verdicts."""
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "engine.library"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(environ),
            start_new_session=True,  # Ctrl-C is for the screen
            text=True,
            encoding="utf-8",
        )
        self._say({"directory": str(directory), "config": config, "environment": environment})

    def look(self) -> None:
        """Search every place again."""
        self._say({"look": True})

    def judge(self, paths: Sequence[str]) -> None:
        """These first, and none of those that were asked for before and are not among them."""
        self._say({"judge": list(paths)})

    def news(self) -> Iterator[News]:
        """Blocks for each; ends when the process does."""
        if self._process.stdout is None:
            return
        with self._process.stdout as out:
            yield from map(from_line, out)

    def close(self) -> None:
        """Idempotent. `news` ends."""
        self._process.kill()
        with suppress(OSError):
            if self._process.stdin:
                self._process.stdin.close()
        self._process.wait()

    @property
    def status(self) -> int | None:
        """How the process ended; None while it lives."""
        return self._process.poll()

    def _say(self, value: Mapping[str, Any]) -> None:
        with suppress(OSError):  # it is gone: `news` ends, and `status` says how
            if self._process.stdin:
                self._process.stdin.write(json.dumps(value) + "\n")
                self._process.stdin.flush()
