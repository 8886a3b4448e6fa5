"""The folders in which runbooks are looked for."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..config.files import own_path

FOLDER = "runbooks"
DEEP = 12
"""Folders below each other; deeper ones are somebody's mistake or a loop."""


@dataclass(frozen=True, slots=True)
class Place:
    folder: str
    depth: int = DEEP
    """How many folders below it are looked into."""
    named: bool = False
    """Somebody named it, so that it has to be there, and every document in it is meant."""


def places_of(folders: Sequence[str], directory: Path, environ: Mapping[str, str]) -> tuple[Place, ...]:
    """Those that were configured; else what a stranger expects, seen from `directory`."""
    if folders:
        return tuple(Place(folder, named=True) for folder in folders)
    return tuple(_built_in(directory, environ))


def _built_in(directory: Path, environ: Mapping[str, str]) -> Iterator[Place]:
    """The nearest `runbooks` upwards, this folder with those in it, and the user's own."""
    yield Place(str(_nearest(directory, environ.get("HOME", "")) or directory / FOLDER))
    yield Place(str(directory), depth=1)
    if own := own_path(environ):
        yield Place(str(own.parent / FOLDER))


def _nearest(directory: Path, home: str) -> Path | None:
    """No further up than a repository's root or the user's home."""
    for folder in (directory, *directory.parents):
        if (folder / FOLDER).is_dir():
            return folder / FOLDER
        if str(folder) == home or os.path.lexists(folder / ".git"):
            break
    return None
