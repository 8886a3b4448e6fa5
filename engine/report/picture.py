"""The run as one picture: a bar for each step that ran, lines for the milestones, marks for the notes. Inline SVG."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape

from ..output import visible
from ..summary import sign_of, took
from .facts import Report, Step

WIDTH, LEFT, RIGHT = 960, 250, 90
ROW, TOP, BAR = 22, 58, 12
MOST_ROWS = 60
"""More bars than that are no picture any more; the rest is counted below."""
TITLE_LENGTH = 34
TICKS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
MOST_TICKS = 8


@dataclass(frozen=True, slots=True)
class Axis:
    begin: datetime
    seconds: float

    def x(self, at: datetime) -> float:
        inside = (at - self.begin).total_seconds() / self.seconds
        return LEFT + (WIDTH - LEFT - RIGHT) * min(max(inside, 0.0), 1.0)


def picture(report: Report) -> str:
    """Empty for a run in which nothing ran and nothing is known of."""
    rows = [step for step in report.steps if step.attempts]
    times = [one.at for one in report.timeline] + [one.at for one in report.milestones if one.at]
    if not times:
        return ""
    axis = Axis(min(times), max((max(times) - min(times)).total_seconds(), 1.0))
    height = TOP + ROW * min(len(rows), MOST_ROWS) + 44
    parts = [
        f'<svg class="picture" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="Timeline of the run">',
        *_ticks(axis, height),
        *_milestones(report, axis, height),
        *(line for number, step in enumerate(rows[:MOST_ROWS]) for line in _row(step, number, axis)),
        *_notes(report, axis, height),
    ]
    if len(rows) > MOST_ROWS:
        parts.append(_text(0, height - 6, f"and {len(rows) - MOST_ROWS} more steps", "muted"))
    return "\n".join((*parts, "</svg>"))


def _ticks(axis: Axis, height: int) -> Iterator[str]:
    step = next((one for one in TICKS if axis.seconds / one <= MOST_TICKS), 0) or axis.seconds / MOST_TICKS
    form = "%H:%M:%S" if step < 60 else "%H:%M" if step < 43200 else "%m-%d %H:%M"
    first = -(-axis.begin.timestamp() // step) * step
    for number in range(MOST_TICKS + 1):
        at = datetime.fromtimestamp(first + number * step, UTC)
        if at > axis.begin + timedelta(seconds=axis.seconds):
            return
        x = axis.x(at)
        yield f'<line class="tick" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 8}" y2="{height - 30}"/>'
        yield _text(x, height - 18, f"{at:{form}}", "muted middle")


def _milestones(report: Report, axis: Axis, height: int) -> Iterator[str]:
    """Two lines of names above the picture in turns, so that neighbours do not cover each other."""
    known = sorted((one for one in report.milestones if one.at), key=lambda one: one.at or axis.begin)
    for number, one in enumerate(known):
        x, y = axis.x(one.at or axis.begin), 14 + 16 * (number % 3)
        sure = "" if one.certainty == "noted" else " sure"
        yield f'<line class="milestone{sure}" x1="{x:.1f}" x2="{x:.1f}" y1="{y + 4}" y2="{height - 30}"/>'
        anchor = "end" if x > WIDTH - RIGHT - 60 else "middle"
        yield _text(x, y, one.title if one.certainty == "noted" else f"{one.title}?", f"strong {anchor}")


def _row(step: Step, number: int, axis: Axis) -> Iterator[str]:
    y = TOP + ROW * number
    yield _text(0, y + BAR - 1, f"{step.sign} {_short(step.title)}", "")
    end = LEFT
    for one in step.attempts:
        x = axis.x(one.started_at)
        lasted = timedelta(milliseconds=one.duration_ms or 0)
        width = max(axis.x(one.started_at + lasted) - x, 3.0)
        end = max(end, int(x + width))
        named = f"{one.beside} of “{step.title}”" if one.beside else step.title
        said = f"{named}: {one.outcome.replace('_', ' ')}, {_took(one.duration_ms)}, {one.level}"
        yield (
            f'<rect class="{one.outcome}" x="{x:.1f}" y="{y}" width="{width:.1f}" height="{BAR}" rx="2">'
            f"<title>{_safe(said)}</title></rect>"
        )
    last = step.attempts[-1]
    beside = f"{last.beside} " if last.beside else ""
    yield _text(end + 6, y + BAR - 1, f"{beside}{sign_of(last.outcome)} {_took(last.duration_ms)}", "muted")


def _notes(report: Report, axis: Axis, height: int) -> Iterator[str]:
    for note in report.notes[:MOST_ROWS]:
        x, y = axis.x(note.at), height - 36
        yield (
            f'<path class="note" d="M{x:.1f} {y - 5} l5 5 l-5 5 l-5 -5 z"><title>'
            f"{_safe(f'{note.at:%H:%M:%S} {note.by}: {note.text}')}</title></path>"
        )


def _took(duration_ms: float | None) -> str:
    return "no end" if duration_ms is None else took(int(duration_ms * 1e6))


def _short(title: str) -> str:
    return title if len(title) <= TITLE_LENGTH else f"{title[: TITLE_LENGTH - 1]}…"


def _text(x: float, y: float, text: str, names: str) -> str:
    return f'<text x="{x:.1f}" y="{y}" class="{names}">{_safe(text)}</text>'


def _safe(text: str) -> str:
    return escape(" ".join(visible(line) for line in text.split("\n")))
