"""The document that a host reads before it is asked to, and when that is the one it is asked for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.host import _foresee, _read
from engine.launch import HostProcess

DOCUMENT = b"# Restart\n\n```bash\nuptime\n```\n"


def test_the_document_foreseen_is_not_read_again(tmp_path: Path) -> None:
    name = str(tmp_path / "page.md")
    Path(name).write_bytes(DOCUMENT)
    foreseen = _foresee([name])
    assert foreseen is not None
    assert _read(name, DOCUMENT, foreseen) is foreseen


@pytest.mark.parametrize(("path", "data"), [("page.md", DOCUMENT + b"\nmore\n"), ("other.md", DOCUMENT)])
def test_a_document_that_is_another_by_now_is_read_as_it_is(path: str, data: bytes, tmp_path: Path) -> None:
    (tmp_path / "page.md").write_bytes(DOCUMENT)
    foreseen = _foresee([str(tmp_path / "page.md")])
    runbook = _read(str(tmp_path / path), data, foreseen)
    assert runbook is not foreseen
    assert runbook == _read(str(tmp_path / path), data, None)


def test_what_is_no_document_is_left_to_the_client_to_complain_of(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.md")
    for name in ("absent.md", "fifo.md", "."):
        assert _foresee([str(tmp_path / name)]) is None
    assert _foresee([]) is None


def test_a_host_that_was_told_nothing_is_gone_when_it_is_abandoned(tmp_path: Path) -> None:
    log = tmp_path / "host.log"
    host = HostProcess(log, str(tmp_path / "page.md"))
    host.abandon()
    assert host._process.returncode is not None
    assert not log.exists()
