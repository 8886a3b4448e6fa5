"""A table over real documents: what stands in each and what it becomes. Run it as a script."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine.parse import read_runbook
from engine.parse.blocks import Block, Code, Container, Heading, Listing
from engine.parse.front_matter import read_front_matter
from engine.parse.languages import read_info
from engine.parse.markdown import read_blocks
from engine.parse.source import read_text

SHARED = Path(__file__).resolve().parents[2].parent / "shared"


def documents() -> list[Path]:
    """Real runbooks beside the checkout; empty when there are none."""
    return [*sorted((SHARED / "seeds").glob("*.txt")), *sorted((SHARED / "corpus").glob("*.md"))]


def blocks_of(path: Path) -> list[Block]:
    lines = read_text(path.name, path.read_bytes()).split("\n")
    skipped = read_front_matter(lines).line_count
    return read_blocks(lines[skipped:], skipped + 1)


def every(blocks: Iterable[Block]) -> Iterator[Block]:
    """All blocks, however deep."""
    for block in blocks:
        yield block
        if isinstance(block, Container):
            yield from every(block.blocks)
        elif isinstance(block, Listing):
            for entry in block.entries:
                yield from every(entry.blocks)


def fences_of(path: Path) -> Counter[str]:
    """Fences by their language."""
    found = (
        block for block in every(blocks_of(path)) if isinstance(block, Code) and block.fenced and not block.is_misplaced
    )
    return Counter(read_info(block.info).language for block in found)


def boxes_of(path: Path) -> int:
    """Checklist items, as boxes in the source."""
    lists = (block for block in every(blocks_of(path)) if isinstance(block, Listing))
    return sum(entry.ticked is not None for block in lists for entry in block.entries)


def _counted(counts: Counter[str]) -> str:
    return " ".join(f"{name or 'none'}:{count}" for name, count in sorted(counts.items())) or "-"


def row(path: Path) -> list[str]:
    headings = sum(isinstance(block, Heading) for block in every(blocks_of(path)))
    runbook = read_runbook(path.name, path.read_bytes())
    steps = Counter(step.kind for step in runbook.steps)
    problems = Counter(problem.code for problem in runbook.problems)
    name = path.name if len(path.name) <= 44 else f"…{path.name[-43:]}"
    return [
        name,
        runbook.shape,
        str(headings),
        _counted(fences_of(path)),
        _counted(steps),
        str(boxes_of(path)),
        str(len(runbook.choices)),
        _counted(problems),
    ]


HEADER = ["document", "shape", "headings", "fences by language", "steps by kind", "items", "choices", "problems"]


def main() -> None:
    rows = [HEADER, *(row(path) for path in [*map(Path, sys.argv[1:])] or documents())]
    widths = [max(len(cells[column]) for cells in rows) for column in range(len(HEADER))]
    for cells in rows:
        sys.stdout.write(
            "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip() + "\n"
        )


if __name__ == "__main__":
    main()
