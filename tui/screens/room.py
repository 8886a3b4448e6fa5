"""Room in a modal: what has to stay in sight takes what it needs, and one part scrolls in the rest."""

from __future__ import annotations

from textual.widget import Widget

LEAST_ROWS = 3
HORIZONTAL = [(0, "-narrow"), (60, "-wide")]
VERTICAL = [(0, "-short"), (20, "-tall")]
"""Below these many rows borders and blank lines are left out."""


def make_room(box: Widget, scrolling: Widget) -> None:
    """Bound `scrolling`, a child of `box`, so that the whole box fits on its screen. The others have their size."""
    shown = [child for child in box.children if child.display]
    taken = sum(child.outer_size.height for child in shown if child is not scrolling)
    margins = sum(child.styles.margin.height for child in shown)
    room = box.screen.size.height - taken - margins - box.gutter.height
    scrolling.styles.max_height = max(LEAST_ROWS, room)
