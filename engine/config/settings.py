"""What is in force for a run, and where each value came from. Plain values; nothing here reads a file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal, NamedTuple, get_args

from ..danger import Policy
from ..limits import BUILT_IN as BUILT_IN_LIMITS
from ..limits import Limits
from ..model import NOTHING
from .files import Role

OriginKind = Literal["built in", "file", "document", "variable", "option"]
Theme = Literal["oncue-dark", "oncue-light", "oncue-contrast"]
THEMES: tuple[Theme, ...] = get_args(Theme)
"""The looks of the full screen; the first one is built in."""


@dataclass(frozen=True, slots=True)
class Origin:
    kind: OriginKind = "built in"
    name: str = ""
    """The path, the environment variable or the option."""
    line: int | None = None

    def __str__(self) -> str:
        place = f"{self.name}:{self.line}" if self.line else self.name
        return place or self.kind


BUILT_IN = Origin()


class Said(NamedTuple):
    """What somebody says about one setting."""

    text: str
    origin: Origin = BUILT_IN


@dataclass(frozen=True, slots=True)
class Value:
    """One setting in force, as it is shown. Never a secret: files may not hold any."""

    key: str
    text: str
    origin: Origin = BUILT_IN


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read. The digest is of its bytes."""

    path: str
    role: Role
    sha256: str


@dataclass(frozen=True, slots=True)
class SecretPattern:
    name: str
    """What stands in the mask."""
    pattern: str


@dataclass(frozen=True, slots=True)
class Settings:
    policy: Policy = field(default_factory=Policy)
    environment: str = ""
    """Name of the environment the whole run works in; one of the policy's, or what the document calls it."""
    step_timeout: float | None = None
    """Seconds for a step whose fence names none."""
    context_timeout: float = 5.0
    """Seconds for a command that shows where the run works."""
    value_timeout: float = 10.0
    """Seconds for a command that an input's `from` names."""
    limits: Limits = BUILT_IN_LIMITS
    """Of SQL steps."""
    secret_patterns: tuple[SecretPattern, ...] = ()
    secret_names: tuple[str, ...] = ()
    """Globs over the names of environment variables whose values are secret."""
    databases: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    """Name → URL as written: `${NAME}` in it is filled in where it is opened, see `databases.py`."""
    default_database: str = ""
    trail: str = ""
    library: tuple[str, ...] = ()
    """Folders in which runbooks are looked for; empty for the built-in places."""
    theme: str = THEMES[0]
    keys: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    """Action → its keys, joined by commas; only what is not built in."""
    values: tuple[Value, ...] = ()
    sources: tuple[Source, ...] = ()

    def summary(self) -> str:
        """One line for whoever starts a run: where it works, and whose settings count."""
        where = next((f"{one.text} ({one.origin})" for one in self.values if one.key == "environment" and one.text), "")
        files = ", ".join(source.path for source in self.sources)
        return "; ".join(filter(None, (where and f"environment {where}", files and f"settings of {files}")))

    def record(self) -> tuple[str, ...]:
        """What a run's first event keeps: the files with their digests, then everything that is not built in."""
        files = [f"{source.path} sha256:{source.sha256}" for source in self.sources]
        changed = [one for one in self.values if one.origin.kind != "built in"]
        return (*files, *(f"{one.key} = {one.text} ({one.origin})" for one in changed))


def nearest(word: str, known: Collection[str]) -> str:
    """`the nearest is …`, or all there are."""
    near = get_close_matches(word, known, n=1, cutoff=0.5)
    return f"the nearest is `{near[0]}`" if near else f"known are {', '.join(f'`{one}`' for one in known) or 'none'}"
