"""A statement, or a stretch of one, as tokens over the text they were read from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...syntax.sql_tokens import Token

NAMES = frozenset({"word", "name", "hole", "value", "string"})
NO_NAMES = frozenset("FROM WHERE SET SELECT TO ON AND OR VALUES USING INTO AS IN GROUP ORDER LIMIT".split())  # noqa: SIM905
"""Bare words that no dialect takes for a name."""
NOTHING = Token("op", "", 0, 0)
"""What stands where no token does."""


class Part:
    """Places count from the first token of the stretch. A stretch of a stretch copies nothing."""

    __slots__ = ("_all", "_closers", "_first", "_last", "source")

    def __init__(self, source: str, tokens: Sequence[Token]) -> None:
        self.source = source
        self._all = tokens
        self._first, self._last = 0, len(tokens)
        self._closers = _closers(tokens)

    def between(self, start: int, end: int) -> Part:
        """The tokens from `start` up to `end`, both kept within this part."""
        made = object.__new__(Part)
        made.source, made._all, made._closers = self.source, self._all, self._closers
        made._first = min(self._first + max(start, 0), self._last)
        made._last = max(min(self._first + end, self._last), made._first)
        return made

    def since(self, place: int) -> Part:
        return self.between(place, len(self))

    def __len__(self) -> int:
        return self._last - self._first

    def __iter__(self) -> Iterator[Token]:
        for place in range(self._first, self._last):
            yield self._all[place]

    def at(self, place: int) -> Token:
        """The token there, or one that is nothing."""
        here = self._first + place
        return self._all[here] if self._first <= here < self._last else NOTHING

    def word(self, place: int) -> str:
        return self.at(place).word

    @property
    def verb(self) -> str:
        return self.word(0)

    @property
    def span(self) -> tuple[int, int]:
        return (self.at(0).start, self.at(len(self) - 1).end)

    def words(self) -> set[str]:
        return {token.word for token in self}

    def text(self, start: int = 0, end: int | None = None) -> str:
        """As it was written."""
        stretch = self.between(start, len(self) if end is None else end)
        return self.source[slice(*stretch.span)] if len(stretch) else ""

    def on_one_line(self, start: int = 0, end: int | None = None) -> str:
        """Its tokens without the comments, prompts and line ends between them."""
        stretch = self.between(start, len(self) if end is None else end)
        pieces: list[str] = []
        before = -1
        for token in stretch:
            pieces += [" "] if pieces and token.start > before else []
            pieces.append(self.source[token.start : token.end])
            before = token.end
        return "".join(pieces)

    def level_places(self, place: int = 0) -> Iterator[int]:
        """Places from here on that stand in no further parentheses; the opening ones among them.

        A parenthesis that nothing closes hides nothing.
        """
        count, first, closers = len(self), self._first, self._closers
        while place < count:
            yield place
            place = closers.get(first + place, first + place) - first + 1

    def level_word(self, words: frozenset[str], place: int = 0) -> int | None:
        """Where the first of these words stands outside of parentheses."""
        return next((here for here in self.level_places(place) if self.word(here) in words), None)

    def pieces(self, place: int = 0) -> Iterator[Part]:
        """What commas outside of parentheses separate."""
        start = place
        for here in self.level_places(place):
            if self.word(here) == ",":
                if here > start:
                    yield self.between(start, here)
                start = here + 1
        if start < len(self):
            yield self.since(start)

    def group_end(self, place: int) -> int:
        """The place behind the parenthesis that closes the one here; the end when none does."""
        closer = self._closers.get(self._first + place)
        return len(self) if closer is None else min(closer + 1 - self._first, len(self))

    def group(self, place: int) -> Part:
        """What stands in the parentheses that open here."""
        end = self.group_end(place)
        return self.between(place + 1, end - 1 if self.word(end - 1) == ")" else end)

    def skip(self, place: int, words: frozenset[str]) -> int:
        """The first place from here on with none of these words."""
        while self.word(place) in words:
            place += 1
        return place

    def name_end(self, place: int) -> int | None:
        """The place behind a dotted name; None when none begins here."""
        token = self.at(place)
        if token.word != "*" and (token.kind not in NAMES or token.word in NO_NAMES):
            return None
        place += 1
        while place < len(self) and self._goes_on(place):
            place += 1
        return place

    def _goes_on(self, place: int) -> bool:
        """A dot, what stands behind one, or what no blank separates: `db . t`, `{{env}}_orders`, `'app'@'%'`."""
        token, before = self.at(place), self.at(place - 1)
        if before.kind == "op" and before.word in (".", "@"):
            return token.kind in NAMES or token.kind == "number" or token.word in (".", "*")
        if token.kind == "op" and token.word in (".", "@"):
            return before.kind in NAMES or before.word == "*"
        adjoining = token.start == before.end and "hole" in (token.kind, before.kind)
        return adjoining and (token.kind in NAMES or token.word == "-")


def _closers(tokens: Sequence[Token]) -> dict[int, int]:
    """Opening parenthesis → the one that closes it, for those that are closed."""
    opened: list[int] = []
    closers: dict[int, int] = {}
    for place, token in enumerate(tokens):
        if token.word == "(":
            opened.append(place)
        elif token.word == ")" and opened:
            closers[opened.pop()] = place
    return closers
