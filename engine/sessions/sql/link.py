"""What the session asks of a connection to a database, whichever kind it is.

A link is used by one thread; `cancel` and `cut` may be called from another one while a statement runs.
"""

from __future__ import annotations

import select
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from ...databases import Dialect
from ...limits import Limits

Say = Callable[[str], None]
"""Takes a line for the operator, without its line end."""
Ask = Callable[[str], str | None]
"""Asks the operator for a secret; None when there is no answer."""

CONNECT_SECONDS = 10
"""For a host that accepts a connection and says nothing, too."""
CANCEL_SECONDS = 0.8
"""For telling the server to stop; where that does not work the connection is cut."""


class DatabaseError(Exception):
    """What the database, or the way to it, has to say, as one text for the operator."""

    def __init__(
        self,
        message: str,
        *,
        place: int | None = None,
        lost: bool = False,
        read_only: bool = False,
        timed_out: bool = False,
        undone: bool = False,
    ) -> None:
        super().__init__(message)
        self.place = place
        """Offset into the statement, where the server names one."""
        self.lost = lost
        """The connection is gone."""
        self.read_only = read_only
        """It would have written where nothing may."""
        self.timed_out = timed_out
        """A limit of the connection ended it; the message says which."""
        self.undone = undone
        """The server has rolled the whole transaction back, not only the statement."""


class PasswordWanted(DatabaseError):
    """The server lets nobody in with the password there is, or with none."""


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    numeric: bool | None = None
    """None where only the values tell."""


class Result(Protocol):
    """What a statement answers. Rows come from the server as they are read, a bounded number at a time."""

    @property
    def columns(self) -> Sequence[Column] | None:
        """None for a statement that answers no rows."""
        ...

    def rows(self) -> Iterator[Sequence[object]]: ...

    @property
    def affected(self) -> int | None:
        """Known once the rows are read; None where the server counts nothing."""
        ...

    @property
    def last_key(self) -> int | None:
        """What the database numbered a row that the statement inserted; None where it numbered none, or does not
        tell."""
        ...

    def close(self) -> None:
        """What is left is not read: the server is told to stop."""
        ...

    def more(self) -> Result | None:
        """What a procedure answers besides, once the rows of this are read."""
        ...


def readable(descriptor: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))


class Link(Protocol):
    dialect: Dialect

    @property
    def greeting(self) -> str:
        """Where this is, with the limits in force; empty where there is nothing to say."""
        ...

    @property
    def in_transaction(self) -> bool: ...

    @property
    def waits_for(self) -> str:
        """What the running statement waits for as far as somebody has looked, with who is in its way; empty where it
        waits for nothing, or nobody knows. Any thread may ask."""
        ...

    def limit(self, limits: Limits) -> None:
        """In force from the next statement on, but for those that the server or the document has set itself."""
        ...

    def run(self, statement: str) -> Result:
        """One statement. Raises `DatabaseError`, as reading its rows does."""
        ...

    def ask(self, statement: str, values: Sequence[str | None]) -> Result:
        """A query of Oncue's own, with values for `$1`, `$2`, …"""
        ...

    def is_alive(self) -> bool:
        """Asks the server when it has not been heard of for a while."""
        ...

    @property
    def whereabouts(self) -> str:
        """How to see on the server whether it still runs something for this connection; empty where there is no
        server."""
        ...

    def cancel(self) -> str:
        """End the running statement on the server, also when it waits for a lock. Does nothing when none runs.
        Answers why the server could not be told; empty when it was."""
        ...

    def cut(self) -> None:
        """Break the connection under a statement that minds no cancelling."""
        ...

    def close(self) -> None: ...
