"""Values for inputs before anybody is asked: command line, files, environment, and what the document itself says.

The first of these that has one counts: `--var`, `--var-file` (the last file first), `$ONCUE_VAR_name`, for an input
written `$NAME` the environment itself, the front matter's default.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import NamedTuple

from ..errors import UsageError
from ..model import Runbook, Variable
from ..variables import CannotFill, check
from .pairs import pairs
from .var_file import Entry, read_values

PREFIX = "ONCUE_VAR_"
DEFAULT = "default"


class Given(NamedTuple):
    value: str
    source: str
    """In words: `--var`, `prod.env:3`, `$ONCUE_VAR_host`, `default`."""
    secret: bool


class Gift(NamedTuple):
    """Everything that was given."""

    values: Mapping[str, Given]
    unused: tuple[str, ...]
    """Names in files that this runbook has no input for."""

    def plain(self) -> dict[str, str]:
        return {name: given.value for name, given in self.values.items()}


def given_values(
    runbook: Runbook,
    variables: Sequence[Variable],
    options: Sequence[str],
    files: Sequence[str],
    environment: Mapping[str, str],
) -> Gift:
    """Raises `UsageError` for a value that is not what the runbook asks for, and for one that nobody asks for."""
    named = {name: Entry(value, "--var") for name, value in pairs(list(options), "--var").items()}
    filed: dict[str, Entry] = {}
    for file in files:
        filed.update(read_values(file))
    known = {variable.name: variable for variable in variables}
    _refuse_strangers(runbook, known, named)
    values = {
        variable.name: Given(entry.value, entry.source, variable.secret)
        for variable in variables
        if (entry := next(_entries(variable, named, filed, environment), None)) is not None
    }
    return Gift(values, tuple(name for name in filed if name not in known))


def _entries(
    variable: Variable, named: Mapping[str, Entry], filed: Mapping[str, Entry], environment: Mapping[str, str]
) -> Iterator[Entry]:
    """Those that there are, the one that counts first. An empty one is none."""
    for source in (named, filed, _of_environment(variable, environment), _of_document(variable)):
        entry = source.get(variable.name)
        if entry is None or not entry.value or (entry.source == DEFAULT and not _fits(variable, entry)):
            continue
        _refuse_unfit(variable, entry)
        yield entry


def _fits(variable: Variable, entry: Entry) -> bool:
    """A default that does not fit is a mistake of the document, said as such; somebody is asked instead."""
    try:
        check(variable, entry.value)
    except CannotFill:
        return False
    return True


def environment_name(name: str) -> str:
    """`service-name` → `ONCUE_VAR_service_name`."""
    return PREFIX + re.sub(r"\W", "_", name, flags=re.ASCII)


def _of_environment(variable: Variable, environment: Mapping[str, str]) -> dict[str, Entry]:
    names = [environment_name(variable.name), *([variable.name] if variable.style == "dollar" else [])]
    found = next((name for name in names if environment.get(name)), None)
    return {variable.name: Entry(environment[found], f"${found}")} if found else {}


def _of_document(variable: Variable) -> dict[str, Entry]:
    """A secret that stands in the document is none, and no default either."""
    if variable.default is None or variable.secret:
        return {}
    return {variable.name: Entry(variable.default, DEFAULT)}


def _refuse_strangers(runbook: Runbook, known: Mapping[str, Variable], named: Mapping[str, Entry]) -> None:
    for name in named:
        if name not in known:
            nearest = get_close_matches(name, known, n=1)
            names = f"did you mean {nearest[0]}?" if nearest else f"its inputs: {', '.join(known) or 'none'}"
            raise UsageError(f"--var {name}: {runbook.path} has no such input; {names}")


def _refuse_unfit(variable: Variable, entry: Entry) -> None:
    if variable.secret and entry.source == "--var":
        raise UsageError(
            f"--var {variable.name}: it is secret, and everybody on this machine can read arguments: give it with "
            f"--var-file or ${environment_name(variable.name)}, or type it when it is asked for"
        )
    try:
        check(variable, entry.value)
    except CannotFill as error:
        raise UsageError(f"{entry.source}: {error}") from None
