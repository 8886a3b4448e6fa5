"""The notation of a rule's `what`: terms that all have to hold of a command line, left to right.

    delete          the next operand is `delete`; `a|b*` gives alternatives, `*` is any one word
    ...             any operands in between
    ~prod*          some operand from here on matches;  `!prod*` none does
    -f|--force      one of these options is given;      `!-f` none of them is
    --replicas=0    an option has such a value (`|` gives alternatives); `!--dry-run=none` it has not
    $               no operand is left
    @scratch        a named property of the operands from here on, see `properties.py`; `!@scratch` it does not hold

Words match as globs do in the shell (POSIX.1-2017 XCU 2.13). A hole, text nobody knows yet, matches `*` only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fnmatch import translate
from functools import lru_cache
from typing import NamedTuple, Protocol

from .options import Option
from .words import Arg

Words = Callable[[str], bool]


class Line(Protocol):
    """What a pattern is matched against."""

    @property
    def operands(self) -> Sequence[Arg]: ...
    @property
    def options(self) -> Sequence[Option]: ...
    def holds(self, name: str, operands: Sequence[Arg]) -> bool: ...


class Term(NamedTuple):
    kind: str
    """`word`, `gap`, `some`, `end`, `option`, `property`."""
    negated: bool
    names: frozenset[str]
    words: Words | None


class Pattern(NamedTuple):
    terms: tuple[Term, ...]
    first: frozenset[str] | None
    """When the first operand has to be one of a few words: which."""

    def match(self, line: Line) -> int | None:
        """How many operands the terms took; None when it does not match."""
        operands = line.operands
        if self.first is not None and (not operands or operands[0].value not in self.first):
            return None
        taken, gap = 0, False
        for term in self.terms:
            if term.kind == "word":
                place = _find(operands, taken, term.words, gap)
                if place is None:
                    return None
                taken, gap = place + 1, False
            elif term.kind == "gap":
                gap = True
            elif _holds(term, line, operands[taken:]) == term.negated:
                return None
        return taken


def _find(operands: Sequence[Arg], taken: int, words: Words | None, gap: bool) -> int | None:
    last = len(operands) if gap else min(taken + 1, len(operands))
    for place in range(taken, last):
        if words is None or words(operands[place].value):
            return place
    return None


def _holds(term: Term, line: Line, operands: Sequence[Arg]) -> bool:
    if term.kind == "end":
        return not operands
    if term.kind == "some":
        return any(term.words is None or term.words(arg.value) for arg in operands)
    if term.kind == "option":
        return any(
            option.name in term.names and (term.words is None or term.words(option.value or ""))
            for option in line.options
        )
    return all(line.holds(name, operands) for name in term.names)


def compile_pattern(what: str, fold: bool = False) -> Pattern:
    """Raises ValueError, with a sentence, for a text that is not in the notation."""
    terms = tuple(_term(text, fold) for text in what.split())
    begins = bool(terms) and terms[0].kind == "word" and not fold
    first = _literal(what.split(maxsplit=1)[0]) if begins else None
    return Pattern(terms, first)


def _literal(text: str) -> frozenset[str] | None:
    words = text.split("|")
    return None if any(re.search(r"[*?\[]", word) for word in words) else frozenset(words)


def _term(text: str, fold: bool) -> Term:
    body = text.removeprefix("!")
    negated = body != text
    if not body:
        raise ValueError(f"`{text}` negates nothing")
    if body == "...":
        return _unnegated(Term("gap", negated, frozenset(), None), text)
    if body == "$":
        return Term("end", negated, frozenset(), None)
    if body[0] == "@":
        return _property(body[1:], negated)
    if body[0] == "-" and len(body) > 1:
        names, equals, values = body.partition("=")
        if not all(name.startswith("-") for name in names.split("|")):
            raise ValueError(f"`{text}`: every name of an option begins with a dash")
        return Term("option", negated, frozenset(names.split("|")), globs(values, fold) if equals else None)
    if body[0] == "~":
        return Term("some", negated, frozenset(), globs(body[1:], fold))
    if negated:
        return Term("some", True, frozenset(), globs(body, fold))
    return Term("word", False, frozenset(), None if body == "*" else globs(body, fold))


def _unnegated(term: Term, text: str) -> Term:
    if term.negated:
        raise ValueError(f"`{text}`: a gap cannot be negated")
    return term


def _property(name: str, negated: bool) -> Term:
    from .properties import PROPERTIES

    if name not in PROPERTIES:
        raise ValueError(f"`@{name}` is no property; there are {', '.join('@' + one for one in PROPERTIES)}")
    return Term("property", negated, frozenset({name}), None)


@lru_cache(maxsize=4096)
def globs(text: str, fold: bool) -> Words:
    """Whether a word matches one of the globs, which are separated by `|`."""
    words = (text.lower() if fold else text).split("|")
    plain = frozenset(word for word in words if not re.search(r"[*?\[]", word))
    patterns = [translate(word) for word in words if word not in plain]
    expression = re.compile("|".join(patterns)).match if patterns else None

    def matches(word: str) -> bool:
        text = word.lower() if fold else word
        return text in plain or (expression is not None and expression(text) is not None)

    return matches
