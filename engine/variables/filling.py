"""Values put in their placeholders' places, so that each stands for exactly itself or is refused.

Plain values go in as they are, any other quoted for the place it goes into (`shell_words`, `sql_words`). Whatever the
rules say, the text must afterwards have the shape it had with a plain word there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..model import Variable
from ..syntax.contexts import Body, contexts
from ..syntax.parameters import parameters
from ..syntax.quoting import Place, Places
from .placeholders import Language, Placeholder, placeholders, stand_in
from .secrets import reference_name
from .shell_words import EDIT, ShellText, ends_in_variable, secret_word, shell_word
from .sql_words import check_sql, slot, sql_word
from .values import CannotFill, check, is_plain


class Filled(NamedTuple):
    text: str
    exports: tuple[tuple[str, str], ...]
    """For the shell's environment: inputs the text names as `$NAME`, which is left as it stands, and secrets, which
    the text names by their variable. Set each once in a run, so that a step may change it afterwards."""
    warnings: tuple[str, ...] = ()
    """One sentence each, for the operator to see before the text runs."""
    spans: tuple[tuple[int, int], ...] = ()
    """Where the values stand in the text, the second place excluded."""


def fill(
    step_text: str,
    language: Language,
    values: Mapping[str, str],
    variables: Sequence[Variable],
    dialect: str = "",
) -> Filled:
    """The final text. Raises `CannotFill` when a value is missing, too long or cannot stand in its place.

    `dialect` is what is known of a SQL text: a fence's word, empty for nothing.
    """
    inputs = {variable.name: variable for variable in variables}
    found = [one for one in placeholders(step_text, language) if one.name in inputs]
    given = {one.name: _value(inputs[one.name], values) for one in found}
    filling = _Filling(step_text, language, dialect, found, given, inputs)
    exports = {**_exports(step_text, language, values, inputs), **filling.secrets}
    text = filling.written()
    return Filled(text, tuple(exports.items()), tuple(filling.warnings()), filling.spans())


def spans_of(step_text: str, language: Language, variables: Sequence[Variable]) -> tuple[tuple[int, int], ...]:
    """Where the inputs' placeholders stand in a text that nothing has been filled into."""
    names = {variable.name for variable in variables}
    return tuple((one.start, one.end) for one in placeholders(step_text, language) if one.name in names)


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
) -> dict[str, str]:
    """Also for a name inside single quotes: a child of the shell may be the one to read it."""
    if language != "shell":
        return {}
    used = [name for name in inputs if re.search(rf"\$\{{?{re.escape(name)}(?!\w)", text)]
    return {name: _value(inputs[name], values) for name in used if _maybe_value(inputs[name], values)}


@dataclass
class _Filling:
    """One text on its way to its final form."""

    text: str
    language: Language
    dialect: str
    found: list[Placeholder]
    given: Mapping[str, str]
    inputs: Mapping[str, Variable]

    def __post_init__(self) -> None:
        self._plain = stand_in(self.text, self.found)
        self._shell = ShellText(self._plain, tuple(one.start for one in self.found))
        self._arguments: dict[str, str] = {}
        self._words: list[str] = []

    @property
    def secrets(self) -> dict[str, str]:
        """Shell variable → value, of the secrets whose placeholders stand in the text."""
        return {
            reference_name(self.inputs[name]): self.given[name]
            for name in dict.fromkeys(one.name for one in self.found)
            if self.inputs[name].secret
        }

    def warnings(self) -> Iterator[str]:
        for name, command in self._arguments.items():
            yield (
                f"{name} becomes an argument of {command}, and everybody on this machine can read arguments while it "
                "runs: hand it over in a file or a variable if the command takes one"
            )

    def spans(self) -> tuple[tuple[int, int], ...]:
        """Of the words in the text that was written last."""
        places, moved = [], 0
        for one, word in zip(self.found, self._words, strict=True):
            start = one.start + moved
            places.append((start, start + len(word)))
            moved += len(word) - (one.end - one.start)
        return tuple(places)

    def written(self) -> str:
        words = self._words = [self._word(one) for one in self.found]
        text = self._joined(words)
        if self.language == "shell":
            self._check_bodies(words)
            self._check_shape(words)
        elif self.language == "sql" and self.found:
            self._check_sql(text)
        return text

    def _check_sql(self, text: str) -> None:
        slots = self._joined([slot(number) for number, _ in enumerate(self.found)])
        values = [self.given[one.name] for one in self.found]
        try:
            check_sql(slots, text, values, self.dialect)
        except CannotFill as error:
            names = ", ".join(sorted({self.text[one.start : one.end] for one in self.found}))
            raise CannotFill(f"the value of {names} {error}") from None

    def _joined(self, words: Sequence[str], start: int = 0, end: int | None = None) -> str:
        """The text, or a stretch of it, with each placeholder replaced by its word."""
        pieces: list[str] = []
        at, last = start, len(self.text) if end is None else end
        for one, word in zip(self.found, words, strict=True):
            if start <= one.start and one.end <= last:
                pieces += (self.text[at : one.start], word)
                at = one.end
        return "".join((*pieces, self.text[at:last]))

    def _word(self, one: Placeholder) -> str:
        try:
            return self._secret(one) if self.inputs[one.name].secret else self._open(one)
        except CannotFill as error:
            raise CannotFill(f"the value of {self.text[one.start : one.end]} {error}") from None

    def _open(self, one: Placeholder) -> str:
        value = self.given[one.name]
        if self.language == "sql":
            return sql_word(self._plain, one.start, one.end, value)
        if not isinstance(one.place, Place):
            if self.language == "shell" and not is_plain(value):
                raise CannotFill(f"cannot stand in a script of another language: {EDIT}")
            return value
        if _is_whole_command(one, self.text):
            return value
        return shell_word(self._shell, one.start, one.end, value)

    def _secret(self, one: Placeholder) -> str:
        if not isinstance(one.place, Place) or one.place.kind == "command-name":
            raise CannotFill(f"is secret and must not stand in the text: write it as a variable of the shell; {EDIT}")
        name, value = reference_name(self.inputs[one.name]), self.given[one.name]
        word, command = secret_word(self._shell, one.start, one.end, value, name)
        if command:
            self._arguments[one.name] = command
        return word

    def _plain_word(self, one: Placeholder) -> str:
        """Behind `$HOME` one that does not lengthen the name, as the value does not either."""
        if isinstance(one.place, Place) and one.place.kind == "arithmetic":
            return "1"
        return "/x" if ends_in_variable(self.text[: one.start]) else "x"

    def _check_bodies(self, words: Sequence[str]) -> None:
        """No value ends its here-document, nor loses the tabs it begins a line with."""
        if "<<" not in self.text:
            return
        known = contexts(self._plain, [one.start for one in self.found])
        for body in {body for context in known.values() for body in context.bodies}:
            inside = {self.text[one.start : one.end] for one in self.found if body.start <= one.start < body.end}
            self._check_body(body, self._joined(words, body.start, body.end), ", ".join(sorted(inside)))

    def _check_body(self, body: Body, text: str, names: str) -> None:
        lines = text.split("\n")
        if body.delimiter in ([line.lstrip("\t") for line in lines] if body.strips_tabs else lines):
            raise CannotFill(f"the value of {names} would end the here-document it stands in: {EDIT}")
        tabs = self.text[body.start : body.end].count("\n\t") + self.text[body.start :].startswith("\t")
        if body.strips_tabs and text.count("\n\t") + text.startswith("\t") != tabs:
            raise CannotFill(f"the value of {names} would lose the tabs at the beginning of a line: {EDIT}")

    def _check_shape(self, words: Sequence[str]) -> None:
        """With each whole command counted as the commands it was given as, and each secret as a plain word."""
        commands = [_is_whole_command(one, self.text) for one in self.found]
        before = [
            self.given[one.name] if is_command else self._plain_word(one)
            for one, is_command in zip(self.found, commands, strict=True)
        ]
        after = [
            self._plain_word(one) if self.inputs[one.name].secret else word
            for one, word in zip(self.found, words, strict=True)
        ]
        is_same = Places(self._joined(before)).outline() == Places(self._joined(after)).outline()
        complete = all(_is_complete(word) for word, is_command in zip(words, commands, strict=True) if is_command)
        if not (is_same and complete):
            names = ", ".join(sorted({self.text[one.start : one.end] for one in self.found}))
            raise CannotFill(
                f"the value of {names} would change what the step does, not only what it does it to: {EDIT}"
            )


def _is_whole_command(one: Placeholder, text: str) -> bool:
    """Alone on its line, and a command of the outermost level."""
    if not isinstance(one.place, Place) or one.place.kind != "command-name":
        return False
    line_start = text.rfind("\n", 0, one.start) + 1
    line_end = text.find("\n", one.end)
    line = text[line_start : line_end if line_end >= 0 else len(text)]
    statement = (one.place.statement_start, one.place.statement_end)
    return statement == (one.start, one.end) and line.strip() == text[one.start : one.end]


def _is_complete(command: str) -> bool:
    """Cannot swallow the lines after it: no open quote, here-document or continuation."""
    ends_open = command.rstrip(" \t").endswith("\\") or "<<" in command
    return not ends_open and not Places(command).has_error
