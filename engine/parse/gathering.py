"""Which step a checklist holds and which step a command in prose belongs to, once a section has been walked."""

from __future__ import annotations

from collections.abc import Sequence

from .drafts import Draft, Event, Gate, Hint, OptionDraft, add_prose


def gather(events: Sequence[Event], *, may_hint: bool = True) -> list[Draft]:
    """The section's steps in order.

    A checklist holds the next step that runs, unless that step stands in another alternative; where none follows it
    is a manual step. Commands in prose go to the next step, or to the one before; a section that has no other step
    gets manual steps for them (not with `may_hint=False`).
    """
    settled = _settle_gates(events)
    return _settle_hints(settled, may_hint=may_hint)


def _settle_gates(events: Sequence[Event]) -> list[Draft | Hint]:
    settled: list[Draft | Hint] = []
    waiting: list[Gate] = []
    for event in events:
        if isinstance(event, Gate):
            waiting.append(event)
            settled.append(_manual(event))
        elif isinstance(event, Draft) and event.runs:
            if not waiting:
                settled.append(event)
                continue
            held = [gate for gate in waiting if _is_within(event.options, gate.options)]
            settled = [each for each in settled if not any(_stands_for(each, gate) for gate in held)]
            for gate in reversed(held):
                event.items[:0] = gate.items
                add_prose(event, gate.prose)
            waiting = [gate for gate in waiting if gate not in held]
            settled.append(event)
        else:
            settled.append(event)
    return settled


def _manual(gate: Gate) -> Draft:
    first, last = gate.items[0].first, gate.items[-1].last
    return Draft("manual", gate.title, first, last, items=gate.items, prose=gate.prose, options=gate.options)


def _stands_for(event: Draft | Hint, gate: Gate) -> bool:
    return isinstance(event, Draft) and event.items is gate.items


def _is_within(step: Sequence[OptionDraft], gate: Sequence[OptionDraft]) -> bool:
    """Both stand in the same alternative; the step may stand in one of its own inside a block."""
    return list(step[: len(gate)]) == list(gate)


def _settle_hints(events: Sequence[Draft | Hint], *, may_hint: bool) -> list[Draft]:
    drafts = [event for event in events if isinstance(event, Draft)]
    if not drafts:
        return [_hinted(event) for event in events if isinstance(event, Hint)] if may_hint else []
    for index, event in enumerate(events):
        if isinstance(event, Hint):
            _owner(events[index:], drafts, event).suggestions.extend(event.suggestions)
    return drafts


def _owner(following: Sequence[Draft | Hint], drafts: Sequence[Draft], hint: Hint) -> Draft:
    return next((event for event in following if isinstance(event, Draft)), None) or next(
        draft for draft in reversed(drafts) if draft.first <= hint.first or draft is drafts[0]
    )


def _hinted(hint: Hint) -> Draft:
    draft = Draft("manual", hint.title, hint.first, hint.last, prose=hint.prose, options=hint.options)
    draft.suggestions = list(hint.suggestions)
    return draft
