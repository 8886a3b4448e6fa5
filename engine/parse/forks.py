"""Alternatives inside one block: `# For Kubernetes:` beside `# For Docker:`, `# Option A`, `# Or clear a pattern`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ..expressions import expression
from .splitting import Part

PLATFORM = r"""(?:(?:aws|amazon|google|gcp|azure|plain)\s+)?(?:kubernetes|k8s|openshift|docker(?:[ -](?:compose|swarm))?
    |podman|nomad|systemd|sysvinit|ecs|eks|gke|aks|ec2|lambda|fargate|vms?|bare[ -]metal|linux|mac\ ?os|os\ x|windows
    |ubuntu|debian|rhel|centos|fedora|alpine|arch|suse|homebrew|postgres(?:ql)?|mysql|mariadb|mongo(?:db)?|redis|aws|gcp
    |azure|helm|auto\ scaling)(?:\s*[/,&]\s*[\w. ]+)?(?:\s+\([^()]*\))?:?"""
NOTHING_MORE = r"(?:(?!\ -\ )[^:–—]){1,50}"

FAMILIES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.VERBOSE | re.IGNORECASE))
    for name, pattern in (
        ("option", r"(?:option|alternative|method|variant|approach|scenario|case)\s+(?:[a-z]|\d+)\b"),
        ("platform", rf"{PLATFORM}$"),
        ("for", rf"for\s+(?!example|instance|more|each|all\b|every){NOTHING_MORE}:?$"),
        ("with", rf"(?:if\s+(?:you\ are\s+|you're\s+)?)?(?:on|using|with|via)\s+(?:{NOTHING_MORE}:$|{PLATFORM}$)"),
        ("if", rf"if\s+{NOTHING_MORE}:$"),
    )
)
"""Headings of one family, two or more in a block, are ways to do the same thing. A platform's name alone is one."""

ALTERNATIVE = expression(r"(?:or\b(?! not)|alternatively\b|alternative\s*:)", re.IGNORECASE)
"""This one is an alternative to the part before it, whatever that is called."""


OPENINGS = frozenset(
    """op al me va ap sc ca or fo on us wi vi if aw am go gc az pl ku k8 do po no sy ec ek gk ak la fa vm ba li ma os ub
    de rh ce fe ar su ho my mo re he au""".split()  # noqa: SIM905 - read as a column
)
"""First two letters of everything above: nearly all comments are ruled out by them."""


class Fork(NamedTuple):
    """One alternative; parts with the same `number` and `label` belong together."""

    number: int
    """Which choice of the block, counted from 0."""
    label: str
    row: int


def forks(parts: Sequence[Part]) -> list[Fork | None]:
    """For every part the alternative it belongs to, or None when it is walked in any case."""
    families = [_family(part) for part in parts]
    found: list[Fork | None] = [None] * len(parts)
    number = -1
    family = ""
    for index, part in enumerate(parts):
        mine = families[index]
        before = found[index - 1] if index else None
        if mine == "or" and index and (before or _may_be_alternative(parts[index - 1])):
            if before is None:
                number += 1
                found[index - 1] = Fork(number, parts[index - 1].title, parts[index - 1].first)
            found[index] = Fork(number, _label(part), part.first)
            family = family if before else "or"
        elif mine not in {"", "or"} and (mine == family or families.count(mine) > 1):
            number += mine != family
            family = mine
            found[index] = Fork(number, _label(part), part.first)
        elif before is not None and part.numbered and _counts_on(parts, found, index):
            found[index] = before
        else:
            family = ""
    return found


def _family(part: Part) -> str:
    if not part.heads:
        return ""
    head = part.heads[0]
    if head[:2].lower() not in OPENINGS:
        return ""
    if ALTERNATIVE.match(head):
        return "or"
    return next((name for name, pattern in FAMILIES if pattern.match(head)), "")


def _label(part: Part) -> str:
    return part.heads[0].rstrip(":").strip()


def _may_be_alternative(part: Part) -> bool:
    return bool(part.title) and part.has_commands and not part.numbered


def _counts_on(parts: Sequence[Part], found: Sequence[Fork | None], index: int) -> bool:
    """The alternative's own head was numbered, or held no command of its own: its steps follow."""
    fork = found[index - 1]
    head = next(part for part, mine in zip(parts, found, strict=True) if mine == fork)
    return head.numbered or not head.has_commands
