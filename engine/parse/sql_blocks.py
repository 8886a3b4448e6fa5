"""Blocks of SQL: one piece per statement, titled by the comment above it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..expressions import expression
from ..model import NOTHING, Problem
from ..syntax.client_commands import command_refusal
from ..syntax.sql import DELIMITED, DIALECTS, NAMES, reads_as_sql, split_statements
from ..syntax.sql_tokens import MYSQL_LINE
from .blocks import Code
from .commands import COMMANDS, ENGLISH_TOO, command_word
from .forks import forks
from .inline import shorten
from .languages import Info
from .pieces import Piece, Reading, template
from .splitting import Part, headed
from .sql_dialects import dialect_of_database

GRID = expression(r"\s*(?:\+-|\||[^\n]*\n\s*-+(?:\+-+)+)")
"""A result: `+----+`, `| a |`, or a line of names over dashes."""

LINE_COMMAND = expression(
    rf"\\ | ^[ \t]*(?:\.[a-z]|(?:system|pager)\b) | {MYSQL_LINE}", re.VERBOSE | re.IGNORECASE | re.MULTILINE
)
"""What a client's command has."""


def read_statements(code: Code, info: Info, databases: Mapping[str, str] = NOTHING) -> Reading:
    told = dialect_of_database(info, databases)
    pieces = statement_pieces(Piece("sql", code.text, code.body_first, code.last, info.language), told)
    if not pieces:
        return template(code, info)
    # A comment at the end of the block belongs to the statement above it.
    pieces[-1].last = max(pieces[-1].last, code.last - code.fenced)
    return Reading(pieces, info)


def statement_pieces(whole: Piece, database: str = "") -> list[Piece]:
    """The statements of `whole`, whose first line is `whole.first`. `database` is the dialect of where they go, which
    tells when their language does not."""
    dialect = DIALECTS.get(whole.language, "") or database
    pieces: list[Piece] = []
    heads: list[Part] = []
    for statement in split_statements(whole.text, dialect):
        if pieces and GRID.match(statement.text):
            pieces[-1].sample = "\n".join(filter(None, [pieces[-1].sample, statement.text]))
            pieces[-1].last = whole.first + statement.last_row
            continue
        head = headed(statement.row, statement.last_row, _comments(statement.text))
        first, last = whole.first + statement.row, whole.first + statement.last_row
        piece = Piece("sql", statement.text, first, last, whole.language, head.title, "\n".join(head.notes))
        piece.unlike = statement.unlike
        piece.broken = _misplaced(piece) or _refused(piece, dialect)
        piece.doubt = _doubt(piece, statement.joined, database)
        pieces.append(piece)
        heads.append(head)
    _close_gaps(whole, pieces)
    for piece, fork in zip(pieces, forks(heads), strict=True):
        piece.fork = fork
    return pieces


def _close_gaps(whole: Piece, pieces: list[Piece]) -> None:
    """A comment that belongs to no statement is among the lines of the next one."""
    lines = whole.text.split("\n")
    covered = 0
    for piece in pieces:
        start = piece.first - whole.first
        gap = (row for row in range(covered, start) if lines[row].strip())
        piece.first = whole.first + next(gap, start)
        covered = max(covered, piece.last - whole.first + 1)


def _comments(text: str) -> list[str]:
    """The words of the comment lines above a statement."""
    heads: list[str] = []
    for line in text.split("\n"):
        if line.strip() and not line.lstrip().startswith("--"):
            break
        if words := line.strip().strip("-").strip():
            heads.append(words)
    return heads


def _misplaced(piece: Piece) -> Problem | None:
    """A line for a shell, standing in a block of SQL."""
    row, line = _first_line(piece)
    word = command_word(line)[0]
    if word not in COMMANDS or word in ENGLISH_TOO or word == "kill" or reads_as_sql(line):
        return None
    return Problem(piece.first + row, "client-input", f"`{shorten(line, 40)}` is a shell command, not a statement")


def _refused(piece: Piece, dialect: str) -> Problem | None:
    """A client's command that no session carries out."""
    if not LINE_COMMAND.search(piece.text):
        return None
    refusal = command_refusal(piece.text, dialect)
    return Problem(piece.first + _first_line(piece)[0], "client-input", refusal) if refusal else None


def _first_line(piece: Piece) -> tuple[int, str]:
    lines = piece.text.split("\n")
    row = next((row for row, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("--")), 0)
    return row, lines[row].strip()


def _doubt(piece: Piece, joined: str, database: str) -> Problem | None:
    if joined:
        remedy = "" if joined == DELIMITED else "; name it on the fence: `postgresql`, `mysql` or `sqlite`"
        return Problem(piece.first, "unsplit-sql", f"this stays one step: {joined}{remedy}")
    if database in piece.unlike:
        message = (
            f"{NAMES[database]}, where it goes to, would split this in other places than `{piece.language}` is split"
        )
        return Problem(piece.first, "foreign-sql", f"{message}; it does not run there until it is edited")
    return None
