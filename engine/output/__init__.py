"""Output on its way to a screen: bytes made safe for a terminal, one line made visible, lines kept within bounds.

What a program prints is data. Nothing in it reaches the operator's terminal that could set a title, fill a
clipboard, ask a question whose answer would be typed into the shell, or outlive the step.
"""

from .characters import visible
from .lines import OutputLines
from .terminal import TerminalFilter
from .underline import Shown, underlined

__all__ = ["OutputLines", "Shown", "TerminalFilter", "underlined", "visible"]
