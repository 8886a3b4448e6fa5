"""What a verdict may depend on beside the text: what earlier steps set, where the run works, what the team decided."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from ..levels import Level
from .rule import Rule

NOTHING: Mapping[str, str] = MappingProxyType({})
NOTHING_RAISED: Mapping[Level, Level] = MappingProxyType({})


class Environment(NamedTuple):
    """A place where everything weighs more, `production` above all."""

    name: str
    match: tuple[str, ...] = ()
    """Globs over what a command names as namespace, context, host, project or database."""
    raises: Mapping[Level, Level] = NOTHING_RAISED
    """Level of the command → level it has here; never a lower one."""


class Policy(NamedTuple):
    """What a team's configuration says about danger. `Policy()` is what is in force without one."""

    environments: tuple[Environment, ...] = (
        Environment(
            "production",
            ("prod", "prod-*", "prod_*", "*-prod", "*_prod", "production*", "live"),
            {"unknown": "caution"},
        ),
    )
    aliases: Mapping[str, str] = NOTHING
    """A command word → the words it stands for: `k` → `kubectl`, `tf` → `terraform`."""
    wrappers: tuple[str, ...] = ()
    """Words that run the command after them, such as `gds aws`."""
    borrowed: frozenset[str] = frozenset()
    """Those aliases and wrappers for which nobody vouches: through them a verdict rises and never falls."""
    rules: tuple[Rule, ...] = ()
    """Tried before our own. One that lowers a level carries its reason in `why`."""

    def without_borrowed(self) -> Policy:
        return self._replace(
            aliases={word: words for word, words in self.aliases.items() if word not in self.borrowed},
            wrappers=tuple(words for words in self.wrappers if words not in self.borrowed),
            borrowed=frozenset(),
        )


class Memory(NamedTuple):
    """What the steps before this one left in the shell, as far as their text tells."""

    values: Mapping[str, str] = NOTHING
    """Variable → its text."""
    functions: Mapping[str, str] = NOTHING
    """Function → its body, as shell text."""
    aliases: Mapping[str, str] = NOTHING
    exported: frozenset[str] = frozenset()
    """Variables that a child of the shell has as well."""
    frozen: frozenset[str] = frozenset()
    """Variables that take no other value."""


class Surroundings(NamedTuple):
    policy: Policy = Policy()
    memory: Memory = Memory()
    environment: str = ""
    """Name of the environment the whole run works in, from front matter or configuration."""
    dialect: str = ""
    """Of SQL: `postgres`, `mysql`, `sqlite`; empty when nobody knows."""
    database: tuple[str, ...] = ()
    """What the database is called that SQL goes to, its host, and its own name on the server."""
    final: bool = False
    """Every placeholder has its value; what still looks like one is what the shell takes it for."""
    interpreter: str = ""
    """The shebang line of a script that is no shell script."""
