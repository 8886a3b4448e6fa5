"""What the library knows of one document: plain values that travel as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from ..levels import Level
from .dates import Cared


@dataclass(frozen=True, slots=True)
class Entry:
    """Every text is as its author wrote it: whoever shows one makes it visible first."""

    path: str
    """Absolute."""
    title: str
    is_read: bool = False
    """Whether more than a glance at its beginning was had; everything below is empty until then."""
    sha256: str = ""
    shape: str = ""
    service: str = ""
    severity: str = ""
    owner: str = ""
    cared: Cared | None = None
    n_steps: int = 0
    alerts: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Name of an alert, and the path of the section that answers it."""
    problems: tuple[str, ...] = ()
    """What was not understood, each with its line."""
    unreadable: str = ""
    """Why nothing in it can be used; it is listed all the same."""


@dataclass(frozen=True, slots=True)
class Worst:
    """The gravest verdict on the steps of a document as it stands."""

    level: Level | None
    """None where nothing runs."""
    why: str = ""
    step: str = ""
    """Title of the step."""
    line: int = 0


def entry_to_json(entry: Entry) -> Mapping[str, Any]:
    cared = None if entry.cared is None else {"care": entry.cared.care, "day": entry.cared.day.isoformat()}
    return {**asdict(entry), "cared": cared}


def entry_from_json(value: Mapping[str, Any]) -> Entry:
    cared = value["cared"]
    return Entry(
        **{
            **value,
            "cared": None if cared is None else Cared(cared["care"], date.fromisoformat(cared["day"])),
            "alerts": tuple((name, tuple(section)) for name, section in value["alerts"]),
            "problems": tuple(value["problems"]),
        }
    )
