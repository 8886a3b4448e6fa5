"""A step's text as what is sent, one statement at a time, and what is not: commands of psql and mysql themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ...databases import Dialect
from ...syntax.client_commands import refusal_within
from ...syntax.sql_readings import CLIENTS
from ...syntax.sql_tokens import OPEN_COMMENT, Statement, complaint_about, statements

EXPANDING = re.compile(r"\s*\\(?:gx\b|G)")
"""How a client is told to show a line for each cell: mysql's `\\G`, psql's `\\gx`, in place of the semicolon."""
CODE_COMMENT = re.compile(r"/\*M?!")
OPEN_CODE = re.compile(r"/\*M?!(?!.*\*/)", re.DOTALL)
CODE_END = re.compile(r"\s*\*/")


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    kind: Literal["statement", "command"] = "statement"
    """`command`: for the client, such as `\\dt`."""
    expanded: bool = False
    """A line for each cell was asked for."""
    refusal: str = ""
    """Why it is not sent; empty for what is."""


def pieces(text: str, dialect: Dialect) -> Iterator[Piece]:
    reading = CLIENTS[dialect]
    complaint = complaint_about(text, reading)
    if reading.code_comments and OPEN_CODE.search(text):
        complaint = OPEN_COMMENT
    if complaint:
        yield Piece(text, refusal=complaint)
        return
    before = 0
    for one in statements(text, reading):
        if one.tokens[0].kind == "client":
            yield Piece(text[one.start : one.end].strip(), "command")
        elif text[one.start : one.end].strip():
            start, end = _with_code_comments(text, before, one)
            expanded = EXPANDING.match(text, one.end) is not None
            yield Piece(text[start:end], expanded=expanded, refusal=_refusal(text, one, dialect))
        before = one.end


def _with_code_comments(text: str, before: int, one: Statement) -> tuple[int, int]:
    """`/*!40101 SET … */` is code to MySQL, and sent with its comment around it."""
    opened = [found.start() for found in CODE_COMMENT.finditer(text, before, one.end)]
    closed = CODE_END.match(text, one.end) if opened and "*/" not in text[opened[-1] : one.end] else None
    return (min(opened[0], one.start), closed.end()) if closed else (one.start, one.end)


def _refusal(text: str, one: Statement, dialect: Dialect) -> str:
    words = {token.word for token in one.tokens}
    within = next((token for token in one.tokens if token.kind == "client"), None)
    if within:
        return refusal_within(text[within.start : within.end], dialect)
    if one.broken:
        return "a quote or a parenthesis in it has no end"
    if one.tokens[0].word == "COPY" and "STDIN" in words:
        return (
            "COPY FROM STDIN reads its rows from the client, and a step has none to send; "
            "write them as INSERT, or use a shell step with psql"
        )
    if one.tokens[0].word == "COPY" and "STDOUT" in words:
        return "COPY TO STDOUT writes to the client; write the SELECT instead, or use a shell step with psql"
    if one.tokens[0].word == "LOAD" and "LOCAL" in words:
        return "LOAD DATA LOCAL reads a file of the client's; use a shell step with mysql"
    return ""
