"""What the sandbox's own layer says about the real tree below it: which files would be created, changed or deleted."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Literal, NamedTuple

Change = Literal["created", "changed", "deleted"]
MOST_LOOKED_AT = 50_000
"""Entries of the layer; a step that writes more is told by these."""
OPAQUE = "user.overlay.opaque"


class Mark(NamedTuple):
    """What became of a path, and by what another look tells whether it became something else since."""

    change: Change
    signature: tuple[int, ...]


class Layer(NamedTuple):
    """The folder it stands for, and descriptors of what was written and of what is real."""

    path: str
    written: int
    real: int
    passed_over: frozenset[str] = frozenset()
    """Paths in it that are nobody's to look at."""


Marks = Mapping[str, Mark]


def look(layers: list[Layer]) -> dict[str, Mark]:
    found: dict[str, Mark] = {}
    for layer in layers:
        for path, mark in _folder(layer.path, layer.written, layer.real, layer.passed_over):
            found[path] = mark
            if len(found) >= MOST_LOOKED_AT:
                return found
    return found


def between(before: Marks, after: Marks) -> list[tuple[Change, str]]:
    """What happened from one look to the next, sorted by path."""
    changes: list[tuple[Change, str]] = []
    for path in sorted(before.keys() | after.keys()):
        old, new = before.get(path), after.get(path)
        if new is None:
            if old is not None and old.change != "deleted":
                changes.append(("deleted", path))
        elif old is None:
            changes.append((new.change, path))
        elif old != new:
            came_back = old.change == "deleted" and new.change != "deleted"
            changes.append(("created" if came_back else _again(new.change), path))
    return changes


def _again(change: Change) -> Change:
    """What was created before is changed now."""
    return "changed" if change == "created" else change


def _folder(
    path: str, written: int, real: int | None, passed_over: frozenset[str] = frozenset()
) -> Iterator[tuple[str, Mark]]:
    with os.scandir(written) as entries:
        names = sorted(entry.name for entry in entries)
    for name in names:
        if (inner := f"{path.rstrip('/')}/{name}") not in passed_over:
            yield from _entry(inner, name, written, real)
    if real is not None and _is_opaque(written):
        for name in sorted(set(os.listdir(real)) - set(names)):  # noqa: PTH208
            yield f"{path.rstrip('/')}/{name}", Mark("deleted", ())


def _entry(path: str, name: str, written: int, real: int | None) -> Iterator[tuple[str, Mark]]:
    now = os.stat(name, dir_fd=written, follow_symlinks=False)
    before = _stat(name, real)
    if stat.S_ISCHR(now.st_mode) and now.st_rdev == 0:  # how an overlay writes down that something is gone
        if before is not None:
            yield path, Mark("deleted", ())
        return
    if not stat.S_ISDIR(now.st_mode):
        if before is None or signature(now) != signature(before):
            yield path, Mark("created" if before is None else "changed", signature(now))
        return
    was_folder = before is not None and stat.S_ISDIR(before.st_mode)
    if before is None or not was_folder or now.st_mode != before.st_mode or now.st_uid != before.st_uid:
        yield path, Mark("created" if before is None else "changed", (now.st_mode, now.st_uid))
    with _opened(name, written) as inner, _opened(name, real if was_folder else None) as inner_real:
        if inner is not None:
            yield from _folder(path, inner, inner_real)


def signature(status: os.stat_result) -> tuple[int, ...]:
    return (status.st_mode, status.st_uid, status.st_gid, status.st_size, status.st_mtime_ns)


def _stat(name: str, folder: int | None) -> os.stat_result | None:
    if folder is None:
        return None
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return None


def _is_opaque(folder: int) -> bool:
    with suppress(OSError):
        return os.getxattr(folder, OPAQUE) == b"y"
    return False


class _opened:  # noqa: N801 - used as a function
    """A folder in a folder; None where there is none, or where it may not be looked into."""

    def __init__(self, name: str, folder: int | None) -> None:
        self._fd: int | None = None
        if folder is not None:
            with suppress(OSError):
                flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
                self._fd = os.open(name, flags, dir_fd=folder)

    def __enter__(self) -> int | None:
        return self._fd

    def __exit__(self, *_: object) -> None:
        if self._fd is not None:
            os.close(self._fd)
