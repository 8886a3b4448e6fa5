"""Each `fixtures/NAME.md` is read, and its outline is `NAME.txt` beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.outline import to_text
from engine.parse import read_runbook

FIXTURES = sorted((Path(__file__).parent / "fixtures").glob("*.md"))


@pytest.mark.parametrize("document", FIXTURES, ids=lambda path: path.stem)
def test_a_document_reads_as_its_outline_says(document: Path) -> None:
    runbook = read_runbook(document.name, document.read_bytes())
    assert to_text(runbook, (), 100) == document.with_suffix(".txt").read_text(encoding="utf-8")


def test_every_fixture_has_its_outline() -> None:
    assert FIXTURES
    assert {path.with_suffix(".txt").name for path in FIXTURES} == {p.name for p in FIXTURES[0].parent.glob("*.txt")}


@pytest.mark.parametrize("document", FIXTURES, ids=lambda path: path.stem)
@pytest.mark.parametrize("line_end", ["\r\n", "\r"], ids=["crlf", "cr"])
def test_line_ends_and_a_byte_order_mark_change_nothing(document: Path, line_end: str) -> None:
    data = document.read_bytes()
    changed = b"\xef\xbb\xbf" + data.replace(b"\n", line_end.encode())
    assert read_runbook("x.md", changed).steps == read_runbook("x.md", data).steps
