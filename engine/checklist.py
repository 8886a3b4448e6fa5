"""A checklist's items as they are shown and told: with the values the run knows of the inputs their words name.

What is recorded is the document's item; a value is put in where somebody reads it. Whoever ticked one has read it with
the values of that moment, so a value that is changed afterwards changes nothing about it.
"""

from __future__ import annotations

from typing import Protocol

from .state import RunState


class Worded(Protocol):
    """An item of a document or of a plan."""

    @property
    def id(self) -> str: ...

    @property
    def text(self) -> str: ...


def item_text(state: RunState, item: Worded) -> str:
    from .variables import in_words  # with the grammars of shell and SQL, which a list of runs does without

    is_settled = state.items.get(item.id, "open") != "open"
    then = state.item_values.get(item.id, {}) if is_settled else {}
    return in_words(item.text, {**state.variables, **then})


def item_texts(state: RunState) -> dict[str, str]:
    """Of every item, by its id."""
    return {item.id: item_text(state, item) for step in state.steps.values() for item in step.planned.items}
