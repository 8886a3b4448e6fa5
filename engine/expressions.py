"""Regular expressions that are compiled when they are first used: a command uses few of the hundreds there are."""

from __future__ import annotations

import re
from typing import Any, cast


class _Expression:
    """Takes the compiled expression's methods over at the first one that is asked for."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._pattern = pattern
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # of the object itself: copying and pickling ask for them
            raise AttributeError(name)
        compiled = re.compile(self._pattern, self._flags)
        taken = ("match", "search", "fullmatch", "finditer", "findall", "sub", "subn", "split", "pattern", "flags")
        self.__dict__.update({each: getattr(compiled, each) for each in taken})
        return getattr(compiled, name)


def expression(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Like `re.compile`, later. What it returns cannot be handed to a function of `re` in place of a pattern."""
    return cast("re.Pattern[str]", _Expression(pattern, flags))
