"""The limits of a session on MySQL or MariaDB: the variables that hold them, and which may be set. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from ...limits import Limits, span

ROW, TABLE = "innodb_lock_wait_timeout", "lock_wait_timeout"
"""For locks. The servers' own are a minute and a day or more, so nobody has chosen them for a session."""


class MysqlLimits:
    def __init__(self, *, is_maria: bool) -> None:
        self._name, self._unit = ("max_statement_time", 1.0) if is_maria else ("max_execution_time", 1000.0)
        self._only = "" if is_maria else " (of statements that read)"
        self._ours: dict[str, set[float]] = {self._name: {0.0}}
        """Each variable → the values that may be replaced: those it was given here, and what stands for no limit.
        Another one is the server's or the document's."""

    @property
    def names(self) -> Sequence[str]:
        return (ROW, TABLE, self._name)

    def to_set(self, limits: Limits, there: Mapping[str, float]) -> Mapping[str, float]:
        """`there` are the values in force."""
        lock = max(1.0, math.ceil(limits.lock))
        wanted = {ROW: lock, TABLE: lock, self._name: limits.statement * self._unit}
        found = {name: value for name, value in wanted.items() if there[name] in self._ours.get(name, {there[name]})}
        for name, value in found.items():
            self._ours.setdefault(name, set()).add(value)
        return found

    def sentence(self, there: Mapping[str, float]) -> str:
        return f"lock wait {span(there[ROW])}, {self._name} {span(there[self._name] / self._unit)}{self._only}"
