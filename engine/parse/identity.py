"""Ids of steps, items and choices: short, readable, and the same as long as section, title and text are the same."""

from __future__ import annotations

from hashlib import sha256

from ..expressions import expression

NOT_WORD = expression(r"[^a-z0-9]+")
SLUG_LENGTH = 32


def slug(title: str) -> str:
    """Lower-case ASCII words joined by `-`, at most 32 characters, cut between words where that is possible."""
    words = NOT_WORD.sub("-", title.lower()).strip("-")
    if len(words) <= SLUG_LENGTH:
        return words or "step"
    cut = words.rfind("-", SLUG_LENGTH // 2, SLUG_LENGTH + 1)
    return words[: cut if cut > 0 else SLUG_LENGTH]


class Ids:
    """Gives out the ids of one document; the second of two equal things gets `-2`."""

    def __init__(self) -> None:
        self._given: dict[str, int] = {}

    def make(self, title: str, section: tuple[str, ...], *parts: str) -> str:
        digest = sha256("\0".join((*section, "", title, *parts)).encode("utf-8", "surrogatepass")).hexdigest()
        base = f"{slug(title)}-{digest[:6]}"
        count = self._given.get(base, 0) + 1
        self._given[base] = count
        return base if count == 1 else self.make_again(base, count)

    def make_again(self, base: str, count: int) -> str:
        """`base-2`, unless another title already looks like that."""
        while f"{base}-{count}" in self._given:
            count += 1
        self._given[f"{base}-{count}"] = 1
        return f"{base}-{count}"
