"""Values in SQL: a literal, a quoted identifier, a name or a number, and never a token more than there was.

Whatever the rules say, the tokens must afterwards be those of before, with exactly the value in the one it went into,
in every dialect the text may be in.
"""

from __future__ import annotations

import re

from ..expressions import expression
from ..syntax.quoting import SqlPlace, sql_places
from ..syntax.sql_lexing import Lexeme, dialects_of, lexemes
from .values import CannotFill, is_number

EDIT = "edit the step"
SLOT = "oncue_slot_0"
"""A word no statement has, in the value's place."""
_NAME = expression(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*\Z")
_CONSTANT = expression(r"(?:true|false)\Z", re.IGNORECASE)
_COMPARED = expression(
    r"(?:[=<>+*/%|-]|\b(?:LIMIT|OFFSET|BETWEEN|AND|OR|NOT|WHERE|HAVING|LIKE|ILIKE|IN|THEN|ELSE|WHEN|VALUES|RETURN|INTERVAL|KILL"
    r"|QUERY|CONNECTION|REGEXP|RLIKE)\s*\(?)\s*\Z",
    re.IGNORECASE,
)
"""Before a value, where a name would be another column and could make a condition always true."""
_LIKE = expression(r"\b(?:I?LIKE|SIMILAR\s+TO|GLOB|REGEXP|RLIKE|~\*?)\s*(?:ANY\s*\(\s*)?[A-Za-z]?\Z", re.IGNORECASE)
_PATTERN_CHARACTERS = expression(r"[%*?\[\]\\^$+(){}|]")


def sql_word(text: str, start: int, end: int, value: str, language: str = "") -> str:
    """The text to put between `start` and `end`. Raises `CannotFill` with the end of a sentence about the value.

    `language` is a fence's word or a client's dialect; with none, the value has to mean the same in all of them.
    """
    place = sql_places(text).at(start)
    match place.kind:
        case "literal":
            word = _literal(text, start, place, value)
        case "identifier":
            word = _identifier(text, start, place, value)
        case "bare":
            word = _bare(text, start, end, value)
        case _:
            raise _refusal("cannot stand in a body or a comment of SQL")
    _check_tokens(text[:start] + SLOT + text[end:], text[:start] + word + text[end:], value, language)
    return word


def _refusal(reason: str) -> CannotFill:
    return CannotFill(f"{reason}: {EDIT}")


def _literal(text: str, start: int, place: SqlPlace, value: str) -> str:
    opening = text.rfind(place.quoted, 0, start + len(place.quoted))
    if opening > 0 and _LIKE.search(text[:opening]) and _PATTERN_CHARACTERS.search(value):
        raise _refusal("has a character that means something in a pattern of LIKE")
    if re.search(r"[bBxX&]\Z", text[:opening]) and not value.isalnum():
        raise _refusal("cannot stand in this kind of literal")
    return value.replace("'", "''")


def _identifier(text: str, start: int, place: SqlPlace, value: str) -> str:
    del text, start
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


def _check_tokens(before: str, after: str, value: str, language: str) -> None:
    known = 0
    for dialect in dialects_of(language):
        expected = lexemes(before, dialect)
        if expected is None:
            continue
        known += 1
        found = lexemes(after, dialect)
        if found is None or not _is_same(expected, found, value):
            raise _refusal("would be read as something else by the database")
    if not known:
        raise _refusal("stands in SQL that could not be read")


def _is_same(expected: tuple[Lexeme, ...], found: tuple[Lexeme, ...], value: str) -> bool:
    """A dotted name and a negative number are several tokens where one was."""
    places = [index for index, token in enumerate(expected) if SLOT in token.text]
    if len(places) != 1:
        return False
    index = places[0]
    extra = len(found) - len(expected)
    if extra < 0 or found[:index] != expected[:index] or found[index + 1 + extra :] != expected[index + 1 :]:
        return False
    slot, got = expected[index], found[index : index + 1 + extra]
    if slot.kind in ("VAR", "IDENTIFIER") and slot.text == SLOT and extra:
        return "".join(token.text for token in got) == value
    if extra or got[0].text != slot.text.replace(SLOT, value):
        return False
    return got[0].kind == slot.kind or (slot.kind == "VAR" and got[0].kind in ("NUMBER", "TRUE", "FALSE", "VAR"))
