"""What the reading process tells, one JSON value a line."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from .entry import Entry, Worst, entry_from_json, entry_to_json
from .finding import Unreadable
from .places import Place


@dataclass(frozen=True, slots=True)
class LookedIn:
    """A search has begun in these places; what was found before counts no more unless it is found again."""

    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Glanced:
    """Documents that are there, with the titles a glance gives: path → title."""

    titles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """It holds nothing to walk."""

    path: str


@dataclass(frozen=True, slots=True)
class Judged:
    path: str
    worst: Worst


@dataclass(frozen=True, slots=True)
class AllFound:
    """Every place was searched; the documents are still being read."""


@dataclass(frozen=True, slots=True)
class AllRead:
    """Nothing is left to be read."""


@dataclass(frozen=True, slots=True)
class LookupRefused:
    """Nothing can be looked for, and why: a settings file that cannot be used."""

    message: str


News = LookedIn | Glanced | Entry | LeftOut | Judged | Unreadable | AllFound | AllRead | LookupRefused

MAKE: Mapping[str, Callable[[Mapping[str, Any]], News]] = {
    "LookedIn": lambda value: LookedIn(tuple(Place(**one) for one in value["places"])),
    "Glanced": lambda value: Glanced(value["titles"]),
    "Entry": entry_from_json,
    "LeftOut": lambda value: LeftOut(**value),
    "Judged": lambda value: Judged(value["path"], Worst(**value["worst"])),
    "Unreadable": lambda value: Unreadable(**value),
    "AllFound": lambda _value: AllFound(),
    "AllRead": lambda _value: AllRead(),
    "LookupRefused": lambda value: LookupRefused(**value),
}


def to_line(news: News) -> str:
    value = entry_to_json(news) if isinstance(news, Entry) else asdict(news)
    return json.dumps({"news": type(news).__name__, **value}) + "\n"


def from_line(line: str) -> News:
    value = json.loads(line)
    return MAKE[value.pop("news")](value)
