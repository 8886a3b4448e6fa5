"""A rule about SQL is one row of data: the words of a statement, what they do, and what they do it to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from ...levels import Level
from ..verdict import LEVELS, Category
from .part import Part

Property = Callable[[Part, int], bool]


SPELLED = {"@": "value", "0": "number", "'": "string", "()": "group"}


@dataclass(frozen=True)
class SqlRule:
    """Rows of a verb are tried in order, and the first that matches decides."""

    what: str
    """The statement's words in the notation of `Pattern`."""
    level: Level
    category: Category
    why: str
    """One sentence without a full stop, in the operator's words."""
    target: str = "{}"
    """What is hit; `{}` is the first name that the pattern took."""
    dialects: str = ""
    """Where the row holds, separated by blanks; empty for everywhere. An unknown dialect is every dialect."""
    yes: tuple[str, ...] = ()
    """Whole statements this row decides."""
    no: tuple[str, ...] = ()
    """Whole statements it does not."""

    @cached_property
    def id(self) -> str:
        """Made of what has to be there."""
        terms = self.what.split()
        words = [SPELLED.get(term) or re.sub(r"[^A-Za-z_]", "", term.split("|")[0]) for term in terms if term[0] != "["]
        words += ["any"] if len(terms) == 1 else self.dialects.split()
        return "-".join(["sql", *filter(None, words)]).lower().replace("_", "-")

    def holds_in(self, dialect: str) -> bool:
        return not dialect or not self.dialects or dialect in self.dialects.split()


class Match(NamedTuple):
    rule: SqlRule
    name: tuple[int, int] | None
    """Tokens of the first name taken."""


class Term(NamedTuple):
    kind: str
    """`word` `optional` `name` `gap` `some` `none` `property` `lacks` `end` `kind` `group`."""
    words: frozenset[str]
    prefixes: tuple[str, ...] = ()

    def takes(self, word: str) -> bool:
        return word in self.words or (bool(self.prefixes) and word.startswith(self.prefixes))


class Pattern:
    """What a statement is matched against, term by term from its first token.

    DROP|KILL   the next token is one of these words; `PG_*` is any with this beginning
    [IF]        it may be there
    *           a name, dotted and quoted as it may be, or a placeholder
    ...         anything in between, outside of parentheses
    ()          a group in parentheses
    ' 0 @       a string, a number, a variable
    ~FULL !FULL the word stands somewhere in the rest, or nowhere
    @x !@x      a named property of the rest holds, or does not
    $           nothing is left
    """

    def __init__(self, what: str, properties: Mapping[str, Property]) -> None:
        self.terms = tuple(_term(text) for text in what.split())
        self.properties = properties
        for term in self.terms:
            if term.kind in ("property", "lacks") and not term.words <= properties.keys():
                raise ValueError(f"`{what}` asks for an unknown property")

    def match(self, part: Part) -> tuple[int, tuple[int, int] | None] | None:
        """How many tokens it took, and which of them are the first name; None when it does not match."""
        place, gap = 0, False
        name: tuple[int, int] | None = None
        for term in self.terms:
            if term.kind == "gap":
                gap = True
                continue
            if term.kind in TAKERS:
                step = self._take(term, part, place, gap)
                if step is None:
                    return None
                if term.kind == "name" and name is None:
                    name = step
                place, gap = step[1], False
            elif not self._holds(term, part, place):
                return None
        return place, name

    def _take(self, term: Term, part: Part, place: int, gap: bool) -> tuple[int, int] | None:
        if gap:
            for start in part.level_places(place):
                if (end := _taken(term, part, start)) is not None:
                    return start, end
            return None
        end = _taken(term, part, place)
        return None if end is None else (place, end)

    def _holds(self, term: Term, part: Part, place: int) -> bool:
        if term.kind in ("some", "none"):
            found = any(token.kind == "word" and term.takes(token.word) for token in part.since(place))
            return found == (term.kind == "some")
        if term.kind == "end":
            return place >= len(part)
        held = all(self.properties[word](part, place) for word in term.words)
        return held == (term.kind == "property")


TAKERS = frozenset({"word", "optional", "name", "kind", "group"})
SIGNS = {"'": "string", "0": "number", "@": "value"}


def _taken(term: Term, part: Part, place: int) -> int | None:
    """The place behind what the term takes here."""
    token = part.at(place)
    if term.kind == "optional":
        return place + 1 if token.kind == "word" and term.takes(token.word) else place
    if place >= len(part):
        return None
    if term.kind == "word":
        return place + 1 if token.kind != "string" and term.takes(token.word) else None
    if term.kind == "name":
        return part.name_end(place)
    if term.kind == "group":
        return part.group_end(place) if token.word == "(" else None
    return place + 1 if token.kind in term.words else None


def _term(text: str) -> Term:
    if text in SIGNS:
        return Term("kind", frozenset({SIGNS[text]}))
    simple = {"*": "name", "...": "gap", "$": "end", "()": "group"}
    if text in simple:
        return Term(simple[text], frozenset())
    if text.startswith(("@", "!@")):
        return Term("property" if text[0] == "@" else "lacks", frozenset({text.lstrip("!@")}))
    if text[0] == "[" and len(text) > 1:
        return _words("optional", text[1:-1])
    if text[0] in "~!" and len(text) > 1:
        return _words("some" if text[0] == "~" else "none", text[1:])
    return _words("word", text)


def _words(kind: str, text: str) -> Term:
    words = text.split("|")
    exact = frozenset(word for word in words if not (word.endswith("*") and len(word) > 1))
    return Term(kind, exact, tuple(word[:-1] for word in words if word not in exact))


class Table:
    """Rows, found by their statement's first word; patterns are made when the word is first met."""

    def __init__(self, rules: Iterable[SqlRule], properties: Mapping[str, Property]) -> None:
        self.rules = tuple(rules)
        self._properties = properties
        self._rules: dict[str, list[SqlRule]] = {}
        self._rows: dict[str, tuple[tuple[Pattern, SqlRule], ...]] = {}
        for rule in self.rules:
            for word in rule.what.split(maxsplit=1)[0].split("|"):
                self._rules.setdefault(word, []).append(rule)

    def rows(self, verb: str) -> tuple[tuple[Pattern, SqlRule], ...]:
        if verb not in self._rules:
            return ()
        if verb not in self._rows:
            self._rows[verb] = tuple((Pattern(rule.what, self._properties), rule) for rule in self._rules[verb])
        return self._rows[verb]

    def decide(self, part: Part, dialect: str) -> Match | None:
        """The first row that matches; without a dialect the worst of the first ones of each."""
        best: Match | None = None
        for pattern, rule in self.rows(part.verb):
            if not rule.holds_in(dialect) or (taken := pattern.match(part)) is None:
                continue
            if best is None or LEVELS.index(rule.level) > LEVELS.index(best.rule.level):
                best = Match(rule, taken[1])
            if dialect or not rule.dialects:
                break
        return best
