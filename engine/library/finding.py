"""From folders to the documents in them, one after another; what cannot be read is named with its reason."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .places import Place

SUFFIXES = (".md", ".markdown")
LARGEST = 5_000_000
"""Bytes; nobody reads more at three in the morning."""
AT_MOST = 20_000
"""Documents; a folder with more was not meant."""
PASSED_OVER = frozenset({"node_modules", "site-packages", "vendor", "venv", "__pycache__"})
ABOUT_A_PROJECT = frozenset(
    {"readme", "changelog", "changes", "contributing", "code_of_conduct", "security", "license", "history", "authors"}
)
"""Names, without their suffix, that tell of a project; left out where nobody named the folder."""


@dataclass(frozen=True, slots=True)
class Found:
    path: str
    stamp: tuple[int, int]
    """Time of the last change in nanoseconds, and size: a document with the same two is taken for the same."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    path: str
    reason: str


def find(places: Iterable[Place]) -> Iterator[Found | Unreadable]:
    """In the order of the places. A document that several paths lead to is found once."""
    seen: set[tuple[int, int]] = set()
    count = 0
    for place in places:
        for one in _in_place(place, seen):
            count += isinstance(one, Found)
            if count > AT_MOST:
                yield Unreadable(place.folder, f"holds more than {AT_MOST} documents; the rest is passed over")
                return
            yield one


def _in_place(place: Place, seen: set[tuple[int, int]]) -> Iterator[Found | Unreadable]:
    if not place.named and not os.path.lexists(place.folder):
        return
    yield from _in_folder(place, place.folder, place.depth, seen)


def _in_folder(place: Place, folder: str, depth: int, seen: set[tuple[int, int]]) -> Iterator[Found | Unreadable]:
    try:
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        yield Unreadable(folder, _reason(error))
        return
    folders = []
    for entry in listed:
        if entry.name.startswith("."):
            continue
        if _is_folder(entry):
            folders.append(entry)
        elif _is_document(entry.name, place):
            yield from _document(entry.path, seen)
    for entry in folders if depth else ():
        if entry.name not in PASSED_OVER and _is_new(entry.path, seen):
            yield from _in_folder(place, entry.path, depth - 1, seen)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_document(name: str, place: Place) -> bool:
    stem, suffix = os.path.splitext(name.lower())  # noqa: PTH122 - a name, not a path
    return suffix in SUFFIXES and (place.named or stem not in ABOUT_A_PROJECT)


def _is_new(path: str, seen: set[tuple[int, int]]) -> bool:
    """Links may lead in circles."""
    try:
        found = os.stat(path)  # noqa: PTH116 - paths are plain texts here, by the thousand
    except OSError:
        return True
    identity = (found.st_dev, found.st_ino)
    new = identity not in seen
    seen.add(identity)
    return new


def _document(path: str, seen: set[tuple[int, int]]) -> Iterator[Found | Unreadable]:
    try:
        found = os.stat(path)  # noqa: PTH116
    except OSError as error:
        yield Unreadable(path, _reason(error))
        return
    identity = (found.st_dev, found.st_ino)
    if identity in seen:
        return
    seen.add(identity)
    if not stat.S_ISREG(found.st_mode):
        yield Unreadable(path, "is not an ordinary file")
    elif found.st_size > LARGEST:
        yield Unreadable(path, f"is larger than {LARGEST // 1_000_000} MB")
    else:
        yield Found(path, (found.st_mtime_ns, found.st_size))


def _reason(error: OSError) -> str:
    return f"cannot be read: {(error.strerror or str(error)).lower()}"
