"""What is seen in a program of another language, and how its strings and comments are found."""

from __future__ import annotations

from typing import NamedTuple

from ..levels import Level
from .verdict import Category


class Seen(NamedTuple):
    """What a program turned out to do, and the shell commands it holds as strings."""

    level: Level
    category: Category
    rule: str
    why: str
    shell: tuple[str, ...] = ()


STRING = r"""'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`"""
