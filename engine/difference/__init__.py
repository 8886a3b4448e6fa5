"""Two runs side by side, step by step: what was done in one and not in the other, and what came out differently.

Pure: whoever asks brings the states and the outputs. Times, ids and the like differ between any two runs and are not
told; what could not be compared counts as different.
"""

from .comparing import changed_facts, compare, compare_step, pairs_of
from .facts import Change, Compared, Difference, Line, Outputs, Part, Side, StepDifference
from .pairing import Pair
from .wording import run_to_text, step_to_text, summary_of, to_json, to_text

__all__ = [
    "Change",
    "Compared",
    "Difference",
    "Line",
    "Outputs",
    "Pair",
    "Part",
    "Side",
    "StepDifference",
    "changed_facts",
    "compare",
    "compare_step",
    "pairs_of",
    "run_to_text",
    "step_to_text",
    "summary_of",
    "to_json",
    "to_text",
]
