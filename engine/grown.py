"""A mapping that is never changed: one entry more makes another one, which shares nearly all of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Self, TypeVar

K = TypeVar("K")
V = TypeVar("V")

FRESH = 128
"""Entries that are copied with each one more; after so many everything is, once."""


class Grown(Mapping[K, V]):
    """Like `{**old, key: value}` without its price, which makes a long fold quadratic."""

    __slots__ = ("_base", "_fresh")

    def __init__(self, base: Mapping[K, V] | None = None, fresh: Mapping[K, V] | None = None) -> None:
        """Neither is copied, and neither may be changed afterwards."""
        self._base: Mapping[K, V] = {} if base is None else base
        self._fresh: Mapping[K, V] = {} if fresh is None else fresh

    def plus(self, key: K, value: V) -> Self:
        """An entry that is there already keeps its place."""
        fresh = {**self._fresh, key: value}
        return type(self)(self._base, fresh) if len(fresh) < FRESH else type(self)({**self._base, **fresh})

    def __getitem__(self, key: K) -> V:
        return self._fresh[key] if key in self._fresh else self._base[key]

    def __iter__(self) -> Iterator[K]:
        yield from self._base
        yield from (key for key in self._fresh if key not in self._base)

    def __len__(self) -> int:
        return len(self._base) + sum(key not in self._base for key in self._fresh)

    def __repr__(self) -> str:
        return repr(dict(self))


def grown(mapping: Mapping[K, V], key: K, value: V) -> Grown[K, V]:
    """Of any mapping that is never changed afterwards."""
    return (mapping if isinstance(mapping, Grown) else Grown(mapping)).plus(key, value)
