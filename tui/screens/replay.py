"""A past run, played: its outline, its step and its output at any moment, and a line on which that moment is chosen.

The run is read on a thread, and so is output. States come from the history, which takes less than a frame.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import ClassVar, NamedTuple

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import get_current_worker

from engine.errors import OncueError
from engine.feed import Gap, OutputPiece
from engine.model import Step
from engine.replay import Hit, Pace, Player, Replay, Spot, clock, next_mark, open_run, seek
from engine.rows import rows_of
from engine.scrollback import BLOCK, Needle
from engine.sessions.contract import TerminalMode
from engine.state import RunState

from .. import replay_words
from ..outline_rows import outline
from ..replay_keys import DEEDS
from ..situation import OVER, Situation
from ..step_text import numbered
from ..text import fault, plain
from ..widgets.key_bar import KeyBar, KeyHint
from ..widgets.notice import Notice
from ..widgets.outline import Outline
from ..widgets.output_view import OutputView
from ..widgets.replay_output import ReplayOutput
from ..widgets.scrub_bar import ScrubBar
from ..widgets.search_line import SearchLine
from ..widgets.status_bar import Status, StatusBar
from ..widgets.step_pane import StepPane

FRAME_SECONDS = 1 / 25
TAIL_BYTES = 4 * BLOCK
"""Of an output, for its last lines; what is before them is read when somebody scrolls there."""
IDLE_US = 2_000_000
"""What a long pause counts as, where nobody said."""
NARROW, ROOMY = 100, 160
"""Columns below which the outline gives its room to the step, and from which it has room for long titles."""
ALWAYS_SHOWN = 2
MOST_JUMPS = 2000
SECOND = 1_000_000
LEGEND = "▾ a step begins, ◆ a note or a marker, ✘ a step that went wrong"


class Wanted(NamedTuple):
    """Output to be read, and what of it is on the screen."""

    attempt: int
    at_us: int
    shown: int | None
    """Bytes, where it is this output that is shown."""


class Portion(NamedTuple):
    size: int
    """How much there was by then."""
    start: int
    data: bytes


class ReplayScreen(Screen[None]):
    AUTO_FOCUS = ""
    CSS_PATH = "replay.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(deed.binding(name) for name, deed in DEEDS.items()),
        Binding("ctrl+c", "leave", show=False, priority=True),
    ]

    class Opened(Message, bubble=False):
        def __init__(self, replay: Replay | OncueError, at_us: int = 0) -> None:
            super().__init__()
            self.replay = replay
            self.at_us = at_us

    class Failed(Message):
        """There is nothing to be watched, and nothing else here."""

        def __init__(self, error: OncueError) -> None:
            super().__init__()
            self.error = error

    class OutputRead(Message, bubble=False):
        def __init__(self, wanted: Wanted, portion: Portion | str) -> None:
            """`portion` is a sentence where nothing could be read."""
            super().__init__()
            self.wanted = wanted
            self.portion = portion

    class Sought(Message, bubble=False):
        def __init__(self, needle: Needle, found: Hit | str | None) -> None:
            super().__init__()
            self.needle = needle
            self.found = found

    def __init__(
        self,
        opener: Callable[[], Replay],
        start: Callable[[Replay], int] = lambda _: 0,
        *,
        name: str,
        speed: float = 1.0,
        idle_us: int | None = None,
        is_alone: bool = False,
        now: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        """`opener` reads the run and `start` says where to begin, both on a thread; they may raise `OncueError`, which
        ends the program where the screen `is_alone` in it. `now` is in nanoseconds."""
        super().__init__()
        self._opener = opener
        self._start = start
        self._called = name
        self._speed, self._idle_us = speed, idle_us
        self._is_alone = is_alone
        self._now = now
        self._replay: Replay | None = None
        self._player = Player((), 0)
        self._at_us = -1
        """The moment that is shown."""
        self._count = -1
        """Events that had happened by then."""
        self._state = RunState()
        self._steps: dict[str, Step] = {}
        self._looked_at: str | None = None
        self._attempt: int | None = None
        """The one whose output is shown, or about to be."""
        self._reading = False
        self._needle: Needle | None = None
        self._hit: Hit | None = None
        self._to_reveal: Spot | None = None
        """Found, and not yet brought into view."""

    def compose(self) -> ComposeResult:
        yield StatusBar(id="status")
        yield Static(plain("Reading the run …"), id="problem")
        with Horizontal(id="body"):
            yield Outline(id="outline")
            with Vertical(id="main"):
                yield StepPane(id="step")
                yield ReplayOutput(id="output")
        yield Notice(id="notice")
        yield ScrubBar(id="scrub")
        yield KeyBar(id="keys")

    def on_mount(self) -> None:
        self.add_class("-problem")
        self.query_one(StatusBar).show(Status(self._called, marks=(("replay", "bold $accent"),)))
        self._timer = self.set_interval(FRAME_SECONDS, self._frame, pause=True)
        self._draw_keys()
        self._open()

    # Reading it.

    @work(thread=True, exit_on_error=False)
    def _open(self) -> None:
        try:
            replay = self._opener()
            self.post_message(self.Opened(replay, self._start(replay)))
        except OncueError as error:
            self.post_message(self.Opened(error))
        except Exception as error:  # noqa: BLE001 - the border of a thread: whoever waits has to hear of it
            self.post_message(self.Opened(OncueError(f"{self._called}: {fault(error)}")))

    def on_replay_screen_opened(self, message: Opened) -> None:
        replay = message.replay
        if isinstance(replay, OncueError):
            if self._is_alone:
                self.post_message(self.Failed(replay))
            self.query_one("#problem", Static).update(plain(str(replay), "$error"))
            return
        self._replay = replay
        self._steps = {step.id: step for step in replay.runbook.steps}
        self._player = Player(
            replay.gaps, replay.duration_us, speed=self._speed, idle_us=self._idle_us, at_us=message.at_us
        )
        self.remove_class("-problem")
        self._lay_line()
        self._show()
        remarks = [*filter(None, (replay.complaint,)), *replay.warnings]
        if remarks:
            more = f" (and {len(remarks) - 1} more)" if len(remarks) > 1 else ""
            self.say(f"{remarks[0]}{more}", "warning")

    # What is shown.

    @property
    def situation(self) -> Situation:
        shown = self._looked_at or (None if self._state.phase in OVER else self._state.current)
        step_state = self._state.steps.get(shown or "")
        if self._replay is None:
            raise LookupError("nothing has been read yet")
        return Situation(
            state=self._state,
            runbook=self._replay.runbook,
            step=self._steps.get(shown or ""),
            prepared=replay_words.prepared_of(self._state, step_state),
        )

    def _frame(self) -> None:
        self._show()
        if not self._player.is_playing:
            self._timer.pause()

    def _show(self) -> None:
        """The moment that is on now."""
        replay = self._replay
        if replay is None or not self.is_attached:
            return
        at_us = self._player.moment(self._now())
        if at_us != self._at_us:
            self._at_us = at_us
            count = -2 if at_us >= replay.duration_us else replay.history.count(at_us)
            if count != self._count:
                self._count, self._state = count, replay.state(at_us)
                self._draw()
            self.query_one(StatusBar).show(replay_words.status_of(self.situation, replay, at_us))
            self._show_output()
        self._draw_line()

    def _draw(self) -> None:
        s = self.situation
        order = numbered(self._state)
        step_id = s.step.id if s.step else ""
        number = order.index(step_id) + 1 if step_id in order else 0
        self.query_one(StepPane).show(s, number, len(order), "")
        self.query_one(Outline).show(outline(self._state, s.runbook, {}), step_id or None)

    def _draw_line(self) -> None:
        replay, player = self._replay, self._player
        if replay is None:
            return
        words = replay_words.words_of(
            replay, self._at_us, is_playing=player.is_playing, speed=player.speed, idle_us=player.pace.idle_us
        )
        self.query_one(ScrubBar).show(player.pace.played(self._at_us), words)
        self._draw_keys()

    def _lay_line(self) -> None:
        if self._replay is not None:
            pace: Pace = self._player.pace
            self.query_one(ScrubBar).lay(list(replay_words.ticks_of(self._replay.marks, pace)), pace.length)

    def _draw_keys(self) -> None:
        hints = []
        for name, deed in DEEDS.items():
            if deed.in_footer and self._can(name):
                key: str = self.app.key_of(f"replay.{name}", deed.key)  # type: ignore[attr-defined]
                hints.append(KeyHint(key, self._label(name, deed.label), f"screen.{deed.action}", name == "play"))
        self.query_one(KeyBar).show(hints, ALWAYS_SHOWN)

    def _label(self, name: str, label: str) -> str:
        if name == "play" and self._player.is_playing:
            return "pause"
        return "keep pauses" if name == "idle" and self._player.pace.idle_us is not None else label

    def _can(self, name: str) -> bool:
        """Whether it does anything here and now."""
        if name in ("help", "leave", "back"):
            return True
        replay = self._replay
        if replay is None:
            return False
        kind, _, which = name.partition("_")
        if which in ("step", "note"):
            return next_mark(replay.marks, self._at_us, (which,), forward=kind == "next") is not None
        if name in ("forward", "minute_forward"):
            return self._at_us < replay.duration_us
        if name in ("backward", "minute_backward"):
            return self._at_us > 0
        if name == "rows":
            return self.situation.fetched is not None
        if which == "hit":
            return self._needle is not None
        return True

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "rows":
            return True if self._can("rows") else None
        if action in ("again",):
            return True if self._needle is not None else None
        if action in ("help", "leave", "back") or self._replay is not None:
            return super().check_action(action, parameters)
        return None if action in {deed.action.partition("(")[0] for deed in DEEDS.values()} else True

    def say(self, sentence: str, tone: str = "") -> None:
        self.query_one(Notice).show(sentence, tone)

    # Playing.

    def action_play(self) -> None:
        if self._player.is_playing:
            self._player.pause(self._now())
        else:
            self._looked_at = None
            self._player.play(self._now())
            self._timer.resume()
        self._show()

    def action_move(self, seconds: int) -> None:
        self._player.step_by(seconds * SECOND, self._now())
        self._moved()

    def action_edge(self, last: bool) -> None:
        self._go(self._replay.duration_us if self._replay and last else 0)

    def action_mark(self, kind: str, forward: bool) -> None:
        if self._replay is None:
            return
        mark = next_mark(self._replay.marks, self._at_us, (kind,), forward=forward)
        if mark is None:
            self.say(f"there is no {kind} {'after' if forward else 'before'} this moment")
        else:
            self._go(mark.at_us)

    def action_faster(self) -> None:
        self._player.faster(self._now())
        self._show()

    def action_slower(self) -> None:
        self._player.slower(self._now())
        self._show()

    def action_idle(self) -> None:
        idle_us = None if self._player.pace.idle_us is not None else self._idle_us or IDLE_US
        self._player.cut(idle_us, self._now())
        self._lay_line()
        self._show()

    def _go(self, at_us: int) -> None:
        self._player.seek(at_us, self._now())
        self._moved()

    def _moved(self) -> None:
        self._looked_at = self._to_reveal = None
        self.query_one(Notice).clear()
        self._count = -1
        self._show()

    def on_scrub_bar_sought(self, message: ScrubBar.Sought) -> None:
        pace = self._player.pace
        self._go(pace.moment(int(message.share * pace.length)))

    @work
    async def action_jump(self) -> None:
        from .asking import PickScreen

        if self._replay is None:
            return
        marks = self._replay.marks
        jumps = replay_words.jumps_of(marks, MOST_JUMPS)
        first = f", the first {MOST_JUMPS}" if len(jumps) == MOST_JUMPS else ""
        picked = await self.app.push_screen_wait(PickScreen(f"Go to which moment?{first}", jumps, find=True))
        if picked is not None:
            self._go(marks[int(picked)].at_us)

    # Looking about in a moment.

    def on_outline_looked_at(self, message: Outline.LookedAt) -> None:
        self._looked_at = message.step_id
        self._draw()
        self._show_output()

    def on_outline_went_to(self, message: Outline.WentTo) -> None:
        """To where the step began."""
        if self._replay is None:
            return
        found = [mark.at_us for mark in self._replay.marks if mark.kind == "step" and mark.step_id == message.step_id]
        if found:
            self._go(found[0])
        else:
            self.say("the run never came to this step")

    def action_scroll(self, by: int) -> None:
        self.query_one(StepPane).scroll_text(by)

    def action_output(self) -> None:
        self.toggle_class("-wide-output")

    def action_outline(self) -> None:
        self.toggle_class("-outline" if self.has_class("-narrow") else "-no-outline")

    def on_resize(self) -> None:
        self.set_class(self.size.width < NARROW, "-narrow")
        self.set_class(self.size.width >= ROOMY, "-roomy")

    def on_output_view_copied(self, message: OutputView.Copied) -> None:
        self.app.copy_to_clipboard(message.text)
        self.notify(f"{len(message.text)} characters copied")

    # Output.

    def _attempt_now(self) -> int | None:
        """Of the step that is looked at, or the latest of all."""
        looked_at = self._state.steps.get(self._looked_at or "")
        numbers = self._state.attempts if looked_at is None else looked_at.attempts
        return max(numbers, default=None)

    def _show_output(self) -> None:
        pane, attempt = self.query_one(ReplayOutput), self._attempt_now()
        live = attempt is not None and self._state.attempts[attempt].outcome is None
        if attempt is None:
            pane.show_nothing("output")
        else:
            pane.tell(attempt, replay_words.output_title(self._state, attempt), live=live)
            self._read_soon(attempt)
        self._attempt = attempt

    def _read_soon(self, attempt: int) -> None:
        replay, shown = self._replay, self.query_one(ReplayOutput).size_of(attempt)
        if replay is None or self._reading or replay.outputs.is_all(attempt, self._at_us, shown):
            return
        self._reading = True
        wanted = Wanted(attempt, self._at_us, shown)
        self.run_worker(partial(self._read, replay, wanted), thread=True, group="output", exit_on_error=False)

    def _read(self, replay: Replay, wanted: Wanted) -> None:
        """On a thread of its own."""
        try:
            self.post_message(self.OutputRead(wanted, portion_of(replay, wanted)))
        except Exception as error:  # noqa: BLE001 - as above
            self.post_message(self.OutputRead(wanted, fault(error)))

    def on_replay_screen_output_read(self, message: OutputRead) -> None:
        self._reading = False
        wanted, portion = message.wanted, message.portion
        if self._replay is None or not self.is_attached:
            return
        if isinstance(portion, str):
            self.say(portion, "error")
            if wanted.attempt == self._attempt:
                self.query_one(ReplayOutput).show_problem(portion)
        elif wanted.attempt == self._attempt and wanted.shown == self.query_one(ReplayOutput).size_of(wanted.attempt):
            self._take(wanted, portion)
            self._reveal()
        if self._attempt is not None and (wanted.attempt, wanted.at_us) != (self._attempt, self._at_us):
            self._read_soon(self._attempt)

    def _take(self, wanted: Wanted, portion: Portion) -> None:
        pane = self.query_one(ReplayOutput)
        shown = wanted.shown
        if shown is None or portion.size < shown or (portion.start > shown and not self._player.is_playing):
            if self._replay is not None:
                pane.show_from(self._replay.outputs, wanted.attempt, portion.start, portion.data)
            return
        missed = [Gap(wanted.attempt, shown, portion.start)] if portion.start > shown else []
        if portion.data:
            pane.grow([*missed, OutputPiece(wanted.attempt, portion.start, portion.data, TerminalMode())])

    # Searching.

    def action_search(self) -> None:
        if lines := self.query(SearchLine):
            lines.first().query_one("Input").focus()
        else:
            self.mount(SearchLine(), before="#scrub")

    def on_search_line_submitted(self, message: SearchLine.Submitted) -> None:
        message.stop()
        if not message.text:
            self._end_search()
            return
        self._needle, self._hit = Needle(message.text), None
        self.query_one(ReplayOutput).light(self._needle)
        self.set_focus(None)
        self._seek(forward=True)

    def on_search_line_asked_again(self, message: SearchLine.AskedAgain) -> None:
        message.stop()
        self.action_again(message.forward)

    def on_search_line_closed(self, message: SearchLine.Closed) -> None:
        message.stop()
        self._end_search()

    def _end_search(self) -> None:
        self.workers.cancel_group(self, "search")
        self._needle = self._hit = None
        self.query_one(ReplayOutput).light(None)
        self.query(SearchLine).remove()
        self.set_focus(None)
        self._draw_keys()

    def action_again(self, forward: bool) -> None:
        if self._needle is not None:
            self._seek(forward=forward)

    def _seek(self, *, forward: bool) -> None:
        """From the last hit as long as the moment is its own, else from the moment that is on."""
        if self._replay is None or self._needle is None:
            return
        self._player.pause(self._now())
        self._tell_search("searching …")
        here = self._hit.spot if self._hit is not None and self._hit.at_us == self._at_us else self._at_us
        work = partial(self._search, self._replay, self._needle, here, max(self._state.attempts, default=0), forward)
        self.run_worker(work, thread=True, group="search", exclusive=True, exit_on_error=False)

    def _search(self, replay: Replay, needle: Needle, here: Spot | int, attempt: int, forward: bool) -> None:
        """On a thread of its own."""
        worker = get_current_worker()
        found: Hit | str | None
        try:
            spot = here if isinstance(here, Spot) else Spot(attempt, replay.outputs.size_at(attempt, here))
            found = seek(replay.outputs, needle, spot, forward=forward, stop=lambda _: worker.is_cancelled)
        except Exception as error:  # noqa: BLE001 - as above
            found = fault(error)
        if not worker.is_cancelled:
            self.post_message(self.Sought(needle, found))

    def on_replay_screen_sought(self, message: Sought) -> None:
        if message.needle is not self._needle:
            return
        found = message.found
        if isinstance(found, Hit):
            self._go(found.at_us)
            self._hit, self._to_reveal = found, found.spot
            if not self._reading:
                self._reveal()
            words = f"{clock(found.at_us)}{', round the end' if found.is_around else ''}"
        else:
            words = "not found in any output" if found is None else found
            if found is not None:
                self.say(found, "error")  # in full, for which the line has no room
        self._tell_search(words)

    def _reveal(self) -> None:
        """A read of the terminal may have brought more lines than there is room for."""
        pane, spot = self.query_one(ReplayOutput), self._to_reveal
        if spot is not None and (pane.size_of(spot.attempt) or 0) > spot.byte:
            self._to_reveal = None
            pane.reveal(spot.byte)

    def _tell_search(self, words: str) -> None:
        for line in self.query(SearchLine):
            line.say(words)

    def action_rows(self) -> None:
        """As they stand in the record; the moment that is shown stays."""
        from .results import ResultsScreen

        replay, attempt = self._replay, self.situation.fetched
        if replay is not None and attempt is not None:
            self._player.pause(self._now())
            results = rows_of(replay.history.events, attempt.number)
            title = self._state.steps[attempt.step_id].planned.title
            self.app.push_screen(ResultsScreen(lambda: (results, ""), attempt.number, title))

    # Leaving.

    def action_help(self) -> None:
        from .keys import KeysScreen, keys_of

        self.app.push_screen(KeysScreen(f"A replay: {LEGEND}", keys_of(self)))

    def action_back(self) -> None:
        if self.query(SearchLine):
            self._end_search()
        else:
            self.action_leave()

    def action_leave(self) -> None:
        if self._is_alone:
            self.app.exit(0)
        else:
            self.dismiss()


def portion_of(replay: Replay, wanted: Wanted) -> Portion:
    """What has come since; from its last part where that is much, or where something else was shown."""
    size = replay.outputs.size_at(wanted.attempt, wanted.at_us)
    tail = max(0, size - TAIL_BYTES) // BLOCK * BLOCK
    shown = wanted.shown
    start = tail if shown is None or shown > size else max(shown, tail)
    data = replay.outputs.page(wanted.attempt, start, size - start) if start < size else b""
    return Portion(size, start, data)


def replay_of(trail: Path, run_id: str, environ: Mapping[str, str]) -> ReplayScreen:
    """Over the screen it was asked for on."""
    return ReplayScreen(partial(open_run, trail, run_id, environ), name=f"run {run_id}")
