"""Which files are refused as a whole, and with which sentence."""

from __future__ import annotations

import gzip

import pytest

from engine.errors import DocumentError
from engine.parse import read_runbook

STEP = b"```bash\necho hi\n```\n"

REFUSED = [
    pytest.param(b"", "doc.md: the file is empty", id="empty"),
    pytest.param(b" \n\t\n", "doc.md: the file is empty", id="blank"),
    pytest.param(b"\x7fELF\x02\x01\x01" + bytes(64), "doc.md: this is a binary file", id="program"),
    pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(64), "doc.md: this is a binary file", id="picture"),
    pytest.param(gzip.compress(b"# text"), "doc.md: this is a binary file", id="gzip"),
    pytest.param(bytes(range(32)) * 40, "doc.md: this is a binary file", id="controls"),
    pytest.param("# ok\n\nüb".encode("latin-1"), "doc.md:3: byte 0xfc is not UTF-8", id="latin-1"),
    pytest.param("# ok\n".encode("utf-16"), "doc.md: this file is saved as UTF-16", id="utf-16"),
]


@pytest.mark.parametrize(("data", "sentence"), REFUSED)
def test_a_file_that_cannot_be_used_is_refused_with_one_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(DocumentError) as refusal:
        read_runbook("doc.md", data)
    assert str(refusal.value).startswith(sentence)
    assert "\n" not in str(refusal.value)


def test_the_line_of_a_bad_byte_is_counted_behind_a_byte_order_mark() -> None:
    with pytest.raises(DocumentError) as refusal:
        read_runbook("doc.md", b"\xef\xbb\xbfa\nb\n\xff\n")
    assert refusal.value.line == 3


def test_a_nul_byte_breaks_its_block_and_no_other() -> None:
    runbook = read_runbook("doc.md", b"# T\n\n```bash\necho a\necho \0\n```\n\n" + STEP)
    assert [step.broken.code if step.broken else None for step in runbook.steps] == ["nul-byte", None]
    assert [(problem.line, problem.code) for problem in runbook.problems] == [(5, "nul-byte")]


def test_the_source_is_kept_without_mark_and_with_plain_line_ends() -> None:
    runbook = read_runbook("doc.md", b"\xef\xbb\xbf# T\r\n\r\n" + STEP)
    assert runbook.source.startswith("# T\n\n```bash")
    assert runbook.path == "doc.md"
