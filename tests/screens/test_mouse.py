"""What can be done with the mouse: everything that is pointed at often, and nothing that runs by a slip."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.cockpit import Cockpit, Desk, cockpit
from textual import events
from textual.widget import Widget

from tui.screens.drawer import DrawerScreen
from tui.screens.gate import GateScreen
from tui.screens.help import HelpScreen
from tui.widgets.checklist import Checklist
from tui.widgets.key_bar import KeyBar
from tui.widgets.outline import Outline
from tui.widgets.output_view import OutputView

DOCUMENT = (Path(__file__).parent / "redis.md").read_text()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, DOCUMENT)


def where(one: Cockpit, words: str, within: type[Widget]) -> tuple[int, int]:
    """Of the first character of `words`, inside the widget."""
    region = one.run.query_one(within).region
    for y, line in enumerate(one.text.replace("\N{NO-BREAK SPACE}", " ").split("\n")[region.y : region.bottom]):
        if (x := line[region.x : region.right].find(words)) >= 0:
            return x, y
    raise AssertionError(f"{words!r} is not to be seen:\n{one.text}")


async def click(one: Cockpit, words: str, within: type[Widget], times: int = 1) -> None:
    await one.pilot.click(within, offset=where(one, words, within), times=times)
    await one.rests()


async def turn_wheel(one: Cockpit, within: type[Widget], event: type[events.MouseScrollDown]) -> None:
    await one.pilot._post_mouse_events([event], widget=one.run.query_one(within), offset=(3, 2))
    await one.rests()


@pytest.mark.parametrize("pointed_at", ["c contacts", "contacts"])
async def test_a_key_in_the_footer_does_what_it_says(desk: Desk, pointed_at: str) -> None:
    async with cockpit(desk) as one:
        await click(one, pointed_at, KeyBar)
        assert isinstance(one.screen, DrawerScreen)


async def test_every_key_in_the_footer_can_be_clicked(desk: Desk) -> None:
    async with cockpit(desk) as one:
        await click(one, "? help", KeyBar)
        assert isinstance(one.screen, HelpScreen)


async def test_between_the_keys_of_the_footer_nothing_happens(desk: Desk) -> None:
    async with cockpit(desk) as one:
        x, y = where(one, "s skip", KeyBar)
        await one.pilot.click(KeyBar, offset=(x - 1, y))
        await one.rests()
        assert one.screen is one.run
        assert not desk.shell.tasks


async def test_a_click_on_run_runs_what_only_looks(desk: Desk) -> None:
    async with cockpit(desk) as one:
        await click(one, "enter run", KeyBar)
        await one.settled()
        assert [task.text for task in desk.shell.tasks] == ["df -h"]


async def test_a_click_on_run_asks_about_what_is_dangerous(desk: Desk) -> None:
    desk.go_to("Flush")
    async with cockpit(desk) as one:
        await click(one, "type its target", KeyBar)
        await one.until(lambda: isinstance(one.screen, GateScreen), "the gate")
        assert not desk.shell.tasks


async def test_an_item_is_ticked_and_unticked_where_it_stands(desk: Desk) -> None:
    desk.go_to("Held")
    async with cockpit(desk) as one:
        item = desk.runbook.steps[[step.title for step in desk.runbook.steps].index("Held")].items[1]
        await click(one, "status page", Checklist)
        assert desk.state.items[item.id] == "ticked"
        await click(one, "status page", Checklist)
        assert desk.state.items[item.id] == "open"


async def test_one_click_in_the_outline_looks_at_a_step_and_two_go_there(desk: Desk) -> None:
    async with cockpit(desk) as one:
        await click(one, "○ Restart", Outline)
        before = one.state.current
        s = one.run.situation
        assert s.step is not None
        assert (s.step.title, s.is_elsewhere) == ("Restart", True)
        x, y = where(one, "○ Restart", Outline)
        await one.pilot.click(Outline, offset=(x + 2, y), times=2)
        await one.rests()
        assert before != one.state.current == desk.step_id("Restart")


async def test_the_wheel_scrolls_what_is_under_it(desk: Desk) -> None:
    desk.finish("Look")
    async with cockpit(desk, (110, 16)) as one:
        outline, output = one.run.query_one(Outline), one.run.query_one(OutputView)
        await turn_wheel(one, Outline, events.MouseScrollDown)
        assert outline.scroll_y > 0
        last = output.render_line(output.size.height - 1).text
        await turn_wheel(one, OutputView, events.MouseScrollUp)  # type: ignore[arg-type]
        assert output.render_line(output.size.height - 1).text != last
        assert "looking back" in one.text


async def test_a_click_takes_the_keys_to_the_output(desk: Desk) -> None:
    desk.finish("Look")
    async with cockpit(desk) as one:
        await one.pilot.click(OutputView, offset=(3, 1))
        await one.rests()
        assert one.run.query_one(OutputView).has_focus
