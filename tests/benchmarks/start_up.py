"""How long it takes until something is there, in units of `python -c pass`: `python tests/benchmarks/start_up.py`.

Whole processes, measured in turns; only the parser is measured inside one process, beside markdown-it-py. The ratio of
the medians counts; that of the quickest turns, beside it, says how much the machine's other work has to do with it.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from markdown_it import MarkdownIt  # noqa: E402

from engine.parse import read_runbook  # noqa: E402

SIZES = {"15 KB": 15_000, "300 KB": 300_000, "5 MB": 5_000_000}
PARSING_BUDGETS = {"15 KB": "1.0", "5 MB": "0.6"}
BASE = "python -c pass"
FIRST_OUTPUT = b"said-42-first"
OPENING = """# The orders service does not answer

**Service**: orders
**Severity**: high

## Say something first

```bash
echo "said-$((6 * 7))-first"
```
"""
SECTION = """
## Phase {number}: look at queue {number}

Orders wait in *queue {number}* until a worker takes them. When none does, the shop still answers, but nobody gets
a confirmation, and `queue-depth` grows by about **forty** a minute. The [overview](#overview) says who to call.

- the dashboard shows the same number
- the workers log `taken` once per order
    - a worker that logs nothing is stuck

```bash
# 1. Look at the queue's depth
for name in a b c; do
  true "$name" | true
done

# 2. See when a worker last took an order
true --since '10 min' --queue {number}
```

| Depth | What it means |
|------:|---------------|
| < 100 | a busy minute |
| > 900 | no worker is left: go on with the next phase |

> A worker needs up to a minute to start.

```text
orders: queue {number} is being looked at, next update in 10 minutes
```
"""

Way = Callable[[], float]
"""Runs once and answers the seconds it took."""
Table = list[tuple[str, list[float], list[float], str]]
"""What, its seconds, those of the base, budget."""


def document(n_bytes: int) -> str:
    """An ordinary procedure of about that size whose steps do nothing; the first one says `FIRST_OUTPUT`."""
    n_sections = max(1, (n_bytes - len(OPENING)) // len(SECTION.format(number=100)))
    return OPENING + "".join(SECTION.format(number=number) for number in range(1, n_sections + 1))


def oncue(*arguments: str) -> list[str]:
    """The installed command, or what it stands for."""
    script = Path(sys.executable).with_name("oncue")
    return [str(script), *arguments] if script.exists() else [sys.executable, "-m", "tui", *arguments]


class Commands:
    """Each a whole process whose time is taken, with files and a trail in `folder`."""

    def __init__(self, folder: Path, sizes: Mapping[str, int]) -> None:
        self._environment = {**os.environ, "NO_COLOR": "1", "PYTHONPATH": str(ROOT)}
        self._environment.pop("PYTHONDONTWRITEBYTECODE", None)  # or every start would compile everything
        self._folder = folder
        for name, size in sizes.items():
            self.path(name).write_text(document(size))

    def path(self, name: str) -> Path:
        return self._folder / f"{name.replace(' ', '-')}.md"

    def whole(self, *words: str) -> float:
        """Seconds to the end."""
        begun = time.perf_counter()
        subprocess.run(words, env=self._environment, stdin=subprocess.DEVNULL, capture_output=True, check=True)
        return time.perf_counter() - begun

    def to_first_output(self, *words: str) -> float:
        """Seconds to the first byte that the first step has printed. The run goes on to its end, unmeasured."""
        begun = time.perf_counter()
        process = subprocess.Popen(
            words,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        seen = b""
        with process:
            out = process.stdout.fileno() if process.stdout else -1
            while FIRST_OUTPUT not in seen:
                data = os.read(out, 65536)
                if not data:
                    raise RuntimeError(f"the first step said nothing: {seen.decode(errors='replace')}")
                seen += data
            taken = time.perf_counter() - begun
            while os.read(out, 65536):
                continue
        return taken


def processes(folder: Path, rounds: int, sizes: Mapping[str, int]) -> Table:
    """Each size in turns of its own with the base, so that the large ones do not make the small ones wait."""
    commands = Commands(folder, sizes)
    run = ["--yes", "--section", "Say something first", "--audit", str(folder / "audit.db")]
    base = partial(commands.whole, sys.executable, "-c", "pass")
    argparse_alone = partial(commands.whole, sys.executable, "-c", "import argparse")
    version = partial(commands.whole, *oncue("--version"))
    small: dict[str, Way] = {BASE: base, "python, argparse imported": argparse_alone, "oncue --version": version}
    table = rows(small, rounds, {"oncue --version": "2.5"})
    for name in sizes:
        file, budget = str(commands.path(name)), "7" if name == "15 KB" else ""
        steps, first = f"oncue steps, {name}", f"oncue run to its first output, {name}"
        ways: dict[str, Way] = {
            BASE: base,
            steps: partial(commands.whole, *oncue("steps", file)),
            first: partial(commands.to_first_output, *oncue("run", file, *run)),
        }
        table += rows(ways, rounds_for(rounds, sizes[name]), {steps: budget, first: budget})[1:]
    return table


def rows(ways: Mapping[str, Way], rounds: int, budgets: Mapping[str, str]) -> Table:
    times = in_turns(ways, rounds)
    return [(name, times[name], times[BASE], budgets.get(name, "")) for name in ways]


def rounds_for(rounds: int, n_bytes: int) -> int:
    """Seconds long measurements need fewer repetitions than milliseconds long ones."""
    return rounds if n_bytes < 1_000_000 else min(rounds, 3)


def parsing(rounds: int, sizes: Mapping[str, int]) -> Table:
    """Document to steps, beside markdown-it-py's full parse of the same text."""
    table: Table = []
    for name, size in sizes.items():
        budget = PARSING_BUDGETS.get(name, "")
        text = document(size)
        ours = partial(read_runbook, "a.md", text.encode())
        theirs = partial(MarkdownIt("commonmark").enable("table").parse, text)
        ways = {"ours": partial(timed, ours), "theirs": partial(timed, theirs)}
        times = in_turns(ways, rounds_for(rounds, size))
        table.append((f"markdown-it-py, {name}", times["theirs"], times["theirs"], ""))
        table.append((f"document to steps, {name}", times["ours"], times["theirs"], budget))
    return table


def in_turns(ways: Mapping[str, Way], rounds: int) -> dict[str, list[float]]:
    """Seconds of each way, turn by turn; a first turn, in which caches fill, is not counted."""
    turns = [{name: way() for name, way in ways.items()} for _ in range(rounds + 1)][1:]
    return {name: [turn[name] for turn in turns] for name in ways}


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


# What is imported.

IMPORTED = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \|( +)(\S+)")


def imports(folder: Path, *arguments: str, most: int = 25) -> list[tuple[str, float, float]]:
    """The dearest modules of a command, with own and cumulated milliseconds, as the interpreter counts them."""
    words = [sys.executable, "-X", "importtime", "-m", "tui", *arguments]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    found = [(m[4], int(m[1]) / 1e3, int(m[2]) / 1e3) for m in map(IMPORTED.match, done.stderr.splitlines()) if m]
    return sorted(found, key=lambda one: -one[1])[:most]


# Showing.


def say(line: str = "") -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def show(title: str, base: str, table: Table) -> None:
    say(f"{title:<44}{'ms':>9}{'× ' + base:>20}{'quickest':>10}{'budget':>9}")
    for what, taken, base_taken, budget in table:
        half = statistics.median(taken)
        ratios = f"{half / statistics.median(base_taken):>20.2f}{min(taken) / min(base_taken):>10.2f}"
        say(f"{what:<44}{half * 1e3:>9.1f}{ratios}{budget:>9}".rstrip())
    say()


def show_imports(folder: Path) -> None:
    file = folder / "imports.md"
    file.write_text(document(15_000))
    for arguments in (("--version",), ("steps", str(file))):
        say(f"{'imports of oncue ' + arguments[0]:<44}{'own ms':>9}{'with its own ms':>20}")
        for module, own, whole in imports(folder, *arguments):
            say(f"{module:<44}{own:>9.2f}{whole:>20.2f}")
        say()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--quick", action="store_true", help="one round of the small document, to see that it works")
    parser.add_argument("--small", action="store_true", help="leave the larger documents out")
    parser.add_argument("--imports", action="store_true", help="also what each module costs")
    arguments = parser.parse_args()
    rounds = 1 if arguments.quick else arguments.rounds
    kept = 1 if arguments.quick or arguments.small else len(SIZES)
    sizes = dict(list(SIZES.items())[:kept])
    with TemporaryDirectory() as name:
        folder = Path(name)
        show("whole processes", BASE, processes(folder, rounds, sizes))
        show("parsing, in one process", "markdown-it-py", parsing(rounds, sizes))
        if arguments.imports:
            show_imports(folder)


if __name__ == "__main__":
    main()
