"""What a value may be wherever it is to stand, and which values mean nothing but themselves to any shell."""

from __future__ import annotations

import re

from ..errors import OncueError
from ..expressions import expression
from ..model import Variable
from ..syntax.input_patterns import fits_pattern, maybe_fault

LONGEST_VALUE = 100_000
"""Bytes; the kernel takes 131,071 for one argument or one environment string, and a word may hold more than a value."""

_PLAIN = expression(r"(?!=)[A-Za-z0-9_./:@%+,=-]+\Z")
"""Not with `=` in front: `==` alone is an operator to some shells and tests."""
_NUMBER = expression(r"-?[0-9]+(?:\.[0-9]+)?\Z")
_INTEGER = expression(r"(?:0|-?[1-9][0-9]{0,17})\Z")
"""Without leading zeros, which would make it octal, and short enough for 64 bits."""
_IDENTIFIER = expression(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_CONTROL = expression(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_WORD_OF_PROGRAM = expression(r"[A-Za-z_][A-Za-z0-9_]*\Z|-?[0-9]+\Z")
_TEXT_OF_PROGRAM = expression(r"[A-Za-z0-9_./:+,=-]+\Z")
"""Nothing that an interpolating string expands (`@`, `%`) or that a slash-quoted pattern would end, see below."""
_SED_COMMAND = expression(
    r"(?:\A|[\s;{'\"])(?:[0-9,$]*!?)?[sy]([^\w\s\\])(?P<left>(?:\\.|(?!\1).)*)(?:\1(?:\\.|(?!\1).)*)?\Z"
)


class CannotFill(OncueError):
    """A value cannot stand where its placeholder stands, or there is no value. Nothing was filled in."""


def check(variable: Variable, value: str) -> None:
    """Raises `CannotFill` for what no value of this input may be."""
    shown = f"the value of {variable.name}"
    if _CONTROL.search(value):
        raise CannotFill(f"{shown} has a control character or is not text: give another value")
    if len(value.encode()) > LONGEST_VALUE:
        raise CannotFill(f"{shown} is longer than {LONGEST_VALUE:,} bytes: write it to a file and edit the step")
    if problem := maybe_problem(variable, value):
        raise CannotFill(f"{shown} {problem}: give another value")


def maybe_problem(variable: Variable, value: str) -> str | None:
    """Why this value is not what the runbook asks for, to follow the value's name; None when it is."""
    if variable.choices and value not in variable.choices:
        return f"is none of {', '.join(variable.choices)}"
    if variable.pattern is None or fits_pattern(variable.pattern, value):
        return None
    fault = maybe_fault(variable.pattern)
    return (
        f"cannot be checked against its pattern {variable.pattern}, for {fault}"
        if fault
        else (f"does not fit its pattern {variable.pattern}")
    )


def is_plain(value: str) -> bool:
    """No character of it means anything to a shell or ends a word, a string or a here-document's line."""
    return _PLAIN.match(value) is not None and (not value.startswith("-") or _NUMBER.match(value) is not None)


def is_number(value: str) -> bool:
    return _NUMBER.match(value) is not None


def is_integer(value: str) -> bool:
    """As arithmetic of a shell reads it: decimal, whole, 64 bits."""
    return _INTEGER.match(value) is not None


def is_identifier(value: str) -> bool:
    return _IDENTIFIER.match(value) is not None


def fits_program(value: str, command: str, before: str, after: str) -> bool:
    """Whether it is only a name, a number or text within quotes to a program in the command's own language.

    `before` and `after` are what stands around it of that program.
    """
    if command.endswith("sed"):
        return _fits_sed(value, before)
    if _WORD_OF_PROGRAM.match(value):
        return True
    quote = before[-1:]
    in_quotes = before.replace('\\"', "").count('"') % 2 == 1 or (quote and quote in "\"'" and after[:1] == quote)
    in_slashes = quote == "/" and after[:1] == "/"
    if in_slashes and "/" in value:
        return False
    return bool(in_quotes or in_slashes) and _TEXT_OF_PROGRAM.match(value) is not None


def _fits_sed(value: str, before: str) -> bool:
    """`1e` before a `p` would be another command; between the marks of `s/…/…/` or `/…/` a word is text."""
    if value.isdigit():
        return True
    found = _SED_COMMAND.search(before)
    if found is None:
        return before.endswith("/") and re.match(r"[A-Za-z0-9_.:-]+\Z", value) is not None and "/" in before[-1:]
    return found[1] not in value and re.match(r"[A-Za-z0-9_./:@%+,=-]+\Z", value) is not None
