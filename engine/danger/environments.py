"""Where a command's words say that it works in a place that weighs more."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from ..levels import Level
from .pattern import Words, globs
from .surroundings import Environment, Surroundings
from .verdict import LEVELS


class Environments:
    """The environments of a policy, asked about one command at a time."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._all = surroundings.policy.environments
        self._of_run = surroundings.environment
        self._weighing = {level for environment in self._all for level in environment.raises}

    def raised(self, level: Level, words: Sequence[str]) -> tuple[Level, str]:
        """The level here, and the environment that made it higher; empty when none did."""
        named = ""
        if level not in self._weighing:  # nearly always
            return level, named
        for environment in self._of(words):
            to = environment.raises.get(level, level)
            if LEVELS.index(to) > LEVELS.index(level):
                level, named = to, environment.name
        return level, named

    def _of(self, words: Sequence[str]) -> Iterator[Environment]:
        for environment, matches in self._matchers:
            if environment.name == self._of_run or any(matches(part) for word in words for part in _parts(word)):
                yield environment

    @cached_property
    def _matchers(self) -> list[tuple[Environment, Words]]:
        return [(one, globs("|".join(one.match), True) if one.match else _never) for one in self._all]


def _never(_word: str) -> bool:
    return False


def _parts(word: str) -> list[str]:
    """The names in a word: `--context=prod`, `orders.prod.example.com`, `prod/app`."""
    return [word, *re.split(r"[=/:@.]", word)]
