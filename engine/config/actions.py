"""Every action that can be put on another key: its id, and the keys that are built in. The screens bind the same ones,
which a test compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Place(NamedTuple):
    """Where keys are pressed. Each of its keys does one thing."""

    actions: Mapping[str, str]
    """Id → keys, joined by commas and named as Textual does."""
    fixed: frozenset[str] = frozenset()
    """Keys that stay what they are here."""
    is_typed_in: bool = False
    """What types a character is a character here."""


EVERYWHERE: Mapping[str, str] = MappingProxyType(
    {
        "ctrl+c": "interrupts",
        "ctrl+p": "opens the command palette",
        "ctrl+q": "leaves",
        "tab": "moves on to the next part of the screen",
        "shift+tab": "moves back to the part before",
    }
)
"""Keys that are the same on every screen, for the hand of somebody who has seen another program."""
INTERRUPT = "interrupt"
"""It may get keys beside ctrl+c, and is obeyed while text is typed."""
ANSWERS = "y"
"""Lets a text run at the gate. So it may not be the key that leads there, or one that does something else there."""

_FINDING = {"finding.open": "enter"}
"""Of the library and of the history alike."""
_MOVES = frozenset({"up", "down", "pageup", "pagedown"})
PLACES: tuple[Place, ...] = (
    Place(
        {
            "proceed": "enter",
            "tick": "space",
            "waive": "w",
            INTERRUPT: "ctrl+c",
            "type": "i",
            "terminal": "f",
            "dry_run": "t",
            "edit": "e",
            "edit_outside": "E",
            "last_edit": "u",
            "skip": "s",
            "mark_done": "d",
            "values": "v",
            "note": "n",
            "results": "R",
            "back": "b",
            "here": "escape",
            "jump": "j",
            "next_item": "down",
            "previous_item": "up",
            "page_down": "pagedown",
            "page_up": "pageup",
            "contacts": "c",
            "links": "g",
            "trail": "a",
            "context": "x",
            "search": "slash",
            "output": "o",
            "outline": "l",
            "paranoid": "p",
            "keyboard": "k",
            "help": "question_mark",
            "leave": "q",
            **{f"offer_{number}": str(number) for number in range(1, 10)},
        },
        frozenset({ANSWERS}),
    ),
    Place(
        {"gate.dry_run": "t", "gate.edit": "e", "gate.skip": "s", "gate.back": "escape"},
        _MOVES | {ANSWERS, "enter", "ctrl+t", "ctrl+e", "ctrl+s"},
    ),
    Place({"inputs.look_up": "ctrl+r"}, frozenset({"enter", "escape", "up", "down"}), is_typed_in=True),
    Place({"edit.accept": "ctrl+s", "edit.outside": "ctrl+o"}, frozenset({"escape"}), is_typed_in=True),
    Place(
        {
            "output.search": "slash",
            "output.up": "up",
            "output.down": "down",
            "output.page_up": "pageup",
            "output.page_down": "pagedown",
            "output.first": "home",
            "output.last": "end",
            "output.left": "left",
            "output.right": "right",
            "output.wrap": "z",
            "output.copy": "y",
            "output.next": "n",
            "output.previous": "N",
            "output.forget": "escape",
        }
    ),
    Place(
        {"output.close_search": "escape", "output.next_from_line": "up", "output.previous_from_line": "down"},
        frozenset({"enter"}),
        is_typed_in=True,
    ),
    Place(
        {
            **_FINDING,
            "library.resume": "r",
            "library.rehearse": "R",
            "library.history": "h",
            "library.clear": "escape",
            "library.look": "f5",
            "library.help": "question_mark",
            "library.quit": "q",
        },
        _MOVES | {"slash"},
    ),
    Place(
        {
            **_FINDING,
            "history.resume": "r",
            "history.replay": "p",
            "history.mark": "m",
            "history.compare": "c",
            "history.back": "escape",
            "history.look": "f5",
            "history.help": "question_mark",
        },
        _MOVES | {"slash"},
    ),
    Place(
        {
            "past_run.back": "escape,q",
            "past_run.results": "R",
            "past_run.replay": "p",
            "past_run.look": "f5",
            "past_run.help": "question_mark",
        },
        _MOVES | {"enter", "home", "end"},
    ),
    Place(
        {
            "results.back": "escape,q",
            "results.next": "n",
            "results.previous": "N",
            "results.whole": "enter",
            "results.copy_cell": "y",
            "results.copy_row": "Y",
            "results.copy_all": "a",
            "results.help": "question_mark",
        },
        _MOVES | {"left", "right", "home", "end", "ctrl+home", "ctrl+end"},
    ),
    Place(
        {
            "replay.play": "space",
            "replay.forward": "right",
            "replay.backward": "left",
            "replay.minute_forward": "greater_than_sign",
            "replay.minute_backward": "less_than_sign",
            "replay.next_step": "down,right_square_bracket",
            "replay.previous_step": "up,left_square_bracket",
            "replay.next_note": "m",
            "replay.previous_note": "M",
            "replay.faster": "plus,equals_sign",
            "replay.slower": "minus",
            "replay.idle": "i",
            "replay.search": "slash",
            "replay.next_hit": "n",
            "replay.previous_hit": "N",
            "replay.rows": "R",
            "replay.jump": "j",
            "replay.first": "home",
            "replay.last": "end",
            "replay.output": "o",
            "replay.outline": "l",
            "replay.page_down": "pagedown",
            "replay.page_up": "pageup",
            "replay.help": "question_mark",
            "replay.leave": "q",
            "replay.back": "escape",
        },
        frozenset({"enter"}),
    ),
    Place(
        {
            "diff.next": "n",
            "diff.previous": "N",
            "diff.only": "d",
            "diff.find": "slash",
            "diff.copy": "y",
            "diff.first": "1",
            "diff.second": "2",
            "diff.look": "f5",
            "diff.back": "escape,q",
            "diff.help": "question_mark",
        },
        _MOVES | {"enter", "home", "end"},
    ),
)
ACTIONS: Mapping[str, Place] = MappingProxyType({one: place for place in PLACES for one in place.actions})
