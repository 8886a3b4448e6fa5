"""What can be done in a replay, once: its key, its words, and where it stands in the last lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from textual.binding import Binding


class Deed(NamedTuple):
    key: str
    action: str
    label: str
    help: str
    in_footer: bool = True

    def binding(self, name: str) -> Binding:
        return Binding(self.key, self.action, self.label, id=f"replay.{name}", tooltip=self.help)


DEEDS: Mapping[str, Deed] = {
    "play": Deed("space", "play", "play", "play or pause; at the end, from the beginning"),
    "forward": Deed("right", "move(5)", "5 s", "five seconds on"),
    "backward": Deed("left", "move(-5)", "back", "five seconds back"),
    "minute_forward": Deed("greater_than_sign", "move(60)", "a minute", "a minute on", in_footer=False),
    "minute_backward": Deed("less_than_sign", "move(-60)", "back", "a minute back", in_footer=False),
    "next_step": Deed("down,right_square_bracket", "mark('step', True)", "next step", "to the next step"),
    "previous_step": Deed("up,left_square_bracket", "mark('step', False)", "step before", "to the step before"),
    "next_note": Deed("m", "mark('note', True)", "next note", "to the next note or marker"),
    "previous_note": Deed("M", "mark('note', False)", "note before", "to the note before", in_footer=False),
    "faster": Deed("plus,equals_sign", "faster", "faster", "twice as fast"),
    "slower": Deed("minus", "slower", "slower", "half as fast"),
    "idle": Deed("i", "idle", "cut pauses", "let long pauses pass quickly, or in their own time"),
    "search": Deed("slash", "search", "search", "search through all output of the run"),
    "next_hit": Deed("n", "again(True)", "next hit", "to the next place that was sought"),
    "previous_hit": Deed("N", "again(False)", "hit before", "to the place before that was sought", in_footer=False),
    "rows": Deed("R", "rows", "rows", "the rows that the step had fetched by then, as a table"),
    "jump": Deed("j", "jump", "jump", "to any step or note, by its words"),
    "first": Deed("home", "edge(False)", "beginning", "to the beginning", in_footer=False),
    "last": Deed("end", "edge(True)", "end", "to the end", in_footer=False),
    "output": Deed("o", "output", "output", "give the output the room, or take it back", in_footer=False),
    "outline": Deed("l", "outline", "outline", "show or hide the outline", in_footer=False),
    "page_down": Deed("pagedown", "scroll(10)", "down", "scroll the step down", in_footer=False),
    "page_up": Deed("pageup", "scroll(-10)", "up", "scroll the step up", in_footer=False),
    "help": Deed("question_mark", "help", "help", "what can be done here"),
    "leave": Deed("q", "leave", "leave", "leave; the run is as it was"),
    "back": Deed("escape", "back", "back", "end the search, or leave", in_footer=False),
}
