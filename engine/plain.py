"""Plain mode: a run walked in an ordinary terminal, line by line. The first client of the host.

`Walk` shows where the run stands, asks, and sends one command; what then happened comes back as events, and only the
state folded from them decides what is shown next.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from . import commands as c
from . import events as e
from .client import Client, Told
from .console import Closed, Console
from .errors import HostUnreachable, Refused
from .feed import Gap, OutputPiece
from .machine import outcome_of
from .model import Item, Runbook, Step
from .state import FAILED, RunState, held_by, option_of, previous_step, walked
from .summary import exit_code_of, sign_of, span, took

QUIET_SECONDS = 2.0
"""Silence after which the host is asked whether the step waits for input that nobody was told about."""
HELD = 3
INTERRUPTED = 130
CTRL_C, CTRL_BACKSLASH = b"\x03", b"\x1c"


@dataclass(frozen=True, slots=True)
class Permission:
    """What the command line allows without asking."""

    yes: bool = False
    waive: str | None = None
    """A reason that waives every checklist item and manual step; None leaves them to a person."""


class Walk:
    def __init__(self, client: Client, runbook: Runbook, console: Console, permission: Permission) -> None:
        self._client = client
        self._runbook = runbook
        self._steps = {step.id: step for step in runbook.steps}
        self._console = console
        self._permission = permission
        self._section: tuple[str, ...] | None = None
        self._shown: str | None = None
        self._told_waiting = False
        self._leaving = 0
        self._inputs: list[Mapping[str, Any]] = []

    @property
    def state(self) -> RunState:
        return self._client.state

    def run(self) -> int:
        """Walk to the end, or until the operator leaves. Answers the exit code."""
        self._client.catch_up()
        self._drop_the_past()
        self._inputs = list(self._client.ask("inputs")["inputs"])
        if self.state.phase == "idle":
            self._ask_inputs()
        while self.state.phase not in ("left", "ended", "broken"):
            try:
                self._go_on()
            except Refused as error:
                self._console.say(f"not done: {error}", "warn")
                if not self._console.interactive:
                    return HELD
            except KeyboardInterrupt:
                if self._interrupted_at_prompt():
                    return INTERRUPTED
        return exit_code_of(self.state)

    def _go_on(self) -> None:
        if self.state.phase == "running":
            self._watch()
        elif self.state.phase == "unknown":
            self._settle()
        elif self.state.current is None:
            self._client.command(c.End())
        else:
            self._at_step(self.state.current)

    def _drop_the_past(self) -> None:
        """A newcomer is not shown again what happened before; output of the step in flight is."""
        past = [told for told in self._pending() if isinstance(told, OutputPiece) and self._is_running(told)]
        for piece in past:
            self._show_output(piece)

    def _pending(self) -> list[Told]:
        told = []
        while self._client.pending and (one := self._client.told(0)) is not None:
            told.append(one)
        return told

    def _is_running(self, piece: OutputPiece) -> bool:
        return self.state.phase == "running" and piece.attempt == self.state.running

    # Inputs.

    def _ask_inputs(self) -> None:
        """Every input the walked steps want, in one place, before the first of them."""
        wanted = [one for one in self._wanted_inputs() if one["name"] not in self.state.variables]
        if not wanted or not self._console.interactive:
            for one in wanted:
                if one["default"] is not None:
                    self._set_input(one, str(one["default"]))
            return
        self._console.say()
        self._console.say("Inputs", "title")
        self._console.say("Enter takes the default, or leaves it for the step that needs it.", "dim", "  ")
        for one in wanted:
            self._ask_input(one, required=False)

    def _wanted_inputs(self) -> list[Mapping[str, Any]]:
        places = [(step.planned.lines, step.planned.kind) for step in walked(self.state)]
        runnable = [lines for lines, kind in places if kind in ("shell", "sql")]
        return [
            one
            for one in self._inputs
            if any(first <= line <= last for first, last in runnable for line in one["lines"])
        ]

    def _ask_input(self, one: Mapping[str, Any], *, required: bool) -> None:
        while True:
            value = self._console.ask(_input_prompt(one), hidden=bool(one["secret"]))
            value = value or (one["default"] or "")
            if not value and not required:
                return
            problem = _input_problem(one, value)
            if problem is None:
                break
            self._console.say(problem, "warn", "  ")
        self._set_input(one, value)

    def _set_input(self, one: Mapping[str, Any], value: str) -> None:
        self._client.command(c.SetVariable(name=one["name"], value=value, secret=bool(one["secret"])))

    # One step.

    def _at_step(self, step_id: str) -> None:
        step = self._steps[step_id]
        choice = option_of(self.state, self.state.steps[step_id].planned)
        self._show_section(step)
        if choice is not None:
            self._choose(choice[0], step)
        elif step.kind == "manual":
            self._at_manual(step)
        elif held_by(self.state, step_id):
            self._show_step(step)
            self._tick_items(step)
        else:
            self._at_runnable(step)

    def _at_runnable(self, step: Step) -> None:
        self._show_step(step)
        prepared = self._client.ask("prepare", step_id=step.id)["prepared"]
        status = self.state.steps[step.id].status
        if self._permission.yes and status == "pending" and not prepared["missing"] and not self._broken(step):
            self._show_prepared(step, prepared)
            self._start(step, prepared, approval="yes_flag")
            return
        if not self._console.interactive:
            raise Refused(self._why_held(step, prepared))
        if prepared["missing"]:
            self._ask_missing(prepared["missing"])
            return
        self._show_prepared(step, prepared)
        self._answer(step, prepared)

    def _why_held(self, step: Step, prepared: Mapping[str, Any]) -> str:
        place = f"{self._runbook.path}:{step.lines.first}"
        if self._broken(step):
            return f"{place}: the block is broken and has to be edited: {step.broken and step.broken.message}"
        if prepared["missing"]:
            return f"{place}: no value for {', '.join(prepared['missing'])}; give it with --var NAME=VALUE"
        status = self.state.steps[step.id].status
        if status != "pending":
            return f"{place}: “{step.title}” {status}; somebody has to decide what comes next"
        return f"{place}: “{step.title}” has to be confirmed, and there is no terminal to ask"

    def _broken(self, step: Step) -> bool:
        return step.broken is not None and self.state.steps[step.id].edited is None

    def _ask_missing(self, names: list[str]) -> None:
        described = {one["name"]: one for one in self._inputs}
        for name in names:
            self._ask_input(described[name], required=True)

    def _answer(self, step: Step, prepared: Mapping[str, Any]) -> None:
        status = self.state.steps[step.id].status
        runs = not self._broken(step) and not prepared["problem"]
        verb = "run" if status == "pending" else "run again"
        keys = {**({"r": verb} if runs else {}), "e": "edit", "s": "skip", "d": "done by hand", **COMMON_KEYS}
        answer = self._ask_key(keys)
        actions: Mapping[str, Callable[[], None]] = {
            "r": lambda: self._start(step, prepared, approval="asked"),
            "e": lambda: self._edit(step, prepared),
            "s": lambda: self._skip(step),
            "d": lambda: self._client.command(c.MarkDone(step_id=step.id, note=self._optional("what was done"))),
        }
        self._common(answer, step) if answer in COMMON_KEYS else actions[answer]()

    def _start(self, step: Step, prepared: Mapping[str, Any], approval: Any) -> None:
        self._leaving = 0
        again = self.state.steps[step.id].status in ("succeeded", "done")
        self._client.command(c.Start(step_id=step.id, text=prepared["text"], again=again, approval=approval))

    def _edit(self, step: Step, prepared: Mapping[str, Any]) -> None:
        current = self.state.steps[step.id].edited or step.text
        edited = self._console.edit(current, ".sql" if prepared["session"] == "sql" else ".sh")
        if edited is None:
            self._console.say("unchanged", "dim", "  ")
        else:
            self._client.command(c.Edit(step_id=step.id, text=edited))
        self._shown = None

    def _skip(self, step: Step) -> None:
        self._client.command(c.Skip(step_id=step.id, reason=self._required("why is it skipped?")))

    # Manual steps, checklists, alternatives.

    def _at_manual(self, step: Step) -> None:
        self._show_step(step)
        if self._permission.waive is not None:
            self._waive_all(step)
            self._client.command(c.Skip(step_id=step.id, reason=self._permission.waive))
        elif not self._console.interactive:
            place = f"{self._runbook.path}:{step.lines.first}"
            raise Refused(f"{place}: “{step.title}” is for a person to do; --waive REASON passes over it")
        elif held_by(self.state, step.id):
            self._tick_items(step)
        else:
            self._answer_manual(step)

    def _answer_manual(self, step: Step) -> None:
        if step.items:
            self._client.command(c.MarkDone(step_id=step.id))
            return
        offers = {str(number): f"run `{one.text}`" for number, one in enumerate(step.suggestions[:9], 1)}
        answer = self._ask_key({"d": "done", "s": "skip", **offers, **COMMON_KEYS})
        if answer in offers:
            self._run_suggestion(step, int(answer) - 1)
        elif answer == "d":
            self._client.command(c.MarkDone(step_id=step.id, note=self._optional("what did you see?")))
        elif answer == "s":
            self._skip(step)
        else:
            self._common(answer, step)

    def _run_suggestion(self, step: Step, number: int) -> None:
        prepared = self._client.ask("prepare", step_id=step.id, suggestion=number)["prepared"]
        if prepared["missing"]:
            self._ask_missing(prepared["missing"])
            prepared = self._client.ask("prepare", step_id=step.id, suggestion=number)["prepared"]
        self._show_prepared(step, prepared)
        if self._ask_key({"r": "run", "x": "do not"}) == "r":
            self._start(step, prepared, approval="asked")

    def _tick_items(self, step: Step) -> None:
        if self._permission.waive is not None:
            self._waive_all(step)
            return
        first = held_by(self.state, step.id)[0]
        if not self._console.interactive:
            place = f"{self._runbook.path}:{first.line}"
            raise Refused(f"{place}: nobody is here to tick “{first.text}”; --waive REASON passes over it")
        item = next(item for item in step.items if item.id == first.id)
        self._console.say_parts(("☐ ", "bold"), (item.text, "bold"), indent="  " + "  " * item.depth)
        self._answer_item(step, item)

    def _answer_item(self, step: Step, item: Item) -> None:
        answer = self._ask_key({"y": "yes, tick it", "w": "waive", "s": "skip the step", **COMMON_KEYS})
        if answer == "y":
            self._client.command(c.Tick(item_id=item.id))
        elif answer == "w":
            self._client.command(c.Waive(item_id=item.id, reason=self._required("why is it waived?")))
        elif answer == "s":
            self._skip(step)
        else:
            self._common(answer, step)

    def _waive_all(self, step: Step) -> None:
        for item in held_by(self.state, step.id):
            self._console.say(f"☒ waived: {item.text}", "warn", "  ")
            self._client.command(c.Waive(item_id=item.id, reason=self._permission.waive or ""))

    def _choose(self, choice: e.PlannedChoice, step: Step) -> None:
        self._console.say()
        self._console.say(f"Choose: {choice.title}", "title")
        if not self._console.interactive:
            raise Refused(
                f"{self._runbook.path}:{step.lines.first}: “{choice.title}” is a choice for a person; "
                "--section walks one of them"
            )
        for number, option in enumerate(choice.options, 1):
            self._console.say_parts((f"{number:>3}  ", "bold"), (option.label, None))
        numbers = {str(number): "" for number in range(1, len(choice.options) + 1)}
        answer = self._ask_key({**numbers, "s": "skip", **COMMON_KEYS}, hide=frozenset(numbers))
        if answer in numbers:
            option = choice.options[int(answer) - 1]
            self._client.command(c.Choose(choice_id=choice.id, option_id=option.id))
        elif answer == "s":
            self._skip(step)
        else:
            self._common(answer, step)

    # Answers that are always there.

    def _common(self, answer: str, step: Step) -> None:
        actions: Mapping[str, Callable[[Step], None]] = {
            "n": self._note,
            "b": self._back,
            "j": self._jump,
            "l": self._list,
            "q": self._quit,
        }
        actions[answer](step)

    def _note(self, step: Step) -> None:
        self._client.command(c.Note(text=self._required("note:"), step_id=step.id))

    def _back(self, step: Step) -> None:
        before = previous_step(self.state, step.id)
        if before is None:
            raise Refused("this is the first step")
        self._client.command(c.Select(step_id=before))

    def _jump(self, step: Step) -> None:
        self._list(step)
        number = self._console.ask("go to step number:")
        steps = self._numbered()
        if not number.isdigit() or not 1 <= int(number) <= len(steps):
            raise Refused(f"there is no step {number!r}")
        self._client.command(c.Select(step_id=steps[int(number) - 1]))

    def _list(self, _step: Step) -> None:
        for number, step_id in enumerate(self._numbered(), 1):
            status = self.state.steps[step_id].status
            here = "▶" if step_id == self.state.current else " "
            self._console.say(f"{here}{number:>4} {sign_of(status)} {self._steps[step_id].title}")

    def _quit(self, _step: Step) -> None:
        self._console.say("Leave it open, so that `oncue resume` brings it back, or end it here?", None, "  ")
        answer = self._ask_key({"l": "leave open", "e": "end here", "x": "neither"})
        if answer == "l":
            self._client.command(c.Leave(reason="the operator left it open"))
        elif answer == "e":
            reason = self._required("why does it end here?") if outcome_of(self.state) == "abandoned" else ""
            self._client.command(c.End(reason=reason))

    def _interrupted_at_prompt(self) -> bool:
        """Ctrl-C at a question: the first time it only says how to leave, the second time the run is left open."""
        self._leaving += 1
        if self._leaving < 2:
            self._console.say("Nothing is running. q leaves the run; Ctrl-C again leaves it open at once.", "warn")
            return False
        self._client.command(c.Leave(reason="Ctrl-C"))
        return True

    def _ask_key(self, keys: Mapping[str, str], hide: frozenset[str] = frozenset()) -> str:
        offered = "  ".join(f"[{key}] {label}" for key, label in keys.items() if key not in hide)
        self._console.say(offered, "dim")
        while (answer := self._console.ask("›").strip().lower()) not in keys:
            self._console.say(f"please answer with one of: {' '.join(keys)}", "dim")
        self._leaving = 0
        return answer

    def _required(self, question: str) -> str:
        while not (answer := self._console.ask(question).strip()):
            self._console.say("a word is needed here; Ctrl-C goes back", "dim")
        return answer

    def _optional(self, question: str) -> str:
        return self._console.ask(f"{question} (Enter for nothing)").strip()

    # A step that runs.

    def _watch(self) -> None:
        """Show the running step's output and pass on keys, until the step has ended."""
        self._told_waiting = False
        with self._console.passing_keys(self._resized):
            while self.state.phase == "running" or self._client.pending:
                self._watch_once()
        self._console.program_ended()
        self._report_end()

    def _watch_once(self) -> None:
        if self._client.pending:
            self._show(self._client.told(0))
            return
        keys, ready = self._console.wait(self._client.fileno(), QUIET_SECONDS)
        if keys:
            self._pass_on(keys)
        if ready:
            self._show(self._client.told(0))
        elif not keys:
            self._notice_waiting()

    def _pass_on(self, keys: bytes) -> None:
        self._told_waiting = False
        if keys in (CTRL_C, CTRL_BACKSLASH) and (self._canonical or keys == CTRL_BACKSLASH):
            self._client.command(c.Interrupt())
        else:
            self._client.keys(keys)

    _canonical = True

    def _show(self, told: Told | None) -> None:
        match told:
            case OutputPiece():
                self._show_output(told)
            case Gap():
                size = span(told.end - told.first)
                self._console.say(f"… {size} of output passed too fast to show; the trail has all of it …", "warn")
            case e.Recorded(event=e.InterruptSent() as event):
                following = {"INT": "again for TERM", "TERM": "again for KILL", "KILL": ""}[event.signal]
                self._console.say(f"sent {event.signal} to the step {f'({following})' if following else ''}", "warn")
            case e.Recorded(event=e.ShellRestarted() as event):
                self._console.say(f"the shell was restarted: {event.reason}", "warn")
                self._console.say(f"lost: {', '.join(event.lost) or 'nothing'}", "warn", "  ")
            case e.Recorded(event=e.RecordingFailed() as event):
                self._console.say(f"the trail cannot be written: {event.reason}", "bad")

    def _show_output(self, piece: OutputPiece) -> None:
        self._canonical = piece.mode.canonical
        full_screen = piece.mode.alternate_screen or not piece.mode.canonical
        self._console.translate_newlines(not full_screen)
        self._console.program_output(piece.data, full_screen=full_screen)

    def _resized(self) -> None:
        columns, rows = self._console.size
        self._client.command(c.Resize(columns=columns, rows=rows))

    def _notice_waiting(self) -> None:
        waiting = self._client.ask("waiting")["waiting"]
        if waiting is None or self._told_waiting:
            return
        self._told_waiting = True
        if not self._console.interactive:
            self._console.say("the step waits for input and there is no terminal: interrupted", "bad")
            self._client.command(c.Interrupt())
        elif not waiting["last_line"].strip():
            self._console.say("the step waits for input: type it, Ctrl-D for none, Ctrl-C to interrupt", "warn")

    def _report_end(self) -> None:
        attempt = self.state.attempts[max(self.state.attempts)]
        if attempt.outcome is None or attempt.outcome == "unknown":
            return
        style = "good" if attempt.outcome == "succeeded" else "bad"
        status = "" if attempt.exit_status is None else f", exit {attempt.exit_status}"
        line = f"{sign_of(attempt.outcome)} {attempt.outcome.replace('_', ' ')}{status}, {took(attempt.duration_ns)}"
        self._console.say(line, style)
        if attempt.message:
            self._console.say(attempt.message, "warn", "  ")
        if attempt.outcome in FAILED:
            self._shown = None

    def _settle(self) -> None:
        attempt = self.state.attempts[self.state.running or 0]
        step = self.state.steps[attempt.step_id].planned
        self._console.say()
        self._console.say(f"Unknown: “{step.title}” was started and its end was never seen.", "bad")
        self._console.say(attempt.text, "command", "    ")
        self._console.say(f"{span(attempt.output_bytes)} of output were recorded before the host died.", "dim", "  ")
        if not self._console.interactive:
            raise Refused("somebody has to settle it: it worked, it did not, or run it again")
        answer = self._ask_key({"w": "it worked", "f": "it did not", "a": "run it again (asks first)"})
        settlements: Mapping[str, e.Settlement] = {"w": "worked", "f": "did_not_work", "a": "run_again"}
        reason = self._optional("how do you know?") if answer != "a" else ""
        self._client.command(c.Settle(step_id=step.id, settlement=settlements[answer], reason=reason))

    # What is shown.

    def _show_section(self, step: Step) -> None:
        if step.section == self._section:
            return
        self._section = step.section
        box = next((s.time_box for s in self._runbook.sections if s.path == step.section), None)
        minutes = f"   ({box.low}-{box.high} min)" if box else ""
        self._console.say()
        self._console.say_parts((" › ".join(step.section) or self._runbook.title, "title"), (minutes, "dim"))

    def _show_step(self, step: Step) -> None:
        if self._shown == step.id:
            return
        self._shown = step.id
        self._show_templates_before(step)
        numbered = self._numbered()
        number = numbered.index(step.id) + 1 if step.id in numbered else 0
        self._console.say()
        self._console.say_parts(
            (f"Step {number} of {len(numbered)}  ", "dim"),
            (step.title, "bold"),
            (f"   {self._runbook.path}:{step.lines.first}", "dim"),
        )
        if step.prose.strip():
            self._console.say(step.prose.strip(), None, "  ")
        for item in step.items:
            self._show_item(item)
        if step.expectation.strip():
            self._console.say(f"good looks like: {step.expectation.strip()}", "dim", "  ")

    def _show_item(self, item: Item) -> None:
        sign = {"open": "☐", "ticked": "☑", "waived": "☒"}[self.state.items[item.id]]
        self._console.say(f"{sign} {item.text}", None, "  " + "  " * item.depth)

    def _show_prepared(self, step: Step, prepared: Mapping[str, Any]) -> None:
        self._console.say()
        self._console.say(prepared["text"], "command", "    ")
        self._console.say()
        if self._broken(step) and step.broken:
            self._console.say(f"broken: {step.broken.message}; it cannot run until it is edited", "bad", "  ")
        elif prepared["problem"]:
            self._console.say(prepared["problem"], "bad", "  ")
        else:
            guessed = " · language guessed" if step.guessed else ""
            self._console.say(f"{prepared['session']} · {prepared['why']}{guessed}", "dim", "  ")
        if step.sample_output.strip():
            self._console.say("sample output:", "dim", "  ")
            self._console.say(step.sample_output.rstrip("\n"), "dim", "    ")

    def _show_templates_before(self, step: Step) -> None:
        """Text to copy that the document holds just above this step, in the same section."""
        above: list[Step] = []
        for one in self._runbook.steps:
            if one.id == step.id:
                break
            above = [*above, one] if one.kind == "template" and one.section == step.section else []
        for template in above:
            self._console.say()
            self._console.say(f"{template.title}   (to copy, does not run)", "dim", "  ")
            self._console.say(template.text.rstrip("\n"), None, "    ")

    def _numbered(self) -> list[str]:
        return [step.planned.id for step in walked(self.state) if step.planned.kind != "template"]


COMMON_KEYS: Mapping[str, str] = {"n": "note", "b": "back", "j": "jump", "l": "list", "q": "quit"}


def _input_prompt(one: Mapping[str, Any]) -> str:
    lines = ", ".join(str(line) for line in one["lines"][:4])
    described = f" — {one['description']}" if one["description"] else ""
    choices = f" ({' / '.join(one['choices'])})" if one["choices"] else ""
    default = f" [{one['default']}]" if one["default"] is not None else ""
    return f"  {one['name']}{described}{choices}{default}{f'  (line {lines})' if lines else ''}:"


def _input_problem(one: Mapping[str, Any], value: str) -> str | None:
    if one["choices"] and value not in one["choices"]:
        return f"one of: {', '.join(one['choices'])}"
    if one["pattern"] and not re.fullmatch(one["pattern"], value):
        return f"it has to match {one['pattern']}"
    return None


def walk(client: Client, runbook: Runbook, console: Console, permission: Permission) -> int:
    """Walk a run to its end or until the terminal is lost; the run itself never depends on this client."""
    try:
        return Walk(client, runbook, console, permission).run()
    except Closed:
        client.close("the terminal was closed")
        return INTERRUPTED
    except HostUnreachable as error:
        console.say(f"{error}. `oncue resume {client.run_id}` goes on from the trail.", "bad")
        return error.exit_code


__all__ = ["Permission", "Walk", "walk"]
