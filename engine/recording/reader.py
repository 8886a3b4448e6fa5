"""Reading a recording: one pass over the file, which checks everything and keeps no output.

What is readable is used and the rest is named with its line. Only a file that is no recording at all is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from os import PathLike, fspath
from typing import Any, BinaryIO

from ..collector import no_collector
from ..errors import DocumentError
from .encoder import LARGEST_SIZE
from .moments import Ended, Interpreter, Keyed, Marked, Moment, Resized, Walked
from .recording import Damage, Recording, maybe_time
from .source import LINE_BYTES, Place, Source, lines, opened, source_of, unreadable
from .story import Story
from .times import Clock, Version

KEPT_DAMAGES = 100
KEPT_MOMENTS = 10_000
"""Of those that any file may be full of."""
PLACE_BYTES = 1 << 20
"""Between two places: a jump reads at most so much, which takes some milliseconds."""
DEFAULT_SIZE = (80, 24)


def read(path: str | PathLike[str]) -> Recording:
    """`DocumentError` for what is no recording; everything else that is wrong is in `Recording.warnings`."""
    name = fspath(path)
    try:
        with no_collector(), closing(opened(name)) as file:
            source = source_of(name, 2, file)
            return _Reading(source, file).recording()
    except OSError as error:
        raise unreadable(name, error) from error


class _Reading:
    def __init__(self, source: Source, file: BinaryIO) -> None:
        self._file = file
        self._damages: list[Damage] = []
        self._n_damages = 0
        self._labels: list[Marked] = []
        self._sizes: list[Resized] = []
        self._keys: list[Keyed] = []
        line = file.readline(LINE_BYTES)
        self._header = _header(source.path, line)
        self._begin = len(line)
        self._source = replace(source, version=_version(source.path, self._header))

    def recording(self) -> Recording:
        header, source = self._header, self._source
        columns, rows = self._size()
        started_at = self._time()
        story = Story(source, self._complain)
        places, document, exit_status, duration = self._walk(story)
        events = story.events()
        about = header.get("oncue")
        known: Mapping[str, object] = about if isinstance(about, dict) else {}
        return Recording(
            path=source.path,
            version=source.version,
            columns=columns,
            rows=rows,
            title=_text(header.get("title")),
            started_at=started_at,
            run_id=_text(known.get("run_id")) or (events[0].recorded.run_id if events else ""),
            document_sha256=_text(known.get("document_sha256")),
            document=document,
            events=tuple(one.recorded for one in events),
            event_times=tuple(one.at_us for one in events),
            event_lines=tuple(one.line for one in events),
            labels=tuple(self._labels),
            sizes=tuple(self._sizes),
            keys=tuple(self._keys),
            steps=story.steps(_text(header.get("title")), places[0], duration, exit_status, is_ours=bool(known)),
            duration_us=duration,
            exit_status=exit_status,
            damages=tuple(self._damages),
            n_damages=self._n_damages,
            places=tuple(places),
            source=source,
        )

    def _walk(self, story: Story) -> tuple[list[Place], str | None, int | None, int]:
        places = [Place(self._begin, 2, 0)]
        document: str | None = None
        exit_status: int | None = None
        before_us = 0
        clock, interpreter = Clock(self._source.version), Interpreter(self._complain)
        for line in lines(self._file, clock, places[0], self._source.size, self._complain):
            moment = interpreter.moment(line)
            if isinstance(moment, Walked):
                document = moment.text
            elif isinstance(moment, Ended):
                exit_status = moment.status
            elif moment is not None:
                self._note(moment)
                story.add(line, moment, before_us)
            before_us = line.at_us
            if line.end - places[-1].offset >= PLACE_BYTES and not interpreter.inside:
                places.append(Place(line.end, line.number + 1, line.at_us))
        return places, document, exit_status, clock.now_us

    def _note(self, moment: Moment) -> None:
        if isinstance(moment, Marked) and len(self._labels) < KEPT_MOMENTS:
            self._labels.append(moment)
        elif isinstance(moment, Resized) and len(self._sizes) < KEPT_MOMENTS:
            self._sizes.append(moment)
        elif isinstance(moment, Keyed) and len(self._keys) < KEPT_MOMENTS:
            self._keys.append(moment)

    def _size(self) -> tuple[int, int]:
        terminal = self._header.get("term") if self._source.version == 3 else None
        names = ("cols", "rows") if self._source.version == 3 else ("width", "height")
        home = terminal if isinstance(terminal, dict) else self._header
        columns, rows = (home.get(name) for name in names)
        if _is_size(columns) and _is_size(rows):
            return columns, rows  # type: ignore[return-value]
        self._complain(1, f"the header names no usable size; it is taken for {DEFAULT_SIZE[0]}x{DEFAULT_SIZE[1]}")
        return DEFAULT_SIZE

    def _time(self) -> datetime | None:
        """None where the header does not say: it need not."""
        said = self._header.get("timestamp")
        at = maybe_time(said)
        if said is not None and at is None:
            self._complain(1, f"the header's timestamp {json.dumps(said)[:40]} is no time")
        return at

    def _complain(self, line: int, message: str) -> None:
        self._n_damages += 1
        if len(self._damages) < KEPT_DAMAGES:
            self._damages.append(Damage(line, message))


def _header(path: str, line: bytes) -> Mapping[str, Any]:
    try:
        header = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        header = None
    if not isinstance(header, dict) or "version" not in header:
        raise DocumentError(path, "this is no recording: its first line is no header of an asciicast file", 1)
    return header


def _version(path: str, header: Mapping[str, Any]) -> Version:
    version = header["version"]
    if version == 2 and not isinstance(version, bool):
        return 2
    if version == 3:
        return 3
    shown = json.dumps(version)[:40]
    raise DocumentError(path, f"a recording of asciicast version {shown} cannot be read; versions 2 and 3 can", 1)


def _text(value: object) -> str:
    return value.encode(errors="replace").decode() if isinstance(value, str) else ""


def _is_size(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LARGEST_SIZE
