"""When somebody last looked after a document, by its own words, and whether that is too long ago."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

STALE_DAYS = 180
"""Half a year: a quarter is what good teams promise, a year is what they regret."""

Care = Literal["tested", "reviewed", "updated"]
KEYS: Mapping[str, Care] = {
    "last tested": "tested",
    "tested": "tested",
    "last validated": "tested",
    "validated": "tested",
    "last verified": "tested",
    "verified": "tested",
    "last reviewed": "reviewed",
    "reviewed": "reviewed",
    "last updated": "updated",
    "updated": "updated",
}
"""What the metadata calls it, in lower case, without `on` or `date` at its end → what was done."""
FORMS = ("%Y-%m-%d", "%Y/%m/%d", "%d %B %Y", "%d %b %Y", "%B %d %Y", "%b %d %Y", "%d.%m.%Y")
"""Such as `03/04/2026` is left out: it is another day in another country."""


@dataclass(frozen=True, slots=True)
class Cared:
    care: Care
    day: date


@dataclass(frozen=True, slots=True)
class Worked:
    """The latest run of the document that came to a good end."""

    day: date
    sha256: str
    """Of the text that worked."""


def cared_for(metadata: Mapping[str, str]) -> Cared | None:
    """The newest date whose key and form are understood."""
    found = [
        Cared(care, day)
        for key, value in metadata.items()
        if (care := KEYS.get(_plain(key))) and (day := _day(value)) is not None
    ]
    return max(found, key=lambda one: one.day, default=None)


def staleness(cared: Cared | None, worked: Worked | None, sha256: str, today: date) -> str:
    """Why the document should not be trusted blindly, in one sentence; empty when it may be or nothing is known.

    A run that was done with exactly this text proves it as well as a date in it.
    """
    if worked and worked.sha256 != sha256 and not (cared and cared.day > worked.day):
        return f"changed since it last worked on {worked.day}"
    proofs: list[tuple[date, str]] = [(cared.day, cared.care)] if cared else []
    proofs += [(worked.day, "worked")] if worked else []
    day, done = max(proofs, default=(today, ""))
    return f"last {done} on {day}, {(today - day).days} days ago" if (today - day).days > STALE_DAYS else ""


def _plain(key: str) -> str:
    return re.sub(r" (?:on|date|at)$", "", re.sub(r"[_\s-]+", " ", key.strip().casefold()))


def _day(text: str) -> date | None:
    words = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b|,", "", text.strip())
    for candidate in (words, words.partition("T")[0], words.partition(" ")[0], words.partition(" (")[0]):
        for form in FORMS:
            try:
                return datetime.strptime(candidate, form).date()
            except ValueError:
                continue
    return None
