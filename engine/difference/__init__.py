"""Two runs side by side, step by step: what was done in one and not in the other, and what came out differently.

Pure: whoever asks brings the states and the outputs. Times, ids and the like differ between any two runs and are not
told; what could not be compared counts as different.
"""

from .comparing import compare
from .facts import Difference, Outputs, Side
from .wording import to_json, to_text

__all__ = ["Difference", "Outputs", "Side", "compare", "to_json", "to_text"]
