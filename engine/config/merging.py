"""Many sayings, one `Settings`: files, environment variables, the document and the command line, each by its rank."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from ..durations import FORM, seconds
from ..errors import UsageError
from ..limits import BUILT_IN as BUILT_IN_LIMITS
from ..limits import Limits
from .keys import TABLE, read_keys
from .policies import by_trust, choose_environment, read_policy
from .secrets import secret_variables
from .settings import BUILT_IN, Origin, Said, SecretPattern, Settings, Value, nearest

if TYPE_CHECKING:  # it brings pydantic, which nobody needs who has no file
    from .reading import Layer


NOTHING_SAID: Mapping[str, Said] = MappingProxyType({})
DEFAULTS = Settings()
TIMEOUTS: Mapping[str, float | None] = {
    "step": DEFAULTS.step_timeout,
    "context": DEFAULTS.context_timeout,
    "from": DEFAULTS.value_timeout,
    "lock": DEFAULTS.limits.lock,
    "statement": DEFAULTS.limits.statement,
    "commit": DEFAULTS.limits.commit,
}
OF_STATEMENTS = ("lock", "statement", "commit")
"""Those of `limits.Limits`, which every statement has."""


def merge(
    layers: Sequence[Layer] = (), said: Mapping[str, Said] = NOTHING_SAID, document: Said | None = None
) -> Settings:
    """Later layers outrank earlier ones, and `said` (key → what a variable or an option says) outranks them all.

    `document` is the environment which a runbook is for. Raises `UsageError` where things do not fit together.
    """
    policy, about_danger = read_policy(layers)
    environment = choose_environment(policy, _environments(layers, said, document))
    timeouts = {key: _timeout(key, layers, said) for key in TIMEOUTS}
    databases = _databases(layers)
    patterns, names = list(_patterns(layers)), [*_secret_names(layers), *_secret_references(databases)]
    default = _default_database(layers, databases)
    trail, library = _trail(layers, said), list(_library(layers))
    theme, keys = _latest(layers, said, "theme", otherwise=DEFAULTS.theme), read_keys(layers)
    return Settings(
        policy=policy,
        environment=environment.text,
        step_timeout=seconds(timeouts["step"].text),
        context_timeout=seconds(timeouts["context"].text) or DEFAULTS.context_timeout,
        value_timeout=seconds(timeouts["from"].text) or DEFAULTS.value_timeout,
        limits=Limits(**{key: seconds(timeouts[key].text) or getattr(BUILT_IN_LIMITS, key) for key in OF_STATEMENTS}),
        secret_patterns=tuple(pattern for pattern, _ in patterns),
        secret_names=tuple(name.text for name in names),
        databases={name: url.text for name, url in databases.items()},
        default_database=default.text,
        trail=trail.text,
        library=tuple(dict.fromkeys(folder.text for folder in library)),
        theme=theme.text,
        keys={action: said.text for action, said in keys.items()},
        values=(
            _value("environment", environment),
            *about_danger,
            *(_value(f"timeouts.{key}", timeout) for key, timeout in timeouts.items()),
            *(Value("redaction.patterns", f"{one.name}: {one.pattern}", origin) for one, origin in patterns),
            *(_value("redaction.environment", name) for name in names),
            *(_value(f"databases.{name}", url) for name, url in databases.items()),
            _value("databases.default", default),
            _value("trail.path", trail),
            *(_value("library", folder) for folder in library),
            _value("theme", theme),
            *(_value(f"{TABLE}.{action}", said) for action, said in keys.items()),
        ),
        sources=tuple(layer.source for layer in layers),
    )


def _value(key: str, said: Said) -> Value:
    return Value(key, said.text, said.origin)


def _environments(layers: Sequence[Layer], said: Mapping[str, Said], document: Said | None) -> list[Said]:
    """Who runs decides alone; else everybody is heard, in the order of trust."""
    if "environment" in said:
        return [said["environment"]]
    found = list(_each(by_trust(layers), "environment"))
    return [*found, document] if document else found


def _each(layers: Sequence[Layer], *place: str) -> Iterator[Said]:
    for layer in layers:
        if (text := layer.get(*place)) is not None:
            yield Said(str(text), layer.origin(*place))


def _latest(layers: Sequence[Layer], said: Mapping[str, Said], *place: str, otherwise: str = "") -> Said:
    found = [Said(otherwise, BUILT_IN), *_each(layers, *place)]
    return said.get(".".join(place), found[-1])


def _timeout(key: str, layers: Sequence[Layer], said: Mapping[str, Said]) -> Said:
    built_in = TIMEOUTS[key]
    found = _latest(layers, said, "timeouts", key, otherwise=f"{built_in:g}s" if built_in else "")
    if found.text and seconds(found.text) is None:
        raise UsageError(f"{found.origin}: `{found.text}` is no duration; it has to be {FORM}")
    return found


def _patterns(layers: Sequence[Layer]) -> Iterator[tuple[SecretPattern, Origin]]:
    for layer in layers:
        for position, row in layer.entries("redaction", "patterns"):
            yield SecretPattern(row["name"], row["pattern"]), layer.origin("redaction", "patterns", position)


def _secret_names(layers: Sequence[Layer]) -> Iterator[Said]:
    for layer in layers:
        for position, glob in layer.entries("redaction", "environment"):
            yield Said(glob, layer.origin("redaction", "environment", position))


def _secret_references(databases: Mapping[str, Said]) -> Iterator[Said]:
    """What stands for a password is one, whatever it is called."""
    for url in databases.values():
        for name in secret_variables(url.text):
            yield Said(name, url.origin)


def _databases(layers: Sequence[Layer]) -> dict[str, Said]:
    found: dict[str, Said] = {}
    for layer in layers:
        for name, url in (layer.get("databases") or {}).items():
            if name != "default":
                found[name] = Said(url, layer.origin("databases", name))
    return found


def _default_database(layers: Sequence[Layer], databases: Mapping[str, Said]) -> Said:
    found = _latest(layers, NOTHING_SAID, "databases", "default")
    if found.text and found.text not in databases:
        raise UsageError(
            f"{found.origin}: no database is called `{found.text}`; {nearest(found.text, list(databases))}"
        )
    return found


def _trail(layers: Sequence[Layer], said: Mapping[str, Said]) -> Said:
    """As an absolute path: a relative one is meant from the file's folder."""
    found = _latest(layers, said, "trail", "path")
    return _from_its_file(found) if found.origin.kind == "file" else found


def _library(layers: Sequence[Layer]) -> Iterator[Said]:
    """Every file adds its own folders; a relative one is meant from the file's folder."""
    for layer in layers:
        for position, folder in layer.entries("library"):
            yield _from_its_file(Said(folder, layer.origin("library", position)))


def _from_its_file(said: Said) -> Said:
    try:
        path = Path(said.text).expanduser()
    except RuntimeError as error:
        raise UsageError(f"{said.origin}: `{said.text}` names a home that is not there") from error
    return said._replace(text=str(Path(said.origin.name).parent / path))
