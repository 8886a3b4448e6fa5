"""The step the operator stands on or looks at: its words, checklist, command, verdict and what good looks like.

A handful of widgets, filled anew for every step; the prose of a document is never mounted as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.visual import VisualType
from textual.widget import Widget
from textual.widgets import Static

from engine.model import Step
from engine.output import visible
from engine.summary import uncommitted_of

from .. import step_text
from ..situation import OVER, Situation
from ..text import joined, one_line, plain
from .checklist import Checklist

SHORT = 16
"""Rows below which the blank line under the command is left out."""
VERDICT_PERCENT, COMMAND_PERCENT = 50, 60
"""Of the room for what is said about the command at most, and of what that leaves for the command at least, where the
words before it need more than there is."""
PARTS = ("text", "exact", "foot")
"""From above; each is scrolled by itself."""
LEVEL_CLASSES = ("-safe", "-unknown", "-caution", "-dangerous")


class StepPane(Vertical):
    """Title, command and verdict stay in sight, however long each of them and the words before them are."""

    DEFAULT_CSS = """
    StepPane { height: 1fr; padding: 0 1; }
    StepPane Static { height: auto; }
    StepPane #title { text-style: bold; }
    StepPane #text { height: auto; scrollbar-size: 1 1; }
    StepPane #exact { height: auto; padding-top: 1; scrollbar-size: 1 1; }
    StepPane #foot { height: auto; padding-top: 1; scrollbar-size: 1 1; }
    StepPane #prose, StepPane Checklist, StepPane #offers, StepPane #sample { margin-top: 1; }
    StepPane #command { padding: 0 1; border-left: outer $panel; background: $surface; }
    StepPane.-short #foot { padding-top: 0; }
    StepPane.-short #prose { margin: 0; }
    StepPane #command.-safe { border-left: outer $safe; }
    StepPane #command.-unknown { border-left: outer $unknown; }
    StepPane #command.-caution { border-left: outer $caution; }
    StepPane #command.-dangerous { border-left: outer $dangerous; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._shown = ""
        self._item_id: str | None = None

    def compose(self) -> ComposeResult:
        yield Static(id="title")
        yield Static(id="banner")
        with VerticalScroll(id="text", can_focus=False):
            yield Static(id="prose")
            yield Checklist(id="items")
            yield Static(id="offers")
        with VerticalScroll(id="exact", can_focus=False):
            yield Static(id="command")
        with VerticalScroll(id="foot", can_focus=False):
            yield Static(id="outcome")
            yield Static(id="verdict")
            yield Static(id="good")
            yield Static(id="last")
            yield Static(id="sample")

    def scroll_text(self, by: int) -> None:
        """The uppermost part that is not at its end; upwards the lowest that is not at its beginning."""
        parts = [self.query_one(f"#{name}") for name in PARTS]
        for part in parts if by > 0 else reversed(parts):
            if part.scroll_offset.y < part.max_scroll_y if by > 0 else part.scroll_offset.y > 0:
                part.scroll_relative(y=by, animate=False)
                return

    def show(self, s: Situation, number: int, total: int, last_time: str) -> None:
        """`number` of `total`, as the outline counts; 0 for a step that is not walked."""
        if s.step is None:
            self._show_end(s)
            return
        if s.step.id != self._shown:
            self._shown = s.step.id
            for name in PARTS:
                self.query_one(f"#{name}").scroll_home(animate=False)
        self._put("title", _title(s.step, number, total))
        self._put("banner", banner(s))
        self._put("prose", _prose(s.step.prose))
        self.query_one(Checklist).show(s.step, s.state.items, s.state.waivers, s.item_id)
        self._put("offers", _offers(s))
        self._show_command(s)
        self._put("verdict", joined(step_text.verdict_lines(s), "\n"))
        self._put("outcome", step_text.outcome(s))
        self._put("last", plain(last_time, "$foreground-muted") if last_time else None)
        self._put("good", step_text.good(s.step))
        self._put("sample", step_text.sample(s.step))
        self._fit()
        if s.item_id != self._item_id:
            self._item_id = s.item_id
            self.call_after_refresh(self._reveal_item)

    @property
    def shows_command(self) -> bool:
        """What would run is on the screen, or at least its beginning; true where nothing runs."""
        exact = self.query_one("#exact")
        return not exact.display or self.region.intersection(exact.region).height > 0

    def on_resize(self) -> None:
        self.set_class(self.size.height < SHORT, "-short")
        self._fit()
        self.call_after_refresh(self._reveal_item)

    def _reveal_item(self) -> None:
        """The item under the cursor is in sight, however long the words above it are."""
        items = self.query_one(Checklist)
        if items.display and (region := items.cursor_region):
            self.query_one("#text").scroll_to_region(region.translate(items.virtual_region.offset), animate=False)

    def _fit(self) -> None:
        """The command follows the text directly where both have room; otherwise each is scrolled in its share."""
        if not self.content_size.width:
            return
        text, exact, foot = (self.query_one(f"#{name}") for name in PARTS)
        exact.display = self.query_one("#command").display
        room = self.size.height - self._needed(self.query("#title, #banner"))
        below = min(self._needed_in(foot), room * VERDICT_PERCENT // 100)
        rest = room - below
        shown = min(self._needed_in(exact), max(rest - self._needed_in(text), rest * COMMAND_PERCENT // 100))
        for part, height in ((foot, below), (exact, shown), (text, rest - shown)):
            part.styles.max_height = max(1, height)

    def _needed_in(self, part: Widget) -> int:
        return self._needed(part.children) + part.gutter.height if part.display else 0

    def _needed(self, widgets: Iterable[Widget]) -> int:
        return sum(self._height_of(widget) for widget in widgets if widget.display)

    def _height_of(self, widget: Widget) -> int:
        width = max(1, self.content_size.width - widget.gutter.width)
        around = widget.gutter.height + widget.styles.margin.height
        return widget.get_content_height(self.size, self.size, width) + around

    def _show_end(self, s: Situation) -> None:
        for name in ("banner", "offers", "command", "verdict", "good", "last", "sample"):
            self._put(name, None)
        self.query_one(Checklist).show(None, {}, {}, None)
        self._put("title", step_text.end_title(s))
        self._put("prose", joined(step_text.end_lines(s), "\n"))
        self._put("outcome", step_text.proof(s))
        self._fit()

    def _show_command(self, s: Situation) -> None:
        if s.step is None or s.step.kind == "manual" or s.choice is not None:
            self._put("command", None)
            return
        box = self.query_one("#command", Static)
        box.remove_class(*LEVEL_CLASSES)
        if s.prepared is None:
            edited = s.state.steps[s.step.id].edited
            self._put("command", plain(s.step.text if edited is None else edited))
            return
        if not s.prepared["missing"] and not s.prepared["problem"] and s.step.kind != "template":
            box.add_class(f"-{s.prepared['verdict']['level']}")
        self._put("command", step_text.command(s.prepared))

    def _put(self, name: str, shown: VisualType | None) -> None:
        widget = self.query_one(f"#{name}", Static)
        widget.display = bool(shown)
        if shown:
            widget.update(shown)


def _title(step: Step, number: int, total: int) -> Content:
    """The line before the title, which may be long and go on below."""
    place = f"{number} of {total}, line {step.lines.first}  " if number else f"line {step.lines.first}  "
    return Content.assemble((place, "$foreground-muted"), one_line(step.title, "bold"))


def banner(s: Situation) -> Content | None:
    """What is unusual about standing here."""
    if s.state.phase == "unknown":
        words = Content.styled("? nobody saw how this step ended: settle it before anything else runs", "bold $error")
        attempt = s.state.attempts.get(s.state.running or 0)
        known = uncommitted_of(attempt) if attempt else ""
        return joined((words, plain(known, "$warning")), "\n") if known else words
    if s.is_elsewhere and s.state.phase not in OVER:
        return Content.styled("only looking: the run stands on another step", "bold $primary")
    if s.prepared is not None and (beside := s.prepared.get("beside")):
        return plain(f"▷ {beside}the step, not the step itself", "bold $warning")
    if s.waits_for:
        return plain(f"! it waits for {s.waits_for}", "bold $warning")
    if s.choice is not None:
        return joined((Content.assemble(("◇ ", "$primary"), one_line(s.choice.title, "bold")), *_options(s)), "\n")
    return None


def _options(s: Situation) -> list[Content]:
    options = s.choice.options if s.choice else ()
    return [Content.assemble((f"  [{n}] ", "$accent"), one_line(option.label)) for n, option in enumerate(options, 1)]


def _offers(s: Situation) -> Content | None:
    offers = s.step.offers if s.step and s.choice is None else ()
    rows = [
        Content.assemble((f"[{n}] ", "$accent"), one_line(one.text, "$secondary")) for n, one in enumerate(offers, 1)
    ]
    return joined(rows, "\n") if rows else None


def _prose(markdown: str) -> VisualType | None:
    """Markdown as a page shows it; the renderer is loaded when there is something to render."""
    text = "\n".join(visible(line) for line in markdown.strip().split("\n"))
    if not text:
        return None
    from rich.markdown import Markdown

    return Markdown(text, hyperlinks=False)
