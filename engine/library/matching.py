"""How well typed words fit the names of a document: every word has to fit somewhere, in any order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

START, WORD_START, INSIDE, LETTERS = 8, 6, 4, 1
"""The whole begins with the word · one of its words does · it stands somewhere · only its letters do, in order."""
SHORTEST_LOOSE = 3
"""Letters; fewer of them in order stand in nearly every name."""
LOOSENESS = 3
"""Letters in order may be spread over so many times their number."""


class Name(NamedTuple):
    text: str
    """In lower case, see `folded`."""
    weight: int
    is_loose: bool
    """Whether letters in order are enough; in a path they would always be there."""


@lru_cache(maxsize=1 << 14)
def folded(text: str) -> str:
    return " ".join(text.casefold().split())


def score(words: Sequence[str], names: Sequence[Name]) -> int:
    """0 when a word fits nowhere; 1 for no words at all."""
    if not words:
        return 1
    each = [max((name.weight * fit(word, name) for name in names), default=0) for word in words]
    return sum(each) if all(each) else 0


def fit(word: str, name: Name) -> int:
    at = name.text.find(word)
    if at == 0:
        return START
    if at > 0:
        return WORD_START if any(_begins_word(name.text, place) for place in _places(word, name.text)) else INSIDE
    return LETTERS if name.is_loose and len(word) >= SHORTEST_LOOSE and _in_order(word, name.text) else 0


def _places(word: str, text: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


def _begins_word(text: str, at: int) -> bool:
    return at == 0 or not text[at - 1].isalnum()


def _in_order(word: str, text: str) -> bool:
    """Its letters, from the start of one of the text's words on, close enough to each other."""
    starts = (at for at in _places(word[0], text) if _begins_word(text, at))
    return any(_end(word[1:], text, start + 1) <= start + LOOSENESS * len(word) for start in starts)


def _end(letters: Iterable[str], text: str, at: int) -> int:
    """Just behind the last letter; far away when one is missing."""
    for letter in letters:
        at = text.find(letter, at) + 1
        if not at:
            return 1 << 30
    return at
