"""A result on its way from the server: the first rows are shown and kept as values, the rest is counted for a while."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import islice

from ..contract import Fetched
from .grid import CELL_KEPT, CELL_LIMIT, Cut, expanded_lines, is_numeric, kept, table
from .link import Result

ROW_LIMIT = 1000
"""Rows shown of one result; how many were left out is said."""
COUNT_SECONDS = 1.0
"""How long rows that are not shown are read only to be counted."""
COUNT_STRIDE = 1000
"""Rows between two looks at the clock."""
KEPT_CHARACTERS = 256 * 1024
"""Of all values of a step that go to the trail beside the table."""


class Reading:
    """One result. `fetched` is for after `lines`."""

    def __init__(self, result: Result, *, to_the_end: bool, expanded: bool = False) -> None:
        """Rows that are not shown are counted, `to_the_end` whatever it takes: a statement that writes and answers
        rows is not done before."""
        self._result = result
        self._columns = result.columns or ()
        self._to_the_end = to_the_end
        self._expanded = expanded
        self._rows: list[Sequence[object]] = []
        self._more = 0
        self._is_exact = True

    def lines(self) -> Iterator[str]:
        rows = self._result.rows()
        self._rows = list(self._kept(islice(rows, ROW_LIMIT)))
        yield from (expanded_lines if self._expanded else table)(self._columns, self._rows)
        yield from self._rest(rows)

    def _kept(self, rows: Iterator[Sequence[object]]) -> Iterator[Sequence[object]]:
        """What does not fit into the trail any more is kept as far as it is shown."""
        room = KEPT_CHARACTERS
        for row in rows:
            cells = [kept(value, CELL_KEPT if room > 0 else CELL_LIMIT) for value in row]
            room -= sum(len(value) for value in cells if isinstance(value, str))
            yield cells

    def fetched(self, statement: int, room: int) -> tuple[Fetched, int]:
        """With as many of the rows as there is `room` for, in characters; and what is left of the room."""
        rows: list[tuple[str | None, ...]] = []
        cut = 0
        for row in self._rows:
            texts = tuple(None if value is None else str(value) for value in row)
            size = sum(len(text or "") + 4 for text in texts)
            if size > room:
                break
            room -= size
            rows.append(texts)
            cut += sum(isinstance(value, Cut) for value in row)
        one = Fetched(
            statement=statement,
            columns=tuple(column.name for column in self._columns),
            numeric=tuple(is_numeric(column, self._rows, place) for place, column in enumerate(self._columns)),
            rows=tuple(rows),
            more=self._more + len(self._rows) - len(rows),
            more_is_exact=self._is_exact,
            cut=cut,
        )
        return one, room if len(rows) == len(self._rows) else 0

    def _rest(self, rows: Iterator[Sequence[object]]) -> Iterator[str]:
        until = time.monotonic() + COUNT_SECONDS
        for _ in rows:
            self._more += 1
            if self._more % COUNT_STRIDE == 0 and not self._to_the_end and time.monotonic() > until:
                self._result.close()
                self._is_exact = False
                yield f"(at least {self._more} more rows, which were not read to their end and are not shown)"
                return
        if self._more:
            yield f"({self._more} more row(s) not shown)"
