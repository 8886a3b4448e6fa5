"""Nothing that a terminal obeys or hides leaves the cockpit, whatever a widget was given."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.app import App, ComposeResult
from textual.color import Color
from textual.content import Content
from textual.filter import LineFilter
from textual.widgets import Button, DataTable, Input, Label, OptionList, RichLog, Static, TextArea

from tui.last_line import LAST_LINE, without_controls

BLACK = Color(0, 0, 0)
HOSTILE = "a\x1b]52;c;eA==\x07b\x1b[2Jc\x9b6nd\x90q\x9ce\u202ef\u200bg\x1bch\x00i\x7fj\ud800k\u3164l\u115fm\xadn"

TABLE = (
    ("plain", "plain"),
    ("caf\u00e9 \u65e5\u672c \u2714 \U0001f600", "caf\u00e9 \u65e5\u672c \u2714 \U0001f600"),
    ("non\u00a0breaking", "non\u00a0breaking"),
    ("e\u0301", "e\u0301"),
    ("a\x1b[31mb", "a[31mb"),
    ("a\tb\nc", "abc"),
    ("a\u202eb", "ab"),
    ("a\xadb", "a\ufffdb"),
    ("a\ud800b", "a\ufffdb"),
    ("", ""),
)


@pytest.mark.parametrize(("text", "shown"), TABLE)
def test_what_takes_no_room_is_dropped_and_what_does_is_replaced(text: str, shown: str) -> None:
    assert without_controls(text) == shown


def is_obeyed(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs") or (
        unicodedata.category(character) == "Cf" and character not in "\U000110bd\U000110cd"
    )


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from(HOSTILE))))
def test_any_text_keeps_its_width_and_loses_what_a_terminal_obeys(text: str) -> None:
    shown = without_controls(text)
    assert not any(map(is_obeyed, shown))
    assert cell_len(shown) == cell_len(text)


@given(st.text(alphabet=st.characters(categories=("L", "N", "P"), max_codepoint=0x2FF)))
def test_clean_segments_are_handed_on_as_they_are(text: str) -> None:
    segments = [Segment(text), Segment(text, Style(bold=True))]
    assert LAST_LINE.apply(segments, BLACK) is segments


def test_a_link_is_shown_without_its_address() -> None:
    """An address is sent to a terminal in a string of its own, as it was written."""
    linked = Segment("here", Style(bold=True, link="https://example.com/\x1b\\\x1b]52;c;eA==\x07"))
    (segment,) = LAST_LINE.apply([linked], BLACK)
    assert segment.text == "here"
    assert segment.style is not None
    assert segment.style.bold
    assert segment.style.link is None


class Careless(App[None]):
    """Every widget is given text as it came."""

    def get_line_filters(self) -> Sequence[LineFilter]:
        return (*super().get_line_filters(), LAST_LINE)

    def compose(self) -> ComposeResult:
        yield Static(HOSTILE, markup=False)
        yield Static(Content(HOSTILE))
        yield Label(Text(HOSTILE, style="bold red"))
        yield Label(Text(HOSTILE, style=Style(link=f"https://example.com/{HOSTILE}")))
        yield Button(Content(HOSTILE))
        yield Input(HOSTILE)
        yield TextArea(HOSTILE)
        yield OptionList(Content(HOSTILE))
        yield DataTable()
        yield RichLog()

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.add_column(Text(HOSTILE))
        table.add_row(Text(HOSTILE))
        self.query_one(RichLog).write(Text(HOSTILE))
        for widget in self.query(Static):
            widget.styles.border = ("round", "red")
            widget.border_title = Content(HOSTILE)
            widget.border_subtitle = Content(HOSTILE)
            widget.tooltip = Content(HOSTILE)
        self.notify(HOSTILE, title=HOSTILE, markup=False)


async def test_no_widget_gets_a_control_character_to_the_terminal() -> None:
    async with Careless().run_test(size=(200, 80)) as pilot:
        await pilot.pause()
        strips = pilot.app.screen._compositor.render_strips()
        shown = "".join(segment.text for strip in strips for segment in strip)
        assert not any(map(is_obeyed, shown))
        assert not any(segment.style and segment.style.link for strip in strips for segment in strip)
        assert shown.count("a]52;c;eA==") >= 10, "it is all there, made harmless"
