"""What reading statements of SQL steps fetched, out of the trail: as CSV for a spreadsheet, as JSON for a program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .errors import UsageError
from .events import Recorded, RowsFetched

SPECIAL = frozenset(',"\r\n')
"""Characters for which a field stands in quotes."""


def rows_of(events: Iterable[Recorded], attempt: int) -> tuple[RowsFetched, ...]:
    """All results of one attempt, in order."""
    return tuple(one.event for one in events if isinstance(one.event, RowsFetched) and one.event.attempt == attempt)


def picked(results: tuple[RowsFetched, ...], number: int | None) -> RowsFetched:
    """The one meant, counted from 1; `UsageError` where nobody can tell which."""
    if not results:
        raise UsageError("the attempt fetched no rows")
    if number is None and len(results) > 1:
        known = ", ".join(f"{place}: {sentence(one)}" for place, one in enumerate(results, 1))
        raise UsageError(f"the attempt fetched {len(results)} results; name one with --result ({known})")
    if not 1 <= (number or 1) <= len(results):
        raise UsageError(f"the attempt fetched {len(results)} result(s), and no result {number}")
    return results[(number or 1) - 1]


def sentence(result: RowsFetched) -> str:
    """`3 rows of id, name`."""
    columns = ", ".join(result.columns)
    return f"{len(result.rows)} row(s){f' of {columns}' if columns else ''}"


def left_out(result: RowsFetched) -> str:
    """What of it is not here; empty where all is."""
    more = f"{'' if result.more_is_exact else 'at least '}{result.more} more row(s)" if result.more else ""
    cut = f"the end of {result.cut} long cell(s)" if result.cut else ""
    missing = " and ".join(filter(None, (more, cut)))
    return f"not kept: {missing}" if missing else ""


def to_csv(result: RowsFetched) -> Iterator[bytes]:
    """RFC 4180. NULL is an empty field, and text that is empty is quoted."""
    yield _line(result.columns)
    for row in result.rows:
        yield _line(row)


def to_json(results: Iterable[RowsFetched]) -> list[dict[str, Any]]:
    """Values as the server writes them, as text, and `null`; column names may come twice, so rows are lists."""
    return [one.model_dump(mode="json", exclude={"kind"}) for one in results]


def _line(row: Iterable[str | None]) -> bytes:
    fields = ("" if value is None else _field(value) for value in row)
    return (",".join(fields) + "\r\n").encode(errors="replace")


def _field(value: str) -> str:
    return f'"{value.replace(chr(34), 2 * chr(34))}"' if not value or SPECIAL & set(value) else value
