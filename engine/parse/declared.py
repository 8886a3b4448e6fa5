"""`variables:` of the front matter: what each input may be, each mistake in it with its own line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import NamedTuple

from ..model import Problem, Variable
from ..syntax.input_patterns import fits_pattern, maybe_fault
from ..syntax.shell import maybe_fault as maybe_shell_fault

KEYS = ("default", "pattern", "choices", "from", "secret", "description")
LONGEST_CHOICES = 200


class Declared(NamedTuple):
    variables: tuple[Variable, ...]
    problems: list[Problem]


def read_variables(described: object, source: str, line: int) -> Declared:
    """`described` is what YAML made of it, `source` the text between the markers, `line` where `variables` stands.

    A mapping of names, each with its default alone or with a description; or a list of descriptions with a `name`.
    """
    if described is None:
        return Declared((), [])
    if isinstance(described, list) and all(isinstance(each, dict) and "name" in each for each in described):
        lines = _key_lines(source, {str(each["name"]) for each in described})
        described = {str(each["name"]): each for each in described}
    elif isinstance(described, dict):
        lines = _key_lines(source, set())
    else:
        message = "`variables` is a mapping of names, each with its default or its description"
        return Declared((), [Problem(line, "front-matter", message)])
    read = [_Description(str(name), about, lines, line) for name, about in described.items()]
    return Declared(tuple(one.variable() for one in read), [problem for one in read for problem in one.problems()])


@dataclass(slots=True)
class _Description:
    """One input as the front matter tells it."""

    name: str
    about: object
    lines: Mapping[tuple[str, ...], int]
    fallback: int
    _found: list[Problem] = field(default_factory=list)

    def line(self, key: str = "") -> int:
        """Of a key of this input, or of its name."""
        own = self.lines.get((self.name,), self.fallback)
        return self.lines.get((self.name, key), own) if key else own

    def variable(self) -> Variable:
        if not isinstance(self.about, dict):
            return Variable(self.name, "dollar", (self.line(),), default=_maybe_scalar(self.about))
        choices = self.about.get("choices")
        return Variable(
            self.name,
            "dollar",
            (self.line(),),
            default=_maybe_scalar(self.about.get("default")),
            pattern=_maybe_scalar(self.about.get("pattern")),
            choices=tuple(map(_scalar, choices)) if isinstance(choices, list) else (),
            secret=self.about.get("secret") not in (None, False),
            description=_scalar(self.about.get("description") or ""),
            from_command=_scalar(self.about.get("from") or "").strip(),
        )

    def problems(self) -> Iterator[Problem]:
        if not isinstance(self.about, dict):
            if isinstance(self.about, list):
                yield self._problem("", "variable-choices", "a list of values goes under `choices`")
            return
        for key in map(str, self.about):
            if key not in KEYS and key != "name":
                nearest = get_close_matches(key, KEYS, n=1, cutoff=0.5)
                message = f"`{key}` is not a key of an input; the nearest is `{nearest[0] if nearest else 'default'}`"
                yield self._problem(key, "unknown-front-matter-key", message)
        variable = self.variable()
        for check in _CHECKS:
            for key, message in check(variable, self.about):
                yield self._problem(key, f"variable-{key}", message)

    def _problem(self, key: str, code: str, message: str) -> Problem:
        return Problem(self.line(key), code, f"{self.name}: {message}")


Found = Iterator[tuple[str, str]]
"""The key that is wrong, and the sentence about it."""


def _check_pattern(variable: Variable, _about: Mapping[str, object]) -> Found:
    if variable.pattern is None:
        return
    fault = maybe_fault(variable.pattern)
    if fault:
        yield "pattern", f"the pattern {variable.pattern} cannot be used, for {fault}; no value will fit it"


def _check_choices(variable: Variable, about: Mapping[str, object]) -> Found:
    choices = about.get("choices")
    if choices is None:
        return
    if not isinstance(choices, list) or not choices or any(isinstance(one, list | dict) for one in choices):
        yield "choices", "`choices` is a list of values"
    elif len(choices) > LONGEST_CHOICES:
        yield "choices", f"more than {LONGEST_CHOICES} choices are too many to choose from; a `pattern` says it shorter"
    for one in variable.choices:
        if variable.pattern and not maybe_fault(variable.pattern) and not fits_pattern(variable.pattern, one):
            yield "choices", f"the choice {one!r} does not fit the pattern {variable.pattern}"


def _check_default(variable: Variable, about: Mapping[str, object]) -> Found:
    if variable.default is None:
        return
    if isinstance(about.get("default"), list | dict):
        yield "default", "the default is not one value"
    elif variable.secret:
        yield "default", "a secret that stands in the document is none; leave the default out"
    elif variable.choices and variable.default not in variable.choices:
        yield "default", f"the default {variable.default!r} is none of the choices"
    elif (
        variable.pattern and not maybe_fault(variable.pattern) and not fits_pattern(variable.pattern, variable.default)
    ):
        yield "default", f"the default {variable.default!r} does not fit the pattern {variable.pattern}"


def _check_from(variable: Variable, about: Mapping[str, object]) -> Found:
    command = about.get("from")
    if command is None:
        return
    if not isinstance(command, str) or not command.strip():
        yield "from", "`from` is a command whose output proposes values"
        return
    if variable.default is not None:
        yield "from", "`from` proposes values, and there is a `default` beside it: keep one of them"
    if variable.choices:
        yield "from", "`from` proposes values, and there are `choices` beside it: keep one of them"
    if variable.secret:
        yield "from", "a secret cannot come from a command, because what a command prints is recorded"
    if fault := maybe_shell_fault(command):
        yield "from", f"the command of `from` cannot run: {fault.message}"


def _check_secret(_variable: Variable, about: Mapping[str, object]) -> Found:
    if not isinstance(about.get("secret", False), bool):
        yield "secret", "`secret` is true or false; anything else counts as true"


_CHECKS: tuple[Callable[[Variable, Mapping[str, object]], Found], ...] = (
    _check_pattern,
    _check_choices,
    _check_default,
    _check_from,
    _check_secret,
)


def _maybe_scalar(value: object) -> str | None:
    return None if value is None else _scalar(value)


def _scalar(value: object) -> str:
    """As it would be typed: YAML's `true` stays `true`."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _key_lines(source: str, listed: set[str]) -> dict[tuple[str, ...], int]:
    """The document's line of each input's name and of each key of it."""
    import yaml  # as in front_matter: only documents with front matter pay for it

    lines: dict[tuple[str, ...], int] = {}
    top = yaml.compose(source, Loader=yaml.SafeLoader)
    for key, node in top.value if isinstance(top, yaml.MappingNode) else ():
        if key.value != "variables":
            continue
        if isinstance(node, yaml.MappingNode):
            named = [(str(name.value), name.start_mark.line, about) for name, about in node.value]
        else:
            named = [(_name_of(about), about.start_mark.line, about) for about in node.value] if listed else []
        for name, row, about in named:
            lines.setdefault((name,), row + 2)
            for inner, _ in about.value if isinstance(about, yaml.MappingNode) else ():
                lines.setdefault((name, str(inner.value)), inner.start_mark.line + 2)
    return lines


def _name_of(about: object) -> str:
    pairs = getattr(about, "value", [])
    return next((str(value.value) for key, value in pairs if key.value == "name"), "")
