"""SQL text as the tokens sqlglot reads in a dialect. Its import costs a tenth of a second, so it waits for a value."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from .sql import DIALECTS

if TYPE_CHECKING:
    from sqlglot.tokens import Tokenizer

ALL_DIALECTS = ("postgres", "mysql", "sqlite")


class Lexeme(NamedTuple):
    kind: str
    """sqlglot's name: `STRING`, `VAR`, `NUMBER`, `IDENTIFIER`, a keyword."""
    text: str
    """Of a string or an identifier what it stands for, without quotes and escapes."""


def dialects_of(language: str) -> tuple[str, ...]:
    """The dialects a text may be in: the fence's own, or all of them."""
    return (DIALECTS[language],) if language in DIALECTS else ALL_DIALECTS


def lexemes(text: str, dialect: str) -> tuple[Lexeme, ...] | None:
    """None when the text has no end of a quote or a comment."""
    from sqlglot.errors import TokenError

    try:
        read = _tokenizer(dialect).tokenize(text)
    except TokenError:
        return None
    return tuple(Lexeme(one.token_type.name, one.text) for one in read)


@cache
def _tokenizer(dialect: str) -> Tokenizer:
    from sqlglot.dialects.dialect import Dialect

    return Dialect.get_or_raise(dialect).tokenizer()
