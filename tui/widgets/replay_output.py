"""Output as it stood at a moment of a replay: an output pane that is told how far it goes."""

from __future__ import annotations

from collections.abc import Iterable

from engine.feed import Gap, OutputPiece
from engine.scrollback import Book, Needle, Source

from .output_pane import NOTHING_CAME, NOTHING_RAN, NOTHING_YET, OutputPane


class Until:
    """A `Source` that ends at a moment, so that nothing is seen before its time."""

    def __init__(self, source: Source, limit: int) -> None:
        self._source = source
        self.limit = limit
        """Bytes."""

    def page(self, attempt: int, start: int, n_bytes: int) -> bytes:
        return self._source.page(attempt, start, max(0, min(n_bytes, self.limit - start)))

    def size(self, attempt: int) -> int:  # noqa: ARG002
        return self.limit


class ReplayOutput(OutputPane, inherit_bindings=False):
    """Searching is the screen's: it goes through all outputs."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._until: Until | None = None
        self._tells_live = False

    def size_of(self, attempt: int) -> int | None:
        """Bytes that are shown of this output; None while another one is."""
        return self._shown.size if self._shown is not None and self._shown.attempt == attempt else None

    def tell(self, attempt: int, title: str, *, live: bool) -> None:
        """How the output that is shown, or about to be, stands."""
        if (title, live) == (self._title, self._tells_live):
            return
        self._title, self._tells_live = title, live
        if self._shown is not None and self._shown.attempt == attempt:
            self._shown.live = live
            if not live and not self._shown.size:
                self._view.ended(NOTHING_CAME)
            self._draw_header()

    def show_nothing(self, title: str) -> None:
        if self._shown is not None or self._title != title:
            self._title, self._shown, self._live = title, None, None
            self._view.show(None, NOTHING_RAN)
            self._draw_header()

    def show_problem(self, sentence: str) -> None:
        """In place of an output that could not be read; what was shown of it belongs to another moment."""
        self._shown = self._live = None
        self._view.show(None, sentence)
        self._draw_header()

    def show_from(self, source: Source, attempt: int, start: int, data: bytes) -> None:
        """Another output, or the same at another moment, from its end. `data` are its last bytes."""
        self._until = Until(source, start + len(data))
        book = Book(attempt, self._until, live=True)
        book.tail.skip(start)
        book.tail.skipped = 0
        book.tail.append(start, data)
        book.live = self._tells_live
        self._shown = self._live = book
        self._view.show(book, NOTHING_YET if book.live else NOTHING_CAME)
        self._draw_header()

    def grow(self, pieces: Iterable[OutputPiece | Gap]) -> None:
        """More of the output that is shown, from where it ends."""
        pieces = list(pieces)
        if self._until is not None:
            self._until.limit = max(self._until.limit, *(piece.end for piece in pieces))
        self.take(pieces)

    def reveal(self, start: int) -> None:
        """The line that begins at this byte."""
        self._view.reveal(start)

    def light(self, needle: Needle | None) -> None:
        self._view.light(needle)
