"""The end of what an attempt printed, read from the trail on a thread. Cleaned before it is shown."""

from __future__ import annotations

from pathlib import Path

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from engine.errors import OncueError
from engine.output import OutputLines
from engine.state import Attempt
from engine.summary import span
from engine.trail import TrailReader

from ..text import plain

TAIL_BYTES = 64 * 1024
"""Shown of the output; all of it is in the trail."""


class PastOutput(VerticalScroll):
    DEFAULT_CSS = """
    PastOutput { height: 1fr; padding: 0 1; border-top: solid $border; }
    PastOutput:focus { border-top: solid $primary; }
    PastOutput > Static { height: auto; }
    """

    class TailRead(Message, bubble=False):
        def __init__(self, attempt: int, content: Content) -> None:
            super().__init__()
            self.attempt = attempt
            self.content = content

    def __init__(self, trail: Path, run_id: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._trail = trail
        self._run_id = run_id
        self._attempt: int | None = None

    def compose(self) -> ComposeResult:
        yield Static()

    def show(self, attempt: Attempt | None) -> None:
        self._attempt = attempt.number if attempt else None
        self.border_title = "output"
        self.query_one(Static).update(plain("" if attempt else "nothing ran here", "$text-muted"))
        if attempt:
            self._read(attempt.number, attempt.output_bytes)

    @work(thread=True, exclusive=True, group="output", exit_on_error=False)
    def _read(self, attempt: int, size: int) -> None:
        content = read_tail(self._trail, self._run_id, attempt, size)
        if not get_current_worker().is_cancelled:
            self.post_message(self.TailRead(attempt, content))

    def on_past_output_tail_read(self, message: TailRead) -> None:
        if message.attempt == self._attempt:
            self.query_one(Static).update(message.content)
            self.scroll_end(animate=False)


def read_tail(trail: Path, run_id: str, attempt: int, size: int) -> Content:
    start = max(0, size - TAIL_BYTES)
    lines = OutputLines()
    try:
        with TrailReader.open(trail) as reader:
            for chunk in reader.output(run_id, attempt, start):
                lines.feed(chunk.data[max(0, start - chunk.offset) :])
    except (OncueError, OSError) as error:
        return plain(str(error), "$error")
    shown = [Content.from_rich_text(Text.from_ansi(line)) for line in lines.lines]
    if not shown:
        return plain("no output", "$text-muted")
    skipped = [plain(f"… the last {span(TAIL_BYTES)} of {span(size)}", "$text-muted")] if start else []
    return Content("\n").join([*skipped, *shown])
