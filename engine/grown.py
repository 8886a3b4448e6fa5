"""Collections that are never changed: one entry more makes another one, which shares nearly all of what it grew from.

Entries lie in parts of about doubling size, so that each is copied a few times in all, however many follow it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import TypeVar, overload

K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")

FRESH = 128
"""Entries that are copied with each one more; after so many they become a part."""


class Grown(Mapping[K, V]):
    """Like `{**old, key: value}` without its price, which makes a long fold quadratic."""

    __slots__ = ("_fresh", "_length", "_parts")

    def __init__(self, entries: Mapping[K, V] | None = None) -> None:
        """They are not copied, and may not be changed afterwards."""
        self._parts: tuple[Mapping[K, V], ...] = (entries,) if entries else ()
        """Oldest first; of a key the newest value counts."""
        self._fresh: Mapping[K, V] = {}
        self._length = len(entries or ())

    def plus(self, key: K, value: V) -> Grown[K, V]:
        """An entry that is there already keeps its place."""
        larger: Grown[K, V] = Grown()
        larger._length = self._length + (key not in self)
        fresh = {**self._fresh, key: value}
        whole = len(fresh) >= FRESH
        larger._parts = _merged(self._parts, fresh) if whole else self._parts
        larger._fresh = {} if whole else fresh
        return larger

    def __getitem__(self, key: K) -> V:
        if key in self._fresh:
            return self._fresh[key]
        for part in reversed(self._parts):
            if key in part:
                return part[key]
        raise KeyError(key)

    def __iter__(self) -> Iterator[K]:
        older: list[Mapping[K, V]] = []
        for part in (*self._parts, self._fresh):
            yield from (key for key in part if not any(key in one for one in older))
            older.append(part)

    def __contains__(self, key: object) -> bool:
        return key in self._fresh or any(key in part for part in reversed(self._parts))

    def __len__(self) -> int:
        return self._length

    def __repr__(self) -> str:
        return repr(dict(self))


def _merged(parts: tuple[Mapping[K, V], ...], newest: Mapping[K, V]) -> tuple[Mapping[K, V], ...]:
    """Parts that are no larger than what came after them become one with it."""
    while parts and len(parts[-1]) <= len(newest):
        newest = {**parts[-1], **newest}
        parts = parts[:-1]
    return (*parts, newest)


def grown(mapping: Mapping[K, V], key: K, value: V) -> Grown[K, V]:
    """Of any mapping that is never changed afterwards."""
    return (mapping if isinstance(mapping, Grown) else Grown(mapping)).plus(key, value)


class Row(Sequence[T]):
    """Like a tuple, and equal to one, but `(*old, item)` has no price."""

    __slots__ = ("_fresh", "_length", "_parts")

    def __init__(self, items: tuple[T, ...] = ()) -> None:
        self._parts: tuple[tuple[T, ...], ...] = (items,) if items else ()
        self._fresh: tuple[T, ...] = ()
        self._length = len(items)

    def plus(self, item: T) -> Row[T]:
        longer: Row[T] = Row()
        longer._length = self._length + 1
        fresh = (*self._fresh, item)
        whole = len(fresh) >= FRESH
        longer._parts = _linked(self._parts, fresh) if whole else self._parts
        longer._fresh = () if whole else fresh
        return longer

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[T, ...]: ...
    def __getitem__(self, place: int | slice) -> T | tuple[T, ...]:
        if isinstance(place, slice):
            return tuple(self)[place]
        left = place if place >= 0 else place + self._length
        for part in (*self._parts, self._fresh):
            if 0 <= left < len(part):
                return part[left]
            left -= len(part)
        raise IndexError(place)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[T]:
        return chain(*self._parts, self._fresh)

    def __reversed__(self) -> Iterator[T]:
        return chain(reversed(self._fresh), *map(reversed, reversed(self._parts)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, tuple | Row):
            return NotImplemented
        return self._length == len(other) and all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))


def _linked(parts: tuple[tuple[T, ...], ...], newest: tuple[T, ...]) -> tuple[tuple[T, ...], ...]:
    while parts and len(parts[-1]) <= len(newest):
        newest = parts[-1] + newest
        parts = parts[:-1]
    return (*parts, newest)
