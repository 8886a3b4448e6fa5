"""Is the document one procedure to be walked in order, or a catalogue of which the operator picks a section?"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ..expressions import expression
from ..model import Shape
from .drafts import Draft
from .labels import OPTION, describes
from .sections import Unit

PHASES = expression(
    r"""(?:[\d.]+\s+)?(?: symptoms? | prerequisites? | before\s+you | preparation | prepare | prep\b | pre-
      | requirements? | set\s?up | define\b | environment\s+variables | quick\s?start\b | tutorial\b | walk-?through
      | detect | identif | triage | assess | impact | immediate | initial | first | diagnos | investigat
      | debug | analy[sz]
      | contain | mitigat | resol | remediat | fix | recover | eradicat | rollback | roll\s+back | restore
      | verif | validat | check
      | confirm | test | monitor | communicat | notify | escalat | post- | post\s | after | clean\s?up
      | follow-?up | prevent | next
      | lessons | close | finish | summary | deploy | execut | upgrade | install
      | creat(?:e|ing)\b | configur(?:e|ing)\b | start
      | stop | enable
      | overview | introduction | background | procedure$ | steps?$ | steps\s+to\b | instructions
      | process$ | final | wrap
    )""",
    re.VERBOSE | re.I,
)
"""Words that open the phases of one procedure."""
OPENING = expression(
    r"(?:[\d.]+\s+)?(?:pre-?requisites?|before\s+you|(?:define|set|export)\b.*\bvariables|environment\s+variables)\b",
    re.IGNORECASE,
)
CLOSING = expression(
    r"(?:[\d.]+\s+)?(?:clean(?:ing)?[\s-]*up|next\s+steps|conclusion|wrap(?:ping)?[\s-]*up)\b", re.IGNORECASE
)
"""Between sections called like these two, a tutorial goes from its first line to its last."""
IN_ORDER = expression(r"(?:step|phase|stage|part|task|day)\s+#?\d+|^\d+[.)]\s", re.I)
CATALOGUE = expression(
    r"""\b(?: common | procedures | tasks | operations | issues | problems | incidents | scenarios
      | playbooks | recipes | how-?tos?
      | faq | tips | troubleshooting | maintenance | routine | daily | weekly | monthly | useful | cheat
      | miscellaneous | alerts )\b""",
    re.VERBOSE | re.I,
)
"""Words over collections of independent things."""


def shape_of(front_matter: Mapping[str, object], units: Sequence[Unit], drafts: Sequence[tuple[int, Draft]]) -> Shape:
    kind = front_matter.get("kind")
    if kind == "procedure":
        return "procedure"
    if kind in {"catalogue", "catalog"}:
        return "catalogue"
    bearing = {units[place].path[:depth] for place, _ in drafts for depth in range(len(units[place].path) + 1)}
    path: tuple[str, ...] = ()
    while True:
        children = _children(units, path, bearing)
        if len(children) != 1:
            break
        path = children[0].path
    if not children or _is_tutorial(units, children[0].path[:-1]):
        return "procedure"
    return "catalogue" if _are_independent(children) else "procedure"


def _children(units: Sequence[Unit], path: tuple[str, ...], bearing: set[tuple[str, ...]]) -> list[Unit]:
    """Sections directly below `path` that hold something to do, those of reference left out."""
    return [u for u in units[1:] if u.path[:-1] == path and u.path in bearing and not describes(u.title)]


def _is_tutorial(units: Sequence[Unit], path: tuple[str, ...]) -> bool:
    """Among the sections directly below `path`, those that only explain included, one opens and the last one closes."""
    titles = [unit.title for unit in units[1:] if unit.path[:-1] == path]
    return any(map(OPENING.match, titles[:2])) and any(map(CLOSING.match, titles[-2:]))


def _are_independent(children: Sequence[Unit]) -> bool:
    titles = [unit.title for unit in children]
    if sum(1 for title in titles if OPTION.match(title)) > 1:
        return True
    if sum(1 for title in titles if IN_ORDER.search(title)) * 2 >= len(titles):
        return False
    phases = sum(1 for title in titles if PHASES.match(title) and not CATALOGUE.search(title))
    collections = sum(1 for title in titles if CATALOGUE.search(title))
    return collections >= max(phases, 2) or phases * 2 < len(titles)
