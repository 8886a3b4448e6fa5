"""What the files together say about danger. Here the stricter saying wins over the nearer one.

A project's file may have come with somebody else's repository: it adds to what is in force, comes after what the
operator's own files say, and takes nothing away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from ..danger import LEVELS, Environment, Policy, Rule
from ..errors import UsageError
from ..levels import Level
from .rows import allowance_of, rule_of
from .settings import BUILT_IN, Origin, Said, Value, nearest

if TYPE_CHECKING:  # it brings pydantic, which nobody needs who has no file
    from .reading import Layer


@dataclass(slots=True)
class _Parts:
    """What makes up one environment, piece by piece as it was said."""

    match: list[tuple[Sequence[str], Origin]] = field(default_factory=list)
    raises: list[tuple[Mapping[Level, Level], Origin]] = field(default_factory=list)


def read_policy(layers: Sequence[Layer]) -> tuple[Policy, list[Value]]:
    ranked = by_trust(layers)
    environments, seen = _environments(ranked)
    rules, more = _rules(ranked)
    aliases, named = _aliases(ranked)
    wrapping = [(text, layer.origin("wrappers", at)) for layer in ranked for at, text in layer.entries("wrappers")]
    wrappers = tuple(text for text, _ in wrapping)
    policy = Policy(environments, aliases, wrappers, frozenset(_borrowed(ranked)), rules)
    return policy, [*seen, *more, *named, *(Value("wrappers", text, origin) for text, origin in wrapping)]


def by_trust(layers: Sequence[Layer]) -> list[Layer]:
    """The most trusted first: named on the command line, the user's own, found."""
    return sorted(layers, key=lambda layer: ("option", "own", "project").index(layer.source.role))


def choose_environment(policy: Policy, said: Iterable[Said]) -> Said:
    """Of several, the one where most is raised; the first of equals. A document may name one that nobody has
    described, which then raises nothing; one that is nearly described is a slip of the pen."""
    found = [one._replace(text=_described(policy, *one)) for one in said]
    return max(found, key=lambda one: _weight(policy, one.text), default=Said(""))


def _described(policy: Policy, name: str, origin: Origin) -> str:
    """The policy's name for what somebody calls `prod-eu`."""
    names = [one.name for one in policy.environments]
    if name in names:
        return name
    for one in policy.environments:
        if any(fnmatchcase(name.lower(), glob.lower()) for glob in one.match):
            return one.name
    if origin.kind == "document" and not get_close_matches(name, names, cutoff=0.75):
        return name
    raise UsageError(f"{origin}: no environment is called `{name}`; {nearest(name, names)}")


def _weight(policy: Policy, name: str) -> int:
    raises = next((one.raises for one in policy.environments if one.name == name), {})
    return sum(LEVELS.index(raises.get(level, level)) for level in LEVELS)


def _environments(ranked: Sequence[Layer]) -> tuple[tuple[Environment, ...], list[Value]]:
    """A trusted file replaces what is built in, key by key; a project's file adds to it."""
    found = {one.name: _Parts([(one.match, BUILT_IN)], [(one.raises, BUILT_IN)]) for one in Policy().environments}
    trusted = [layer for layer in ranked if layer.source.role != "project"]
    for layer in [*reversed(trusted), *ranked[len(trusted) :]]:
        for name, table in (layer.get("environments") or {}).items():
            parts, adds = found.setdefault(name, _Parts()), layer.source.role == "project"
            if "match" in table:
                origin = layer.origin("environments", name, "match")
                parts.match = [*(parts.match if adds else ()), (table["match"], origin)]
            if "raise" in table:
                origin = layer.origin("environments", name, "raise")
                parts.raises = [*(parts.raises if adds else ()), (table["raise"], origin)]
    return tuple(_environment(name, parts) for name, parts in found.items()), list(_environment_values(found))


def _environment(name: str, parts: _Parts) -> Environment:
    match = dict.fromkeys(glob for globs, _ in parts.match for glob in globs)
    raises: dict[Level, Level] = {}
    for level, raised in (pair for said, _ in parts.raises for pair in said.items()):
        raises[level] = max(raised, raises.get(level, level), key=LEVELS.index)
    return Environment(name, tuple(match), raises)


def _environment_values(found: Mapping[str, _Parts]) -> Iterator[Value]:
    for name, parts in found.items():
        for globs, origin in parts.match:
            yield Value(f"environments.{name}.match", ", ".join(globs) or "nothing", origin)
        for raises, origin in parts.raises:
            shown = ", ".join(f"{level} to {raised}" for level, raised in raises.items())
            yield Value(f"environments.{name}.raise", shown or "nothing", origin)


def _rules(ranked: Sequence[Layer]) -> tuple[tuple[Rule, ...], list[Value]]:
    """Within a file what is allowed is an exception to its rules, so it comes first."""
    found: list[tuple[str, Rule, Origin]] = []
    for layer in ranked:
        for key, make in (("allow", allowance_of), ("rules", rule_of)):
            for position, row in layer.entries(key):
                origin = layer.origin(key, position)
                found.append((key, make(row, str(origin)), origin))
    values = [Value(key, _shown(rule), origin) for key, rule, origin in found]
    return tuple(rule for _, rule, _ in found), values


def _shown(rule: Rule) -> str:
    return f"{' '.join(f'{rule.tool} {rule.what}'.split())} is {rule.level}: {rule.why}"


def _borrowed(ranked: Sequence[Layer]) -> Iterator[str]:
    """A project's words for commands that no trusted file has."""
    trusted = [layer for layer in ranked if layer.source.role != "project"]
    known = {word for layer in trusted for word in (*(layer.get("aliases") or ()), *(layer.get("wrappers") or ()))}
    for layer in ranked[len(trusted) :]:
        yield from {*(layer.get("aliases") or ()), *(layer.get("wrappers") or ())} - known


def _aliases(ranked: Sequence[Layer]) -> tuple[Mapping[str, str], list[Value]]:
    found: dict[str, tuple[str, Origin]] = {}
    for layer in ranked:
        for word, words in (layer.get("aliases") or {}).items():
            found.setdefault(word, (words, layer.origin("aliases", word)))
    for word, (_, origin) in found.items():
        _check_end(word, found, origin)
    values = [Value(f"aliases.{word}", words, origin) for word, (words, origin) in found.items()]
    return {word: words for word, (words, _) in found.items()}, values


def _check_end(word: str, aliases: Mapping[str, tuple[str, Origin]], origin: Origin) -> None:
    seen, current = {word}, word
    while current in aliases:
        current = aliases[current][0].split()[0]
        if current in seen:
            raise UsageError(f"{origin}: `aliases.{word}` stands for itself in the end")
        seen.add(current)
