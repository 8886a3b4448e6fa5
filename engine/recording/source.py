"""The file of a recording: lines with their places, within bounds, and the same file every time it is opened."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BufferedReader
from typing import Any, BinaryIO, NamedTuple

from pydantic_core import from_json

from .. import ordinary
from ..errors import DocumentError
from ..expressions import expression
from .times import Clock, Version

LINE_BYTES = 64 << 20
"""Longer lines are passed over. Ours are below half a megabyte, apart from the document and the plan of a run."""

NOT_ORDINARY = "a recording has to be an ordinary file"

Complain = Callable[[int, str], None]
"""Takes a line's number, and what is wrong with it."""


SURROGATE = expression("[\ud800-\udfff]")


class Place(NamedTuple):
    """A line from which reading can set in."""

    offset: int
    number: int
    at_us: int
    """Of the line before it."""


class RawLine(NamedTuple):
    number: int
    offset: int
    end: int
    """Offset behind it."""
    text: bytes


class Line(NamedTuple):
    """A line of the event stream."""

    number: int
    offset: int
    end: int
    at_us: int
    code: str
    data: str


@dataclass(frozen=True, slots=True)
class Source:
    path: str
    size: int
    changed_ns: int
    version: Version = 2

    def open(self) -> BinaryIO:
        """`DocumentError` for a file that is gone or another one by now."""
        try:
            file = opened(self.path)
        except OSError as error:
            raise unreadable(self.path, error) from error
        now = source_of(self.path, self.version, file)
        if now != self:
            file.close()
            raise DocumentError(self.path, "the recording was changed while it was in use; read it again")
        return file


def opened(path: str) -> BufferedReader:
    """As `ordinary.opened`."""
    return ordinary.opened(path, NOT_ORDINARY)


def unreadable(path: str, error: OSError) -> DocumentError:
    return DocumentError(path, f"the recording cannot be read: {error.strerror or error}")


def source_of(path: str, version: Version, file: BinaryIO) -> Source:
    about = os.fstat(file.fileno())
    return Source(path, about.st_size, about.st_mtime_ns, version)


def lines(file: BinaryIO, clock: Clock, place: Place, end: int, complain: Complain) -> Iterator[Line]:
    """The event stream. What cannot be read is complained about and left out."""
    for raw in _raw_lines(file, place, end, complain):
        try:
            found = from_json(raw.text)
        except ValueError:
            found = _reread(raw, complain)
        if _is_event(found):
            if complaint := clock.advance(found[0]):
                complain(raw.number, complaint)
            yield Line(raw.number, raw.offset, raw.end, clock.now_us, found[1], found[2])
        elif found is not NOTHING:
            complain(raw.number, "this line is no event of a recording and was passed over")


def _raw_lines(file: BinaryIO, place: Place, end: int, complain: Complain) -> Iterator[RawLine]:
    """What is too long is complained about and left out."""
    offset, number, _ = place
    file.seek(offset)
    while offset < end and (text := file.readline(LINE_BYTES)):
        after = offset + len(text)
        if len(text) == LINE_BYTES and not text.endswith(b"\n"):
            complain(number, f"this line is longer than {LINE_BYTES >> 20} MiB and was passed over")
            while not text.endswith(b"\n") and (text := file.readline(LINE_BYTES)):
                after += len(text)
        else:
            yield RawLine(number, offset, after, text)
        number, offset = number + 1, after


NOTHING = object()


def _is_event(found: Any) -> bool:
    return isinstance(found, list) and len(found) == 3 and isinstance(found[1], str) and isinstance(found[2], str)


def _reread(raw: RawLine, complain: Complain) -> object:
    """What a strict reader refuses: blank lines, comments, lone surrogates, bytes that are no UTF-8."""
    if not raw.text.strip() or raw.text.startswith(b"#"):
        return NOTHING
    text = raw.text.decode(errors="surrogateescape")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        unfinished = "" if raw.text.endswith(b"\n") else "; the file breaks off here"
        complain(raw.number, f"this line is not JSON and was passed over{unfinished}")
        return NOTHING
    if not _is_event(found):
        return found
    if any(map(SURROGATE.search, found[1:])):
        complain(raw.number, "this line holds what is no Unicode text; U+FFFD stands for it")
    return [found[0], *(SURROGATE.sub("\ufffd", one) for one in found[1:])]
