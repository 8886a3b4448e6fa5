"""Which rows a writing statement is about, as far as its text tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ...syntax.sql_readings import READINGS
from ...syntax.sql_tokens import Token, statements

INSERTING = frozenset({"INSERT", "REPLACE"})
CHANGING = frozenset({"UPDATE", "DELETE", "MERGE"})


@dataclass(frozen=True, slots=True)
class Target:
    kind: Literal["inserts", "changes", "else"] = "else"
    """`else`: there are no rows to be shown, as with DDL."""
    hit: str = ""
    """What stands behind FROM to find the rows it would change; empty where the text does not tell."""
    table: str = ""
    """As it is written; empty where it is none, or cannot be told."""
    name: tuple[str, ...] = ()
    """Its parts, without their quotes."""
    answers: bool = False
    """What it does to the rows it shows itself, by RETURNING."""
    merges: bool = False
    """It changes rows that are there already in place of inserting them."""


def target_of(statement: str, hit: str, dialect: str) -> Target:
    """`hit` is what the verdict on it knows of the rows."""
    read = statements(statement, READINGS[dialect][0])
    tokens = read[0].tokens if len(read) == 1 else ()
    words = [token.word for token in tokens]
    if not words:
        return Target()
    answers = "RETURNING" in words
    if words[0] in INSERTING:
        at = words.index("INTO") + 1 if "INTO" in words else 1
        merges = "CONFLICT" in words or "DUPLICATE" in words
        return Target("inserts", "", *_named(statement, tokens[at:]), answers=answers, merges=merges)
    changes = words[0] in CHANGING or (words[0] == "WITH" and bool((INSERTING | CHANGING) & set(words)))
    if not changes and not hit:
        return Target()
    return Target("changes", hit, *_table_in(hit, dialect), answers=answers)


def _table_in(hit: str, dialect: str) -> tuple[str, tuple[str, ...]]:
    read = statements(hit, READINGS[dialect][0]) if hit and "$" not in hit else []
    return _named(hit, read[0].tokens) if len(read) == 1 else ("", ())


def _named(text: str, tokens: Sequence[Token]) -> tuple[str, tuple[str, ...]]:
    """The table that these tokens begin with."""
    if tokens and tokens[0].word == "ONLY":
        tokens = tokens[1:]
    parts = tokens[0 : _name_end(text, tokens) : 2]
    if not parts or any(one.kind not in ("word", "name") for one in parts):
        return "", ()
    return text[parts[0].start : parts[-1].end], tuple(_bare(text, one) for one in parts)


def _name_end(text: str, tokens: Sequence[Token]) -> int:
    end = 1
    while end + 1 < len(tokens) and text[tokens[end].start : tokens[end].end] == ".":
        end += 2
    return end


def _bare(text: str, token: Token) -> str:
    written = text[token.start : token.end]
    quote = written[0]
    return written[1:-1].replace(2 * quote, quote) if token.kind == "name" else written
