"""Whether anything limits the rows that a statement changes: a WHERE that is there, and is not always true."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable

from .part import Part

WHERE = frozenset({"WHERE", "PREWHERE"})
BEHIND = frozenset(
    [
        "RETURNING",
        "ORDER",
        "LIMIT",
        "GROUP",
        "HAVING",
        "OPTION",
        "ALLOW",
        "SETTINGS",
        "WINDOW",
        "UNION",
        "EXCEPT",
        "INTERSECT",
        "FETCH",
        "IN_PARTITION",
        "OUTPUT",
    ]
)
"""What ends a condition."""
DEEPEST = 30
COMPARISONS: dict[str, Callable[[object, object], bool]] = {
    "=": operator.eq,
    "==": operator.eq,
    "<=>": operator.eq,
    "IS": operator.eq,
    "LIKE": operator.eq,
    "ILIKE": operator.eq,
    "<>": operator.ne,
    "!=": operator.ne,
    "<": lambda a, b: _sorted(a, b) and a != b,
    ">": lambda a, b: _sorted(b, a) and a != b,
    "<=": lambda a, b: a == b or _sorted(a, b),
    ">=": lambda a, b: a == b or _sorted(b, a),
}
REFLEXIVE = frozenset({"=", "==", "<=", ">=", "<=>", "IS", "LIKE", "ILIKE"})
TRUE_STRINGS = frozenset({"1", "t", "true", "y", "yes", "on"})


def condition(part: Part, place: int = 0) -> Part | None:
    """What stands behind WHERE; None without one."""
    start = part.level_word(WHERE, place)
    if start is None:
        return None
    end = part.level_word(BEHIND, start + 1)
    return part.between(start + 1, len(part) if end is None else end)


def limits_nothing(part: Part, place: int = 0) -> bool:
    """No WHERE, or one that picks every row."""
    found = condition(part, place)
    return found is None or always(found) or _picks_itself(part, found)


def _picks_itself(part: Part, found: Part) -> bool:
    """`FROM t WHERE id IN (SELECT id FROM t)`: a query without a condition of its own."""
    inner = _bare(found)
    place = inner.level_word(frozenset({"IN"}))
    query = inner.group(place + 1) if place and inner.word(place + 1) == "(" else None
    if (
        query is None
        or inner.group_end(place + 1 if place else 0) < len(inner)
        or inner.word((place or 0) - 1) == "NOT"
    ):
        return False
    table = query.level_word(frozenset({"FROM"}))
    if query.verb != "SELECT" or table is None or query.name_end(table + 1) != len(query):
        return False
    start = part.level_word(WHERE) or 0
    named = (part.text(here, part.name_end(here)).lower() for here in range(1, start) if part.name_end(here))
    return query.text(table + 1).lower() in named


def always(part: Part, depth: int = 0) -> bool:
    """Whether a condition holds for every row, as far as constants and columns compared with themselves tell."""
    if not len(part) or depth > DEEPEST:
        return True
    inner = _bare(part)
    alternatives = _split(inner, frozenset({"OR"}))
    if len(alternatives) > 1:
        return any(always(one, depth + 1) for one in alternatives)
    terms = _split(inner, frozenset({"AND", "&&"}))
    if len(terms) > 1:
        return all(always(one, depth + 1) for one in terms)
    if inner.verb in ("NOT", "!"):
        return never(inner.since(1), depth + 1)
    return _atom(inner)


def never(part: Part, depth: int = 0) -> bool:
    """Whether a condition holds for no row."""
    if not len(part) or depth > DEEPEST:
        return False
    inner = _bare(part)
    if inner.verb in ("NOT", "!"):
        return always(inner.since(1), depth + 1)
    if len(inner) == 1:
        return inner.word(0) in ("FALSE", "NULL") or _constant(inner) in (0.0, "0", "f", "false", "")
    return _compared(inner) is False


def _bare(part: Part) -> Part:
    while part.verb == "(" and part.group_end(0) == len(part) and part.word(len(part) - 1) == ")":
        part = part.group(0)
    return part


def _split(part: Part, words: frozenset[str]) -> list[Part]:
    """At these words; the AND of BETWEEN is none of them."""
    pieces: list[Part] = []
    start, between = 0, False
    for place in part.level_places(0):
        word = part.word(place)
        if word == "BETWEEN":
            between = True
        elif word in words and between and word == "AND":
            between = False
        elif word in words and part.at(place).kind in ("word", "op"):
            pieces.append(part.between(start, place))
            start = place + 1
    return [*pieces, part.since(start)]


def _atom(part: Part) -> bool:
    if len(part) == 1:
        return part.verb == "TRUE" or _truthy(_constant(part))
    words = [token.word for token in part]
    if words[-3:] == ["IS", "NOT", "NULL"]:
        return _constant(part.between(0, len(part) - 3)) is not None or _is_key(part.between(0, len(part) - 3))
    if words[-2:] == ["IS", "TRUE"]:
        return always(part.between(0, len(words) - 2), 1)
    if words[0] == "EXISTS" and "FROM" not in words:
        return True
    return _compared(part) is True


def _compared(part: Part) -> bool | None:
    """The outcome of a comparison, when it is the same for every row."""
    place = part.level_word(frozenset(COMPARISONS))
    if not place:
        return None
    sign, left, right = part.word(place), part.between(0, place), part.since(place + 1)
    if [_spelling(left, i) for i in range(len(left))] == [_spelling(right, i) for i in range(len(right))]:
        return sign in REFLEXIVE
    if sign in ("LIKE", "ILIKE") and len(right) == 1 and set(str(_constant(right))) == {"%"}:
        return True
    first, second = _constant(left), _constant(right)
    if first is not None and second is not None:
        return COMPARISONS[sign](first, second)
    all_keys = sign in (">", ">=", "<>", "!=") and second in (0.0, -1.0, "", "0")
    return True if _is_key(left) and (all_keys or (sign == ">=" and second == 1.0)) else None


def _spelling(part: Part, place: int) -> str:
    token = part.at(place)
    return token.word if token.kind == "word" else part.source[token.start : token.end].strip('"`[]').upper()


def _is_key(part: Part) -> bool:
    """A column that every row has a value in."""
    return bool(part) and len(part) <= 5 and _spelling(part, len(part) - 1) in ("ID", "UUID", "_ID")


def _constant(part: Part) -> float | str | bool | None:
    sign = -1.0 if part.verb == "-" else 1.0
    if not 1 <= len(part) <= 1 + (sign < 0):
        return None
    last = part.at(len(part) - 1)
    text = part.source[last.start : last.end]
    if last.kind == "number":
        return sign * float(text) if re.fullmatch(r"\d{1,15}(?:\.\d{1,15})?", text) else None
    if last.kind == "string" and text.startswith("'"):
        return text[1:-1]
    return {"TRUE": True, "FALSE": False}.get(last.word)


def _truthy(value: float | str | bool | None) -> bool:
    return value.lower() in TRUE_STRINGS if isinstance(value, str) else bool(value)


def _sorted(first: object, second: object) -> bool:
    if isinstance(first, str) and isinstance(second, str):
        return first <= second
    return isinstance(first, float) and isinstance(second, float) and first <= second
