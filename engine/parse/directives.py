"""MyST directives in fence clothing (```` ```{note} ````): which hold Markdown, which hold code, and their options."""

from __future__ import annotations

from typing import Literal, NamedTuple

from ..expressions import expression
from .blocks import Code

DIRECTIVE = expression(r"\{(?P<name>[A-Za-z][\w:-]*)\}\s*(?P<argument>.*)$")

OPTION = expression(r":([\w-]+):\s*(.*?)\s*$")

CODE_DIRECTIVES = frozenset({"code-block", "code", "sourcecode", "code-cell", "bash", "sh", "shell", "sql", "console"})
"""The argument, or the name itself, is the language of the code inside."""

TAB_DIRECTIVES = frozenset({"tab-item", "tab"})

DATA_DIRECTIVES = frozenset(
    """figure image literalinclude include mermaid math list-table csv-table toctree eval-rst raw graphviz plantuml
    video iframe contents bibliography glossary index table""".split()  # noqa: SIM905 - read as a column
)
"""Nothing to do and nothing to copy: pictures, tables, includes."""


class Directive(NamedTuple):
    name: str
    argument: str


def directive_of(info: str) -> Directive | None:
    """None for an ordinary info string, and for Pandoc's `{.bash}` and `{=html}`."""
    if not info.startswith("{"):
        return None
    found = DIRECTIVE.match(info)
    return Directive(found["name"].lower(), found["argument"].strip()) if found else None


class Content(NamedTuple):
    kind: Literal["admonition", "tab"]
    title: str
    lines: list[str]
    first_line: int


def content_of(code: Code) -> Content | None:
    """The Markdown a directive holds; None when it holds none."""
    directive = directive_of(code.info)
    if directive is None or directive.name in DATA_DIRECTIVES:
        return None
    lines = code.text.split("\n")
    skipped = option_lines(lines)
    kind: Literal["admonition", "tab"] = "tab" if directive.name in TAB_DIRECTIVES else "admonition"
    title = directive.argument or directive.name.capitalize()
    return Content(kind, title, lines[skipped:], code.body_first + skipped)


def option_lines(lines: list[str]) -> int:
    """How many lines at the top are options of the directive: `:name: x`, or a block between `---`."""
    if lines and lines[0].strip() == "---":
        for row, line in enumerate(lines[1:], start=1):
            if line.strip() == "---":
                return row + 1
    row = 0
    while row < len(lines) and OPTION.match(lines[row]):
        row += 1
    return row


def without_options(code: Code) -> Code:
    """A code directive without the options at its top, which are moved to the info string as attributes."""
    lines = code.text.split("\n")
    code.skipped = option_lines(lines)
    options = [OPTION.match(line) for line in lines[: code.skipped]]
    code.info += "".join(f' {found[1]}="{found[2]}"' for found in options if found)
    code.text = "\n".join(lines[code.skipped :])
    return code
