"""The walls between the rooms, read from the source itself: no import graph, no configuration to get wrong."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(path for room in ("engine", "tui") for path in (ROOT / room).rglob("*.py"))

SCREENS = {"tui", "textual", "rich"}

HOMES = {
    "jinja2": "engine/report",
    "markdown_it": "engine/parse",
    "mdit_py_plugins": "engine/parse",
    "pexpect": "engine/sessions",
    "ptyprocess": "engine/sessions",
    "sqlmodel": "engine/trail",
    "sqlglot": "engine/syntax",
    "tree_sitter": "engine/syntax",
    "tree_sitter_bash": "engine/syntax",
}
"""Library → the only folder, or file without its `.py`, that imports it."""


def imported(source: str) -> set[str]:
    """Top-level names of what a source imports, wherever in it the import stands; relative imports left out."""
    return set(top_level_names(ast.parse(source)))


def top_level_names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.split(".")[0]


def importers(library: str) -> set[str]:
    """Paths below the root, without `.py`, of the files that import a library."""
    return {
        str(path.relative_to(ROOT).with_suffix(""))
        for path in SOURCES
        if library in imported(path.read_text(encoding="utf-8"))
    }


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import rich.text", {"rich"}),
        ("import os, textual as t", {"os", "textual"}),
        ("from textual.app import App", {"textual"}),
        ("def late():\n    import sqlglot", {"sqlglot"}),
        ("if TYPE_CHECKING:\n    from tui.app import OncueApp", {"tui"}),
        ("from . import rich\nfrom .textual import App\nfrom ..tui import keys", set()),
        ("text = 'import rich'  # import rich", set()),
    ],
)
def test_an_import_is_found_wherever_it_stands(source: str, names: set[str]) -> None:
    assert imported(source) == names


@pytest.mark.parametrize("library", sorted(SCREENS))
def test_the_engine_knows_no_screen(library: str) -> None:
    assert {path for path in importers(library) if path.startswith("engine/")} == set()


@pytest.mark.parametrize(("library", "home"), HOMES.items())
def test_a_library_has_one_home(library: str, home: str) -> None:
    strangers = {path for path in importers(library) if path != home and not path.startswith(f"{home}/")}
    assert strangers == set()


HEAVY = {"textual", "rich", "sqlmodel", "sqlalchemy", "sqlglot", "pydantic", "markdown_it", "yaml", "pexpect"}


@pytest.mark.parametrize(
    "start",
    [
        "import engine.cli",
        "import tui.__main__",
        "from contextlib import suppress\nfrom tui.__main__ import main\n"
        "with suppress(SystemExit): sys.argv = ['oncue', '--version']; main()",
    ],
)
def test_nothing_heavy_is_imported_before_it_is_needed(start: str) -> None:
    program = f"import sys\n{start}\nprint(sorted({HEAVY!r} & set(sys.modules)))"
    started = subprocess.run([sys.executable, "-c", program], text=True, capture_output=True, check=True)
    assert started.stdout.splitlines()[-1] == "[]"
