"""The walk itself: see where the run stands, ask, send one command, and look again.

What happened comes back as events; only the state folded from them decides what is shown next.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .. import commands as c
from .. import events as e
from ..checklist import item_text
from ..client import Client
from ..console import Closed, Console
from ..context import objection
from ..errors import HostUnreachable, Refused, TrailWriteError
from ..feed import OutputPiece
from ..keyboard import name_of
from ..machine import outcome_of
from ..model import Item, Runbook, Step
from ..permission import Passed, Permission
from ..state import RunState, edit_of_then, held_by, open_transactions, option_of, previous_step, steps_in
from ..summary import exit_code_of, held_sentence
from .bystander import Bystander
from .context import show_context
from .gate import Gate
from .inputs import Inputs
from .page import Page
from .questions import COMMON_KEYS, Questions, WentBack
from .starting import DRY_RUN, Starting, labels_of, offers_of
from .watch import Watch

INTERRUPTED = 130
OVER = ("left", "ended", "broken")
ENDINGS: Mapping[str, str] = {"c": "commit it", "r": "roll it back"}
CLOSINGS: Mapping[str, e.CommitDecision] = {"c": "commit", "r": "roll_back"}
OPTIONAL = "(Enter for nothing)"


def walk(client: Client, runbook: Runbook, console: Console, permission: Permission) -> int:
    """To the run's end, or until the operator leaves or the terminal is lost. Answers the exit code."""
    try:
        return Walk(client, runbook, console, permission).run()
    except Closed:
        client.close("the terminal was closed")
        return INTERRUPTED
    except (HostUnreachable, TrailWriteError) as error:
        console.say(f"{client.last_word or error}. `oncue resume {client.run_id}` goes on from the trail.", "bad")
        return TrailWriteError.exit_code if client.last_word else error.exit_code


class Walk:
    def __init__(self, client: Client, runbook: Runbook, console: Console, permission: Permission) -> None:
        self._client = client
        self._steps = {step.id: step for step in runbook.steps}
        self._console = console
        self._permission = permission
        self._page = Page(client, runbook, console)
        self._watch = Watch(client, console)
        self._ask = Questions(console)
        self._gate = Gate(console, self._ask)
        self._inputs = Inputs(client, console, self._ask)
        self._starting = Starting(client, self._page, self._watch, self._gate, self._inputs)
        self._bystander = Bystander(client, self._page, self._watch, console)
        self._unseen = bool(runbook.expects)
        """What the runbook expects of the place has not been looked at yet."""
        self._refused: str | None = None
        """The step that was not allowed last: a flag of the command line is not tried on it again and again."""

    @property
    def state(self) -> RunState:
        return self._client.state

    def run(self) -> int:
        self._client.catch_up()
        self._watch.pass_over()
        self._pass_over_the_past()
        self._inputs.load()
        if self.state.resumed is not None:
            self._page.resumed(self.state.resumed)
        if self.state.phase == "idle" and self._client.has_keyboard:
            self._inputs.ask_first()
        while self.state.phase not in OVER:
            try:
                if not self._may_go_on():
                    return exit_code_of(self.state)
                self._go_on()
            except Refused as error:
                self._refused = self.state.current
                self._console.say(f"not done: {error}", "warn")
                self._client.look()
                if not self._console.interactive and self._client.has_keyboard:
                    self._client.command(c.Leave(reason=str(error)))
                    return exit_code_of(self.state)
            except WentBack:
                self._page.forget()
            except KeyboardInterrupt:
                if self._interrupted():
                    return INTERRUPTED
        return exit_code_of(self.state)

    def _may_go_on(self) -> bool:
        """With the keyboard, waiting for it where somebody else has it; False when the operator has seen enough."""
        self._client.look()
        if self._client.has_keyboard:
            return True
        if not self._bystander.watch():
            self._client.close("stopped watching")
            return False
        return True

    def _go_on(self) -> None:
        if self.state.phase in OVER:
            return
        if self.state.wanting and self._console.interactive and self.state.phase != "running":
            self._answer_request()
        elif self._watch.behind:
            self._watch.run()
            self._starting.ended()
        elif self.state.phase == "unknown":
            self._settle()
        elif self._unseen:
            self._look_around()
        elif self.state.current is None:
            self._page.templates(None)
            self._at_end()
        else:
            self._at_step(self._steps[self.state.current])

    def _at_end(self) -> None:
        """The last moment at which what steps did in an open transaction can be kept."""
        open_ones = open_transactions(self.state) if self._console.interactive else []
        if not open_ones:
            self._client.command(c.End())
            return
        self._page.warnings()
        answer = self._ask.key({**ENDINGS, "e": "end the run", **COMMON_KEYS})
        if answer in CLOSINGS:
            self._starting.close(self._steps[steps_in(self.state, open_ones[0])[-1]], CLOSINGS[answer])
        elif answer == "e":
            self._client.command(c.End())
        else:
            self._common(answer)

    def _answer_request(self) -> None:
        asking = self.state.attached[self.state.wanting[0]]
        self._console.say(f"{name_of(asking)} asks for the keyboard, and gets it when there is no answer.", "warn")
        answer = self._ask.key({"g": "give it", "x": "keep it"})
        self._client.command(c.GiveKeyboard(to_id=asking.id) if answer == "g" else c.KeepKeyboard())

    def _look_around(self) -> None:
        """Before the first step. A person may read on where the place is another one; nobody else goes on there."""
        self._unseen = False
        checked = e.ContextChecked.model_validate(self._client.ask("context")["context"])
        show_context(self._console, checked)
        if not self._console.interactive and (why := objection(checked.results)):
            raise Refused(f"{why}; nothing has run")

    def _pass_over_the_past(self) -> None:
        """A newcomer is not shown again what happened before; output of the step in flight is."""
        while self._client.pending:
            told = self._client.told(0)
            if isinstance(told, OutputPiece) and told.attempt == self.state.running:
                self._watch.show(told)

    # One step.

    def _at_step(self, step: Step) -> None:
        choice = option_of(self.state, self.state.steps[step.id].planned)
        self._page.section(step)
        if choice is not None:
            self._choose(choice[0], step)
            return
        self._page.step(step)
        if self._permission.waive is not None:
            self._waive(step, self._permission.waive)
        if held_by(self.state, step.id):
            self._at_item(step)
        elif step.kind == "manual":
            self._at_manual(step)
        else:
            self._at_runnable(step)

    def _at_runnable(self, step: Step) -> None:
        prepared = self._starting.prepare(step)
        ready = not prepared["missing"] and not prepared["problem"] and not self._broken(step)
        passed = self._permission.of(step.id, prepared) if ready else None
        if passed is not None and self.state.steps[step.id].status == "pending" and step.id != self._refused:
            self._page.prepared(step, prepared, broken=False)
            self._page.approved(passed.approval, passed.typed)
            self._starting.start(step, prepared, passed)
        elif not self._console.interactive:
            raise Refused(self._why_held(step, prepared))
        else:
            self._page.prepared(step, prepared, broken=self._broken(step))
            if last := self._last_edit(step):
                self._page.last_edit(last)
            self._answer(step, prepared, ready=ready)

    def _answer(self, step: Step, prepared: Mapping[str, Any], *, ready: bool) -> None:
        again = self.state.steps[step.id].status != "pending" or bool(prepared["ran_before"])
        inputs = {"v": "values"} if self._inputs.of(step) else {}
        dry = DRY_RUN if ready and prepared["verdict"]["dry_run"] else {}
        offers = offers_of(step, step.suggestions)
        last = {"u": "use the last edit"} if self._last_edit(step) else {}
        keys = {
            **dry,
            **inputs,
            **last,
            "e": "edit",
            "s": "skip",
            "d": "done by hand",
            **labels_of(offers),
            **COMMON_KEYS,
        }
        answer = self._gate.ask(prepared, keys, again=again) if ready else self._ask.key(keys)
        if isinstance(answer, Passed):
            self._starting.start(step, prepared, answer)
        elif answer in offers:
            self._starting.offer(step, offers[answer])
        else:
            self._act(step, prepared, answer)

    def _act(self, step: Step, prepared: Mapping[str, Any], answer: str) -> None:
        actions: Mapping[str, Callable[[], None]] = {
            "t": lambda: self._starting.dry_run(step),
            "v": lambda: self._inputs.ask_of(step),
            "u": lambda: self._use_last_edit(step),
            "e": lambda: self._edit(step, prepared),
            "s": lambda: self._skip(step),
            "d": lambda: self._mark_done(step, "what was done?"),
        }
        self._common(answer) if answer in COMMON_KEYS else actions[answer]()

    def _edit(self, step: Step, prepared: Mapping[str, Any]) -> None:
        current = self.state.steps[step.id].edited or step.text
        edited = self._console.edit(current, ".sql" if prepared["session"] == "sql" else ".sh")
        if edited is None:
            self._console.say("unchanged", "dim", "  ")
        else:
            self._client.command(c.Edit(step_id=step.id, text=edited))
        self._page.forget()

    def _last_edit(self, step: Step) -> str:
        return edit_of_then(self.state, step.id)

    def _use_last_edit(self, step: Step) -> None:
        self._client.command(c.Edit(step_id=step.id, text=self._last_edit(step)))
        self._page.forget()

    def _skip(self, step: Step) -> None:
        self._client.command(c.Skip(step_id=step.id, reason=self._ask.required("why is it skipped?")))

    def _mark_done(self, step: Step, question: str) -> None:
        self._client.command(c.MarkDone(step_id=step.id, note=self._ask.optional(f"{question} {OPTIONAL}")))

    def _broken(self, step: Step) -> bool:
        return step.broken is not None and self.state.steps[step.id].edited is None

    def _why_held(self, step: Step, prepared: Mapping[str, Any]) -> str:
        """Why a step cannot go on without a person."""
        status = self.state.steps[step.id].status
        if self._broken(step) and step.broken:
            reason = f"the block is broken and has to be edited: {step.broken.message}"
        elif prepared["missing"]:
            reason = f"no value for {', '.join(prepared['missing'])}; give it with --var NAME=VALUE or --var-file FILE"
        elif prepared["problem"]:
            reason = prepared["problem"]
        elif status != "pending":
            reason = f"“{step.title}” {status.replace('_', ' ')}; somebody has to decide what comes next"
        else:
            verdict, ran_before = prepared["verdict"], prepared["ran_before"]
            number = self._page.number(step)
            reason = held_sentence(
                step.title,
                verdict["level"],
                verdict["why"],
                verdict["target"],
                ran_before=ran_before,
                empty=prepared["empty"],
                number=number,
            )
        return f"{self._page.place(step.lines.first)}: {reason}"

    # Manual steps, checklists, alternatives.

    def _at_manual(self, step: Step) -> None:
        if step.items:  # every one of them is ticked or waived
            self._client.command(c.MarkDone(step_id=step.id))
        elif self._permission.waive is not None:
            self._client.command(c.Skip(step_id=step.id, reason=self._permission.waive))
        elif self._console.interactive:
            self._answer_manual(step)
        else:
            place = self._page.place(step.lines.first)
            raise Refused(f"{place}: “{step.title}” is for a person to do; --waive REASON passes over it")

    def _answer_manual(self, step: Step) -> None:
        offers = offers_of(step, step.suggestions)
        answer = self._ask.key({"d": "done", "s": "skip", **labels_of(offers), **COMMON_KEYS})
        if answer in offers:
            self._starting.offer(step, offers[answer])
        elif answer == "d":
            self._mark_done(step, "what did you see?")
        elif answer == "s":
            self._skip(step)
        else:
            self._common(answer)

    def _at_item(self, step: Step) -> None:
        first = held_by(self.state, step.id)[0]
        if not self._console.interactive:
            place = self._page.place(first.line)
            text = item_text(self.state, first)
            raise Refused(f"{place}: nobody is here to tick “{text}”; --waive REASON passes over it")
        self._answer_item(step, next(item for item in step.items if item.id == first.id))

    def _answer_item(self, step: Step, item: Item) -> None:
        self._page.item(item)
        offers = offers_of(step, item.suggestions)
        keys = {"y": "yes, tick", "w": "waive", "s": "skip the step", **labels_of(offers), **COMMON_KEYS}
        answer = self._ask.key(keys)
        if answer in offers:
            self._starting.offer(step, offers[answer])
        elif answer == "y":
            self._client.command(c.Tick(item_id=item.id))
        elif answer == "w":
            self._client.command(c.Waive(item_id=item.id, reason=self._ask.required("why is it waived?")))
        elif answer == "s":
            self._skip(step)
        else:
            self._common(answer)

    def _waive(self, step: Step, reason: str) -> None:
        for item in held_by(self.state, step.id):
            self._console.say(f"☒ waived: {item_text(self.state, item)}", "warn", "  ")
            self._client.command(c.Waive(item_id=item.id, reason=reason))

    def _choose(self, choice: e.PlannedChoice, step: Step) -> None:
        self._page.choice(choice)
        if not self._console.interactive:
            place = self._page.place(step.lines.first)
            raise Refused(f"{place}: “{choice.title}” is a choice for a person; --section walks one of them")
        options = {str(number): option for number, option in enumerate(choice.options, 1)}
        labels = {number: option.label for number, option in options.items()}
        answer = self._ask.key({**labels, "s": "skip", **COMMON_KEYS}, hide=frozenset(options))
        if answer in options:
            self._client.command(c.Choose(choice_id=choice.id, option_id=options[answer].id))
        elif answer == "s":
            self._skip(step)
        else:
            self._common(answer)

    def _settle(self) -> None:
        self._page.unknown()
        attempt = self.state.attempts[self.state.running or 0]
        if not self._console.interactive:
            raise Refused("somebody has to settle it: it worked, it did not, or run it again")
        settlements: Mapping[str, e.Settlement] = {"w": "worked", "f": "did_not_work", "a": "run_again"}
        answer = self._ask.key({"w": "it worked", "f": "it did not", "a": "run it again (asks first)"})
        reason = self._ask.optional(f"how do you know? {OPTIONAL}") if answer != "a" else ""
        self._client.command(c.Settle(step_id=attempt.step_id, settlement=settlements[answer], reason=reason))

    # Answers that are always there.

    def _common(self, answer: str) -> None:
        actions: Mapping[str, Callable[[], None]] = {
            "n": self._note,
            "b": self._back,
            "j": self._jump,
            "l": self._page.steps,
            "q": self._quit,
        }
        actions[answer]()

    def _note(self) -> None:
        self._client.command(c.Note(text=self._ask.required("note:"), step_id=self.state.current))

    def _back(self) -> None:
        before = previous_step(self.state, self.state.current or "")
        if before is None:
            raise Refused("this is the first step")
        self._client.command(c.Select(step_id=before))

    def _jump(self) -> None:
        self._page.steps()
        steps = self._page.numbered()
        number = self._ask.required("go to step number:")
        if not number.isdigit() or not 1 <= int(number) <= len(steps):
            raise Refused(f"there is no step {number!r}")
        self._client.command(c.Select(step_id=steps[int(number) - 1]))
        self._page.forget()

    def _quit(self) -> None:
        self._page.warnings()
        self._console.say("Leave it open, so that `oncue resume` brings it back, or end it here?", None, "  ")
        answer = self._ask.key({"l": "leave open", "e": "end here", "x": "neither"})
        if answer == "l":
            self._client.command(c.Leave(reason="the operator left it open"))
        elif answer == "e":
            reason = self._ask.required("why does it end here?") if outcome_of(self.state) == "abandoned" else ""
            self._client.command(c.End(reason=reason))

    def _interrupted(self) -> bool:
        """Ctrl-C at a question: the first one only says how to leave, the second leaves the run open."""
        self._ask.interrupts += 1
        self._console.say()
        if self._ask.interrupts < 2:
            self._console.say("Nothing is running. q leaves the run; Ctrl-C again leaves it open at once.", "warn")
            return False
        self._client.look()
        if self._client.has_keyboard:
            self._client.command(c.Leave(reason="Ctrl-C"))
        else:
            self._client.close("Ctrl-C")
        return True
