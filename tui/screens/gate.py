"""The question before a text runs, made so that nobody answers it by reflex.

What would be hit comes first and stays in sight; Enter alone does nothing; yes never has the focus, has a key of its
own that cannot be bound to another one, and counts only once the question has been seen. What is dangerous runs when
its target has been typed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from engine.levels import Level
from engine.output import visible
from engine.permission import Passed
from engine.summary import held_in_shell, verdict_of

from .. import gate_words as words
from ..gate_words import Mode
from ..settling import Settling
from ..text import badge, one_line, plain
from ..widgets.exact_text import ExactText
from ..widgets.key_row import KeyRow
from ..widgets.target_input import TargetInput
from .room import HORIZONTAL, VERTICAL, make_room

Kind = Literal["run", "dry_run", "edit", "skip"]
MUTED = "$foreground-muted"
TOO_EARLY = "what was typed before this was here does not count"


@dataclass(frozen=True, slots=True)
class GateAnswer:
    """What the operator wants; `passed` is set where it is to run."""

    kind: Kind
    passed: Passed | None = None


class GateScreen(ModalScreen[GateAnswer | None]):
    """Answers None when the operator went back. `prepared` is what the host answered to `prepare`."""

    CSS_PATH = "gate.tcss"
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = HORIZONTAL
    VERTICAL_BREAKPOINTS = VERTICAL
    BINDINGS: ClassVar[list[BindingType]] = [
        # Without an id, so that no keymap can put yes on a key that is pressed for something else.
        Binding("y", "run", "run it"),
        Binding("t", "dry_run", "try its dry run", id="gate.dry_run"),
        Binding("e", "edit", "edit", id="gate.edit"),
        Binding("s", "skip", "skip", id="gate.skip"),
        # While a target is typed, letters are letters; ctrl+e is the line's own, and not needed there.
        Binding("ctrl+t", "dry_run", "try its dry run"),
        Binding("ctrl+e", "edit", "edit", priority=True),
        Binding("ctrl+s", "skip", "skip"),
        Binding("escape", "back", "back", id="gate.back"),
        Binding("enter", "enter", "enter", show=False),
        *(Binding(key, f"scroll('{key}')", key, show=False) for key in ("up", "down", "pageup", "pagedown")),
    ]

    def __init__(
        self,
        step_title: str,
        place: str,
        prepared: Mapping[str, Any],
        *,
        again: bool = False,
        mode: Mode = "own",
        context: str = "",
        mark: str = "",
        settling: Settling | None = None,
    ) -> None:
        """`place` is where the text stands (`redis.md:41`), `context` where it would run, `mark` says of
        a run that is not the real thing what it is."""
        super().__init__()
        self._title = step_title
        self._place = " · ".join(filter(None, (place, context)))
        self._mark = mark
        self._prepared = prepared
        self._verdict: Mapping[str, Any] = prepared["verdict"]
        self._level: Level = prepared["verdict"]["level"]
        self._verb = "run it again" if again else "run it"
        self._mode: Mode = mode
        self._settling = settling or Settling()
        self._wanted = visible(self._verdict["target"]).strip()
        """What has to be typed: the target as it can be seen, so that it can be typed whatever it holds."""
        self._pressed = False
        """Yes was pressed and has not stood alone long enough."""

    @property
    def _may_run(self) -> bool:
        return not self._why_not

    @property
    def _why_not(self) -> str:
        return words.why_not(self._prepared, self._wanted)

    @property
    def _is_typed(self) -> bool:
        return self._level == "dangerous" and self._may_run

    # What is shown.

    def compose(self) -> ComposeResult:
        with Vertical(id="gate", classes=f"-{self._level}"):
            yield Static(self._heading(), id="heading")
            if self._wanted:
                yield Static(plain("hits", MUTED), id="hits")
                with VerticalScroll(id="target", can_focus=False):
                    yield Static(self._target(0), id="target-text")
            with VerticalScroll(id="facts"):
                yield from self._facts()
            if self._is_typed:
                yield TargetInput(self._counts, may_paste=not self._wanted.isascii(), id="typed")
            yield Static(self._how(), id="answer", classes="" if self._is_typed else "-alone")
            yield KeyRow()

    def _heading(self) -> Content:
        return Content.assemble(badge(self._mark), one_line(self._title, "bold"), "  ", one_line(self._place, MUTED))

    def _target(self, n_matched: int) -> Content:
        """With what has been typed of it so far underlined."""
        return Content(self._wanted).stylize("underline", 0, n_matched)

    def _facts(self) -> Iterator[Static | ExactText]:
        verdict, marked = self._verdict, words.marked_span(self._verdict)
        yield Static(plain(verdict_of(self._level, verdict["category"], ""), "bold"), id="level")
        yield Static(plain(verdict["why"]), id="why")
        if database := self._prepared["database"]:
            yield Static(plain(f"on {database}", "bold"), id="database")
        if limits := self._prepared["limits"]:
            yield Static(plain(limits, MUTED))
        for sentence in words.sentences(self._prepared):
            yield Static(plain(f"! {sentence}", "$warning"))
        for sentence in held_in_shell(self._prepared):
            yield Static(plain(sentence, MUTED))
        if cause := words.maybe_far_cause(self._prepared["text"], marked):
            yield Static(plain(f"because of line {cause.number:,}", MUTED), classes="part")
            yield _code(ExactText(cause.text, cause.span, self._level, first_number=cause.number))
        text = ExactText(self._prepared["text"], marked, self._level, id="text")
        yield Static(plain(words.about_text(self._prepared, self._mode, text.n_lines), MUTED), classes="part")
        yield _code(text)
        yield from self._dry_run()

    def _dry_run(self) -> Iterator[Static | ExactText]:
        form = self._verdict["dry_run"]
        if form is not None or (self._level == "dangerous" and self._mode != "dry_run"):
            yield Static(plain(words.about_dry_run(self._verdict), MUTED), classes="part")
        if form is not None:
            yield _code(ExactText(form["form"]))

    def _how(self) -> Content:
        """What it takes."""
        if self._why_not:
            return plain(self._why_not, "$error")
        if self._is_typed:
            return plain(f"To {self._verb}, type what it hits, as it stands above.", "bold")
        return Content.assemble(("y", "bold"), f" to {self._verb}; Enter alone does nothing here.")

    # Keys count once the question has been seen.

    def on_screen_resume(self) -> None:
        self.set_focus(None)
        self.call_after_refresh(self._seen)

    def _seen(self) -> None:
        self._make_room()
        self._settling.begin(self._now())
        self._wait()

    def _wait(self) -> None:
        left = self._settling.left(self._now())
        if left > 0:
            self.set_timer(left, self._wait)
        elif not self._settling.settled or self.focused is None:
            self._settling.rests(self._now())
            self.set_focus(self.query_one("#typed" if self._is_typed else "#facts"))
            self.refresh_bindings()

    def _now(self) -> float:
        return events.Event().time

    def _counts(self, event: events.Event) -> bool:
        counts = self._settling.counts(event.time)
        if not counts:
            self._say(TOO_EARLY)
        return counts

    def on_key(self, event: events.Key) -> None:
        """Every key comes by here before it means anything."""
        if not self._counts(event):
            event.stop()
        elif self._pressed and event.key != "enter":
            event.stop()
            self._take_back(event.time)
        elif event.is_printable and event.key not in self.active_bindings:
            self._say_how()

    def _take_back(self, at: float) -> None:
        self._pressed = False
        self._settling.begin(at)
        self.refresh_bindings()
        self._wait()
        self._say("keys came too fast to be an answer: press y once")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        offered: Mapping[str, bool] = {
            "run": self._may_run and not self._is_typed,
            "dry_run": self._may_run and self._mode != "dry_run" and self._verdict["dry_run"] is not None,
            "edit": self._mode == "own",
            "skip": self._mode == "own",
        }
        if not offered.get(action, True):
            return False
        return True if self._settling.settled else None

    # Answers.

    def action_run(self) -> None:
        self._pressed = True
        self.set_timer(self._settling.alone, lambda: self.call_after_refresh(self._run))

    def _run(self) -> None:
        if self._pressed and self.is_current:
            self.dismiss(GateAnswer("run", Passed("asked" if self._level == "safe" else "confirmed")))

    def action_enter(self) -> None:
        self._say_how()

    def action_dry_run(self) -> None:
        self.dismiss(GateAnswer("dry_run"))

    def action_edit(self) -> None:
        self.dismiss(GateAnswer("edit"))

    def action_skip(self) -> None:
        self.dismiss(GateAnswer("skip"))

    def action_back(self) -> None:
        self.dismiss(None)

    def on_input_changed(self, event: TargetInput.Changed) -> None:
        typed = event.value.strip()
        n_matched = words.n_matched(typed, self._wanted)
        self.query_one("#target-text", Static).update(self._target(n_matched))
        self._show_target(n_matched)
        self._say(words.progress(typed, self._wanted, self._verb))

    def on_line_input_pressed(self, event: TargetInput.Pressed) -> None:
        """Enter: all of it has been typed."""
        typed = event.value.strip()
        if typed == self._wanted:
            self.dismiss(GateAnswer("run", Passed("typed", self._verdict["target"])))
        elif typed:
            self._say(f"not run: {words.progress(typed, self._wanted, self._verb)}", "$warning")
        else:
            self._say(f"Enter alone does nothing here: type {self._wanted}", "$warning")

    def on_target_input_paste_refused(self) -> None:
        self._say("a paste is not taken here: type it, letter by letter", "$warning")

    def _say(self, text: str, style: str = MUTED) -> None:
        self.query_one("#answer", Static).update(plain(text, style) if text else self._how())

    def _say_how(self) -> None:
        self.query_one("#answer", Static).update(self._how().stylize("$warning"))

    # Room.

    def action_scroll(self, key: str) -> None:
        facts = self.query_one("#facts", VerticalScroll)
        moves: Mapping[str, Callable[[], object]] = {
            "up": facts.scroll_up,
            "down": facts.scroll_down,
            "pageup": facts.scroll_page_up,
            "pagedown": facts.scroll_page_down,
        }
        moves[key]()

    def on_resize(self) -> None:
        self.call_after_refresh(self._make_room)

    def _make_room(self) -> None:
        make_room(self.query_one("#gate"), self.query_one("#facts"))

    def _show_target(self, n_matched: int) -> None:
        """Keep what is to be typed next in sight."""
        view = self.query_one("#target", VerticalScroll)
        view.scroll_to(y=n_matched // max(1, view.size.width) - 1, animate=False)


def _code(text: ExactText) -> ExactText:
    return text.add_class("code")
