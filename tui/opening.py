"""How the app gets at a run: the slow part of a start, done on a thread, so that the first frame does not wait."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from engine.cli.opening import Opening
    from engine.client import Client
    from engine.launch import HostProcess
    from engine.model import Runbook
    from engine.permission import Permission

CLIENT = "cockpit"
MOST_BEHIND = 64 * 1024
"""Output that a screen may still want to show; what is further behind is read back from the trail."""


class Opened(NamedTuple):
    client: Client
    runbook: Runbook
    permission: Permission
    trail: Path
    remarks: tuple[str, ...]


class Opener(Protocol):
    def read(self) -> None: ...

    def sections(self) -> Sequence[tuple[tuple[str, ...], str]]:
        """Path and label of those of which the operator has to pick one; empty when it is clear what is walked."""
        ...

    def connect(self, section: tuple[str, ...]) -> Opened: ...

    def close(self) -> None: ...


def opener_of(words: Sequence[str]) -> CommandOpener:
    """For a command line that is made here. Its host is on its way; `close` the opener when it is not wanted."""
    from engine.cli.main import parsed_command, start_host

    arguments = parsed_command(list(words))
    document = arguments.file if "file" in arguments else None
    return CommandOpener(arguments, start_host(document) if arguments.needs_host else None)


class CommandOpener:
    """For `oncue run`, `attach` and `resume`. Its methods raise `OncueError`, in the order of their use."""

    def __init__(self, arguments: argparse.Namespace, host: HostProcess | None) -> None:
        self._arguments = arguments
        self._host = host

    def read(self) -> None:
        from engine.cli.opening import opening_of  # what it needs is read while the first frame is already there

        self._opening: Opening = opening_of(self._arguments, self._host)
        self._runbook = self._opening.read()

    def sections(self) -> Sequence[tuple[tuple[str, ...], str]]:
        return [(one.path, " › ".join(one.path)) for one in self._opening.choices()]

    def connect(self, section: tuple[str, ...]) -> Opened:
        opening = self._opening
        client = opening.connect(CLIENT, section, most_behind=MOST_BEHIND)
        client.catch_up()
        remarks = (*opening.remarks(), *opening.give(client))
        return Opened(client, self._runbook, opening.permission, opening.trail, remarks)

    def close(self) -> None:
        """A host that was never told what to run ends."""
        if self._host is not None:
            self._host.abandon()
