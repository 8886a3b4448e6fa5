"""How a session says a step ended → the command that records it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from . import commands as c
from . import events as e
from .sessions.contract import Fetched, Outcome, Standing


class Totals(Protocol):
    """Of everything a step wrote, as the trail has it."""

    @property
    def n_bytes(self) -> int: ...
    @property
    def head_hex(self) -> str: ...


def conclusion(
    attempt: int, outcome: Outcome, duration_ns: int, totals: Totals, redactions: Mapping[str, int]
) -> c.Conclude:
    return c.Conclude(
        outcome=outcome.status,
        exit_status=outcome.exit_status,
        duration_ns=duration_ns,
        output_bytes=totals.n_bytes,
        output_head=totals.head_hex,
        redactions=redactions,
        directory=_storable(outcome.directory),
        children=outcome.children,
        message=_storable(outcome.message),
        changes=outcome.changes,
        more_changes=outcome.more_changes,
        restarted=outcome.restarted,
        fetched=tuple(_rows_of(attempt, one) for one in outcome.fetched),
        connection=None if outcome.standing is None else _change_of(attempt, outcome.standing),
    )


def _rows_of(attempt: int, fetched: Fetched) -> e.RowsFetched:
    return e.RowsFetched(
        attempt=attempt,
        statement=fetched.statement,
        columns=tuple(map(_storable, fetched.columns)),
        numeric=fetched.numeric,
        rows=tuple(tuple(None if cell is None else _storable(cell) for cell in row) for row in fetched.rows),
        more=fetched.more,
        more_is_exact=fetched.more_is_exact,
        cut=fetched.cut,
    )


def _change_of(attempt: int, standing: Standing) -> e.ConnectionChanged:
    return e.ConnectionChanged(
        attempt=attempt,
        database=_storable(standing.database),
        transaction=standing.transaction,
        undone=standing.undone,
        settings=tuple(map(_storable, standing.settings)),
    )


def _storable(text: str) -> str:
    """Bytes of a file name that are no UTF-8 come as surrogates, which no UTF-8 text can hold."""
    return text.encode(errors="surrogateescape").decode(errors="backslashreplace")
