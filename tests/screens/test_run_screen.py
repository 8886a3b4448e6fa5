"""What an operator does at the run screen, and what comes of it."""

from __future__ import annotations

import stat
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from support.cockpit import RUN_ID, Cockpit, Desk, cockpit
from textual.events import Key
from textual.worker import WorkerFailed

from engine import commands as c
from engine.trail import TrailReader
from tui import cockpit as program
from tui.screens.asking import AskScreen, PickScreen
from tui.screens.drawer import DrawerScreen
from tui.screens.editing import EditScreen
from tui.screens.gate import GateScreen
from tui.screens.help import HelpScreen
from tui.settling import Settling
from tui.widgets.step_pane import StepPane
from tui.widgets.typing_line import TypingLine

DOCUMENT = (Path(__file__).parent / "redis.md").read_text()
SHORT = """# Redis is full

## Look

```bash
df -h
```

## Restart

```bash
systemctl restart redis
```

## Flush

- [ ] the DBA knows

```bash
redis-cli -h redis.prod FLUSHALL
```

## Tell

- [ ] tell the support
- [ ] tell the customers

## Call

1. Call the DBA
"""


@pytest.fixture(autouse=True)
def nobody_answers_by_reflex(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate's own tests show when a key counts; here each one was meant."""
    monkeypatch.setattr(Settling.__init__, "__defaults__", (0.001, 0.001))


@pytest.fixture
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.screens.run.QUIET_SECONDS", 0.01)


def at(title: str) -> Callable[[Path], Desk]:
    def desk(folder: Path) -> Desk:
        made = Desk(folder, DOCUMENT)
        made.go_to(title)
        return made

    return desk


def status(one: Cockpit, title: str) -> str:
    return one.state.steps[one.desk.step_id(title)].status


def current(one: Cockpit) -> str:
    step = one.run.situation.step
    return step.title if step else ""


# A whole run.


async def test_a_runbook_is_walked_to_its_end_with_keys_only(tmp_path: Path) -> None:
    async with cockpit(Desk(tmp_path, SHORT)) as one:
        await one.press("enter")
        await one.settled()
        assert (status(one, "Look"), current(one)) == ("succeeded", "Restart")

        await one.press("enter")
        await one.asks(GateScreen)
        await one.press("y")
        await one.until(lambda: status(one, "Restart") == "succeeded")
        await one.rests()

        await one.press("space", "enter")
        await one.asks(GateScreen)
        await one.until(lambda: one.app.focused is not None)
        await one.answer("redis.prod")
        await one.until(lambda: status(one, "Flush") == "succeeded")
        await one.rests()

        await one.press("space", "space")
        assert status(one, "Tell") == "done"
        await one.press("enter")
        await one.asks(AskScreen)
        await one.answer("she is on her way")
        assert status(one, "Call the DBA") == "done"
        assert one.offered[0] == "enter end the run"

        await one.press("enter")
        await one.until(lambda: one.state.phase == "ended")
        assert one.state.outcome == "done"
    assert [task.text for task in one.desk.shell.tasks] == [
        "df -h",
        "systemctl restart redis",
        "redis-cli -h redis.prod FLUSHALL",
    ]


async def test_the_end_says_how_it_went_and_what_proves_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path, SHORT)
    desk.finish("Look")
    async with cockpit(desk) as one:
        await one.press("q")
        await one.asks(PickScreen)
        await one.press("end", "enter")
        await one.asks(AskScreen)
        await one.answer("the drill is over")
        await one.until(lambda: "head " in one.text)
        await one.shows("The run is over: abandoned")
        await one.shows("the drill is over")
        await one.shows("1 of 5 steps ran, 4 did not run")
        await one.shows("✔ succeeded")
        await one.shows(f"head {desk.head}")
        assert one.offered[0] == "enter close"
        await one.send("enter")
        await one.until(lambda: one.app.return_value == 3)


# Checklists.


async def test_an_item_is_ticked_and_unticked_in_place(tmp_path: Path) -> None:
    async with cockpit(at("Held")(tmp_path)) as one:
        assert "enter held by 2 items" in one.offers
        await one.press("space")
        await one.shows("☑ the DBA knows")
        await one.shows("› ☐ status page says so")
        await one.press("up", "space")
        await one.shows("☐ the DBA knows")
        await one.hides("☑")


async def test_a_held_step_says_what_holds_it(tmp_path: Path) -> None:
    async with cockpit(at("Held")(tmp_path)) as one:
        await one.press("enter")
        assert one.notice == "held by 2 items, first: the DBA knows"
        assert status(one, "Held") == "pending"


async def test_an_item_is_read_with_the_values_of_the_run(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "# Tell\n\n- [ ] told {who}\n\n```bash\necho {who} {what}\n```\n")
    desk.do(c.SetVariable(name="who", value="the night shift", source="--var"))
    async with cockpit(desk) as one:
        await one.shows("☐ told the night shift")
        await one.press("enter")
        assert one.notice == "held by 1 item, first: told the night shift"
        await one.press("w")
        await one.asks(AskScreen)
        await one.shows("Why is “told the night shift” waived?")


async def test_an_item_is_waived_with_its_reason(tmp_path: Path) -> None:
    async with cockpit(at("Held")(tmp_path)) as one:
        await one.press("w")
        await one.asks(AskScreen)
        await one.answer("")
        await one.asks(AskScreen)
        await one.answer("she sleeps")
        await one.shows("☒ the DBA knows · waived: she sleeps")


async def test_a_checklist_is_done_with_its_last_item(tmp_path: Path) -> None:
    async with cockpit(at("Tell")(tmp_path)) as one:
        await one.press("space")
        assert status(one, "Tell") == "pending"
        await one.press("w")
        await one.asks(AskScreen)
        await one.answer("it is night")
        assert status(one, "Tell") == "done"
        assert current(one) == "Call the DBA"


async def test_an_item_is_ticked_with_the_mouse(tmp_path: Path) -> None:
    async with cockpit(at("Held")(tmp_path)) as one:
        await one.pilot.click("#items", offset=(4, 1))
        await one.rests()
        await one.shows("☑ status page says so")


# Alternatives and suggestions.


async def test_an_alternative_is_chosen_by_its_digit(tmp_path: Path) -> None:
    async with cockpit(at_choice(tmp_path)) as one:
        await one.shows("[2] Option B: clean up")
        await one.press("2")
        assert current(one) == "Option B: clean up"
        assert one.offered[0] == "enter run"


async def test_an_alternative_is_chosen_from_a_list(tmp_path: Path) -> None:
    async with cockpit(at_choice(tmp_path)) as one:
        await one.press("enter")
        await one.asks(PickScreen)
        await one.press("enter")
        await one.until(lambda: one.state.chosen)
        assert current(one) == "Option A: scale up"


def at_choice(folder: Path) -> Desk:
    desk = at("Count")(folder)
    desk.do(c.Skip(step_id=desk.step_id("Count"), reason="a drill"))
    return desk


async def test_a_command_in_the_words_runs_beside_its_step(tmp_path: Path) -> None:
    async with cockpit(at("Look with df -h again")(tmp_path)) as one:
        await one.shows("[1] df -h")
        await one.press("1")
        await one.asks(GateScreen)
        await one.press("y")
        await one.until(lambda: len(one.desk.shell.tasks) == 1)
        await one.settled()
        assert one.desk.shell.tasks[0].text == "df -h"
        assert status(one, "Look with df -h again") == "pending"


async def test_a_text_is_copied_as_it_stands(tmp_path: Path) -> None:
    async with cockpit(at("Message")(tmp_path)) as one:
        await one.press("enter")
        assert one.app.clipboard == "Redis is back."


# One step in every way.


async def test_a_failed_step_is_run_again(tmp_path: Path) -> None:
    async with cockpit(at("Search")(tmp_path)) as one:
        await one.press("enter")
        await one.settled()
        assert status(one, "Search") == "failed"
        await one.shows("✘ failed · exit 1")
        assert one.offered[0] == "enter run again"
        await one.press("enter")
        await one.settled()
        assert len(one.desk.shell.tasks) == 2


async def test_a_step_that_succeeded_asks_before_it_runs_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path, DOCUMENT)
    desk.finish("Restart")
    desk.go_to("Restart")
    async with cockpit(desk) as one:
        assert one.offered[0] == "enter run again, confirm…"
        await one.press("enter")
        await one.asks(GateScreen)
        await one.press("y")
        await one.until(lambda: len(desk.shell.tasks) == 2)
        await one.settled()


async def test_a_step_is_skipped_with_a_reason(tmp_path: Path) -> None:
    async with cockpit(at("Flush")(tmp_path)) as one:
        await one.press("s")
        await one.asks(AskScreen)
        await one.answer("not needed")
        assert status(one, "Flush") == "skipped"
        assert current(one) == "Unheard"
        await one.press("b")
        await one.shows("– skipped · not needed")


async def test_a_step_is_edited_and_judged_again(tmp_path: Path) -> None:
    async with cockpit(at("Unheard")(tmp_path)) as one:
        assert one.offered[0] == "enter confirm…"
        await one.press("e")
        await one.asks(EditScreen)
        await one.send("ctrl+a", *"df ")
        await one.press("ctrl+s")
        await one.until(lambda: one.state.steps[one.desk.step_id("Unheard")].edited is not None)
        await one.rests()
        assert one.desk.runner.prepare(one.desk.step_id("Unheard")).text.startswith("df")


async def test_a_broken_step_runs_once_it_is_edited(tmp_path: Path) -> None:
    desk = at("Broken")(tmp_path)
    async with cockpit(desk) as one:
        await one.press("enter")
        assert one.notice.startswith("the block is broken (a double quote is never closed)")
        desk.do(c.Edit(step_id=desk.step_id("Broken"), text="df -h"))
        await one.until(lambda: one.offered[0] == "enter run")


async def test_a_refusal_goes_away_with_what_it_speaks_of(tmp_path: Path) -> None:
    text = "# A\n\n## Wait\n\n```bash\ncat\n```\n\n## Remove\n\n```bash\nrm -rf /srv/data/cache\n```\n"
    async with cockpit(Desk(tmp_path, text)) as one:
        await one.press("enter")
        await one.until(lambda: one.state.phase == "running")
        await one.press("s")
        refusal = "not now: a step is running; wait for its end or interrupt it"
        await one.notes(refusal)
        one.desk.do(c.Note(text="it still runs"))
        await one.until(lambda: len(one.run.situation.state.notes) == 1)
        assert one.notice == refusal
        one.desk.shell.write(b"\r")
        await one.until(lambda: current(one) == "Remove")
        await one.notes("")


async def test_a_step_is_marked_as_done_by_hand(tmp_path: Path) -> None:
    async with cockpit(at("Restart")(tmp_path)) as one:
        await one.press("d")
        await one.asks(AskScreen)
        await one.answer("restarted on the console")
        assert status(one, "Restart") == "done"


async def test_the_dry_run_leaves_the_step_as_it_was(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "# A\n\n## Remove\n\n```bash\nrm -rf /srv/data/cache\n```\n")
    async with cockpit(desk) as one:
        await one.press("t")
        await one.until(lambda: len(desk.shell.tasks) == 1)
        await one.settled()
        assert desk.shell.tasks[0].text == "ls -lad /srv/data/cache"
        await one.shows("dry run of “Remove”")
        assert status(one, "Remove") == "pending"


async def test_a_value_is_asked_for_before_the_step_runs(tmp_path: Path) -> None:
    async with cockpit(at("Named")(tmp_path)) as one:
        assert one.offered[0] == "enter give its values…"
        await one.shows("no value for mount-point")
        one.desk.do(c.SetVariable(name="mount-point", value="/srv"))
        await one.until(lambda: one.offered[0] == "enter run")
        await one.press("enter")
        await one.settled()
        assert one.desk.shell.tasks[0].text == "df -h /srv"


@pytest.mark.parametrize(
    ("row", "expected"), [(0, "done"), (1, "failed"), (2, "pending")], ids=["worked", "did not work", "run again"]
)
async def test_an_end_that_nobody_saw_is_settled(row: int, expected: str, tmp_path: Path) -> None:
    desk = Desk(tmp_path, DOCUMENT)
    desk.crash("Look")
    async with cockpit(desk) as one:
        await one.shows("nobody saw how this step ended")
        assert one.offered[0] == "enter settle…"
        await one.press("enter")
        await one.asks(PickScreen)
        await one.press(*["down"] * row, "enter")
        if expected != "pending":
            await one.asks(AskScreen)
            await one.answer("the graph says so")
        await one.until(lambda: status(one, "Look") == expected)
        assert one.state.phase == "idle"


# While a step runs.


async def test_a_note_is_kept_while_a_step_runs(tmp_path: Path) -> None:
    desk = Desk(tmp_path, DOCUMENT)
    desk.start("Follow")
    async with cockpit(desk) as one:
        await one.press("n")
        await one.asks(AskScreen)
        await one.answer("load is falling")
        assert [note.text for note in one.state.notes] == ["load is falling"]
        assert one.state.phase == "running"
        assert one.app.screen is one.run


async def test_each_interrupt_is_harder_and_said(tmp_path: Path) -> None:
    desk = Desk(tmp_path, DOCUMENT)
    desk.shell.minds = "KILL"
    desk.start("Follow")
    async with cockpit(desk) as one:
        for signal, harder in (("INT", "again for TERM"), ("TERM", "again for KILL")):
            await one.press("ctrl+c")
            await one.notes(f"sent {signal} to the step ({harder})")
        await one.press("ctrl+c")
        await one.settled()
        assert one.state.attempts[1].outcome == "interrupted"
        assert desk.shell.signals == ["INT", "TERM", "KILL"]


async def test_ctrl_c_where_nothing_runs_says_how_to_leave(tmp_path: Path) -> None:
    async with cockpit(at("Look")(tmp_path)) as one:
        await one.press("ctrl+c")
        assert one.notice == "Nothing is running. q leaves the run; ctrl+c again asks how."
        await one.press("ctrl+c")
        await one.asks(PickScreen)


async def test_a_step_is_typed_into(tmp_path: Path) -> None:
    desk = Desk(tmp_path, DOCUMENT)
    desk.start("Answer")
    async with cockpit(desk) as one:
        await one.press("i")
        await one.send("y")
        await one.send("enter")
        await one.settled()
        assert status(one, "Answer") == "succeeded"
        assert desk.shell.typed in (b"y\r", b"y\n")


async def test_a_step_that_waits_opens_the_line_by_itself(quick_looks: None, tmp_path: Path) -> None:
    desk = Desk(tmp_path, DOCUMENT)
    async with cockpit(desk) as one:
        desk.start("Answer")
        line = one.run.query_one(TypingLine)
        await one.until(lambda: line.is_open)
        await one.shows("Go on? [y/N]")
        await one.send("n", "enter")
        await one.settled()
        assert not line.is_open
        assert one.notice == ""


async def test_a_question_that_was_put_away_does_not_come_back(quick_looks: None, tmp_path: Path) -> None:
    desk = Desk(tmp_path, DOCUMENT)
    desk.start("Answer")
    async with cockpit(desk) as one:
        line = one.run.query_one(TypingLine)
        await one.until(lambda: line.is_open)
        await one.send("escape")
        await one.until(lambda: not line.is_open)
        looks = one.n_asked("waiting")
        await one.until(lambda: one.n_asked("waiting") >= looks + 3, "three more looks")
        assert not line.is_open
        await one.press("i")
        assert line.is_open


async def test_what_happened_before_is_not_told_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path, DOCUMENT)
    desk.finish("Look")
    desk.shell.minds = "KILL"
    desk.start("Follow")
    desk.do(c.Interrupt())
    async with cockpit(desk) as one:
        await one.shows("▼ following")
        await one.shows("first line")
        assert one.notice == ""
        await one.shows("sent INT")


# Looking about.


async def test_the_outline_only_shows_until_enter_goes_there(tmp_path: Path) -> None:
    async with cockpit(at("Look")(tmp_path)) as one:
        await one.press("tab", "down")
        await one.shows("only looking: the run stands on another step")
        assert one.desk.state.current == one.desk.step_id("Look")
        await one.press("escape", "escape")
        await one.hides("only looking")
        await one.press("tab", "down", "enter")
        await one.until(lambda: one.desk.state.current == one.desk.step_id("Search"))


async def test_a_step_is_jumped_to_by_a_part_of_its_name(tmp_path: Path) -> None:
    async with cockpit(at("Look")(tmp_path)) as one:
        await one.press("j")
        await one.asks(PickScreen)
        await one.answer("flus")
        assert current(one) == "Flush"


@pytest.mark.parametrize(("key", "kind"), [("c", DrawerScreen), ("a", DrawerScreen), ("question_mark", HelpScreen)])
async def test_a_drawer_opens_and_closes(key: str, kind: type, tmp_path: Path) -> None:
    async with cockpit(at("Look")(tmp_path)) as one:
        await one.press(key)
        await one.asks(kind)
        await one.press("escape")
        assert one.screen is one.run


async def test_paranoid_asks_before_a_safe_step(tmp_path: Path) -> None:
    async with cockpit(at("Look")(tmp_path)) as one:
        await one.press("p", "enter")
        await one.asks(GateScreen)
        await one.press("escape")
        assert not one.desk.shell.tasks


# Watching.


async def test_a_watcher_is_told_who_has_the_keyboard(tmp_path: Path) -> None:
    desk = at("Restart")(tmp_path)
    desk.attach("plain", "bob")
    async with cockpit(desk) as one:
        await one.press("enter")
        assert "has the keyboard; ask for it first" in one.notice
        assert "k take the keyboard" in one.offers
        await one.press("k")
        assert desk.state.wanting == (2,)
        await one.press("k")
        assert one.notice.startswith("you have asked for the keyboard")
        desk.do(c.GiveKeyboard(to_id=2))
        await one.until(lambda: one.notice == "you have the keyboard now")
        assert one.offered[0] == "enter confirm…"


async def test_whoever_has_the_keyboard_is_asked_for_it(tmp_path: Path) -> None:
    desk = at("Look")(tmp_path)
    async with cockpit(desk) as one:
        other = desk.attach("plain", "bob")
        other.command(c.TakeKeyboard())
        await one.until(lambda: isinstance(one.screen, PickScreen))
        await one.press("down", "enter")
        await one.until(lambda: desk.state.keyboard is not None and desk.state.keyboard.id == other.id)


# Leaving.


async def test_leaving_says_what_comes_back(tmp_path: Path) -> None:
    desk = at("Look")(tmp_path)
    async with cockpit(desk) as one:
        await one.press("q")
        await one.shows(f"oncue resume {RUN_ID}")
        await one.send("enter")
        await one.until(lambda: one.app.return_code is not None)
        await one.until(lambda: desk.state.phase == "left")
        assert one.app.last_words == ""


async def test_leaving_a_running_step_says_that_it_goes_on(tmp_path: Path) -> None:
    desk = Desk(tmp_path, DOCUMENT)
    desk.start("Follow")
    async with cockpit(desk) as one:
        await one.press("q")
        await one.shows("“Follow” is still running.")
        await one.shows(f"oncue attach {RUN_ID}")
        await one.send("enter")
        await one.until(lambda: one.app.return_code is not None)
        assert desk.state.phase == "running"


async def test_no_way_of_quitting_skips_the_question(tmp_path: Path) -> None:
    async with cockpit(at("Look")(tmp_path)) as one:
        await one.press("ctrl+q")
        await one.asks(PickScreen)
        await one.press("escape")
        assert one.app.return_code is None


async def test_a_host_that_dies_ends_the_cockpit_with_the_reason(tmp_path: Path) -> None:
    desk = at("Look")(tmp_path)
    async with cockpit(desk) as one:
        threading.Thread(target=desk.die).start()
        await one.until(lambda: one.app.return_code is not None)
        assert "gone" in one.app.last_words


async def test_a_trail_that_fails_is_said_and_nothing_more_runs(tmp_path: Path) -> None:
    desk = at("Look")(tmp_path)
    async with cockpit(desk) as one:
        desk.break_trail()
        await one.until(lambda: one.state.phase == "broken")
        assert "the disk is full" in one.notice
        await one.shows("The run was stopped")
        await one.press("n")
        assert one.notice.startswith("not now: the trail could not be written")


# When something breaks.


async def test_a_fault_in_the_screen_ends_the_screen_and_not_the_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    desk = Desk(tmp_path, DOCUMENT)
    desk.start("Follow")

    def broken(*_shown: object) -> None:
        raise ZeroDivisionError("nobody expected this")

    either = (WorkerFailed, ZeroDivisionError)  # drawn for a key, or for what has happened meanwhile
    with pytest.raises(either):  # noqa: PT012 - the app raises it again when it is closed
        async with cockpit(desk) as one:
            monkeypatch.setattr(StepPane, "show", broken)
            with suppress(*either):
                await one.send("p")
                await one.until(lambda: one.app.fault is not None)
            assert isinstance(one.app.fault, ZeroDivisionError)
            assert desk.state.phase == "running"


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where a fault is kept."""
    monkeypatch.setattr("engine.address.runtime_directory", lambda _environment, _uid: tmp_path)
    return tmp_path


async def test_afterwards_the_terminal_says_the_reason_and_what_comes_back(
    place: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    desk = at("Look")(tmp_path)
    async with cockpit(desk) as one:
        pass
    one.app.fault = ZeroDivisionError("nobody expected\x1b[2J this")
    monkeypatch.setattr(one.app, "run", lambda: None)
    code = program._show(one.app)
    said = capfd.readouterr()
    assert code == 1
    assert said.err.startswith("oncue: the screen broke (ZeroDivisionError: nobody expected")
    assert "\x1b" not in said.err
    assert f"oncue resume {RUN_ID}" in said.out
    logs = list(place.rglob("screen-*.log"))
    assert [stat.S_IMODE(log.stat().st_mode) for log in logs] == [0o600]
    assert "ZeroDivisionError" in logs[0].read_text()


async def test_the_host_is_told_why_the_screen_went(tmp_path: Path) -> None:
    desk = at("Look")(tmp_path)
    async with cockpit(desk):
        pass
    with TrailReader.open(desk.trail) as reader:
        gone = [one.event for one in reader.events(RUN_ID) if one.event.kind == "operator_detached"]
    assert [event.reason for event in gone] == ["left"]


async def test_letters_behind_the_key_of_a_question_open_nothing_else_and_run_nothing(tmp_path: Path) -> None:
    async with cockpit(at("Look")(tmp_path)) as one:
        attempts = dict(one.state.attempts)
        for key in (*"ndisk", "space", *"full", "enter"):  # all in the queue before the first is looked at
            one.app.post_message(Key(key, key if len(key) == 1 else None).set_sender(one.app))
        await one.asks(AskScreen)
        await one.press("escape")
        await one.until(lambda: one.screen is one.run, "the run screen alone")
        assert one.state.attempts == attempts
        assert (status(one, "Look"), one.state.notes) == ("pending", ())
