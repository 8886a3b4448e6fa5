"""A code block into the pieces that become steps: what its language, its prompts and its text say about it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ..expressions import expression
from ..model import NOTHING, Problem, StepKind
from ..syntax.sql import reads_as_sql
from .blocks import Code
from .languages import Info, Walk, read_info
from .pieces import Reading, template, whole
from .shell_blocks import is_shell, read_commands, read_script, read_shell, read_shown
from .sql_blocks import read_statements
from .terminal_blocks import maybe_terminal, read_exchanges

SQL_CLAUSE = expression(r"\b(?:from|set|into|table|index|user|role|view|database)\b", re.IGNORECASE)
SQL_MARKS = expression(
    r"[\w)\"'>]\s*(?:[<>!]?=|<>)\s*[\w'\"(<{$:]|\(\s*\*\s*\)|^\s*(?:select|SELECT)\s+\*\s|\b(?:like\s*'|LIKE\s*'|in\s*\(|IN\s*\()"
    r"|\b\w+\.\w+\b|\b(?:SELECT\b.*\bFROM|UPDATE\b.*\bSET|DELETE\s+FROM|INSERT\s+INTO|(?:ALTER|DROP|CREATE)\s+\w+)\b",
    re.DOTALL,
)
"""What a sentence that begins like a statement does not have; needed where no semicolon tells."""


def read_code(code: Code, databases: Mapping[str, str] = NOTHING) -> Reading:
    """`databases` are those that the document names, with their dialects."""
    info = read_info(code.info)
    reading = _READERS[info.walk](code, info, databases)
    broken = _broken_by_document(code)
    if broken is not None:
        _break_all(code, info, reading, broken)
    return reading


def _broken_by_document(code: Code) -> Problem | None:
    if "\0" in code.text:
        line = code.body_first + code.text.count("\n", 0, code.text.index("\0"))
        return Problem(line, "nul-byte", "a NUL byte stands in this block, so no shell could be given it")
    if code.nested_fence is not None:
        message = f"this fence is not closed before another one opens at line {code.nested_fence}"
        return Problem(code.first, "unclosed-fence", message)
    if code.is_misplaced:
        message = "this fence is indented too far for where it stands, so Markdown reads it as plain text"
        return Problem(code.first, "indented-fence", message)
    if not code.closed:
        return Problem(code.first, "unclosed-fence", "this fence is never closed")
    return None


def _break_all(code: Code, info: Info, reading: Reading, broken: Problem) -> None:
    """The whole block is one step that cannot run: where it should have ended is not known."""
    kind: StepKind = reading.pieces[0].kind if reading.pieces else "template"
    if not code.text.strip():
        reading.problem = broken
        return
    piece = whole(code, info, kind)
    piece.broken = broken
    piece.guessed = any(each.guessed for each in reading.pieces)
    reading.pieces, reading.output = [piece], ""


def _output(code: Code, info: Info, _databases: Mapping[str, str]) -> Reading:
    return Reading([], info, output=code.text.strip("\n"))


def _shell(code: Code, info: Info, _databases: Mapping[str, str]) -> Reading:
    terminal = maybe_terminal(code.text, is_console=info.walk == "console")
    return read_exchanges(code, info, terminal) if terminal else read_shell(code, info)


def _template(code: Code, info: Info, _databases: Mapping[str, str]) -> Reading:
    return template(code, info)


def _sql(code: Code, info: Info, databases: Mapping[str, str]) -> Reading:
    terminal = maybe_terminal(code.text, is_console=False)
    if terminal and any(exchange.client == "sql" for exchange in terminal.exchanges):
        return read_exchanges(code, info, terminal)
    return read_statements(code, info, databases)


def _is_sql(text: str) -> bool:
    if not reads_as_sql(text):
        return False
    return ";" in text or (SQL_CLAUSE.search(text) is not None and SQL_MARKS.search(text) is not None)


def _guess(code: Code, info: Info, databases: Mapping[str, str]) -> Reading:
    """Judged by content; what comes out is marked as guessed, and is a template when in doubt."""
    lines = code.text.split("\n")
    if terminal := maybe_terminal(code.text, is_console=False):
        reading = read_exchanges(code, info, terminal)
    elif _is_sql(code.text):
        reading = read_statements(code, info._replace(language="sql"), databases)
    elif code.text.lstrip().startswith("#!"):
        reading = read_script(code, info._replace(language="bash"))
    elif shown := read_shown(code, info._replace(language="bash"), lines):
        reading = shown
    elif is_shell(lines, code.text):
        reading = read_commands(code, info._replace(language="bash"), lines)
    else:
        return template(code, info)
    for piece in reading.pieces:
        piece.guessed = piece.kind in {"shell", "sql"}
    return reading


_READERS: dict[Walk, Callable[[Code, Info, Mapping[str, str]], Reading]] = {
    "shell": _shell,
    "console": _shell,
    "sql": _sql,
    "output": _output,
    "guess": _guess,
    "template": _template,
}
