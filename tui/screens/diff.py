"""Two runs step by step: a list of the steps with what differs, and the highlighted one in full.

They are compared on a thread, and each step is shown as soon as it is known. Reading them is recorded in the trail.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar, NamedTuple

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input, Static
from textual.worker import get_current_worker

from engine.difference import StepDifference
from engine.errors import OncueError

from .. import diff_words
from ..comparing import Begun, NoLongerWanted, differences
from ..diff_words import Entry
from ..text import one_line, plain
from ..trail_reading import sentence_of
from ..widgets.facts import QUIET
from ..widgets.find_line import FindLine
from ..widgets.key_row import KeyRow
from ..widgets.row_list import RowList
from ..widgets.side_by_side import SideBySide
from ..widgets.status_bar import Status, StatusBar

PUT_TOGETHER = 0.1
"""Seconds between two looks at what has come."""
SHARE = 10
"""At least so many times as long as it takes to draw a long list, keys have the screen for themselves."""
SAME, DIFFERENT, LEFT = 0, 1, 3
"""What the command answers: as diff(1) does, and 3 where it was left before that was known."""


class Ended(NamedTuple):
    """Nothing more comes."""

    problem: str = ""
    """Why; empty when everything has been compared."""


News = Begun | StepDifference | Ended


class DiffScreen(Screen[int]):
    CSS_PATH = "diff.tcss"
    AUTO_FOCUS = "#rows"
    HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-narrow"), (170, "-broad")]  # noqa: RUF012 - as Textual declares it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "up", show=False),
        Binding("down", "move(1)", "down", show=False),
        Binding("enter", "on", "on", show=False),
        Binding("n", "differing(1)", "next difference", id="diff.next", tooltip="the next step that differs"),
        Binding("N", "differing(-1)", "previous", id="diff.previous", tooltip="the step before that differs"),
        Binding("d", "only", "only what differs", id="diff.only", tooltip="only what differs, or every step again"),
        Binding("slash", "find", "find", id="diff.find", tooltip="find words in steps, texts and outputs"),
        Binding("tab", "part", "next part", id="diff.part", tooltip="from the steps to what differs, which scrolls"),
        Binding("y", "copy", "copy", id="diff.copy", tooltip="copy what differs in this step"),
        Binding("1", "open('before')", "first run", id="diff.first", tooltip="the first run in full"),
        Binding("2", "open('after')", "second run", id="diff.second", tooltip="the second run in full"),
        Binding("f5", "look", "compare again", id="diff.look", tooltip="read both runs again"),
        Binding("escape,q", "back", "back", id="diff.back", tooltip="end the search, then go back"),
        Binding("question_mark", "help", "help", id="diff.help", tooltip="what can be done here"),
    ]

    class NewsArrived(Message, bubble=False):
        """Something is to be put together."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, DiffScreen.NewsArrived)

    def __init__(
        self,
        trail: Path,
        before: str,
        after: str,
        environ: Mapping[str, str] = os.environ,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """The runs by their ids."""
        super().__init__()
        self._trail = trail
        self._ids = {"before": before, "after": after}
        self._environ = environ
        self._now = now
        self._only = False
        self._entries: Sequence[Entry] = ()
        """Those that are listed."""
        self._begin()

    def _begin(self) -> None:
        self._news: deque[News] = deque()
        self._is_due = False
        self._pause = PUT_TOGETHER
        self._begun: Begun | None = None
        self._steps: list[StepDifference] = []
        self._told: dict[str, str] = {}
        """Entry → what is looked through, once somebody looks."""
        self._ended: Ended | None = None
        self._described: object = None
        """What the details are of."""

    def compose(self) -> ComposeResult:
        yield StatusBar()
        yield Static(id="heading")
        yield FindLine("type to find words in steps, texts and outputs", id="find")
        with Container(id="body"):
            yield RowList[Entry](diff_words.COLUMNS, id="rows")
            with VerticalScroll(id="details"):
                yield SideBySide()
            with VerticalScroll(id="empty"):
                yield Static()
        yield KeyRow()

    def on_mount(self) -> None:
        self._renew()
        self._read(self._news)

    # What comes.

    @work(thread=True, exclusive=True, group="trail")
    def _read(self, news: deque[News]) -> None:
        worker = get_current_worker()
        try:
            both = self._ids["before"], self._ids["after"]
            for one in differences(self._trail, both, self._environ, lambda: not worker.is_cancelled):
                news.append(one)
                self.post_message(self.NewsArrived())
            news.append(Ended())
        except NoLongerWanted:
            return
        except (OncueError, OSError) as error:
            news.append(Ended(sentence_of(self._trail, error)))
        self.post_message(self.NewsArrived())

    def on_diff_screen_news_arrived(self) -> None:
        if self._begun is None:
            self._put_together()
        elif not self._is_due:
            self._is_due = True
            self.set_timer(self._pause, self._put_together)

    def _put_together(self) -> None:
        self._is_due = False
        began = time.monotonic()
        while self._news:
            self._take(self._news.popleft())
        self._renew()
        self._pause = max(PUT_TOGETHER, SHARE * (time.monotonic() - began))

    def _take(self, one: News) -> None:
        if isinstance(one, Begun):
            self._begun = one
        elif isinstance(one, Ended):
            self._ended = one
        else:
            self._steps.append(one)

    # What is shown.

    @property
    def rows(self) -> RowList[Entry]:
        return self.query_one(RowList)

    @property
    def details(self) -> VerticalScroll:
        return self.query_one("#details", VerticalScroll)

    @property
    def find_line(self) -> FindLine:
        return self.query_one(FindLine)

    def _renew(self) -> None:
        """Draw everything anew from what is known now; nothing where the screen is just being taken away."""
        if not self.query(RowList):
            return
        self._entries = self._found()
        self.rows.show([(entry.key, entry) for entry in self._entries])
        self.set_class(not self._entries, "-empty")
        if not self._entries:
            self.query_one("#empty > Static", Static).update(self._nothing())
            if self.focused is self.details:
                self.set_focus(self.rows)
        self.query_one("#heading", Static).update(self._heading())
        self.query_one(StatusBar).show(Status("two runs", marks=tuple(self._marks())))
        self.refresh_bindings()

    def _found(self) -> Sequence[Entry]:
        if self._begun is None:
            return ()
        entries = diff_words.entries_of(self._begun, self._steps)
        words = self.find_line.value.casefold().split()
        return [one for one in entries if not (self._only and one.is_same) and self._has(one, words)]

    def _has(self, entry: Entry, words: Sequence[str]) -> bool:
        if words and entry.key not in self._told:
            self._told[entry.key] = diff_words.told_of(entry)
        return not words or all(word in self._told[entry.key] for word in words)

    def _heading(self) -> Content:
        lines = list(diff_words.heading(self._begun)) if self._begun else []
        if lines and self._problem:
            lines.append(one_line(f"! {self._problem}", "$error"))
        return Content("\n").join(lines)

    @property
    def _problem(self) -> str:
        return self._ended.problem if self._ended else ""

    def _marks(self) -> Iterator[tuple[str, str]]:
        if self._problem:
            yield "not compared to the end", "$error"
        if self._begun is None:
            return
        if self._ended is None:
            yield f"comparing {len(self._steps)} of {self._begun.n_steps} …", QUIET
        yield diff_words.summary(self._begun, self._steps), "bold"
        if self._only or self.find_line.value:
            yield f"{len(self._entries)} shown", QUIET

    def _nothing(self) -> Content:
        if self._begun is None:
            return plain(self._problem, "$error") if self._ended else plain("Reading both runs …", QUIET)
        if self.find_line.value:
            return one_line(f"“{self.find_line.value}” stands nowhere in what is told here. esc shows all again.")
        if self._ended is None:
            return plain("Nothing that differs so far …", QUIET)
        return plain("Nothing differs.")

    @on(RowList.Highlighted)
    def _describe(self) -> None:
        entry, words = self.rows.item, self.find_line.value
        self.refresh_bindings()
        described = entry and (entry.key, words)
        if described == self._described:
            return
        self._described = described
        self.query_one(SideBySide).show([] if entry is None else list(diff_words.details(entry, words)))
        self.details.scroll_home(animate=False)

    @on(Input.Changed)
    def _narrow(self) -> None:
        self._renew()

    # What is done.

    def action_move(self, by: int) -> None:
        self.rows.action_move(by)

    def action_differing(self, by: int) -> None:
        if (distance := self._distance(by)) is not None:
            self.rows.action_move(distance)

    def _distance(self, by: int) -> int | None:
        """Rows to the next entry that differs, in that direction; None where there is none."""
        here = next((at for at, one in enumerate(self._entries) if one.key == self.rows.key), 0)
        ways = range(here + 1, len(self._entries)) if by > 0 else range(here - 1, -1, -1)
        return next((at - here for at in ways if not self._entries[at].is_same), None)

    def action_only(self) -> None:
        self._only = not self._only
        self._renew()

    def action_find(self) -> None:
        self.add_class("-finding")
        self.set_focus(self.find_line)

    def action_on(self) -> None:
        """From the find line to the steps, from there to what differs, and back."""
        on_rows = self.focused is self.rows and bool(self._entries)
        self.set_focus(self.details if on_rows else self.rows)

    def action_part(self) -> None:
        self.action_on()

    def action_copy(self) -> None:
        if entry := self.rows.item:
            text = "\n".join(diff_words.as_text(entry))
            self.app.copy_to_clipboard(text)
            self.notify(f"{len(text)} characters copied")

    def action_open(self, side: str) -> None:
        from .past_run import PastRunScreen

        self.app.push_screen(PastRunScreen(self._trail, self._ids[side], self._environ, now=self._now))

    def action_look(self) -> None:
        self._begin()
        self._renew()
        self._read(self._news)

    def action_back(self) -> None:
        if self.has_class("-finding"):
            self.remove_class("-finding")
            self.find_line.value = ""
            self.set_focus(self.rows)
        else:
            self.dismiss(self.answer)

    @property
    def answer(self) -> int:
        """Of the command, if it ended now."""
        if (self._begun and self._begun.facts) or any(not step.is_same for step in self._steps):
            return DIFFERENT
        return SAME if self._ended and not self._problem else LEFT

    def action_help(self) -> None:
        from .keys import KeysScreen, keys_of

        self.app.push_screen(KeysScreen("Two runs", keys_of(self)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """False hides a key, None says that it does nothing now."""
        if not self.is_mounted or not self.query(RowList):
            return True
        if action == "differing" and parameters:
            return True if self._distance(int(str(parameters[0]))) is not None else None
        if action == "copy":
            return True if self.rows.item else None
        return True

    def on_descendant_focus(self) -> None:
        self.refresh_bindings()
