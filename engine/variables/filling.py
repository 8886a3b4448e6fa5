"""Values put in their placeholders' places, so that each stands for exactly itself or is refused.

Plain values go in as they are. Any other becomes a quoted word, where a word of its own can stand; nothing else is
quoted. Whatever the rules say, the text must afterwards have the shape it had with a plain word there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..model import Variable
from ..syntax.parameters import parameters
from ..syntax.quoting import Place, Places, SqlPlace
from .placeholders import Language, Placeholder, placeholders, stand_in
from .values import CannotFill, check, describe, fits_literal, is_number, is_plain, is_read_again, is_sql_word, quoted

EDIT = "edit the step"


class Filled(NamedTuple):
    text: str
    exports: tuple[tuple[str, str], ...]
    """For the shell's environment: inputs the text names as `$NAME`, which is left as it stands. Set each once in
    a run, so that a step may change it afterwards."""


def fill(step_text: str, language: Language, values: Mapping[str, str], variables: Sequence[Variable]) -> Filled:
    """The final text. Raises `CannotFill` when a value is missing, too long or cannot stand in its place."""
    inputs = {variable.name: variable for variable in variables}
    found = [one for one in placeholders(step_text, language) if one.name in inputs]
    given = {one.name: _value(inputs[one.name], values) for one in found}
    text = _written(step_text, language, found, given, inputs)
    return Filled(text, _exports(step_text, language, values, inputs))


def missing(
    step_text: str, language: Language, variables: Sequence[Variable], values: Mapping[str, str]
) -> tuple[str, ...]:
    """Names of the inputs this text uses that have neither a value nor a default. An empty value is none."""
    named = {one.name for one in placeholders(step_text, language)}
    if language == "shell":
        named |= _read_names(step_text)
    return tuple(one.name for one in variables if one.name in named and not _maybe_value(one, values))


def is_command(step_text: str, variable: Variable) -> bool:
    """Whether the placeholder is a whole command by itself somewhere in the text, so that its value is one too."""
    found = placeholders(step_text, "shell")
    return any(_is_whole_command(one, step_text) for one in found if one.name == variable.name)


def _maybe_value(variable: Variable, values: Mapping[str, str]) -> str | None:
    return values.get(variable.name) or variable.default


def _value(variable: Variable, values: Mapping[str, str]) -> str:
    value = _maybe_value(variable, values)
    if not value:
        raise CannotFill(f"{variable.name} has no value: give it one, or {EDIT}")
    check(variable, value)
    return value


def _read_names(text: str) -> set[str]:
    used = parameters(Places(stand_in(text, placeholders(text, "shell"))).tree)
    return {use.name for use in used.uses} - used.assigned


def _exports(
    text: str, language: Language, values: Mapping[str, str], inputs: Mapping[str, Variable]
) -> tuple[tuple[str, str], ...]:
    """Also for a name inside single quotes: a child of the shell may be the one to read it."""
    if language != "shell":
        return ()
    used = [name for name in inputs if re.search(rf"\$\{{?{re.escape(name)}(?!\w)", text)]
    return tuple((name, _value(inputs[name], values)) for name in used if _maybe_value(inputs[name], values))


def _written(
    text: str,
    language: Language,
    found: list[Placeholder],
    given: Mapping[str, str],
    inputs: Mapping[str, Variable],
) -> str:
    pieces: list[str] = []
    at = 0
    for one in found:
        if inputs[one.name].secret:
            raise _refusal(
                one, text, f"is secret and must not stand in the text: write it as a variable of the shell; {EDIT}"
            )
        pieces += (text[at : one.start], _word(one, text, language, given[one.name]))
        at = one.end
    written = "".join((*pieces, text[at:]))
    if language == "shell" and not _is_same_shape(text, found, given, written):
        names = ", ".join(sorted({text[one.start : one.end] for one in found}))
        raise CannotFill(f"the value of {names} would change what the step does, not only what it does it to: {EDIT}")
    return written


def _refusal(one: Placeholder, text: str, reason: str) -> CannotFill:
    return CannotFill(f"the value of {text[one.start : one.end]} {reason}")


def _word(one: Placeholder, text: str, language: Language, value: str) -> str:
    if isinstance(one.place, SqlPlace):
        return _sql_word(one, one.place, text, value)
    if one.place is None:
        return _text(one, text, language, value)
    if _is_whole_command(one, text):
        return value
    return _shell_word(one, one.place, text, value)


def _text(one: Placeholder, text: str, language: Language, value: str) -> str:
    if language == "shell" and not is_plain(value):
        raise _refusal(one, text, f"cannot stand in a script of another language: {EDIT}")
    return value


def _sql_word(one: Placeholder, place: SqlPlace, text: str, value: str) -> str:
    """Outside quotes one token only: `--` would begin a comment and `=` compare."""
    if place.kind == "bare":
        minus = value.startswith("-") and text[: one.start].rstrip().endswith("-")
        if not is_sql_word(value) or minus:
            raise _refusal(
                one, text, f"is not one name or number, and outside quotes nothing else is safe in SQL: {EDIT}"
            )
        return value
    fits = is_plain(value) or (place.kind == "literal" and fits_literal(value) and "\\" not in text)
    if not fits:
        raise _refusal(one, text, f"cannot stand {describe(place)}: {EDIT}")
    return value


def _shell_word(one: Placeholder, place: Place, text: str, value: str) -> str:
    if place.kind == "arithmetic" and not is_number(value):
        raise _refusal(one, text, f"is not a number, and {describe(place)} nothing else is safe: {EDIT}")
    if is_plain(value):
        _check_braces(one, text, value)
        # `0>file` would redirect the file descriptor 0.
        return f"'{value}'" if value.isdigit() and text[one.end : one.end + 1] in ("<", ">") else value
    if value.startswith("-"):
        raise _refusal(one, text, f"begins with - and would be read as an option: {EDIT}")
    if place.kind not in ("bare", "assignment"):
        raise _refusal(one, text, f"cannot stand {describe(place)}: {EDIT}")
    if is_read_again(place, text):
        raise _refusal(one, text, f"could be read as code by the command it is given to: {EDIT}")
    if "\n" in value and "<<" in text:
        raise _refusal(one, text, f"has several lines, which a step with a here-document cannot take: {EDIT}")
    _check_braces(one, text, value)
    return quoted(value)


_RUN_BEFORE = re.compile(r"\S*\Z")
_RUN_AFTER = re.compile(r"\S*")


def _check_braces(one: Placeholder, text: str, value: str) -> None:
    """Inside `{a,<name>}` a comma or two dots would make further words."""
    around = _around(one, text)
    if ("{" in around or "}" in around) and re.search(r",|\.\.|[^\x21-\x7e]", value):
        raise _refusal(one, text, f"stands in a brace expansion, which it would change: {EDIT}")


def _around(one: Placeholder, text: str) -> str:
    before = _RUN_BEFORE.search(text, 0, one.start)
    after = _RUN_AFTER.match(text, one.end)
    return (before[0] if before else "") + (after[0] if after else "")


def _is_whole_command(one: Placeholder, text: str) -> bool:
    """Alone on its line, and a command of the outermost level."""
    if not isinstance(one.place, Place) or one.place.kind != "command-name":
        return False
    line_start = text.rfind("\n", 0, one.start) + 1
    line_end = text.find("\n", one.end)
    line = text[line_start : line_end if line_end >= 0 else len(text)]
    statement = (one.place.statement_start, one.place.statement_end)
    return statement == (one.start, one.end) and line.strip() == text[one.start : one.end]


def _is_same_shape(text: str, found: list[Placeholder], given: Mapping[str, str], written: str) -> bool:
    """With each whole command counted as the commands it was given as."""
    commands = {one.start for one in found if _is_whole_command(one, text)}
    before: list[str] = []
    at = 0
    for one in found:
        before += (text[at : one.start], given[one.name] if one.start in commands else _plain_word(one))
        at = one.end
    expected = "".join((*before, text[at:]))
    return Places(expected).outline() == Places(written).outline() and all(
        _is_complete(given[one.name]) for one in found if one.start in commands
    )


def _plain_word(one: Placeholder) -> str:
    return "1" if isinstance(one.place, Place) and one.place.kind == "arithmetic" else "x"


def _is_complete(command: str) -> bool:
    """Cannot swallow the lines after it: no open quote, here-document or continuation."""
    ends_open = command.rstrip(" \t").endswith("\\") or "<<" in command
    return not ends_open and not Places(command).has_error
