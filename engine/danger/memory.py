"""What a shell knows while its commands are walked, and the text it is walked in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from ..syntax.script import Command
from .invocation import Setting

Locate = Callable[[int, int], tuple[int, int]]


class Frame(NamedTuple):
    """A text being walked: the judged one, or one inside it."""

    text: str
    locate: Locate
    """Its places → places in the judged text."""
    is_whole: bool = False
    """It is the judged text itself."""


@dataclass(slots=True)
class Shell:
    """One shell. A subshell works on a copy."""

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

    def path(self, value: str) -> str:
        """A relative path stands in the directory the text went to."""
        is_relative = not value.startswith(("/", "~", "$", "\ufffc"))
        return f"{self.directory.rstrip('/')}/{value.removeprefix('./')}" if is_relative and self.directory else value


class Here(NamedTuple):
    """Where the walk stands."""

    shell: Shell
    setting: Setting
    frame: Frame

    def inside(self) -> Here:
        """In a subshell: what it sets is gone afterwards."""
        return self._replace(shell=self.shell.copy())

    def reading(self, setting: Setting) -> Here:
        return self._replace(setting=setting)
