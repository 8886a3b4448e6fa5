"""Headings numbered as steps: one with prose alone is still something to do where those beside it hold steps."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from ..expressions import expression
from .drafts import Draft, OptionDraft
from .sections import Unit

NUMBER = expression(r"(?:(?:step|phase|stage|task)\s+#?\d+|\d+(?:\.\d+)*[.):]|\d+(?:\.\d+)+)(?![\w.])", re.IGNORECASE)
"""`3.`, `4.1.`, `2)`, `Step 2`; not the number of `2 replicas are down`."""

Placed = tuple[int, Draft]
"""A step with the place of its unit."""


def with_numbered_headings(
    placed: Sequence[Placed], units: Sequence[Unit], options: Mapping[int, Sequence[OptionDraft]], lines: Sequence[str]
) -> list[Placed]:
    """The steps, with a manual one for every numbered heading that holds none while a numbered sibling does."""
    bearing = _bearing(placed, units)
    in_rows = {id(unit.parent) for unit in units if id(unit) in bearing and NUMBER.match(unit.title)}
    added = [
        (place, _manual(unit, lines, options.get(place, ())))
        for place, unit in enumerate(units)
        if id(unit.parent) in in_rows and _is_idle(unit, bearing)
    ]
    return sorted([*placed, *added], key=lambda each: each[0]) if added else list(placed)


def _bearing(placed: Sequence[Placed], units: Sequence[Unit]) -> set[int]:
    """Identities of the units with something to walk in them, however deep."""
    found: set[int] = set()
    for place, draft in placed:
        unit: Unit | None = units[place] if draft.kind != "template" else None
        while unit is not None and id(unit) not in found:
            found.add(id(unit))
            unit = unit.parent
    return found


def _is_idle(unit: Unit, bearing: AbstractSet[int]) -> bool:
    return id(unit) not in bearing and not unit.describes and NUMBER.match(unit.title) is not None


def _manual(unit: Unit, lines: Sequence[str], options: Sequence[OptionDraft]) -> Draft:
    first = unit.blocks[0].first if unit.blocks else unit.first + 1
    prose = textwrap.dedent("\n".join(lines[first - 1 : unit.last])).strip("\n")
    last = first + prose.count("\n") if prose.strip() else unit.first
    return Draft("manual", unit.title, unit.first, last, prose=prose, options=list(options))
