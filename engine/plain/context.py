"""What a runbook expects of the place it works in, and what was found there, as plain mode shows it."""

from __future__ import annotations

from .. import events as e
from ..console import Console
from ..context import objection, sentence_of


def show_context(console: Console, checked: e.ContextChecked) -> None:
    console.say()
    console.say("Context", "title")
    for result in checked.results:
        sign, style = ("✔", "good") if result.ok else ("✗", "bad")
        console.say_prose(f"{sign} {sentence_of(result)}", style, indent="  ")
    if objection(checked.results):
        console.say_prose("Nothing that is not safe will run while this is so.", "warn", indent="  ")
