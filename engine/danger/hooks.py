"""Variables and places through which a shell runs something by itself, later."""

from __future__ import annotations

from ..expressions import expression

HIJACKING = frozenset({"LD_PRELOAD", "BASH_ENV", "ENV", "PROMPT_COMMAND", "PS0"})
"""Variables through which a later harmless command runs something else."""
PROMPTS = frozenset({"PS0", "PS1", "PS2", "PS4"})
"""Variables in which substitutions run whenever the shell shows them."""
SUBSCRIPT = expression(r"\[[^\]]*(?:\$\(|`)")
"""In an arithmetic context a subscript is evaluated, and what stands in it runs (Bash manual, Arrays)."""
STANDARD_PATH = expression(r"(?:/usr(?:/local)?/s?bin|/s?bin|/opt/[\w./-]+/s?bin|:|~?/[\w./-]*s?bin)+\Z")
