"""What a shell knows while its commands are walked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ..syntax.script import Command

Locate = Callable[[int, int], tuple[int, int]]


@dataclass(slots=True)
class Shell:
    """What one shell knows while its commands are walked. A subshell works on a copy."""

    values: dict[str, str] = field(default_factory=dict)
    functions: dict[str, tuple[tuple[Command, ...], Frame]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    """Function → its body as text, for the steps after this one."""
    aliases: dict[str, str] = field(default_factory=dict)
    downloads: set[str] = field(default_factory=set)
    """Files that were fetched and that nobody has read."""
    directory: str = ""

    def copy(self) -> Shell:
        return Shell(
            dict(self.values),
            dict(self.functions),
            dict(self.texts),
            dict(self.aliases),
            set(self.downloads),
            self.directory,
        )


@dataclass(frozen=True, slots=True)
class Frame:
    """A text being walked: the judged one, or one inside it."""

    text: str
    locate: Locate
    """Its places → places in the judged text."""
