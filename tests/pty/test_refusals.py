"""Bad input gets one sentence with its place, exit code 2, nothing written and nothing run."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from support.terminal import Operator, environment, oncue, shown, statuses

GOOD = "# Good\n\n```bash\ntouch made\n```\n"


def refused(home: Path, *arguments: str, **more: str) -> str:
    done = oncue(home, *arguments, **more)
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith("oncue: ")
    assert not (home / "made").exists()
    return done.stderr.removeprefix("oncue: ").rstrip("\n")


@pytest.mark.parametrize("command", [("run", "--yes"), ("steps",)])
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "doc.md: there is no such file"),
        (b"", "doc.md: "),
        (b"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03\x00>\x00", "doc.md: "),
        (b"# T\n\n```bash\necho \xff\xfe\n```\n", "doc.md:4: "),
        (b"# Only a title\n\nand prose.\n", "doc.md: "),
    ],
    ids=["missing", "empty", "binary", "not UTF-8", "no step"],
)
def test_a_document_that_cannot_be_used(
    tmp_path: Path, command: tuple[str, ...], content: bytes | None, sentence: str
) -> None:
    if content is not None:
        (tmp_path / "doc.md").write_bytes(content)
    said = refused(tmp_path, command[0], "doc.md", *command[1:])
    assert said.startswith(sentence)
    assert "\n" not in said
    assert not (tmp_path / "state").exists()


def test_a_directory_a_fifo_and_a_device_are_no_documents(tmp_path: Path) -> None:
    (tmp_path / "dir.md").mkdir()
    os.mkfifo(tmp_path / "fifo.md")
    assert refused(tmp_path, "steps", "dir.md") == "dir.md: is a directory, not a document"
    assert refused(tmp_path, "steps", "fifo.md") == "fifo.md: is not an ordinary file"
    assert refused(tmp_path, "steps", "/dev/null") == "/dev/null: is not an ordinary file"


def trail_refused(home: Path, path: Path) -> str:
    (home / "good.md").write_text(GOOD)
    said = refused(home, "run", "good.md", "--yes", "--audit", str(path))
    assert str(path) in said or str(path.parent) in said
    assert "\n" not in said
    return said


def test_a_trail_that_is_no_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a database, and longer than a header" * 10)
    trail_refused(tmp_path, tmp_path / "notes.txt")
    assert (tmp_path / "notes.txt").read_text().startswith("not a database")


def test_somebody_elses_database_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "theirs.db") as theirs:
        theirs.execute("CREATE TABLE customer(name TEXT)")
    theirs.close()
    trail_refused(tmp_path, tmp_path / "theirs.db")


def test_a_trail_from_a_newer_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "good.md").write_text(GOOD)
    assert oncue(tmp_path, "run", "good.md", "--yes", "--audit", str(tmp_path / "a.db")).returncode == 0
    (tmp_path / "made").unlink()
    newer = sqlite3.connect(tmp_path / "a.db")
    newer.execute("PRAGMA user_version = 999")
    newer.close()
    assert "newer" in trail_refused(tmp_path, tmp_path / "a.db")


def test_a_trail_behind_a_link_or_in_no_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "real.db")
    trail_refused(tmp_path, tmp_path / "link.db")
    (tmp_path / "file").write_text("")
    trail_refused(tmp_path, tmp_path / "file" / "a.db")
    assert not (tmp_path / "real.db").exists()


def test_a_trail_that_another_program_holds_is_refused(tmp_path: Path) -> None:
    (tmp_path / "good.md").write_text(GOOD)
    assert oncue(tmp_path, "run", "good.md", "--yes", "--audit", str(tmp_path / "a.db")).returncode == 0
    (tmp_path / "made").unlink()
    holder = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        assert "lock" in trail_refused(tmp_path, tmp_path / "a.db")
    finally:
        holder.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_trail_that_may_not_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "shut").mkdir(mode=0o500)
    trail_refused(tmp_path, tmp_path / "shut" / "a.db")


BROKEN = {
    "an unclosed fence": ("# T\n\n## One\n\n```bash\necho one\n```\n\n## Two\n\n```bash\necho two\n", "never closed"),
    "text that is not bash": (
        "# T\n\n## One\n\n```bash\necho one\n```\n\n## Two\n\n```bash\nif then (\n```\n",
        "never closed",
    ),
    "a here-document without its end": (
        "# T\n\n## One\n\n```bash\necho one\n```\n\n## Two\n\n```bash\ncat <<EOF\nx\n```\n",
        "EOF",
    ),
    "a NUL byte": ("# T\n\n## One\n\n```bash\necho one\n```\n\n## Two\n\n```bash\necho a\0b\n```\n", "NUL"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_one_broken_block_does_not_hide_the_rest_and_cannot_run_until_it_is_edited(tmp_path: Path, kind: str) -> None:
    text, word = BROKEN[kind]
    (tmp_path / "doc.md").write_text("---\nkind: procedure\n---\n" + text)
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\necho "echo mended" > "$1"\n')
    editor.chmod(0o755)
    operator = Operator(tmp_path, "run", "doc.md", "--plain", EDITOR=str(editor))
    operator.answers("y")
    operator.sees("broken: ")
    assert word in operator.sees("it cannot run until it is edited")
    operator.answers("y")
    operator.sees("please answer with one of: e ")
    operator.answers("e", "y")
    operator.sees("mended")
    assert operator.ends() == 0
    assert statuses(tmp_path) == ["succeeded", "succeeded"]


def test_a_document_that_changes_during_a_run_changes_nothing_in_it(tmp_path: Path) -> None:
    text = "---\nkind: procedure\n---\n# T\n\n## One\n\n```bash\necho one\n```\n\n## Two\n\n```bash\necho two\n```\n"
    (tmp_path / "doc.md").write_text(text)
    first = Operator(tmp_path, "run", "doc.md", "--plain")
    first.answers("y")
    first.answers("q", "l")
    assert first.ends() == 3
    (tmp_path / "doc.md").write_text(text.replace("two", "EVIL"))
    second = Operator(tmp_path, "resume", "--plain")
    second.sees("the document on disk has changed")
    second.answers("y")
    assert second.ends() == 0
    assert shown(tmp_path)["steps"][1]["attempts"][0]["output"] == "two\r\n"


def test_values_that_are_no_pairs_and_sections_that_are_not_there(tmp_path: Path) -> None:
    (tmp_path / "good.md").write_text(GOOD)
    assert refused(tmp_path, "run", "good.md", "--yes", "--var", "x") == "--var x: write it as NAME=VALUE"
    assert "no section 'Nowhere'" in refused(tmp_path, "run", "good.md", "--yes", "--section", "Nowhere")
    assert "no section answers alert 'X'" in refused(tmp_path, "run", "good.md", "--yes", "--alert", "X")


def test_attach_and_resume_say_when_there_is_nothing_to_come_back_to(tmp_path: Path) -> None:
    environment(tmp_path)
    for command in ("attach", "resume"):
        operator = Operator(tmp_path, command)
        assert operator.ends() == 2
        on_the_terminal = operator.seen.rpartition("\x1b[?1049l")[2]
        assert "oncue: There is no audit trail" in on_the_terminal
