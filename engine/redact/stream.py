"""Output with its secrets masked, however it is cut into reads.

What may still become a secret is held back. `window` is the stream's end from there on; its first `shown` bytes are
out already, because of a flush, and stay only so that the rest of what they begin is recognised.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from .automaton import Needle
from .patterns import LineRedactor
from .shapes import REACH, Shape

if TYPE_CHECKING:
    from .redactor import Redactor

END_BYTES = 64
"""Longer than the end mark of any shape."""


class Span(NamedTuple):
    """Bytes of the window that are masked. Sorted, the one that gives its name to an overlap comes first."""

    start: int
    by_shape: bool
    shorter: int
    """Its length, negative."""
    name: str
    lead: int = 0
    """Where its trigger stands, without which it would not be found again."""
    shape: Shape | None = None
    """Set when its end has not been read yet."""

    @property
    def end(self) -> int:
        return self.start - self.shorter


@dataclass(slots=True)
class OpenSpan:
    """A masked token that goes on in what is read next."""

    shape: Shape
    left: int
    tail: bytes

    def take(self, data: bytes) -> int:
        """How many bytes of `data` belong to it; `left` is 0 when it is over."""
        data = data[: self.left]
        text = self.tail + data
        if found := self.shape.end_expression.search(text):
            self.left = 0
            return max(0, found.end() - len(self.tail))
        self.left -= len(data)
        self.tail = text[-END_BYTES:]
        return len(data)


class StreamRedactor:
    """One stream. What comes out does not depend on how the bytes are divided between calls of `feed`.

    `flush` gives out what is held back, for when nothing has come for a while (15 ms) and when the stream ends. A
    secret that pauses in its middle shows three bytes, or less than its first quarter up to 15: a longer
    beginning is masked although it might not have become the secret, and the rest is masked when it comes.
    """

    def __init__(self, redactor: Redactor) -> None:
        self.counts: dict[str, int] = {}
        """Name → how often its mask stands in the output."""
        self._automaton = redactor.automaton
        self._lines = LineRedactor(redactor.patterns, self._counted_mask)
        self._window = b""
        self._before = b""
        """The byte before the window."""
        self._shown = 0
        self._masked = 0
        """End of the last mask, in the window."""
        self._open: OpenSpan | None = None

    def adopt(self, redactor: Redactor) -> None:
        """Go on with another set of secrets. What is held back stays so until more comes."""
        self._automaton = redactor.automaton

    @property
    def holding(self) -> bool:
        """Whether `flush` would give something out."""
        return self._shown < len(self._window) or self._lines.holding

    @property
    def held_bytes(self) -> int:
        return max(0, len(self._window) - self._shown) + self._lines.held_bytes

    def feed(self, data: bytes) -> bytes:
        return self._lines.feed(self._feed(data))

    def flush(self) -> bytes:
        return self._lines.feed(self._give_out(with_beginnings=True)) + self._lines.flush()

    def end(self) -> bytes:
        """What is held back of a text that is complete: beginnings of secrets stay."""
        return self._lines.feed(self._give_out(with_beginnings=False)) + self._lines.flush()

    def _feed(self, data: bytes) -> bytes:
        if self._open is not None:
            self._go_on(self._open, data)
        self._window = window = self._window + data if self._window else data
        found = self._automaton.find(window)
        hold = self._automaton.growing(window)
        if not found and not self._shown and hold == len(window):
            self._forget(hold)
            return window
        spans, hold = self._spans(window, found, hold)
        shown = self._show(spans, hold)
        self._forget(hold)
        return shown

    def _go_on(self, span: OpenSpan, data: bytes) -> None:
        taken = span.take(data)
        if not span.left:
            self._open = None
        self._shown = self._masked = len(self._window) + taken

    def _give_out(self, *, with_beginnings: bool) -> bytes:
        window = self._window
        if self._shown >= len(window):
            return b""
        spans, _ = self._spans(window, self._automaton.find(window), len(window), ended=True)
        hold = self._automaton.growing(window)
        begun = self._automaton.begun(window[hold:]) if with_beginnings and hold < len(window) else None
        if begun and begun.name and len(window) - hold >= begun.telling:
            spans = sorted([*spans, Span(hold, False, hold - len(window), begun.name)])
        return self._show([span._replace(shape=None) for span in spans], len(window))

    # Finding.

    def _spans(
        self, window: bytes, found: Iterable[tuple[int, int, int]], hold: int, *, ended: bool = False
    ) -> tuple[list[Span], int]:
        """What is to be masked, and from where on nothing is decided yet."""
        spans = []
        needles = self._automaton.needles
        lines = window + b"\n" if ended else window
        open_from = max(lines.rfind(b"\n") + 1, len(lines) - REACH + 1)
        hopeless = self._automaton.hopeless(window)
        for index, start, end in found:
            needle = needles[index]
            if needle.name:
                spans.append(Span(start, False, start - end, needle.name, start))
            elif index not in hopeless and (span := self._shaped(lines, len(window), needle, start)):
                spans.append(span)
            elif start >= open_from:  # it may still match when more has been read
                hold = min(hold, start)
        for span in sorted(spans, key=lambda span: -span.lead):
            if span.start >= hold:
                hold = min(hold, span.lead)
        return sorted(spans), hold

    def _shaped(self, lines: bytes, length: int, needle: Needle, start: int) -> Span | None:
        before = lines[start - 1 : start] if start else self._before
        in_word = before.isalnum() or before == b"_"
        for shape in needle.shapes:
            if in_word and shape.alone:
                continue
            if head := shape.head_expression.match(lines, start, start + REACH):
                first = head.start("secret")
                if not shape.end:
                    return Span(first, True, first - head.end("secret"), shape.name, start)
                last = first + shape.limit
                if end := shape.end_expression.search(lines, head.end(), last):
                    return Span(first, True, first - min(end.end(), length), shape.name, start)
                if length >= last:
                    return Span(first, True, first - last, shape.name, start)
                return Span(first, True, first - length, shape.name, start, shape)
        return None

    # Showing.

    def _show(self, spans: Iterable[Span], upto: int) -> bytes:
        window, at = self._window, self._shown
        out = []
        for span in spans:
            if span.start >= upto or (span.end <= at and span.start >= self._masked):
                continue
            if span.start >= self._masked:
                out.append(window[at : span.start])
                out.append(self._counted_mask(span.name))
            at = max(at, span.end)
            self._masked = max(self._masked, span.end)
            if span.shape and span.end == at:
                tail = window[max(span.start, len(window) - END_BYTES) :]
                self._open = OpenSpan(span.shape, span.shape.limit + span.shorter, tail)
        out.append(window[at:upto])
        self._shown = max(at, upto)
        return b"".join(out)

    def _counted_mask(self, name: str) -> bytes:
        self.counts[name] = self.counts.get(name, 0) + 1
        return b"[secret:%s]" % name.encode()

    def _forget(self, upto: int) -> None:
        if upto:
            self._before = self._window[upto - 1 : upto]
            self._window = self._window[upto:]
            self._shown = max(0, self._shown - upto)
            self._masked = max(0, self._masked - upto)
