"""YAML front matter: metadata for everybody, and the optional extras of our own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType

from ..expressions import expression
from ..model import Expectation, Problem, Variable
from .declared import read_variables

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
EXPECTS_WITHIN = 200
"""Lines in which front matter without its end is looked for."""
KEY = expression(r"""[\s-]*["']?([^:"'#]+?)["']?\s*:""")
TELLING = frozenset({"variables", "databases", "expects"})
"""One of these, or two of ours, makes a front matter clearly ours; `kind` or `environment` alone may be anybody's."""


@dataclass(slots=True)
class FrontMatter:
    values: Mapping[str, object]
    declared: tuple[Variable, ...] = ()
    expects: tuple[Expectation, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    line_count: int = 0
    """Lines of the document it takes, with both markers."""


def read_front_matter(lines: Sequence[str]) -> FrontMatter:
    """Front matter is a block between `---` lines at the very top; without its end there is none."""
    end = _end(lines)
    source = lines[1:end] if end is not None else []
    found = FrontMatter({}, line_count=end + 1 if end is not None else 0)
    values = _load("\n".join(source), found) if source else None
    if isinstance(values, dict):
        places = _places(source)
        found.values = MappingProxyType({str(key): value for key, value in values.items()})
        if _is_ours(found.values):
            _check_keys(found, places)
        declared = read_variables(found.values.get("variables"), "\n".join(source), _line_of(places, "variables"))
        found.declared = declared.variables
        found.problems += declared.problems
    elif values is not None:
        found.problems.append(Problem(1, "front-matter", "the front matter is not a list of `key: value`"))
    _read_expectations(lines, source, found)
    return found


def _read_expectations(lines: Sequence[str], source: Sequence[str], found: FrontMatter) -> None:
    """Also where nothing else of the front matter can be read: what cannot be checked must not be taken for met."""
    begun = next((line for line in lines if line.strip()), "").rstrip() == "---"
    written = found.values or source or (lines[:EXPECTS_WITHIN] if begun and not found.line_count else ())
    if any(get_close_matches(word.lower().strip("{ \"'")[:7], ["expects"], n=1, cutoff=0.7) for word in written):
        from .expected import read_expectations  # few documents have any

        found.expects, problems = read_expectations(lines, source)
        found.problems += problems


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
        or any(isinstance(values[key], dict) and get_close_matches(key, TELLING, n=1, cutoff=0.85) for key in values)
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
