"""Placeholders: what a runbook leaves for its reader to fill in, and how a value gets there and nowhere else.

A placeholder is what the grammar would otherwise read as a plain word or string. In doubt it is none: the text is
left as it is and the operator sees it before it runs. A value is data: it can neither add a command nor end one.
"""

from .exports import exports_of
from .filling import Filled, fill, is_command, missing, spans_of
from .inventory import all_read_from_shell, find, read_from_shell
from .proposals import proposed_values
from .values import CannotFill, check, maybe_problem
from .words import in_words

__all__ = [
    "CannotFill",
    "Filled",
    "all_read_from_shell",
    "check",
    "exports_of",
    "fill",
    "find",
    "in_words",
    "is_command",
    "maybe_problem",
    "missing",
    "proposed_values",
    "read_from_shell",
    "spans_of",
]
