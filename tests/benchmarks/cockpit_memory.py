"""What a large document costs the cockpit in memory: `python tests/benchmarks/cockpit_memory.py`.

Resident in the cockpit's own process on a terminal, with a step and its verdict on it, shared libraries included;
beside it a Textual app that shows one line. That a large document mounts no more widgets than a small one is a test.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from cockpit_start import LIVE, MINIMAL, Moment, Terminal
from start_up import oncue

N_STEPS = (5, 50, 500)
STEP = """
### Look at queue {number}

Orders wait in *queue {number}* until a worker takes them.

```bash
df -h /srv/queue/{number}
```
"""


def document(n_steps: int) -> str:
    return "# The queues\n\n## Look\n" + "".join(STEP.format(number=number) for number in range(1, n_steps + 1))


def megabytes(folder: Path, words: list[str], seen: bytes) -> float:
    """Resident when `seen` has come."""
    moment = Moment("", (LIVE, seen))
    return Terminal(folder).moments(words, [moment])[""].megabytes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the small documents, to see that it works")
    sizes = N_STEPS[:2] if parser.parse_args().quick else N_STEPS
    say(f"{'':<28}{'MB':>8}{'ratio':>8}")
    with TemporaryDirectory() as name:
        minimal = megabytes(Path(name), [sys.executable, "-c", MINIMAL], b"a live frame")
    say(f"{'a minimal Textual app':<28}{minimal:>8.1f}{1:>8.2f}")
    for n_steps in sizes:
        with TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "page.md").write_text(document(n_steps))
            run = oncue("run", "page.md", "--section", "Look", "--audit", str(folder / "audit.db"))
            taken = megabytes(folder, run, b"safe")
        say(f"{f'a document of {n_steps} steps':<28}{taken:>8.1f}{taken / minimal:>8.2f}")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
