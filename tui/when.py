"""Times as a person reads them: how long ago for a glance, the day and the minute for the record."""

from __future__ import annotations

from datetime import datetime

DAYS_OF_A_MONTH = 30


def ago(at: datetime, now: datetime) -> str:
    """`5 min ago`, `3 h ago`, `12 d ago`, `5 months ago`, `2 years ago`; `now` for less than a minute."""
    seconds = max(0, int((now - at).total_seconds()))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    for count, unit, limit in ((minutes, "min", 60), (hours, "h", 24), (days, "d", 60)):
        if count < limit:
            return f"{count} {unit} ago" if count or unit != "min" else "now"
    return f"{days // DAYS_OF_A_MONTH} months ago" if days < 2 * 365 else f"{days // 365} years ago"


def written(at: datetime) -> str:
    """In the operator's own time zone: `2026-01-05 14:03`."""
    return f"{at.astimezone():%Y-%m-%d %H:%M}"


def lasted(start: datetime, end: datetime) -> str:
    """`42 s`, `12 min`, `3 h 05 min`."""
    seconds = max(0, int((end - start).total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"
