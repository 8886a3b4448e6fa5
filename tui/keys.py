"""Every action of the run screen, once: its key, its words, and what hinders it. The footer, the palette, the help and
the bindings are read from here, and what hinders an action is what `machine` says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

from engine import machine
from engine.state import previous_step

from .situation import OVER, Situation

Hindrance = Callable[[Situation], str]
"""Why the action cannot be done now, in one sentence; empty when it can."""
Area = Literal["step", "checklist", "running step", "move", "look", "run"]
LABELS: Mapping[str, str] = {
    "safe": "run",
    "unknown": "confirm…",
    "caution": "confirm…",
    "dangerous": "type its target…",
}


class Action(NamedTuple):
    id: str
    key: str
    """As Textual names it; several are joined by commas."""
    label: str
    help: str
    area: Area
    hindrance: Hindrance
    in_footer: bool = True


def proceed_label(s: Situation) -> str:
    """What Enter would do here."""
    if s.state.phase in OVER:
        return "close"
    if s.state.phase == "unknown":
        return "settle…"
    if s.step is None:
        return "end the run"
    if s.step.kind == "template":
        return "give its values…" if s.lacks_values else "copy it"
    if s.is_elsewhere:
        return "go to this step"
    if s.choice is not None:
        return "choose…"
    if s.step.kind == "manual":
        return "done"
    return _run_label(s)


def _run_label(s: Situation) -> str:
    if s.prepared is None:
        return "run"
    if s.lacks_values:
        return "give its values…"
    level = s.prepared["verdict"]["level"]
    again = s.status != "pending" or s.prepared["ran_before"]
    verb = "run again" if again else "run"
    if level == "safe" and not s.paranoid:
        return verb
    asked = LABELS[level] if level != "safe" else LABELS["unknown"]
    return f"{verb}, {asked}" if again else asked


def why_not(action_id: str, s: Situation) -> str:
    return ACTIONS[action_id].hindrance(s)


def offered(s: Situation) -> list[Action]:
    """What can be done now, in the order in which it is shown."""
    return [one for one in ACTIONS.values() if not one.hindrance(s)]


def label_of(action: Action, s: Situation) -> str:
    return proceed_label(s) if action.id == "proceed" else action.label


# What hinders.


def _nothing(_s: Situation) -> str:
    return ""


def _of_phase(s: Situation) -> str:
    return f"not now: {machine.PHASE_SENTENCE[s.state.phase]}"


def _needs(*names: str) -> Hindrance:
    """The run takes one of these commands now, from this cockpit."""

    def hindrance(s: Situation) -> str:
        if not s.allowed.isdisjoint(names):
            return ""
        return _of_phase(s) if s.allowed_to_holder.isdisjoint(names) else s.watching

    return hindrance


def _on_step(*names: str) -> Hindrance:
    """The same for a command about the step that is shown, which has to be the current one."""

    def hindrance(s: Situation) -> str:
        if s.state.phase in OVER or s.state.phase in ("running", "unknown"):
            return _of_phase(s)
        if s.step is None:
            return "every step is settled"
        if s.is_elsewhere:
            return "this step is only looked at; go to it first"
        if s.allowed_to_holder.isdisjoint(names):
            return f"not for a step that is {s.status.replace('_', ' ')}"
        return s.watching

    return hindrance


def _first(*hindrances: Hindrance) -> Hindrance:
    return lambda s: next(filter(None, (one(s) for one in hindrances)), "")


def _proceed(s: Situation) -> str:
    if s.state.phase in OVER:
        return ""
    if s.state.phase == "unknown":
        return s.watching
    if s.step is not None and s.step.kind == "template":
        return _needs("set_variable")(s) if s.lacks_values else ""
    if s.is_elsewhere:
        return _needs("select")(s)
    if hindered := _needs("start")(s) if s.state.phase != "idle" else s.watching:
        return hindered
    if s.step is None:
        return ""
    if s.choice is not None:
        return ""
    if s.held:
        return _held(s)
    if s.step.kind == "manual":
        return _on_step("mark_done")(s)
    if s.broken:
        return f"the block is broken ({s.broken}); edit it first"
    if s.prepared is None:
        return "its verdict is still being worked out"
    return str(s.prepared["problem"])


def _held(s: Situation) -> str:
    return f"held by {len(s.held)} item{'s' * (len(s.held) > 1)}, first: {s.held[0]}" if s.held else ""


def _is_to_do(s: Situation) -> str:
    return "this is text to copy; there is nothing to do about it" if s.step and s.step.kind == "template" else ""


def _runs(s: Situation) -> str:
    return "" if s.step is not None and s.step.kind in ("shell", "sql") else "this step does not run"


def _has_dry_run(s: Situation) -> str:
    if s.prepared is None or s.broken or s.prepared["missing"] or s.prepared["problem"]:
        return "there is no dry run of this yet"
    return "" if s.prepared["verdict"]["dry_run"] else "there is no dry run of this"


def _has_items(s: Situation) -> str:
    return "" if s.step is not None and s.step.items else "this step has no checklist"


def _ticks(s: Situation) -> str:
    hindered = _needs("tick")(s)
    return hindered or _has_items(s)


def _waives(s: Situation) -> str:
    return _ticks(s) or (
        "" if s.item and s.state.items[s.item.id] == "open" else "the item is ticked or waived already"
    )


def _has_values(s: Situation) -> str:
    return "the runbook asks for no values" if s.n_inputs == 0 else _needs("set_variable")(s)


def _has_output(s: Situation) -> str:
    return "" if s.state.attempts else "nothing has run yet"


def _is_running(s: Situation) -> str:
    return s.watching if s.state.phase == "running" else "no step is running"


def _types(s: Situation) -> str:
    return _is_running(s) or ("it waits for an answer, to commit or to roll back" if s.state.asked else "")


def _takes_terminal(s: Situation) -> str:
    return _is_running(s) or ("a database has no terminal" if s.in_database else "")


def _has_results(s: Situation) -> str:
    return "" if s.fetched else "no rows were fetched here"


def _offers(number: int) -> Hindrance:
    def hindrance(s: Situation) -> str:
        if s.choice is not None and not s.is_elsewhere:
            return _needs("choose")(s) if number <= len(s.choice.options) else f"there is no alternative {number}"
        if s.step is None or number > len(s.step.offers):
            return f"there is no command {number} here"
        return _on_step("start")(s)

    return hindrance


def _has(kinds: Sequence[str], otherwise: str) -> Hindrance:
    return lambda s: "" if any(drawer.kind in kinds for drawer in s.runbook.drawers) else otherwise


def _has_contacts(s: Situation) -> str:
    if s.decides:
        return "not while it is asked whether to commit"  # its key is an answer
    if s.runbook.escalations:
        return ""
    return _has(("contacts", "escalation"), "the runbook names no contacts")(s)


def _has_links(s: Situation) -> str:
    if s.runbook.jumps:
        return ""
    return _has(("dashboards", "alerts", "slos", "reference"), "the runbook holds no dashboards and no links")(s)


def _watches(s: Situation) -> str:
    if not s.watching:
        return "you have the keyboard"
    asked = "you have asked for the keyboard; whoever has it has not answered yet"
    return asked if s.client_id in s.state.wanting else _needs("take_keyboard")(s)


def _skips(s: Situation) -> str:
    return _is_to_do(s) or _on_step("skip")(s)


def _marks_done(s: Situation) -> str:
    return _is_to_do(s) or _on_step("mark_done")(s) or _held(s)


def _edits(s: Situation) -> str:
    return _runs(s) or _on_step("edit")(s)


def _edits_again(s: Situation) -> str:
    return _edits(s) or ("" if s.last_edit else "it was not edited in a run before")


def _goes_back(s: Situation) -> str:
    if s.is_elsewhere:
        return ""
    if hindered := _needs("select")(s):
        return hindered
    return "" if previous_step(s.state, s.state.current or "") else "this is the first step"


def _is_away(s: Situation) -> str:
    return "" if s.is_elsewhere else "this is the current step"


def _expects(s: Situation) -> str:
    return _needs("start")(s) if s.runbook.expects else "the runbook expects nothing of the place it works in"


ACTIONS: Mapping[str, Action] = {
    one.id: one
    for one in (
        Action(
            "proceed", "enter", "run", "do what comes next: run the step, tick it off, choose, settle", "step", _proceed
        ),
        Action("tick", "space", "tick", "tick the item under the cursor, or take the tick away", "checklist", _ticks),
        Action("waive", "w", "waive", "let an item go without a tick; the reason is kept", "checklist", _waives),
        Action(
            "interrupt", "ctrl+c", "interrupt", "interrupt the running step; again: harder", "running step", _is_running
        ),
        Action("type", "i", "type into it", "type into the running step", "running step", _types),
        Action(
            "terminal",
            "f",
            "full terminal",
            "give the running step the whole terminal",
            "running step",
            _takes_terminal,
        ),
        Action(
            "dry_run",
            "t",
            "try its dry run",
            "show what the step would do",
            "step",
            _first(_on_step("start"), _has_dry_run),
        ),
        Action("edit", "e", "edit", "edit the step's text here; it is judged again", "step", _edits),
        Action(
            "edit_outside", "E", "in $EDITOR", "edit the step's text in your editor", "step", _edits, in_footer=False
        ),
        Action(
            "last_edit", "u", "use the last edit", "take what was made of it in the run before", "step", _edits_again
        ),
        Action("skip", "s", "skip", "pass over the step; the reason is kept", "step", _skips),
        Action("mark_done", "d", "done by hand", "mark the step as done by hand", "step", _marks_done),
        Action("values", "v", "values", "see and change the run's inputs", "step", _has_values),
        Action("note", "n", "note", "keep a note with the run, at any moment", "run", _needs("note")),
        Action("results", "R", "rows", "the rows that the step fetched, as a table", "look", _has_results),
        Action("back", "b", "back", "back to the step before, or to the current one", "move", _goes_back),
        Action("here", "escape", "here", "back to the current step", "move", _is_away, in_footer=False),
        Action("jump", "j", "jump", "go to any step", "move", _needs("select")),
        Action("next_item", "down", "next", "next checklist item, or scroll", "checklist", _nothing, in_footer=False),
        Action(
            "previous_item",
            "up",
            "previous",
            "previous checklist item, or scroll",
            "checklist",
            _nothing,
            in_footer=False,
        ),
        Action("page_down", "pagedown", "down", "scroll the step down", "move", _nothing, in_footer=False),
        Action("page_up", "pageup", "up", "scroll the step up", "move", _nothing, in_footer=False),
        Action("contacts", "c", "contacts", "whom to call, and when to escalate", "look", _has_contacts),
        Action("links", "g", "links", "dashboards, alerts and links of the runbook", "look", _has_links),
        Action("trail", "a", "trail", "what happened in this run so far", "look", _nothing, in_footer=False),
        Action(
            "context",
            "x",
            "check place",
            "look whether this is the place the runbook expects",
            "look",
            _expects,
            in_footer=False,
        ),
        Action(
            "search",
            "slash",
            "search output",
            "search through all output of the step",
            "look",
            _has_output,
            in_footer=False,
        ),
        Action("output", "o", "output", "give the output the room, or take it back", "look", _nothing, in_footer=False),
        Action("outline", "l", "outline", "show or hide the outline", "look", _nothing, in_footer=False),
        Action(
            "paranoid",
            "p",
            "paranoid",
            "ask before every step, also before safe ones",
            "run",
            _nothing,
            in_footer=False,
        ),
        Action("keyboard", "k", "take the keyboard", "ask whoever has the keyboard for it", "run", _watches),
        Action("help", "question_mark", "help", "what can be done here", "look", _nothing),
        Action("leave", "q", "leave", "leave the run open, end it, or go without it", "run", _nothing),
        *(
            Action(
                f"offer_{n}",
                str(n),
                f"{n}",
                f"alternative {n}, or command {n} that the step's words mention",
                "step",
                _offers(n),
                in_footer=False,
            )
            for n in range(1, 10)
        ),
    )
}
