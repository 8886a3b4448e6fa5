"""What each key of the run screen does: ask the operator what has to be asked, send one command, say what was refused.

A method has the name of its action in `keys`. Every one runs in a worker, so a question may wait for its answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from engine import commands as c
from engine.beside import before_name
from engine.checklist import item_text
from engine.decision import ABSENCE_SECONDS
from engine.errors import Refused
from engine.limits import span
from engine.machine import outcome_of
from engine.model import Step
from engine.permission import ANSWERED, Passed
from engine.state import Attempt, RunState, edit_of_then, held_by, open_transactions, previous_step, steps_in
from engine.summary import mark_of, sign_of, warnings_of

from .keys import why_not
from .situation import OVER, Situation
from .step_text import numbered

if TYPE_CHECKING:
    from .bridge import Bridge
    from .screens.run import RunScreen

CLOSINGS = {"commit": "commit the transaction that is open", "roll_back": "roll it back"}
OPTIONAL = "Enter alone for nothing"
SETTLEMENTS = (
    ("worked", "it worked"),
    ("did_not_work", "it did not work"),
    ("run_again", "run it again (asks first)"),
)


class Acting:
    def __init__(self, screen: RunScreen, bridge: Bridge) -> None:
        self._screen = screen
        self._bridge = bridge

    @property
    def _now(self) -> Situation:
        return self._screen.situation

    @property
    def _step(self) -> Step:
        step = self._now.step
        if step is None:
            raise Refused("every step is settled")
        return step

    async def do(self, action_id: str) -> None:
        """Raises `Refused` and what else the host answers."""
        name, _, number = action_id.partition("_") if action_id.startswith("offer_") else (action_id, "", "")
        await (self._offer(int(number)) if name == "offer" else getattr(self, name)())

    # The step.

    async def proceed(self) -> None:
        s = self._now
        if s.state.phase in OVER:
            self._screen.leave()
        elif s.state.phase == "unknown":
            await self._settle()
        elif s.step is None and open_transactions(s.state):
            await self.leave()
        elif s.step is None:
            await self._bridge.command(c.End())
        elif s.step.kind == "template":
            await self._copy(s.step)
        elif s.is_elsewhere:
            await self._bridge.command(c.Select(step_id=s.step.id))
        elif s.choice is not None:
            await self._choose()
        elif s.step.kind == "manual":
            await self._done("what did you see?")
        elif s.prepared is not None and s.prepared["missing"]:
            await self._ask_values(s.step)
        elif s.prepared is not None:
            await self._run(s.step, s.prepared)

    async def _copy(self, step: Step) -> None:
        if self._now.lacks_values:
            await self._ask_values(step)
        else:
            prepared = await self._prepare(step)
            self._screen.copy(prepared["text"])

    async def _run(self, step: Step, prepared: Mapping[str, Any]) -> None:
        """Safe texts run at once; for everything else the gate is asked."""
        if prepared["verdict"]["level"] == "safe" and not self._now.paranoid:
            await self.start(step, prepared, Passed("asked"))
        else:
            await self._gate(step, prepared, mode="own")

    async def start(self, step: Step, prepared: Mapping[str, Any], passed: Passed, mode: str = "own") -> None:
        """`again`, because whoever answered was shown that it ran already."""
        status = self._bridge.state.steps[step.id].status
        await self._bridge.command(
            c.Start(
                step_id=step.id,
                text=prepared["text"],
                again=status in ("succeeded", "done") or bool(prepared["ran_before"]),
                suggestion=mode.startswith("suggestion"),
                dry_run=mode.endswith("dry_run"),
                closing=mode == "closing",
                approval=passed.approval,
                typed=passed.typed,
                hold=prepared["session"] == "sql" and passed.approval in ANSWERED,
            )
        )

    async def _gate(self, step: Step, prepared: Mapping[str, Any], *, mode: str, suggestion: int | None = None) -> None:
        from .screens.gate import GateScreen

        again = mode == "own" and (self._now.status != "pending" or bool(prepared["ran_before"]))
        place = self._screen.place_of(step)
        started = self._now.state.started
        where = started.environment if started else ""
        mark = mark_of(self._now.state)
        gate = GateScreen(step.title, place, prepared, again=again, mode=_gate_mode(mode), context=where, mark=mark)
        answer = await self._screen.ask(gate)
        if answer is None:
            return
        if answer.kind == "run" and answer.passed is not None:
            await self.start(step, prepared, answer.passed, mode)
        elif answer.kind == "dry_run":
            await self._dry_run(step, suggestion)
        elif answer.kind == "edit":
            await self.edit()
        elif answer.kind == "skip":
            await self.skip()

    async def dry_run(self) -> None:
        await self._dry_run(self._step, None)

    async def _dry_run(self, step: Step, suggestion: int | None) -> None:
        """A command like any other, after which the step stands as before."""
        prepared = await self._prepare(step, suggestion=suggestion, dry_run=True)
        mode = "dry_run" if suggestion is None else "suggestion_dry_run"
        if prepared["verdict"]["level"] == "safe":
            await self.start(step, prepared, Passed("asked"), mode)
        elif suggestion is None and (held := why_not("proceed", self._now)):
            raise Refused(held)
        else:
            await self._gate(step, prepared, mode=mode, suggestion=suggestion)

    async def _offer(self, number: int) -> None:
        """An alternative of the choice, or a command that the step's words mention, through the same gate."""
        s, step = self._now, self._step
        if s.choice is not None:
            option = s.choice.options[number - 1]
            await self._bridge.command(c.Choose(choice_id=s.choice.id, option_id=option.id))
            return
        suggestion = number - 1
        prepared = await self._prepare(step, suggestion=suggestion)
        if prepared["missing"]:
            await self._ask_values(step, names=prepared["missing"])
            prepared = await self._prepare(step, suggestion=suggestion)
        if prepared["missing"] or prepared["problem"]:
            raise Refused(prepared["problem"] or f"no value for {', '.join(prepared['missing'])}")
        await self._gate(step, prepared, mode="suggestion", suggestion=suggestion)

    async def edit(self) -> None:
        from .screens.editing import EditScreen

        step = self._step
        standing, language = self._standing(step), self._language(step)
        mark = mark_of(self._now.state)
        edited = await self._screen.ask(
            EditScreen(standing, language, document_text=step.text, title=step.title, mark=mark)
        )
        await self._take_edit(step, edited)

    async def edit_outside(self) -> None:
        from .screens.editing import edit_in_editor

        step = self._step
        suffix = ".sql" if self._language(step) == "sql" else ".sh"
        try:
            edited = edit_in_editor(self._screen.app, self._standing(step), suffix)
        except Refused as error:
            self._screen.say(str(error), "warning")
            return
        await self._take_edit(step, edited)

    async def _take_edit(self, step: Step, edited: str | None) -> None:
        if edited is None or edited == self._standing(step):
            self._screen.say("unchanged")
        else:
            await self._bridge.command(c.Edit(step_id=step.id, text=edited))

    async def last_edit(self) -> None:
        step = self._step
        await self._bridge.command(c.Edit(step_id=step.id, text=edit_of_then(self._bridge.state, step.id)))

    async def skip(self) -> None:
        step = self._step
        if reason := await self._ask("Why is it skipped?", required=True):
            await self._bridge.command(c.Skip(step_id=step.id, reason=reason))

    async def mark_done(self) -> None:
        await self._done("What was done?")

    async def _done(self, question: str) -> None:
        step = self._step
        note = await self._ask(question, hint=OPTIONAL)
        if note is not None:
            await self._bridge.command(c.MarkDone(step_id=step.id, note=note))

    async def _choose(self) -> None:
        choice = self._now.choice
        if choice is None:
            return
        options = [(option.id, option.label) for option in choice.options]
        picked = await self._pick(choice.title, options)
        if picked is not None:
            await self._bridge.command(c.Choose(choice_id=choice.id, option_id=picked))

    async def _settle(self) -> None:
        state = self._bridge.state
        attempt = state.attempts[state.running or 0]
        title = f"How did {_quoted(state, attempt)} end? Nobody saw it."
        settlement = await self._pick(title, SETTLEMENTS)
        if settlement is None:
            return
        reason = "" if settlement == "run_again" else await self._ask("How do you know?", hint=OPTIONAL)
        if reason is not None:
            settle = c.Settle.model_validate({"step_id": attempt.step_id, "settlement": settlement, "reason": reason})
            await self._bridge.command(settle)

    # Checklists.

    async def tick(self) -> None:
        item = self._now.item
        if item is None:
            raise Refused("this step has no checklist")
        if self._bridge.state.items[item.id] == "open":
            await self._bridge.command(c.Tick(item_id=item.id))
        else:
            await self._bridge.command(c.Untick(item_id=item.id))
        await self.settle_checklist()

    async def waive(self) -> None:
        item = self._now.item
        if item is None:
            return
        text = item_text(self._bridge.state, item)
        if reason := await self._ask(f"Why is “{text}” waived?", required=True):
            await self._bridge.command(c.Waive(item_id=item.id, reason=reason))
            await self.settle_checklist()

    async def settle_checklist(self) -> None:
        """A manual step that is a checklist is done with its last item."""
        s = self._now
        step = s.step
        if step is None or step.kind != "manual" or not step.items or s.is_elsewhere:
            return
        if not held_by(self._bridge.state, step.id) and s.status == "pending":
            await self._bridge.command(c.MarkDone(step_id=step.id))

    # A running step.

    async def interrupt(self) -> None:
        await self._bridge.command(c.Interrupt())

    async def type(self) -> None:
        self._screen.open_typing_line()

    async def terminal(self) -> None:
        await self._screen.hand_over(until_end=True)

    # Moving about.

    async def here(self) -> None:
        self._screen.look_at(None)

    async def back(self) -> None:
        if self._now.is_elsewhere:
            await self.here()
            return
        before = previous_step(self._bridge.state, self._bridge.state.current or "")
        if before is None:
            raise Refused("this is the first step")
        await self._bridge.command(c.Select(step_id=before))

    async def jump(self) -> None:
        state = self._bridge.state
        options = []
        for number, step_id in enumerate(numbered(state), 1):
            step = state.steps[step_id]
            section = step.planned.section[-1] if step.planned.section else ""
            options.append((step_id, f"{number:>3} {sign_of(step.status)} {step.planned.title}  · {section}"))
        picked = await self._pick("Go to step", options, find=True)
        if picked is not None:
            await self._bridge.command(c.Select(step_id=picked))

    # Values and the place.

    async def values(self) -> None:
        await self._ask_values(None)

    async def _ask_values(self, step: Step | None, names: tuple[str, ...] = ()) -> None:
        from engine.inputs import inputs_of

        from .screens.inputs import InputsScreen

        inputs = inputs_of(await self._bridge.ask("inputs"))
        lines = step.lines if step is not None and not names else None
        wanted = step is not None or bool(names)
        await self._screen.ask(InputsScreen(self._bridge, inputs, lines=lines, named=names, until_whole=wanted))
        self._screen.settle()

    async def context(self) -> None:
        await self._bridge.ask("context")
        self._screen.show_drawer("context")

    async def note(self) -> None:
        if text := await self._ask("Note:", hint="kept with the run, with your name and the time"):
            await self._bridge.command(c.Note(text=text, step_id=self._bridge.state.current))

    # Looking.

    async def contacts(self) -> None:
        self._screen.show_drawer("contacts")

    async def links(self) -> None:
        self._screen.show_drawer("links")

    async def trail(self) -> None:
        self._screen.show_drawer("trail")

    async def results(self) -> None:
        self._screen.show_results()

    async def help(self) -> None:
        self._screen.show_help()

    async def search(self) -> None:
        self._screen.search_output()

    async def output(self) -> None:
        self._screen.toggle_output()

    async def outline(self) -> None:
        self._screen.toggle_outline()

    async def next_item(self) -> None:
        self._screen.move_item(1)

    async def previous_item(self) -> None:
        self._screen.move_item(-1)

    async def page_down(self) -> None:
        self._screen.scroll_step(1)

    async def page_up(self) -> None:
        self._screen.scroll_step(-1)

    async def paranoid(self) -> None:
        self._screen.toggle_paranoid()

    async def keyboard(self) -> None:
        await self._bridge.command(c.TakeKeyboard())
        if self._now.watching:
            self._screen.say("asked for the keyboard; it is yours when its holder gives it or does not answer")

    # Leaving.

    async def leave(self) -> None:
        """Says what is still running, and never ends a run by itself."""
        s = self._now
        if s.state.phase in OVER:
            self._screen.leave()
            return
        options = []
        if "leave" in s.allowed and not s.watching:
            options.append(("leave", f"leave it open: `oncue resume {self._bridge.run_id}` brings it back"))
        options.append(("detach", f"only this screen closes; `oncue attach {self._bridge.run_id}` comes back"))
        if s.state.phase == "idle" and not s.watching:
            options += [(f"close {one}", words) for one, words in CLOSINGS.items() if open_transactions(s.state)]
        if "end" in s.allowed and not s.watching:
            options.append(("end", "end the run here"))
        running = s.state.attempts.get(s.state.running or 0) if s.state.phase == "running" else None
        title = f"{_quoted(s.state, running)} is still running." if running else "Leave the run?"
        title = " ".join([title, *(f"{sentence[:1].upper()}{sentence[1:]}." for sentence in warnings_of(s.state))])
        if s.state.asked is not None:
            soon = "" if len(s.state.attached) > 1 else f", {span(ABSENCE_SECONDS)} after everybody has gone"
            title = f"{title} What it did is not committed, and is rolled back without an answer{soon}."
        picked = await self._pick(title, options)
        if picked == "leave":
            await self._bridge.command(c.Leave(reason="the operator left it open"))
            self._screen.leave()
        elif picked == "detach":
            self._screen.leave()
        elif picked == "end":
            await self._end()
        elif picked in ("close commit", "close roll_back"):
            await self._close(picked.removeprefix("close "))

    async def _close(self, decision: str) -> None:
        """What ends the transaction that steps have left open. Whoever picked it has confirmed it."""
        state = self._bridge.state
        step_id = steps_in(state, open_transactions(state)[0])[-1]
        step = next(one for one in self._now.runbook.steps if one.id == step_id)
        await self._bridge.command(c.Select(step_id=step.id))
        prepared = await self._prepare(step, closing=decision)
        await self.start(step, prepared, Passed("confirmed"), "closing")

    async def _end(self) -> None:
        reason: str | None = ""
        if outcome_of(self._bridge.state) == "abandoned":
            reason = await self._ask("Why does it end here?", required=True)
        if reason is not None:
            await self._bridge.command(c.End(reason=reason))

    # Asking.

    async def _ask(self, question: str, *, required: bool = False, hint: str = "") -> str | None:
        from .screens.asking import AskScreen

        answer: str | None = await self._screen.ask(AskScreen(question, required=required, hint=hint))
        return answer if answer is None else answer.strip()

    async def _pick(self, title: str, options: Any, *, find: bool = False) -> str | None:
        from .screens.asking import PickScreen

        picked: str | None = await self._screen.ask(PickScreen(title, options, find=find))
        return picked

    async def _prepare(self, step: Step, **details: Any) -> Mapping[str, Any]:
        answer = await self._bridge.ask("prepare", step_id=step.id, **details)
        prepared: Mapping[str, Any] = answer["prepared"]
        return prepared

    def _standing(self, step: Step) -> str:
        edited = self._bridge.state.steps[step.id].edited
        return step.text if edited is None else edited

    def _language(self, step: Step) -> Literal["shell", "sql"]:
        return "sql" if step.kind == "sql" else "shell"


def _quoted(state: RunState, attempt: Attempt) -> str:
    return f"{before_name(attempt)}“{state.steps[attempt.step_id].planned.title}”"


def _gate_mode(mode: str) -> Any:
    return "dry_run" if mode.endswith("dry_run") else mode
