"""YAML front matter: metadata for everybody, and the optional extras of our own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType

from ..model import Problem, Variable

OUR_KEYS = ("variables", "databases", "expects", "escalation", "environment", "kind")
SHARED_KEYS = (
    "title",
    "service",
    "owner",
    "severity",
    "tags",
    "description",
    "version",
    "date",
    "last-tested",
    "review",
)
"""Keys that any front matter may carry, ours too."""
KEY = re.compile(r"""[\s-]*["']?([^:"'#]+?)["']?\s*:""")
VARIABLE_KEYS = ("default", "pattern", "choices", "from", "secret", "description")
TELLING = frozenset({"variables", "databases", "expects"})
"""One of these, or two of ours, makes a front matter clearly ours; `kind` or `environment` alone may be anybody's."""


@dataclass(slots=True)
class FrontMatter:
    values: Mapping[str, object]
    declared: tuple[Variable, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    line_count: int = 0
    """Lines of the document it takes, with both markers."""


def read_front_matter(lines: Sequence[str]) -> FrontMatter:
    """Front matter is a block between `---` lines at the very top; without its end there is none."""
    end = _end(lines)
    if end is None:
        return FrontMatter({})
    source = lines[1:end]
    found = FrontMatter({}, line_count=end + 1)
    values = _load("\n".join(source), found)
    if isinstance(values, dict):
        places = _places(source)
        found.values = MappingProxyType({str(key): value for key, value in values.items()})
        if _is_ours(found.values):
            _check_keys(found, places)
        found.declared = tuple(_variables(found, places))
    elif values is not None:
        found.problems.append(Problem(1, "front-matter", "the front matter is not a list of `key: value`"))
    return found


def _end(lines: Sequence[str]) -> int | None:
    if not lines or lines[0].rstrip() != "---":
        return None
    return next((row for row, line in enumerate(lines[1:], start=1) if line.rstrip() in {"---", "..."}), None)


def _load(text: str, found: FrontMatter) -> object:
    import yaml  # only documents with front matter pay for it

    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        reason = getattr(error, "problem", None) or str(error).split("\n")[0]
        found.problems.append(Problem(line, "front-matter", f"the front matter is not YAML: {reason}"))
        return None


def _is_ours(values: Mapping[str, object]) -> bool:
    mine = {key for key in values if key in OUR_KEYS}
    return (
        bool(mine & TELLING)
        or len(mine) > 1
        or values.get("kind") in {"procedure", "catalogue"}
        or (isinstance(values.get("escalation"), (list, dict)))
    )


def _check_keys(found: FrontMatter, places: Mapping[str, int]) -> None:
    known = (*OUR_KEYS, *SHARED_KEYS)
    for key in found.values:
        nearest = get_close_matches(key, known, n=1)
        if key not in known and nearest:
            _report_key(found, places, key, nearest[0])


def _report_key(found: FrontMatter, places: Mapping[str, int], key: str, nearest: str) -> None:
    message = f"`{key}` is not a key of the front matter; the nearest is `{nearest}`"
    found.problems.append(Problem(_line_of(places, key), "unknown-front-matter-key", message))


def _places(source: Sequence[str]) -> dict[str, int]:
    """The first line of each key, wherever it is nested."""
    places: dict[str, int] = {}
    for row, line in enumerate(source):
        found = KEY.match(line)
        if found:
            places.setdefault(found[1], row + 2)
    return places


def _line_of(places: Mapping[str, int], key: str) -> int:
    return places.get(key, 1)


def _variables(found: FrontMatter, places: Mapping[str, int]) -> list[Variable]:
    """`variables` is a mapping of names; a name may stand for its default alone."""
    described = found.values.get("variables")
    if isinstance(described, list) and all(isinstance(each, dict) and "name" in each for each in described):
        described = {str(each["name"]): each for each in described}
    if described is None:
        return []
    if not isinstance(described, dict):
        message = "`variables` is a mapping of names, each with its default or its description"
        found.problems.append(Problem(_line_of(places, "variables"), "front-matter", message))
        return []
    return [_variable(str(name), about, found, places) for name, about in described.items()]


def _variable(name: str, about: object, found: FrontMatter, places: Mapping[str, int]) -> Variable:
    line = _line_of(places, name)
    if not isinstance(about, dict):
        return Variable(name, "dollar", (line,), default=None if about is None else _scalar(about))
    for key in about:
        nearest = get_close_matches(str(key), VARIABLE_KEYS, n=1, cutoff=0.5)
        if key not in VARIABLE_KEYS and key != "name":
            _report_key(found, places, str(key), nearest[0] if nearest else "default")
    choices = about.get("choices")
    default = about.get("default")
    return Variable(
        name,
        "dollar",
        (line,),
        default=None if default is None else _scalar(default),
        pattern=_scalar(about["pattern"]) if about.get("pattern") is not None else None,
        choices=tuple(map(_scalar, choices)) if isinstance(choices, list) else (),
        secret=about.get("secret") is True,
        description=_scalar(about.get("description") or ""),
    )


def _scalar(value: object) -> str:
    """As it would be typed: YAML's `true` stays `true`."""
    return str(value).lower() if isinstance(value, bool) else str(value)
