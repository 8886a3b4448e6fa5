"""Blocks of SQL: one piece per statement, titled by the comment above it."""

from __future__ import annotations

from ..expressions import expression
from ..model import Problem
from ..syntax.sql import reads_as_sql, split_statements
from .blocks import Code
from .commands import COMMANDS, ENGLISH_TOO, command_word
from .forks import forks
from .inline import shorten
from .languages import Info
from .pieces import Piece, Reading, template
from .splitting import Part, headed

GRID = expression(r"\s*(?:\+-|\||[^\n]*\n\s*-+(?:\+-+)+)")
"""A result: `+----+`, `| a |`, or a line of names over dashes."""


def read_statements(code: Code, info: Info) -> Reading:
    pieces = statement_pieces(Piece("sql", code.text, code.body_first, code.last, info.language))
    if not pieces:
        return template(code, info)
    # A comment at the end of the block belongs to the statement above it.
    pieces[-1].last = max(pieces[-1].last, code.last - code.fenced)
    return Reading(pieces, info)


def statement_pieces(whole: Piece) -> list[Piece]:
    """The statements of `whole`, whose first line is `whole.first`."""
    pieces: list[Piece] = []
    heads: list[Part] = []
    for statement in split_statements(whole.text, whole.language):
        if pieces and GRID.match(statement.text):
            pieces[-1].sample = "\n".join(filter(None, [pieces[-1].sample, statement.text]))
            pieces[-1].last = whole.first + statement.last_row
            continue
        head = headed(statement.row, statement.last_row, _comments(statement.text))
        first, last = whole.first + statement.row, whole.first + statement.last_row
        piece = Piece("sql", statement.text, first, last, whole.language, head.title, "\n".join(head.notes))
        piece.broken = _misplaced(piece)
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
    """A line for psql itself or for a shell, standing in a block of SQL."""
    lines = piece.text.split("\n")
    row = next((row for row, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("--")), 0)
    line = lines[row].strip()
    where = ""
    if line.startswith("\\"):
        where = "a command of psql itself"
    elif (
        (word := command_word(line)[0]) in COMMANDS
        and word not in ENGLISH_TOO
        and word != "kill"
        and not reads_as_sql(line)
    ):
        where = "a shell command"
    if not where:
        return None
    return Problem(piece.first + row, "client-input", f"`{shorten(line, 40)}` is {where}, not a statement")
