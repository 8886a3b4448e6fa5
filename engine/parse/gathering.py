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
    settled: list[Draft | Hint | None] = []
    waiting: list[tuple[Gate, int]] = []
    for event in events:
        if isinstance(event, Gate):
            waiting.append((event, len(settled)))
            settled.append(_manual(event))
            continue
        if waiting and isinstance(event, Draft) and event.runs:
            held = [each for each in waiting if _is_within(event.options, each[0].options)]
            waiting = [each for each in waiting if each not in held]
            for gate, place in reversed(held):
                settled[place] = None
                event.items[:0] = gate.items
                add_prose(event, gate.prose)
        settled.append(event)
    return [event for event in settled if event is not None]


def _manual(gate: Gate) -> Draft:
    """The step a checklist is when no step that runs follows it."""
    first, last = gate.items[0].first, gate.items[-1].last
    return Draft("manual", gate.title, first, last, items=gate.items, prose=gate.prose, options=gate.options)


def _is_within(step: Sequence[OptionDraft], gate: Sequence[OptionDraft]) -> bool:
    """Both stand in the same alternative; the step may stand in one of its own inside a block."""
    return list(step[: len(gate)]) == list(gate)


def _settle_hints(events: Sequence[Draft | Hint], *, may_hint: bool) -> list[Draft]:
    drafts = [event for event in events if isinstance(event, Draft)]
    if not drafts:
        return [_hinted(event) for event in events if isinstance(event, Hint)] if may_hint else []
    last = drafts[-1]
    waiting: list[Hint] = []
    for event in events:
        if isinstance(event, Hint):
            waiting.append(event)
            continue
        for hint in waiting:
            event.suggestions.extend(hint.suggestions)
        waiting.clear()
    for hint in waiting:
        last.suggestions.extend(hint.suggestions)
    return drafts


def _hinted(hint: Hint) -> Draft:
    draft = Draft("manual", hint.title, hint.first, hint.last, prose=hint.prose, options=hint.options)
    draft.suggestions = list(hint.suggestions)
    return draft
