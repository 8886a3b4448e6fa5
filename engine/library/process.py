"""The process that reads documents: told what to look for on its standard input, it answers in lines of `news`.

What somebody looks at goes first: `judge` outranks the reading of everything else. It ends with its input.
"""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from ..config.files import NAME
from ..config.finding import read_settings
from ..errors import OncueError
from .entry import Entry, Worst
from .finding import Found, Unreadable, find
from .news import AllFound, AllRead, Glanced, Judged, LeftOut, LookedIn, LookupRefused, News, to_line
from .places import Place, places_of
from .reading import Situation, entry_of, worst_of
from .titles import glance

BATCH = 100
"""Documents in one piece of news: a screen is full at once, and thousands do not come one by one."""
NICENESS = 10
"""It reads ahead of anybody's need, beside a run that must not wait for it."""

Asked = SimpleQueue[Mapping[str, Any] | None]


@dataclass(slots=True)
class Reading:
    """One searched library. `known` spares a document that has not changed since it was last read."""

    directory: Path
    situation: Situation
    known: dict[str, tuple[int, int]] = field(default_factory=dict)
    unread: deque[Found] = field(default_factory=deque)
    unjudged: deque[str] = field(default_factory=deque)

    def take(self, asked: Mapping[str, Any]) -> Iterator[News]:
        if "judge" in asked:
            self.unjudged = deque(asked["judge"])
        if asked.get("look"):
            yield from self._look()

    def go_on(self) -> Iterator[News]:
        """A small piece of what there is to do; nothing when all is done."""
        if self.unjudged:
            path = self.unjudged.popleft()
            yield Judged(path, self._judge(path))
        elif self.unread:
            yield from self._read(self.unread.popleft())
            if not self.unread:
                yield AllRead()

    def _look(self) -> Iterator[News]:
        try:
            settings = read_settings(self.situation.environ, self.directory / NAME, config=self.situation.config)
        except OncueError as error:
            yield LookupRefused(str(error))
            return
        places = places_of(settings.library, self.directory, self.situation.environ)
        yield LookedIn(places)
        yield from self._find(places)
        yield AllFound()
        if not self.unread:
            yield AllRead()

    def _find(self, places: Iterable[Place]) -> Iterator[News]:
        self.unread.clear()
        titles: dict[str, str] = {}
        for one in find(places):
            if isinstance(one, Unreadable):
                yield one
                continue
            titles[one.path] = glance(one.path)
            if self.known.get(one.path) != one.stamp:
                self.unread.append(one)
            if len(titles) == BATCH:
                yield Glanced(titles)
                titles = {}
        if titles:
            yield Glanced(titles)

    def _read(self, found: Found) -> Iterator[News]:
        self.known[found.path] = found.stamp
        try:
            yield entry_of(found.path) or LeftOut(found.path)
        except Exception as error:  # noqa: BLE001 - one strange document must not hide all the others
            yield Entry(found.path, glance(found.path), is_read=True, unreadable=f"cannot be understood: {error!r}")

    def _judge(self, path: str) -> Worst:
        try:
            return worst_of(path, self.situation)
        except Exception as error:  # noqa: BLE001 - as above
            return Worst("unknown", f"cannot be judged: {error!r}")


def serve(lines: Iterable[str], out: Any, environ: Mapping[str, str]) -> None:
    """The first line says where; every later one asks for something."""
    into = iter(lines)
    if not (first := next(into, "")):
        return
    request = json.loads(first)
    situation = Situation(environ, request["config"], request["environment"])
    reading = Reading(Path(request["directory"]), situation)
    asked: Asked = SimpleQueue()
    Thread(target=_listen, args=(into, asked), daemon=True).start()
    while True:
        busy = bool(reading.unread or reading.unjudged)
        try:
            said = asked.get(block=not busy)
        except Empty:
            said = {}
        if said is None:
            return
        for news in chain(reading.take(said), reading.go_on()):
            out.write(to_line(news))
            out.flush()


def _listen(lines: Iterator[str], asked: Asked) -> None:
    for line in lines:
        asked.put(json.loads(line))
    asked.put(None)


def lower_priority() -> None:
    os.nice(NICENESS)
