"""Commit or roll back: the question below the output that shows what a statement has done, so that both are in sight.

It has the focus and keys of its own, which no keymap can put elsewhere. Nobody answers it by reflex: a key counts only
once the question has been seen and when it was not typed for something else, and Enter alone does nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from engine import commands as c
from engine import events as e

from .. import commit_words as words
from ..commit_words import Question
from ..settling import Settling
from ..text import one_line

ANSWERS = {"c": "commit", "r": "roll_back"}
"""Key → answer, as in plain mode."""
TOO_EARLY = "what was typed before this was here does not count"
NO_ANSWER = "that is no answer: press c to commit it, r to roll it back"
TOO_FAST = "keys came too fast to be an answer: press c or r once"


class CommitBar(Vertical, can_focus=True):
    """Shown while `show` is told a question. `Answered` is posted once, for the key that counted."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"answer({answer!r})", show=False) for key, answer in ANSWERS.items()),
        Binding("enter,space,escape", "say_how", show=False),
        *(Binding(key, f"scroll_output({key!r})", show=False) for key in ("up", "down", "pageup", "pagedown")),
    ]
    DEFAULT_CSS = """
    CommitBar { height: auto; display: none; padding: 0 1; background: $panel; border-left: outer $panel; }
    CommitBar:focus { border-left: outer $warning; }
    CommitBar Static { height: auto; }
    CommitBar #done { max-height: 2; }
    """

    class Answered(Message):
        """By a key or the mouse, here."""

        def __init__(self, command: c.Commit | c.RollBack) -> None:
            super().__init__()
            self.command = command

    class Scrolled(Message):
        """The output is to be looked at, and the question stays where it is."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self, settling: Callable[[], Settling] = Settling, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._new_settling = settling
        self._settling = settling()
        self._question: Question | None = None
        self._pressed: str | None = None
        """An answer that has not stood alone long enough."""
        self._hint = ""

    def compose(self) -> ComposeResult:
        yield Static(id="done")
        yield Static(id="left")
        yield Static(id="how")

    # From above.

    @property
    def asked(self) -> e.CommitAsked | None:
        """What it shows."""
        return self._question.asked if self._question else None

    @property
    def takes_answers(self) -> bool:
        return self._question is not None and not self._question.decider

    def show(self, question: Question | None) -> None:
        """None puts it away. One that is new, or whose answer has become this cockpit's, has to be seen first."""
        before, self._question = self._question, question
        if question is None:
            self.display = self.can_focus = False
            self._pressed = None
            return
        if before is None or before.asked != question.asked or before.decider != question.decider:
            self.begin()
        self.can_focus = self.takes_answers
        self.display = True
        self._draw(question)

    def begin(self) -> None:
        """It comes into sight: keys count a moment later."""
        self._pressed, self._hint = None, ""
        self._settling = self._new_settling()
        self.call_after_refresh(lambda: self._settling.begin(monotonic()))

    # What is shown.

    def _draw(self, question: Question) -> None:
        self._put("done", words.what_was_done(question.asked))
        self._put("left", words.time_left(question))
        self._draw_how()

    def _draw_how(self) -> None:
        decider = self._question.decider if self._question else ""
        if decider:
            how = one_line(f"{decider} decides", "bold")
        elif self._hint:
            how = Content.styled(self._hint, "$warning")
        else:
            how = Content.styled(words.HOW if self.screen.focused is self else words.ELSEWHERE, "$foreground-muted")
        self._put("how", how)

    def _put(self, name: str, content: Content) -> None:
        self.query_one(f"#{name}", Static).update(content)

    def on_focus(self) -> None:
        self._draw_how()

    def on_blur(self) -> None:
        self._pressed, self._hint = None, ""
        self._draw_how()

    # Keys count once the question has been seen.

    def on_key(self, event: events.Key) -> None:
        """Every key that is pressed here comes by before it means anything."""
        counts = self._settling.counts(event.time)
        if self._pressed is not None:
            event.stop()
            self._pressed = None
            self._settling.begin(event.time)
            self._say(TOO_FAST)
        elif event.key in ANSWERS and not counts:
            event.stop()
            self._say(TOO_EARLY)

    def action_answer(self, answer: str) -> None:
        """By the mouse too, which takes the focus first."""
        if self._question is None or not self.takes_answers:
            return
        if not self._settling.rests(monotonic()):
            self._say(TOO_EARLY)
            return
        self._pressed = answer
        asked = self._question.asked
        self.set_timer(self._settling.alone, lambda: self.call_after_refresh(self._answer, answer, asked))

    def _answer(self, answer: str, asked: e.CommitAsked) -> None:
        """What was pressed has stood alone, and is still what is asked."""
        if self._pressed == answer and self.asked == asked and self.takes_answers:
            self._pressed = None
            self.post_message(self.Answered(words.answers(asked)[answer]))

    def action_say_how(self) -> None:
        self._say(NO_ANSWER)

    def action_scroll_output(self, key: str) -> None:
        self.post_message(self.Scrolled(key))

    def _say(self, hint: str) -> None:
        self._hint = hint
        self._draw_how()
