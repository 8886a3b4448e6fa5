"""The run: outline, step, output and keys on one screen. It shows one `Situation` and sends keys to `Acting`."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen

from engine import commands as c
from engine import events as e
from engine import keyboard, past_times, timing
from engine.beside import named
from engine.errors import OncueError, Refused
from engine.feed import OutputPiece
from engine.ladder import Ladder, follow
from engine.levels import Level
from engine.model import Runbook, Step
from engine.permission import Permission
from engine.scrollback.stored import TrailOutput
from engine.state import RunState, orphaned
from engine.summary import exit_code_of

from .. import commit_words, status_words
from ..acting import Acting
from ..bridge import Bridge
from ..keys import ACTIONS, label_of, offered, why_not
from ..messages import Happened, HostEnded, OutputArrived
from ..outline_rows import outline
from ..settling import Settling
from ..situation import OVER, Situation
from ..step_text import numbered
from ..text import one_line
from ..widgets.checklist import Checklist
from ..widgets.commit_bar import ANSWERS, CommitBar
from ..widgets.hints import Hints
from ..widgets.key_bar import KeyBar, KeyHint
from ..widgets.notice import Notice
from ..widgets.outline import Outline
from ..widgets.output_pane import OutputPane
from ..widgets.output_view import OutputView
from ..widgets.status_bar import StatusBar
from ..widgets.step_pane import StepPane
from ..widgets.typing_line import TypingLine

ALWAYS_SHOWN = 2
"""How to get help and how to leave, the last two of the registry."""
NARROW = 100
"""Columns below which the outline gives its room to the step."""
ROOMY = 160
"""Columns from which the outline has room for long titles."""
SHORT = 30
"""Rows below which the output gives some of its room to the step."""
QUIET_SECONDS = 1.0
"""Between two looks at whether a running step waits for input."""
SHORTLY = 0.002
STEP_ACTIONS = frozenset(one.id for one in ACTIONS.values() if one.area in ("step", "checklist"))
"""They mean the step that stands there."""
Answer = TypeVar("Answer")
RESIZE_SECONDS = 0.2
"""A window that is being dragged has many sizes; the step is told the last one."""


class RunScreen(Screen[int]):
    AUTO_FOCUS = ""  # a key means the run until the operator turns to the outline or the output
    CSS_PATH = "run.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(one.key, f"do({one.id!r})", one.label, id=one.id, show=False, priority=one.id == "interrupt")
        for one in ACTIONS.values()
    ]

    def __init__(
        self,
        bridge: Bridge,
        runbook: Runbook,
        permission: Permission,
        trail: Path,
        remarks: Sequence[str] = (),
        *,
        is_new: bool = False,
    ) -> None:
        """`is_new`: the operator has hardly ever seen this, so a few words about it stand there until the first key."""
        super().__init__()
        self._is_new = is_new
        self._bridge = bridge
        self._runbook = runbook
        self._steps = {step.id: step for step in runbook.steps}
        self._permission = permission
        self._trail = trail
        self._remarks = remarks
        self._acting = Acting(self, bridge)
        self._state = bridge.state
        self._past = bridge.state.seq
        """The last event that had happened before this screen came."""
        self._looked_at: str | None = None
        self._item_id: str | None = None
        self._prepared: dict[str, Mapping[str, Any]] = {}
        self._levels: dict[str, Level] = {}
        self._last_times: Mapping[str, past_times.LastTime] = {}
        self._n_inputs: int | None = None
        self._head = ""
        self._ladder = Ladder()
        self._raw = False
        self._wants_terminal = False
        self._came_back = False
        """The operator has taken the terminal back from a step that still wants it."""
        self._knows_way_back = False
        self._paranoid = False
        self._refused: str | None = None
        """The step that was not allowed last: what the command line allows is not tried on it again and again."""
        self._asked: str | None = None
        """What the step that waits asks."""
        self._declined: str | None = None
        self._waits_for = ""
        """What the running step waits for, as far as it was told."""
        self._turns: deque[tuple[str, str | None]] = deque()
        """Actions that wait for the one before them."""
        self._acts = False
        self.asking = False
        """A question has the screen, or is on its way to it."""
        self._leaving = False
        self._at_end = Settling()
        self._at_end.begin(timing_now())
        self._after_page: Settling | None = None
        """Since a page closed by itself, with the key that proceeds."""
        self._told_signal = False
        """The line above the keys may say what was sent to the running step."""
        self._gone = False
        """The terminal is being given back: there is nothing to draw on any more, whatever still happens."""
        self._heard = 0.0
        self._lost = ""

    # What is shown.

    def compose(self) -> ComposeResult:
        yield StatusBar(id="status")
        with Horizontal(id="body"):
            yield Outline(id="outline")
            with Vertical(id="main"):
                yield StepPane(id="step")
                if self._is_new:
                    yield Hints(lambda action_id: self._key_of(action_id, ACTIONS[action_id].key), id="hints")
                yield OutputPane(id="output")
                yield TypingLine(id="typing")
                yield CommitBar(id="commit")
        yield Notice(id="notice")
        yield KeyBar(id="keys")

    @property
    def situation(self) -> Situation:
        shown = self._looked_at or (None if self._state.phase in OVER else self._state.current)
        return Situation(
            state=self._state,
            runbook=self._runbook,
            step=self._steps.get(shown or ""),
            prepared=self._prepared.get(shown or ""),
            item_id=self._item_id,
            watching=self._watching(),
            client_id=self._bridge.client_id,
            n_inputs=self._n_inputs,
            head=self._head,
            paranoid=self._paranoid,
            raw=self._raw,
            waits_for=self._waits_for if self._state.phase == "running" and self._state.asked is None else "",
        )

    def _watching(self) -> str:
        mine = keyboard.holds(self._state, self._bridge.client_id)
        return "" if mine or self._state.phase in OVER else keyboard.objection(self._state)

    def on_mount(self) -> None:
        self.set_class(self._is_new, "-hinting")
        self.query_one(OutputPane).source = TrailOutput(self._trail, self._bridge.run_id)
        self._bridge.start()
        self._settle_cursor()
        self._show_attempt()
        self._ask_commit()
        self._draw()
        self._prepare_shown()
        self._prepare_all()
        if self._remarks:
            self.query_one(Notice).show_all(self._remarks, "warning")
        self.set_interval(1.0, self._tick)
        self._waiting_timer = self.set_interval(QUIET_SECONDS, self._look_for_waiting, pause=True)
        self._follow_phase()
        self._resize_timer = self.set_timer(RESIZE_SECONDS, self._tell_size)

    def _draw(self) -> None:
        if self._gone:
            return
        s = self.situation
        order = numbered(self._state)
        step_id = s.step.id if s.step else ""
        number = order.index(step_id) + 1 if step_id in order else 0
        self.query_one(StepPane).show(s, number, len(order), self._last_time(step_id))
        self.query_one(Outline).show(outline(self._state, self._runbook, self._levels), step_id or None)
        self._draw_keys()
        self._tick()

    def _last_time(self, step_id: str) -> str:
        last = self._last_times.get(step_id)
        return past_times.sentence_of(last, now().astimezone()) if last else ""

    def _draw_keys(self) -> None:
        s = self.situation
        hints = [
            KeyHint(self._key_of(one.id, one.key), label_of(one, s), f"screen.do({one.id!r})", one.id == "proceed")
            for one in offered(s)
            if one.in_footer
        ]
        if s.decides:
            is_here = self.focused is self.query_one(CommitBar)
            hints[:0] = [
                KeyHint(key, answer.replace("_", " "), f"screen.answer({answer!r})", is_here, not is_here)
                for key, answer in ANSWERS.items()
            ]
        if s.held and why_not("proceed", s):
            held = f"held by {len(s.held)} item{'s' * (len(s.held) > 1)}"
            hints.insert(0, KeyHint(self._key_of("proceed", "enter"), held, "screen.do('proceed')", dim=True))
        self.query_one(KeyBar).show(hints, ALWAYS_SHOWN)

    def _key_of(self, action_id: str, default: str) -> str:
        """As bound now: what an answer has taken is only in the palette."""
        key: str = self.app.key_of(action_id, default)  # type: ignore[attr-defined]
        return "ctrl+p" if key in ANSWERS and self.situation.decides else key

    def _tick(self) -> None:
        if self._gone:
            return
        s = self.situation
        self.query_one(StatusBar).show(status_words.status(s, now(), self._ladder))
        self.query_one(CommitBar).show(commit_words.question_of(s, now()))

    def say(self, sentence: str, tone: str = "") -> None:
        """On the line above the keys, until the next key."""
        if not self._gone and self.is_attached:
            self.query_one(Notice).show(sentence, tone)

    def refuse(self, sentence: str, action_id: str = "") -> None:
        """As `say`, and no longer than it is so."""
        before = self._state

        def is_so() -> bool:
            stands = (self._state.phase, self._state.current) == (before.phase, before.current)
            return stands and (not action_id or why_not(action_id, self.situation) == sentence)

        self.say(sentence, "warning")
        if not self._gone and self.is_attached:
            self.query_one(Notice).keep_while(is_so)

    # What happened.

    def on_happened(self, message: Happened) -> None:
        if self._gone:
            return
        event, before = message.recorded.event, self._state.current
        self._state = _seen(message.state)
        self._ladder = follow(self._ladder, event)
        if self._state.current != before:
            self._looked_at = None
        if self._is_end:
            self._at_end.begin(timing_now())
        if message.recorded.seq > self._past:
            self._tell(event)
            self._tell_commit(event)
        self.query_one(Notice).look_again()
        self._settle_cursor(settled=getattr(event, "item_id", None))
        self._follow_phase()
        self._ask_commit()
        self._draw()
        self._prepare_shown()

    def on_output_arrived(self, _message: OutputArrived) -> None:
        if self._gone:
            return
        attempt = max(self._state.attempts, default=0)  # what came before it is read back from the trail
        pieces = [piece for piece in self._bridge.take_output() if piece.attempt >= attempt]
        self._heard = timing_now()
        latest = next((piece for piece in reversed(pieces) if isinstance(piece, OutputPiece)), None)
        self.query_one(OutputPane).take(pieces)
        if latest is not None:
            self._raw = not latest.mode.canonical
            self._wants_terminal = self._bridge.full_screen
            self._came_back = self._came_back and self._wants_terminal
            self._give_terminal()

    def on_host_ended(self, message: HostEnded) -> None:
        if self._gone:
            return
        if message.lost:
            self._lost = message.reason
        if message.lost or self._state.phase not in OVER:
            self.leave(message.reason)

    def _tell(self, event: e.Event) -> None:
        """What the operator should not miss."""
        match event:
            case e.StepStarted():
                self._told_signal = False
                self._raw = self._wants_terminal = self._came_back = False
                self._asked = self._declined = None
                self._waits_for = ""
                self._put_hints_away()
                self._show_attempt()
            case e.StepEnded():
                self.query_one(OutputPane).ended()
                self.query_one(TypingLine).close()
                if self._told_signal:
                    self.query_one(Notice).clear()
                if timing.should_ring(self._state.attempts[event.attempt]):
                    self.app.bell()
            case e.InterruptSent():
                self.say(self._ladder.said, "warning")
                self._told_signal = True
            case e.ShellRestarted():
                lost = ", ".join(event.lost) or "nothing"
                self.say(f"the shell was restarted: {event.reason}; lost: {lost}", "warning")
            case e.RecordingFailed():
                self.query_one(OutputPane).ended()
                self.say(f"the trail cannot be written: {event.reason}", "error")
            case e.RunResumed() if event.document_changed:
                self.say("the document on disk has changed; the run goes on with its own copy", "warning")
            case e.KeyboardWanted() if not self._watching():
                self._answer_keyboard(event.client_id)
            case e.KeyboardPassed() | e.KeyboardKept():
                self.say(status_words.keyboard_sentence(self._state, event, self._bridge.client_id), "warning")

    def _follow_phase(self) -> None:
        running = self._state.phase == "running"
        (self._waiting_timer.resume if running else self._waiting_timer.pause)()
        self.set_class(running, "-running")
        self.set_class(bool(self._state.attempts), "-has-output")
        self.set_class(self._state.phase in OVER or self._state.current is None, "-over")
        if self._state.phase in OVER:
            self._read_head()

    @work(thread=True, exclusive=True, group="head")
    def _read_head(self) -> None:
        """What proves later that nothing was changed."""
        from engine.trail import TrailReader

        try:
            with TrailReader.open(self._trail) as reader:
                self.app.call_from_thread(self._show_head, reader.head(self._bridge.run_id))
        except OncueError as error:
            self.app.call_from_thread(self.say, str(error), "error")

    def _show_head(self, head: str) -> None:
        self._head = head
        self._draw()

    def _show_attempt(self) -> None:
        if not self._state.attempts:
            return
        attempt = self._state.attempts[max(self._state.attempts)]
        title = self._state.steps[attempt.step_id].planned.title
        self.query_one(OutputPane).show(attempt.number, title=named(attempt, title), live=attempt.outcome is None)

    # Commit or roll back.

    def _ask_commit(self) -> None:
        """The question has the focus while it is this cockpit's, and nothing else is open that was asked for."""
        bar = self.query_one(CommitBar)
        before, had_focus = bar.takes_answers, self.focused is bar
        bar.show(commit_words.question_of(self.situation, now()))
        self.set_class(self._state.asked is not None, "-asked")
        if bar.takes_answers and not before:
            self.query_one(TypingLine).close()
            self._look_ahead()
        elif had_focus and not bar.takes_answers:
            self.set_focus(None)

    def _tell_commit(self, event: e.Event) -> None:
        match event:
            case e.CommitAsked() if not self._watching():
                self.app.bell()
                if self.app.screen is not self:
                    self.app.notify("a statement has run and waits to be committed or rolled back", severity="warning")
            case e.CommitAnswered():
                kept = event.decision == "commit"
                self.say(commit_words.sentence_of(self.situation, event), "" if kept else "warning")

    def _look_ahead(self) -> None:
        """Away from the parts of the screen: a key means the run again, or the question that waits."""
        bar = self.query_one(CommitBar)
        self.set_focus(bar if bar.takes_answers else None)

    def on_descendant_focus(self) -> None:
        self._draw_keys()

    def action_answer(self, answer: str) -> None:
        """For the mouse."""
        self._look_ahead()
        self.query_one(CommitBar).action_answer(answer)

    @work(group="commit", exclusive=True)
    async def on_commit_bar_answered(self, message: CommitBar.Answered) -> None:
        try:
            await self._bridge.command(message.command)
        except OncueError as error:  # it has just been answered, or the keyboard has gone
            self.say(f"not done: {error}", "warning")

    def on_commit_bar_scrolled(self, message: CommitBar.Scrolled) -> None:
        self.query_one(OutputPane).scroll_by_key(message.key)

    # Verdicts.

    def _prepare_shown(self) -> None:
        if self.situation.step is not None and self._state.phase == "idle":
            self._prepare(self.situation.step.id)

    @work(exclusive=True, group="prepare")
    async def _prepare(self, step_id: str) -> None:
        if self._steps[step_id].kind == "manual":
            return
        try:
            answer = await self._bridge.ask("prepare", step_id=step_id)
        except OncueError:  # the host is going or gone, which it says itself
            return
        self._take_prepared(answer["prepared"])
        self._draw()
        self._run_unasked()

    def _take_prepared(self, prepared: Mapping[str, Any]) -> None:
        step_id = prepared["step_id"]
        self._prepared[step_id] = prepared
        ready = not prepared["missing"] and not prepared["problem"]
        self._levels[step_id] = prepared["verdict"]["level"] if ready else "unknown"

    @work(group="prepare-all")
    async def _prepare_all(self) -> None:
        """The verdicts of every step, for the outline; the one that is shown comes first."""
        try:
            self._n_inputs = len((await self._bridge.ask("inputs"))["inputs"])
            self._last_times = past_times.from_json((await self._bridge.ask("last_times"))["last_times"])
            for step in self._runbook.steps:
                if step.kind in ("shell", "sql") and step.id in self._state.steps and step.id not in self._prepared:
                    self._take_prepared((await self._bridge.ask("prepare", step_id=step.id))["prepared"])
        except OncueError:  # the host is going or gone, which it says itself
            return
        self._draw()

    def _run_unasked(self) -> None:
        """What the command line has allowed beforehand."""
        s = self.situation
        step = s.step
        if step is None or s.is_elsewhere or s.watching or s.paranoid or s.state.phase != "idle":
            return
        if not self.is_current:  # the operator is about something else
            return
        if self._permission == Permission() or s.choice is not None or step.id == self._refused:
            return
        self._permitted(step)

    @work(exclusive=True, group="permitted")
    async def _permitted(self, step: Step) -> None:
        s = self.situation
        try:
            if s.held and self._permission.waive is not None:
                held = [item for item in s.state.steps[step.id].planned.items if s.state.items[item.id] == "open"]
                for item in held:
                    await self._bridge.command(c.Waive(item_id=item.id, reason=self._permission.waive))
                await self._acting.settle_checklist()
            elif not s.held and s.prepared is not None and s.status == "pending" and not why_not("proceed", s):
                passed = None if s.prepared["missing"] else self._permission.of(step.id, s.prepared)
                if passed is not None:
                    await self._acting.start(step, s.prepared, passed)
        except OncueError as error:
            self._refused = step.id
            self.say(f"not done: {error}", "warning")

    # Keys.

    def action_do(self, action_id: str) -> None:
        self.query_one(Notice).clear()
        self._put_hints_away()
        s = self.situation
        if action_id == "interrupt" and s.state.phase != "running":
            self._interrupted_idle()
            return
        self._leaving = False
        if action_id in ("here", "back") and self.focused not in (None, self.query_one(CommitBar)):
            self._look_ahead()  # from the outline or the output back to the run
            return
        if action_id == "proceed" and self._is_end and not self._at_end.counts(timing_now()):
            self.say("no step is left; once more when you have seen how it went", "warning")
            return
        if action_id == "proceed" and self._after_page is not None and not self._after_page.counts(timing_now()):
            self.say("the values are in; once more when you have read what would run", "warning")
            return
        if action_id == "proceed" and not self._is_end and not self.query_one(StepPane).shows_command:
            self.say("the window is too small to show what would run", "warning")
            return
        self._do(action_id)

    def settle(self) -> None:
        """A page has closed by itself: its last key may repeat, and is not meant for what stands here now."""
        self._after_page = Settling()
        self._after_page.begin(timing_now())

    @property
    def _is_end(self) -> bool:
        """Where the key that ran the last step would end the run, or close it."""
        return self._state.phase in OVER or self.situation.step is None

    def _do(self, action_id: str) -> None:
        """One after another. What is pressed while a question is on its way to the screen is not meant for the run."""
        if self.asking:
            return
        self._turns.append((action_id, self._shown_id))
        if not self._acts:
            self._acts = True
            self._take_turns()

    @property
    def _shown_id(self) -> str | None:
        step = self.situation.step
        return step.id if step else None

    @work(group="do")
    async def _take_turns(self) -> None:
        try:
            while self._turns and not self._gone:
                await self._take_turn(*self._turns.popleft())
        finally:
            self._acts = False

    async def _take_turn(self, action_id: str, seen: str | None) -> None:
        """`seen` is the step that stood there when the key was pressed."""
        if reason := why_not(action_id, self.situation):
            self.refuse(reason, action_id)
            return
        if action_id in STEP_ACTIONS and self._shown_id != seen:
            self.say("the run has moved on since that key; press it again", "warning")
            return
        try:
            await self._acting.do(action_id)
        except Refused as error:
            self.refuse(f"not done: {error}")
        except OncueError as error:
            self.say(str(error), "error")
        while self._state.seq < self._bridge.state.seq and not self._gone:
            await asyncio.sleep(SHORTLY)  # what came of it is on its way here

    async def ask(self, question: Screen[Answer]) -> Answer:
        """What the operator answers. Keys pressed before the question is there count for nothing."""
        self.asking = True
        self._turns.clear()
        try:
            return await self.app.push_screen_wait(question)
        finally:
            self.asking = False

    def _interrupted_idle(self) -> None:
        """Ctrl-C where nothing runs: the first one only says how to leave."""
        if self._leaving or self._state.phase in OVER:
            self._do("leave")
        else:
            self._leaving = True
            leave = self._key_of("leave", ACTIONS["leave"].key)
            self.refuse(f"Nothing is running. {leave} leaves the run; ctrl+c again asks how.")

    def on_outline_looked_at(self, message: Outline.LookedAt) -> None:
        self.look_at(message.step_id)

    def on_outline_went_to(self, message: Outline.WentTo) -> None:
        self.look_at(message.step_id)
        self._look_ahead()
        self.action_do("proceed" if self.situation.is_elsewhere else "next_item")

    def on_checklist_clicked(self, message: Checklist.Clicked) -> None:
        self._item_id = message.item_id
        self.action_do("tick")

    def _put_hints_away(self) -> None:
        self.set_class(False, "-hinting")
        self.query(Hints).remove()

    # For `Acting`.

    def look_at(self, step_id: str | None) -> None:
        self._looked_at = None if step_id == self._state.current else step_id
        self._item_id = None
        self._settle_cursor()
        self._draw()
        self._prepare_shown()

    def copy(self, text: str) -> None:
        self.app.copy(text)  # type: ignore[attr-defined]

    def place_of(self, step: Step) -> str:
        return f"{self._runbook.path}:{step.lines.first}"

    def move_item(self, by: int) -> None:
        items = self.situation.step.items if self.situation.step else ()
        ids = [item.id for item in items]
        if not ids:
            self.query_one(StepPane).scroll_text(by)
            return
        at = ids.index(self._item_id) + by if self._item_id in ids else 0
        self._item_id = ids[min(max(0, at), len(ids) - 1)]
        self._draw()

    def scroll_step(self, pages: int) -> None:
        pane = self.query_one(StepPane)
        pane.scroll_text(pages * max(1, pane.size.height // 2))

    def _settle_cursor(self, settled: str | None = None) -> None:
        """On the first item that is still open, unless it was put elsewhere; on from the item that was just settled."""
        step = self.situation.step
        ids = [item.id for item in step.items] if step else []
        still_open = [one for one in ids if self._state.items[one] == "open"]
        if self._item_id not in ids or (self._item_id == settled and settled not in still_open and still_open):
            self._item_id = next(iter(still_open or ids), None)

    def toggle_outline(self) -> None:
        self.toggle_class("-outline" if self.size.width < NARROW else "-no-outline")

    def toggle_output(self) -> None:
        self.toggle_class("-wide-output")

    def toggle_paranoid(self) -> None:
        self._paranoid = not self._paranoid
        self.say("every step asks" if self._paranoid else "safe steps run on enter again")
        self._draw()

    def search_output(self) -> None:
        self.query_one(OutputPane).start_search()

    def show_drawer(self, kind: str) -> None:
        from .drawer import DrawerScreen, drawer_of

        self.app.push_screen(DrawerScreen(*drawer_of(kind, self.situation)))

    def show_results(self) -> None:
        from ..trail_reading import fetched_rows
        from .results import ResultsScreen

        attempt = self.situation.fetched
        if attempt is not None:
            title = self._state.steps[attempt.step_id].planned.title
            read = partial(fetched_rows, self._trail, self._bridge.run_id, attempt.number)
            self.app.push_screen(ResultsScreen(read, attempt.number, title))

    def show_help(self) -> None:
        from .help import HelpScreen

        self.app.push_screen(HelpScreen(self.situation, self._key_of))

    def leave(self, reason: str = "") -> None:
        """Give the terminal back. The run's own process is told why."""
        self._gone = True
        self.app.leave(exit_code_of(self._state), self._lost or reason)  # type: ignore[attr-defined]

    @work(group="keyboard", exclusive=True)
    async def _answer_keyboard(self, wanted_by: int) -> None:
        from .asking import PickScreen

        wanting = self._state.attached.get(wanted_by)
        who = keyboard.name_of(wanting) if wanting else "somebody"
        options = [("keep", "keep it"), ("give", f"give it to {who}")]
        picked = await self.ask(PickScreen(f"{who} asks for the keyboard", options))
        try:
            await self._bridge.command(c.GiveKeyboard(to_id=wanted_by) if picked == "give" else c.KeepKeyboard())
        except OncueError as error:
            self.say(str(error), "warning")

    # A running step.

    @work(group="waiting", exclusive=True)
    async def _look_for_waiting(self) -> None:
        if timing_now() - self._heard < QUIET_SECONDS or self._wants_terminal:
            return
        try:
            answer = await self._bridge.ask("waiting")
        except OncueError:  # it has just ended, or the host has, which it says itself
            return
        if answer["waits_for"] != self._waits_for:
            self._waits_for = answer["waits_for"]
            self._draw()
        if not self._watching():
            self._show_waiting(answer["waiting"])

    def _show_waiting(self, waiting: Mapping[str, Any] | None) -> None:
        """A step that waits for input."""
        line = self.query_one(TypingLine)
        self._asked = waiting["last_line"] if waiting is not None else None
        if line.is_open:
            line.show(waiting)
        elif waiting is not None and waiting["blocked"] and self._asked != self._declined:
            line.open(waiting, focus=self.app.screen is self, settling=Settling())

    def on_output_view_copied(self, message: OutputView.Copied) -> None:
        self.copy(message.text)

    def open_typing_line(self) -> None:
        self.query_one(TypingLine).open()

    def on_typing_line_typed(self, message: TypingLine.Typed) -> None:
        self._bridge.keys(message.data)

    def on_typing_line_closed(self) -> None:
        """Put away by the operator: the same question does not open it again."""
        self._declined = self._asked
        self.query_one(TypingLine).close()  # a look at what waits may have opened it again meanwhile

    def on_typing_line_interrupted(self) -> None:
        self.action_do("interrupt")

    def _give_terminal(self) -> None:
        """A step that takes the whole screen gets it, unless the operator came back from it or is busy elsewhere."""
        may = self._state.phase == "running" and self.is_current and not self.situation.in_database
        if self._wants_terminal and not self._came_back and may:
            self.run_worker(self.hand_over(), group="handover", exclusive=True)

    def on_screen_resume(self) -> None:
        if self.query_one(CommitBar).takes_answers:
            self.query_one(CommitBar).begin()
            self._look_ahead()
        self._give_terminal()
        self._run_unasked()

    async def hand_over(self, *, until_end: bool = False) -> None:
        from ..handover import WORDS, hand_over

        if self._watching() or self._state.phase != "running":
            return
        self.query_one(TypingLine).close()
        first, self._knows_way_back = not self._knows_way_back, True
        handback = await hand_over(self.app, self._bridge, until_end=until_end, first=first)  # type: ignore[arg-type]
        self._came_back = handback == "asked"
        if handback == "closed":
            self.leave(WORDS[handback])
            return
        if handback == "asked":
            self.say(f"{WORDS[handback]}; {self._key_of('terminal', 'f')} gives it the terminal again")
        elif handback in WORDS:
            self.say(WORDS[handback])
        self._tell_size()
        self._draw()

    def on_resize(self) -> None:
        self.set_class(self.size.width < NARROW, "-narrow")
        self.set_class(self.size.width >= ROOMY, "-roomy")
        self.set_class(self.size.height < SHORT, "-short")
        if self.is_mounted and hasattr(self, "_resize_timer"):
            self._resize_timer.stop()
            self._resize_timer = self.set_timer(RESIZE_SECONDS, self._tell_size)

    @work(group="size", exclusive=True)
    async def _tell_size(self) -> None:
        """The step formats for the pane it is shown in."""
        if self._watching() or self._state.phase in OVER:
            return
        columns = max(20, self._output_width() - 2)
        try:
            await self._bridge.command(c.Resize(columns=columns, rows=max(5, self.size.height)))
        except OncueError:  # the run is over or elsewhere, and needs no size
            return

    def _output_width(self) -> int:
        """Also while the hints stand in the pane's place, when it has no width of its own."""
        pane = self.query_one(OutputPane)
        widths: list[int] = [one.outer_size.width for one in (pane, *self.query(Hints))]
        return max(widths) - int(pane.gutter.width)


def now() -> datetime:
    return datetime.now(UTC)


def _seen(state: RunState) -> RunState:
    """A step that was stopped with the trail has no end there; it does not run on."""
    return replace(orphaned(state), phase="broken") if state.phase == "broken" else state


def timing_now() -> float:
    from time import monotonic

    return monotonic()


def title_of(state: RunState) -> str:
    return one_line(state.started.title if state.started else "").plain
