"""What a command of the front matter proposes for its input: one line is a default, several are choices."""

from __future__ import annotations

from ..model import Variable
from .values import CannotFill, check

MOST = 200
"""So many choices still fit on the pages of a terminal; what is beyond them is left out, and said."""


def proposed_values(variable: Variable, output: bytes) -> tuple[str, ...]:
    """Each line once, without blanks around it, as far as it is a value this input takes."""
    lines = output.decode(errors="replace").splitlines()
    return tuple(dict.fromkeys(line.strip() for line in lines if _is_possible(variable, line.strip())))[:MOST]


def _is_possible(variable: Variable, value: str) -> bool:
    if not value or "\ufffd" in value:
        return False
    try:
        check(variable, value)
    except CannotFill:
        return False
    return True
