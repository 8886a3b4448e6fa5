"""What plain mode shows of a run: sections, steps, their text and how they ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import events as e
from ..beside import named
from ..checklist import item_text
from ..client import Client
from ..console import Console
from ..model import Item, Runbook, Step
from ..output import underlined
from ..plan import numbers_of
from ..state import Attempt, is_walked, walked
from ..summary import (
    APPROVALS,
    held_in_shell,
    mark_of,
    sign_of,
    span,
    took,
    uncommitted_of,
    verdict_of,
    warnings_of,
)

ITEM_SIGNS: Mapping[str, str] = {"ticked": "☑", "waived": "☒"}

LEVEL_STYLES: Mapping[str, str] = {"safe": "dim", "unknown": "warn", "caution": "warn", "dangerous": "bad"}
TEXT_INDENT = "    "
NOT_PREPARED = "not-prepared"
PRECEDENTS = 3
"""The newest ones tell enough."""
TEMPLATE_LINES = 20
"""A message to copy fits; a configuration file is cut, and its place in the document said."""


class Page:
    """Remembers what it has shown, so that a step is announced once and shown again only after something changed."""

    def __init__(self, client: Client, runbook: Runbook, console: Console) -> None:
        self._client = client
        self._runbook = runbook
        self._console = console
        self._section: tuple[str, ...] | None = None
        self._step: str | None = None

    def forget(self) -> None:
        """Show the step in full again the next time."""
        self._step = None

    def place(self, line: int) -> str:
        return f"{self._runbook.path}:{line}"

    def numbered(self) -> list[str]:
        """Ids of the walked steps, in order; the first is step 1."""
        return [step.planned.id for step in walked(self._client.state) if step.planned.kind != "template"]

    def number(self, step: Step) -> int:
        """As `oncue steps` shows it."""
        return numbers_of(self._runbook)[step.id]

    def section(self, step: Step) -> None:
        if step.section == self._section:
            return
        self._section = step.section
        box = next((s.time_box for s in self._runbook.sections if s.path == step.section), None)
        minutes = f"   ({box.low}-{box.high} min)" if box and "min" not in step.section[-1].lower() else ""
        self._console.say()
        self._console.say_parts((" › ".join(step.section) or self._runbook.title, "title"), (minutes, "dim"))

    def step(self, step: Step) -> None:
        if self._step == step.id:
            return
        self._step = step.id
        self.templates(step)
        self._heading(step)
        now = self._client.state.steps[step.id]
        if now.status == "failed" and now.reason:
            self._console.say_prose(now.reason, "warn", indent="  ")
        if step.prose.strip():
            self._console.say_prose(step.prose.strip(), indent="  ")
        for item in step.items:
            self._settled(item)
        if step.expectation.strip():
            self._console.say_prose(f"good looks like: {step.expectation.strip()}", "dim", indent="  ")

    def prepared(self, step: Step, prepared: Mapping[str, Any], *, broken: bool) -> None:
        """The exact text that would run, and what there is to say about it."""
        self._console.say()
        self._text(prepared)
        if prepared["database"]:
            self._console.say(f"on {prepared['database']}", indent="  ")
        self._console.say()
        if broken and step.broken:
            self._console.say(f"broken: {step.broken.message}; it cannot run until it is edited", "bad", "  ")
        elif prepared["problem"]:
            self._console.say(prepared["problem"], "bad", "  ")
        elif prepared["missing"]:
            self._console.say(f"cannot run yet: no value for {', '.join(prepared['missing'])}", "warn", "  ")
        else:
            self._verdict(prepared)
            if prepared["endless"]:
                self._console.say_prose(prepared["endless"], "dim", indent="  ")
        if prepared["limits"]:
            self._console.say_prose(prepared["limits"], "dim", indent="  ")
        for sentence in held_in_shell(prepared):
            self._console.say_prose(sentence, "dim", indent="  ")
        for sentence in (*prepared["empty"], *prepared["warnings"]):
            self._console.say_prose(sentence, "warn", indent="  ")
        if step.sample_output.strip():
            self._console.say("sample output:", "dim", "  ")
            self._console.say(step.sample_output.rstrip("\n"), "dim", "    ")

    def _text(self, prepared: Mapping[str, Any]) -> None:
        """What caused a verdict is underlined, except where all of it did and nothing would be told apart."""
        text, verdict = prepared["text"], prepared["verdict"]
        nothing = verdict["level"] == "safe" or verdict["rule"] == NOT_PREPARED
        span = (0, 0) if nothing else (verdict["span"][0], verdict["span"][1])
        for line, marks in underlined(text, span, self._console.size[0] - len(TEXT_INDENT)):
            self._console.say(line, "command", TEXT_INDENT)
            if marks:
                self._console.say(marks, LEVEL_STYLES[verdict["level"]], TEXT_INDENT)

    def _verdict(self, prepared: Mapping[str, Any]) -> None:
        verdict = prepared["verdict"]
        style = LEVEL_STYLES[verdict["level"]]
        said = verdict_of(verdict["level"], verdict["category"], verdict["why"])
        self._console.say_prose(f"{said} · {prepared['session']}", style, indent="  ")
        if verdict["level"] == "safe":
            return
        if verdict["target"]:
            self._console.say_prose(f"hits: {verdict['target']}", style, indent="  ")
        for sentence in prepared["ran_before"][:PRECEDENTS]:
            self._console.say_prose(f"! {sentence}", "warn", indent="  ")
        self._dry_run(verdict)

    def _dry_run(self, verdict: Mapping[str, Any]) -> None:
        form = verdict["dry_run"]
        if form is not None:
            note = f": {form['note']}" if form["note"] else ""
            self._console.say_prose(f"dry run, {form['grade']}{note}", "dim", indent="  ")
            self._console.say(form["form"], "dim", TEXT_INDENT)
        elif verdict["level"] == "dangerous":
            self._console.say("dry run: none", "dim", "  ")

    def last_edit(self, text: str) -> None:
        """What runs here only once somebody takes it."""
        self._console.say("in the run before, its operator made of it:", "warn", "  ")
        self._console.say(text.rstrip("\n"), "command", TEXT_INDENT)

    def item(self, item: Item) -> None:
        self._console.say_parts(
            ("☐ ", "bold"), (item_text(self._client.state, item), "bold"), indent="  " + "  " * item.depth
        )

    def choice(self, choice: e.PlannedChoice) -> None:
        self._console.say()
        self._console.say(f"Choose: {choice.title}", "title")
        for number, option in enumerate(choice.options, 1):
            self._console.say_parts((f"{number:>3}  ", "bold"), (option.label, None))

    def steps(self) -> None:
        state = self._client.state
        for number, step_id in enumerate(self.numbered(), 1):
            here = "▶" if step_id == state.current else " "
            step = state.steps[step_id]
            self._console.say(f"{here}{number:>4} {sign_of(step.status)} {step.planned.title}")

    def end(self) -> None:
        """How the latest attempt ended."""
        self.ended(self._client.state.attempts[max(self._client.state.attempts)])

    def ended(self, attempt: Attempt) -> None:
        if attempt.outcome is None or attempt.outcome == "unknown":
            return
        status = "" if attempt.exit_status is None else f", exit {attempt.exit_status}"
        title = self._client.state.steps[attempt.step_id].planned.title
        what = attempt.text if attempt.closing else named(attempt, title) if attempt.is_beside else ""
        words = f"{what} {attempt.outcome.replace('_', ' ')}".lstrip()
        style = "good" if attempt.outcome == "succeeded" else "bad"
        self._console.say(f"{sign_of(attempt.outcome)} {words}{status}, {took(attempt.duration_ns)}", style)
        if attempt.message:
            self._console.say(attempt.message, "warn", "  ")

    def approved(self, approval: e.Approval, typed: str) -> None:
        """Why nobody is asked."""
        self._console.say(" · ".join(filter(None, (APPROVALS[approval], typed))), "dim", "  ")

    def resumed(self, event: e.RunResumed) -> None:
        """What a run that came back came back without."""
        if event.document_changed:
            self._console.say("the document on disk has changed; the run goes on with its own copy", "warn")
        if event.not_restored:
            self._console.say_prose(f"the shell is a new one; lost: {', '.join(event.not_restored)}", "warn")

    def warnings(self) -> None:
        """What would come to nothing now."""
        for sentence in warnings_of(self._client.state):
            self._console.say()
            self._console.say_prose(f"! {sentence}", "bad", indent="  ")

    def unknown(self) -> None:
        """The attempt whose end nobody saw."""
        attempt = self._client.state.attempts[self._client.state.running or 0]
        title = self._client.state.steps[attempt.step_id].planned.title
        self._console.say()
        self._console.say(f"Unknown: “{title}” was started and its end was never seen.", "bad")
        self._console.say(attempt.text, "command", "    ")
        self._console.say(f"{span(attempt.output_bytes)} of output were recorded before the host died.", "dim", "  ")
        if known := uncommitted_of(attempt):
            self._console.say_prose(known, "warn", indent="  ")

    def _heading(self, step: Step) -> None:
        numbered = self.numbered()
        number = numbered.index(step.id) + 1 if step.id in numbered else 0
        self._console.say()
        mark = mark_of(self._client.state)
        unreal = ((mark, "warn"), ("  ", None)) if mark else ()
        self._console.say_parts((f"Step {number} of {len(numbered)}  ", "dim"), *unreal, (step.title, "bold"))
        self._console.say(self.place(step.lines.first), "dim", "  ")

    def _settled(self, item: Item) -> None:
        """An item that is still open is shown with its question."""
        status = self._client.state.items[item.id]
        if status != "open":
            self._console.say_prose(
                f"{ITEM_SIGNS[status]} {item_text(self._client.state, item)}", indent="  " + "  " * item.depth
            )

    def templates(self, before: Step | None) -> None:
        """Text to copy that the document holds between the last step and this one, or the end."""
        for template in _templates(self._runbook, before):
            if is_walked(self._client.state, self._client.state.steps[template.id].planned):
                self._template(template)

    def _template(self, template: Step) -> None:
        prepared = self._client.ask("prepare", step_id=template.id)["prepared"]
        lines = prepared["text"].rstrip("\n").split("\n")
        self._console.say()
        self._console.say_parts((template.title, "bold"), ("   to copy, does not run", "dim"), indent="  ")
        self._console.say("\n".join(lines[:TEMPLATE_LINES]), None, "    ")
        if len(lines) > TEMPLATE_LINES:
            rest = len(lines) - TEMPLATE_LINES
            self._console.say(f"… {rest} more lines: {self.place(template.lines.first)}", "dim", "    ")


def _templates(runbook: Runbook, before: Step | None) -> list[Step]:
    """The unbroken row of templates that ends where `before` stands, or at the document's end."""
    row: list[Step] = []
    for one in runbook.steps:
        if before is not None and one.id == before.id:
            break
        row = [*row, one] if one.kind == "template" else []
    return row
