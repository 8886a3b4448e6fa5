"""A statement, or a part of one, as tokens over the text they were read from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ...syntax.sql_tokens import Token

NAMES = frozenset({"word", "name", "hole", "value", "string"})


class Part(NamedTuple):
    source: str
    tokens: Sequence[Token]

    @property
    def verb(self) -> str:
        return self.tokens[0].word if self.tokens else ""

    def word(self, place: int) -> str:
        """Of the token there; empty behind the last one."""
        return self.tokens[place].word if 0 <= place < len(self.tokens) else ""

    def since(self, place: int) -> Part:
        return Part(self.source, self.tokens[place:])

    def between(self, start: int, end: int) -> Part:
        return Part(self.source, self.tokens[start:end])

    def text(self, start: int = 0, end: int | None = None) -> str:
        """As it was written."""
        tokens = self.tokens[start:end]
        return self.source[tokens[0].start : tokens[-1].end] if tokens else ""

    def level_places(self, place: int) -> Iterator[int]:
        """Places from here on that stand in no further parentheses."""
        depth = 0
        for here in range(place, len(self.tokens)):
            word = self.tokens[here].word
            if word == ")":
                depth = max(depth - 1, 0)
            if not depth:
                yield here
            if word == "(":
                depth += 1

    def level_word(self, words: frozenset[str], place: int = 0) -> int | None:
        """Where the first of these words stands outside of parentheses."""
        return next((here for here in self.level_places(place) if self.tokens[here].word in words), None)

    def group_end(self, place: int) -> int:
        """The place behind the parenthesis that closes the one here; the end when none does."""
        depth = 0
        for here in range(place, len(self.tokens)):
            word = self.tokens[here].word
            if word == "(":
                depth += 1
            elif word == ")":
                depth -= 1
                if not depth:
                    return here + 1
        return len(self.tokens)

    def name_end(self, place: int) -> int | None:
        """The place behind a dotted name; None when none begins here."""
        if self.word(place) == "*":
            place += 1
        elif place < len(self.tokens) and self.tokens[place].kind in NAMES:
            place += 1
        else:
            return None
        while place < len(self.tokens) and self._goes_on(place):
            place += 1
        return place

    def _goes_on(self, place: int) -> bool:
        """A dot, what stands behind one, or what no blank separates: `db . t`, `{{env}}_orders`, `'app'@'%'`."""
        token, before = self.tokens[place], self.tokens[place - 1]
        joined = before.kind == "op" and before.word in (".", "@")
        if joined:
            return token.kind in NAMES or token.kind == "number" or token.word in (".", "*")
        if token.kind == "op" and token.word in (".", "@"):
            return before.kind in NAMES or before.word == "*"
        adjoining = token.start == before.end and "hole" in (token.kind, before.kind)
        return adjoining and (token.kind in NAMES or token.word == "-")
