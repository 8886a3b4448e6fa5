"""Values in SQL: a literal, a quoted identifier, a name or a number, and never a token more than there was.

Whatever the rules say, the tokens must afterwards be those of before, with exactly the value in the one it went into,
in every dialect the text may be in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..expressions import expression
from ..syntax.quoting import SqlPlace, sql_places
from ..syntax.sql_lexing import Lexeme, dialects_of, lexemes
from .values import CannotFill, is_number

EDIT = "edit the step"
_NAME = expression(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*\Z")
LONGEST_NAME = 16
"""Tokens of a dotted name, or of a negative number."""
_WORDS = frozenset({"NUMBER", "TRUE", "FALSE", "VAR"})
_CONSTANT = expression(r"(?:true|false)\Z", re.IGNORECASE)
_COMPARED = expression(
    r"(?:[=<>+*/%|-]|\b(?:LIMIT|OFFSET|BETWEEN|AND|OR|NOT|WHERE|HAVING|LIKE|ILIKE|IN|THEN|ELSE|WHEN|VALUES|RETURN|INTERVAL|KILL"
    r"|QUERY|CONNECTION|REGEXP|RLIKE)\s*\(?)\s*\Z",
    re.IGNORECASE,
)
"""Before a value, where a name would be another column and could make a condition always true."""
_LIKE = expression(r"\b(?:I?LIKE|SIMILAR\s+TO|GLOB|REGEXP|RLIKE|~\*?)\s*(?:ANY\s*\(\s*)?[A-Za-z]?\Z", re.IGNORECASE)
_PATTERN_CHARACTERS = expression(r"[%*?\[\]\\^$+(){}|]")


def sql_word(text: str, start: int, end: int, value: str) -> str:
    """The text to put between `start` and `end`; `check_sql` has the last word on it.

    Raises `CannotFill` with the end of a sentence about the value.
    """
    place = sql_places(text).at(start)
    match place.kind:
        case "literal":
            return _literal(text, start, place, value)
        case "identifier":
            return _identifier(place, value)
        case "bare":
            return _bare(text, start, end, value)
        case _:
            raise _refusal("cannot stand in a body or a comment of SQL")


def slot(number: int) -> str:
    """A word no statement has, to stand in a value's place."""
    return f"oncue_slot_{number}_"


def check_sql(before: str, after: str, values: Sequence[str], language: str) -> None:
    """`before` has slots where `after` has the values. `language` is a fence's word or a client's dialect; with none,
    the text has to mean the same in all of them. Raises `CannotFill` with the end of a sentence about the values.
    """
    known = 0
    for dialect in dialects_of(language):
        expected = lexemes(before, dialect)
        if expected is None:
            continue
        known += 1
        found = lexemes(after, dialect)
        if found is None or not _is_same(expected, found, values):
            raise _refusal("would be read as something else by the database")
    if not known:
        raise _refusal("stands in SQL that could not be read")


def _refusal(reason: str) -> CannotFill:
    return CannotFill(f"{reason}: {EDIT}")


def _literal(text: str, start: int, place: SqlPlace, value: str) -> str:
    opening = text.rfind(place.quoted, 0, start + len(place.quoted))
    if opening > 0 and _LIKE.search(text[:opening]) and _PATTERN_CHARACTERS.search(value):
        raise _refusal("has a character that means something in a pattern of LIKE")
    if re.search(r"[bBxX&]\Z", text[:opening]) and not value.isalnum():
        raise _refusal("cannot stand in this kind of literal")
    return value.replace("'", "''")


def _identifier(place: SqlPlace, value: str) -> str:
    quote = place.quoted[:1]
    return value.replace(quote, quote * 2)


def _bare(text: str, start: int, end: int, value: str) -> str:
    """Outside quotes one token only: `--` would begin a comment, and `id = id` is always true."""
    before = text[:start].rstrip()
    if re.search(r"\w\Z", text[:start]) or re.match(r"\w", text[end : end + 1]):
        if not re.fullmatch(r"\w+", value):
            raise _refusal("is not a part of one name")
        return value
    is_qualified = text[start - 1 : start] == "." or text[end : end + 1] in (".", "(")
    if is_number(value) and not is_qualified:
        if value.startswith("-") and before.endswith("-"):
            raise _refusal("would begin a comment there")
        return value
    if not _NAME.match(value):
        raise _refusal("is not one name or number, and outside quotes nothing else is safe in SQL")
    is_value = _COMPARED.search(before) is not None and not is_qualified
    if is_value is not bool(_CONSTANT.match(value)):
        raise _refusal(
            "is not a number; as text it needs quotes around its placeholder" if is_value else "is not a name"
        )
    return value


_SLOT = expression(r"oncue_slot_(\d+)_")


def _is_same(expected: Sequence[Lexeme], found: Sequence[Lexeme], values: Sequence[str]) -> bool:
    """Token by token, with the values in the slots' places."""
    at = 0
    for token in expected:
        count = _length(token, found, at, values)
        if not count:
            return False
        at += count
    return at == len(found)


def _length(token: Lexeme, found: Sequence[Lexeme], at: int, values: Sequence[str]) -> int:
    """How many of the tokens from `at` on are what is expected: one, more for a dotted name, none when they are not."""
    if at >= len(found):
        return 0
    slots = _SLOT.findall(token.text)
    if not slots:
        return int(found[at] == token)
    wanted = _SLOT.sub(lambda one: values[int(one[1])], token.text)
    is_word = token.kind in ("VAR", "IDENTIFIER")
    if found[at].text == wanted:
        return int(found[at].kind == token.kind or (is_word and found[at].kind in _WORDS))
    if not is_word or not _SLOT.fullmatch(token.text):
        return 0
    together = ""
    for count, one in enumerate(found[at : at + LONGEST_NAME], 1):
        together += one.text
        if together == wanted:
            return count
    return 0
