"""Sibling sections that are alternatives: *Scenario 1, 2, 3*, *Option A/B*, *Issue N*, *Procedure N*."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..expressions import expression
from .drafts import ChoiceDraft, OptionDraft
from .labels import option_family
from .sections import Unit

CONDITION = expression(
    r"if\s+(?!needed\b|necessary|required|possible|that\b|this\b|these\b|it\b|all\b|still\b|nothing|none|you\b|not\b)\S",
    re.IGNORECASE,
)
"""`If the subscription is stuck`; not the fallback of a section above, such as `If that does not help`."""
ONLY_AMONG_THEIR_LIKE = frozenset({"for", "if"})
"""Such headings are alternatives where every section beside them is one; a numbered scenario is one anyway."""


def find_section_choices(units: Sequence[Unit]) -> tuple[list[ChoiceDraft], dict[int, list[OptionDraft]]]:
    """The choices, and for each unit (by its place) the options it stands under, outermost first."""
    siblings: dict[tuple[int, str], list[Unit]] = {}
    for unit in units[1:]:
        siblings.setdefault((id(unit.parent), _family(unit.title)), []).append(unit)
    choices: list[ChoiceDraft] = []
    option_of: dict[int, OptionDraft] = {}
    for (parent, family), group in siblings.items():
        is_mixed = family in ONLY_AMONG_THEIR_LIKE and (parent, "") in siblings
        if family and len(group) > 1 and not is_mixed:
            choices.append(_choice(group, option_of))
    return choices, {place: _chain(unit, option_of) for place, unit in enumerate(units) if option_of}


def _family(title: str) -> str:
    return option_family(title) or ("if" if CONDITION.match(title) else "")


def _choice(group: Sequence[Unit], option_of: dict[int, OptionDraft]) -> ChoiceDraft:
    parent = group[0].parent
    choice = ChoiceDraft(parent.title if parent else "", parent.path if parent else ())
    for unit in group:
        option_of[id(unit)] = OptionDraft(unit.title, unit.first, unit.last)
        choice.options.append(option_of[id(unit)])
    return choice


def _chain(unit: Unit | None, option_of: dict[int, OptionDraft]) -> list[OptionDraft]:
    chain: list[OptionDraft] = []
    while unit is not None:
        if id(unit) in option_of:
            chain.insert(0, option_of[id(unit)])
        unit = unit.parent
    return chain
