"""Where a view stands in an output, and which rows it sees from there. Knows no screen.

Every move either sets where the view stands, or raises `Elsewhere` and has changed nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.scrollback import Book, Elsewhere, Position, Reach, Row, RowsOf, above, below, line_at


def _one_row(_line: str) -> Sequence[int]:
    return (0,)


class Place:
    def __init__(self, book: Book) -> None:
        self.book = book
        self.following = True
        """It stands at the end, wherever that goes."""
        self.rows: Sequence[Row] = ()
        self.gap = 0
        """Bytes that passed unseen right above the first row."""
        self.height = 0
        self.rows_of: RowsOf = _one_row
        self._top = Position(0)

    @property
    def top(self) -> Position:
        if not self.following:
            return self._top
        return self.rows[0].position if self.rows else Position(self.book.size)

    @property
    def thumb(self) -> tuple[int, int]:
        """First row of the scroll bar's thumb and the one after its last; the same for none."""
        if not self.rows or (len(self.rows) < self.height and not self.gap):
            return 0, 0
        first, size = self.rows[0].position.start, max(1, self.book.size)
        shown = max(1, self.rows[-1].position.start - first)
        length = max(1, min(self.height, round(self.height * shown / size)))
        if self.following:
            return self.height - length, self.height
        top = min(self.height - length, self.height * first // size)
        return top, top + length

    # Moves.

    def scroll(self, count: int) -> None:
        """Rows down, or up where the count is negative."""
        if count < 0:
            rows = _all_of(above(self.book, self.top, -count, self.rows_of))
            if rows:
                self._stand_at(rows[0].position)
        elif not self.following:
            wanted = count + self.height
            rows = _all_of(below(self.book, self._top, wanted + 1, self.rows_of))
            if len(rows) <= wanted:
                self.follow()
            else:
                self._stand_at(rows[count].position)

    def go_first(self) -> None:
        self._stand_at(Position(0))

    def follow(self) -> None:
        self.following = True

    def stop_following(self) -> None:
        """Stay where the end is now."""
        if len(self.rows) >= self.height:
            self._stand_at(self.top)

    def go_to_share(self, share: float) -> None:
        """So far down the whole output: 0 is its beginning, 1 its end."""
        if share >= 1:
            self.follow()
        else:
            self._stand_at(Position(line_at(self.book, int(self.book.size * max(0.0, share)))))

    def show(self, position: Position) -> None:
        """A row a third below the top, unless it is on the screen."""
        if position not in [row.position for row in self.rows]:
            lead = _all_of(above(self.book, position, self.height // 3, self.rows_of))
            self._stand_at(lead[0].position if lead else position)

    def line(self, start: int) -> str:
        rows = _all_of(below(self.book, Position(start), 1, self.rows_of))
        return rows[0].text if rows else ""

    def _stand_at(self, position: Position) -> None:
        self.following, self._top = False, position

    # What is seen.

    def settle(self) -> int | None:
        """Find the rows. Answers the page without which the top of the screen stays empty, while following. Raises
        `Elsewhere` when there is nothing to show yet, and keeps the rows there were.
        """
        if not self.following:
            reach = below(self.book, self._top, self.height, self.rows_of)
            if reach.missing is not None:
                raise Elsewhere(reach.missing)
            if len(reach.rows) >= self.height:
                self.rows, self.gap, self._top = reach.rows, 0, reach.rows[0].position
                return None
        return self._settle_at_end()

    def _settle_at_end(self) -> int | None:
        reach = above(self.book, Position(self.book.size), self.height, self.rows_of, torn=True)
        self.follow()
        if reach.rows or reach.missing is None:
            self.rows = reach.rows
            self.gap = self.book.tail.skipped if reach.missing is not None else 0
        return reach.missing


def _all_of(reach: Reach) -> Sequence[Row]:
    if reach.missing is not None:
        raise Elsewhere(reach.missing)
    return reach.rows
