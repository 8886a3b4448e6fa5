"""One command as the rules see it: its name, its line taken apart, and where and how it runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .options import CommandLine, Option
from .stream import Stream
from .words import Arg


class Setting(NamedTuple):
    """Where and how a command runs."""

    host: str = ""
    """The machine or pod it runs on, when it is not this one."""
    is_bulk: bool = False
    """It runs many times, on what is only known then: a loop, `xargs`, `find -exec`."""
    stdin: Stream | None = None
    shares: bool = False
    """Its code runs in this very shell, as that of `eval` does."""
    is_stripped: bool = False
    """On the way in something may have taken variables away, exported ones too: `sudo`, `env -i`, a container."""
    depth: int = 0
    """How many shells and wrappers deep."""

    def deeper(self) -> Setting:
        return self._replace(depth=self.depth + 1)


class Invocation(NamedTuple):
    tool: str
    name: Arg
    args: tuple[Arg, ...]
    line: CommandLine
    setting: Setting
    source: str
    """The text the arguments' places are in."""
    directory: str = ""
    """Where it runs, as far as `cd` before it tells."""

    @property
    def operands(self) -> Sequence[Arg]:
        return self.line.operands if not self.line.rest else (*self.line.operands, *self.line.rest)

    @property
    def options(self) -> Sequence[Option]:
        return self.line.options

    def written(self, arg: Arg) -> str:
        """The argument as it stands in the text."""
        return self.source[arg.start : arg.end]

    def holds(self, name: str, operands: Sequence[Arg]) -> bool:
        from .properties import PROPERTIES

        return PROPERTIES[name](self, operands)
