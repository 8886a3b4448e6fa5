"""The operator's own editor, as any command line that is given a file."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from engine.editor import edited, editor_of
from engine.errors import OncueError


@pytest.mark.parametrize(
    ("environment", "editor"),
    [
        ({}, "vi"),
        ({"EDITOR": "nano"}, "nano"),
        ({"EDITOR": "nano", "VISUAL": "code --wait"}, "code --wait"),
        ({"EDITOR": "", "VISUAL": ""}, "vi"),
    ],
)
def test_visual_comes_before_editor(environment: dict[str, str], editor: str) -> None:
    assert editor_of(environment) == editor


@pytest.mark.parametrize(
    ("text", "editor", "after"),
    [
        ("true\n", "sed -i s/true/false/", "false"),
        ("true", "true", None),
        ("true\n\n", "sed -i '$d'", None),
        ("a\rb\x1b é", "sed -i s/a/c/", "c\rb\x1b é"),
        ("a\udcffb", "sed -i s/a/c/", "c\ufffdb"),
        ("x", 'sh -c \'printf "one\\ntwo\\n" > "$1"\' sh', "one\ntwo"),
    ],
)
def test_what_was_changed_comes_back_and_what_was_not_does_not(text: str, editor: str, after: str | None) -> None:
    assert edited(text, ".sh", editor) == after


@pytest.mark.parametrize(
    ("editor", "why"),
    [
        ("false", "false ended with status 1; nothing was changed"),
        ("no-such-editor-here", "no-such-editor-here ended with status 127; nothing was changed"),
        ("rm", "rm left no text behind: No such file or directory; nothing was changed"),
    ],
)
def test_an_editor_that_fails_changes_nothing(editor: str, why: str) -> None:
    with pytest.raises(OncueError, match=why):
        edited("true", ".sh", editor)


def test_the_file_is_named_by_its_language_and_nobody_else_can_read_it(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    editor = f'sh -c \'stat -c "%n %a" "$1" "$(dirname "$1")" > {seen}\' sh'
    assert edited("SELECT 1", ".sql", editor) is None
    file, folder = seen.read_text().splitlines()
    assert file.split()[0].endswith(".sql")
    assert stat.filemode(0o040000 | int(folder.split()[1], 8)) == "drwx------"
    assert not Path(file.split()[0]).exists()
