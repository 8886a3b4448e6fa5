"""What a verdict may depend on beside the text: what earlier steps set, where the run works, what the team decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from ..levels import Level
from .rule import Rule

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Environment:
    """A place where everything weighs more, `production` above all."""

    name: str
    match: tuple[str, ...] = ()
    """Globs over what a command names as namespace, context, host, project or database."""
    raises: Mapping[Level, Level] = field(default_factory=dict)
    """Level of the command → level it has here; never a lower one."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What a team's configuration says about danger. `Policy()` is what is in force without one."""

    environments: tuple[Environment, ...] = (
        Environment(
            "production",
            ("prod", "prod-*", "prod_*", "*-prod", "*_prod", "production*", "live"),
            {"unknown": "caution"},
        ),
    )
    aliases: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    """A command word → the words it stands for: `k` → `kubectl`, `tf` → `terraform`."""
    wrappers: tuple[str, ...] = ()
    """Words that run the command after them, such as `gds aws`."""
    borrowed: frozenset[str] = frozenset()
    """Those aliases and wrappers for which nobody vouches: through them a verdict rises and never falls."""
    rules: tuple[Rule, ...] = ()
    """Tried before our own. One that lowers a level carries its reason in `why`."""

    def without_borrowed(self) -> Policy:
        return replace(
            self,
            aliases={word: words for word, words in self.aliases.items() if word not in self.borrowed},
            wrappers=tuple(words for words in self.wrappers if words not in self.borrowed),
            borrowed=frozenset(),
        )


@dataclass(frozen=True, slots=True)
class Memory:
    """What the steps before this one left in the shell, as far as their text tells."""

    values: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    """Variable → its text."""
    functions: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    """Function → its body, as shell text."""
    aliases: Mapping[str, str] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Surroundings:
    policy: Policy = field(default_factory=Policy)
    memory: Memory = field(default_factory=Memory)
    environment: str = ""
    """Name of the environment the whole run works in, from front matter or configuration."""
    dialect: str = ""
    """Of SQL: `postgres`, `mysql`, `sqlite`; empty when nobody knows."""
    final: bool = False
    """Every placeholder has its value; what still looks like one is what the shell takes it for."""
    interpreter: str = ""
    """The shebang line of a script that is no shell script."""
