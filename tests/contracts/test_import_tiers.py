"""What each way into the program may import: the heavy libraries by name, and how much in all.

Time belongs to a machine; the modules loaded are counted. Each ceiling is what was counted when it was set and a tenth:
who goes over it has put something into a start that may have to stand elsewhere.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pexpect
import pytest
from support.terminal import environment

ROOT = Path(__file__).resolve().parents[2]
DATABASES = {"sqlmodel", "sqlalchemy", "sqlglot"}
SCREENS = {"textual", "rich", "tui.app"}
GRAMMARS = {"markdown_it", "tree_sitter"}
RECORDING = '{"version": 2, "width": 80, "height": 24}\n[9.0, "o", "up\\r\\n"]\n'
DOCUMENT = "# Restart\n\n## Look\n\n```bash\nuptime\n```\n"


def loaded(program: str, *words: str, cwd: Path) -> set[str]:
    """Modules in an interpreter of its own once it has run `program`, which may end in `SystemExit`."""
    told = "import atexit, sys; atexit.register(lambda: print('\\nLOADED', *sys.modules, flush=True))\n"
    done = subprocess.run(
        [sys.executable, "-c", told + program, *words],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(cwd), "XDG_STATE_HOME": str(cwd / "state")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("LOADED ")]
    assert lines, done.stderr
    return set(lines[-1].split()[1:])


COMMAND = "import sys; from tui.__main__ import main; sys.exit(main())"

HEADLESS: Mapping[str, tuple[tuple[str, ...], set[str], int]] = {
    "--version": ((), DATABASES | SCREENS | GRAMMARS | {"argparse", "pydantic"}, 42),
    "--help": ((), DATABASES | SCREENS | GRAMMARS | {"pydantic", "asyncio"}, 88),
    "steps": (("page.md",), DATABASES | SCREENS | {"asyncio"}, 380),
    "danger": (("uptime",), DATABASES | SCREENS | {"asyncio", "markdown_it"}, 200),
    "runs": ((), SCREENS | {"sqlglot", "markdown_it", "asyncio"}, 280),
    "replay": (("run.cast",), DATABASES | SCREENS | {"asyncio"}, 540),
    "run": (("page.md", "--plain"), DATABASES | SCREENS | {"asyncio"}, 550),
}
"""Command → its words, what it must not import, the most modules it may load."""


@pytest.mark.parametrize("command", HEADLESS)
def test_a_command_without_a_screen_imports_no_more_than_it_needs(command: str, tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(DOCUMENT)
    (tmp_path / "run.cast").write_text(RECORDING)
    words, forbidden, most = HEADLESS[command]
    modules = loaded(COMMAND, command, *words, cwd=tmp_path)
    assert forbidden & modules == set()
    assert len(modules) <= most


def test_the_first_picture_needs_nothing_that_python_has_not_imported(tmp_path: Path) -> None:
    program = "import tui.__main__\nfrom tui.prepaint import picture, scan\npicture(*scan('page.md'), 80, 24)"
    (tmp_path / "page.md").write_text(DOCUMENT)
    ours = {"__future__", "tui", "tui.__main__", "tui.prepaint", "engine", "engine.whole_screen"}
    assert loaded(program, cwd=tmp_path) - loaded("", cwd=tmp_path) == ours


# The cockpit.

TELL = """
import sys
from pathlib import Path
def tell():
    Path("modules.txt").write_text("\\n".join(sys.modules))
"""
AT_ITS_END = "import atexit\natexit.register(tell)"
AT_THE_FIRST_FRAME = """
import tui.opening
from engine.errors import OncueError
def read(self):
    tell()
    raise OncueError("seen")
tui.opening.CommandOpener.read = read
"""


class Start:
    """The cockpit on a terminal, in a program that writes down at one moment what it has imported."""

    def __init__(self, folder: Path, moment: str, *words: str) -> None:
        (folder / "page.md").write_text(DOCUMENT)
        (folder / "run.cast").write_text(RECORDING)
        self._told = folder / "modules.txt"
        self.terminal = pexpect.spawn(
            sys.executable,
            ["-c", f"{TELL}{moment}\n{COMMAND}", *(words or ("run", "page.md"))],
            env={**environment(folder), "PYTHONPATH": str(ROOT)},  # type: ignore[arg-type]
            cwd=str(folder),
            dimensions=(24, 80),
            timeout=30,
            encoding="utf-8",
        )

    def modules(self) -> set[str]:
        """Once the program has ended."""
        self.terminal.expect(pexpect.EOF)
        self.terminal.close()
        return set(self._told.read_text().split())


def test_the_first_live_frame_waits_for_no_document_and_no_run(tmp_path: Path) -> None:
    modules = Start(tmp_path, AT_THE_FIRST_FRAME).modules()
    assert {"textual", "tui.screens.starting"} <= modules
    later = {"pydantic", "rich.markdown", "tui.screens.run", "engine.client", "textual.widgets._markdown"}
    assert (DATABASES | GRAMMARS | later) & modules == set()
    assert len(modules) <= 465


def test_a_cockpit_never_imports_what_the_host_has_for_it(tmp_path: Path) -> None:
    start = Start(tmp_path, AT_ITS_END)
    start.terminal.expect_exact("safe")
    start.terminal.send("\r")
    start.terminal.expect_exact("succeeded")
    start.terminal.send("q")
    start.terminal.expect_exact("Leave the run?")
    start.terminal.send("\r")
    modules = start.modules()
    assert {"tui.screens.run", "engine.client"} <= modules
    assert (DATABASES | {"pexpect", "engine.runner", "engine.sessions.bash", "engine.trail.writer"}) & modules == set()
    assert len(modules) <= 850


def test_a_replay_reads_the_run_without_what_a_host_has_for_it(tmp_path: Path) -> None:
    start = Start(tmp_path, AT_ITS_END, "replay", "run.cast")
    start.terminal.expect_exact("paused")
    start.terminal.send("q")
    modules = start.modules()
    assert {"tui.screens.replay", "engine.replay"} <= modules
    hosts = {"pexpect", "engine.runner", "engine.sessions.bash", "tui.screens.run"}
    assert (DATABASES | hosts) & modules == set()
    assert len(modules) <= 900
