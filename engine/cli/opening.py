"""A run on its way to whoever shows it: first what can be read without its host, then a client of the host.

Errors are `OncueError`s, and nothing has run when one is raised.
"""

from __future__ import annotations

import argparse
import os
import secrets
from base64 import b64encode
from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from .. import clock
from ..address import Address, live
from ..client import Client
from ..commands import SetVariable
from ..console import Console
from ..errors import UsageError
from ..events import Mode, RunResumed, RunStarted
from ..launch import HostProcess
from ..model import Runbook, Section
from ..parse import read_runbook
from ..permission import Permission
from ..redact import stays_visible, why_not
from ..trail import TrailReader
from ..variables import find
from . import document
from .approvals import approved_steps
from .configuring import databases_again, have_changed, maybe_read, read_again, to_request
from .giving import DEFAULT, Gift, given_values
from .pairs import database_pairs
from .trails import trail_of

if TYPE_CHECKING:
    from ..config.settings import Settings

Arguments = argparse.Namespace


class Opening(Protocol):
    """What a face of the program opens a run by, in this order: `read`, `choices`, `connect`, `give`."""

    permission: Permission

    @property
    def trail(self) -> Path: ...

    def read(self) -> Runbook: ...

    def choices(self) -> Sequence[Section]:
        """Sections of which the operator has to pick one first; empty when it is clear what is walked."""
        ...

    def connect(self, client: str, section: tuple[str, ...] = (), **wishes: Any) -> Client:
        """Start the host, or find it. `client` is the face's name; `wishes` are `Client`'s own."""
        ...

    def give(self, client: Client) -> Iterator[str]:
        """Hand over the values that are known already. Yields what the operator should know about them."""
        ...

    def remarks(self) -> Iterator[str]:
        """What the operator should know before the first step."""
        ...


class NewRun:
    def __init__(self, arguments: Arguments, host: HostProcess | None = None, mode: Mode = "live") -> None:
        """A host is only needed to `connect`, and started there when none is on its way."""
        if arguments.waive is not None and not arguments.waive.strip():
            raise UsageError("--waive: a reason is needed to pass over items, and this one is blank")
        self._arguments = arguments
        self._host = host
        self._mode = mode
        self._data = b""
        self.gift = Gift({}, ())
        self.settings: Settings | None = None
        self.section: tuple[str, ...] | None = None
        """What was named to be walked; None where one has to be picked."""
        self.permission = Permission(arguments.yes, arguments.waive)

    @property
    def trail(self) -> Path:
        return trail_of(self._arguments)

    def read(self) -> Runbook:
        arguments = self._arguments
        self._data, runbook = self._document()
        self.gift = self._gift(runbook)
        self.permission = Permission(arguments.yes, arguments.waive, approved_steps(runbook, arguments.approve))
        self.databases = self._databases()
        self.settings = self._settings(runbook)
        self._runbook = runbook
        self.section = self._named_section()
        return runbook

    def choices(self) -> Sequence[Section]:
        return () if self.section is not None else document.with_steps(self._runbook)

    def connect(self, client: str, section: tuple[str, ...] = (), **wishes: Any) -> Client:
        run_id = _new_run_id()
        request = {
            **_request(self._arguments, run_id, self._runbook.path, self.databases, self.settings),
            "document": b64encode(self._data).decode(),
            "mode": self._mode,
            "section": section if self.section is None else self.section,
            "incident": self._arguments.incident,
            **self._more(),
        }
        return _connect(_host_for(self._host).launch(request), client, **wishes)

    def give(self, client: Client) -> Iterator[str]:
        return _give(client, self.gift)

    def undecided(self) -> Iterator[str]:
        """What only a person can decide, where nobody sits at the run."""
        return iter(())

    def remarks(self) -> Iterator[str]:
        for problem in self._runbook.problems:
            yield f"{self._runbook.path}:{problem.line}: {problem.message}"

    # What is another thing where a run is not of a file.

    def _document(self) -> tuple[bytes, Runbook]:
        return document.open_runbook(self._arguments.file)

    def _place(self) -> Path:
        """Of the document, for the settings beside it."""
        return Path(self._arguments.file)

    def _settings(self, runbook: Runbook) -> Settings | None:
        return maybe_read(self._arguments, self._place(), runbook)

    def _databases(self) -> Mapping[str, str]:
        return database_pairs(self._arguments.db)

    def _gift(self, runbook: Runbook) -> Gift:
        return gift_of(self._arguments, runbook)

    def _more(self) -> Mapping[str, Any]:
        """Of a host's launch request."""
        return {}

    def _named_section(self) -> tuple[str, ...] | None:
        if self._arguments.alert:
            return document.section_of_alert(self._runbook, self._arguments.alert)
        if self._arguments.section:
            return document.find_section(self._runbook, self._arguments.section)
        return () if self._runbook.shape == "procedure" else None


class LiveRun:
    """One that has a host already."""

    def __init__(self, arguments: Arguments) -> None:
        self._arguments = arguments
        self._address = _live_run(arguments)
        self.permission = Permission()

    @property
    def trail(self) -> Path:
        return trail_of(self._arguments)

    def read(self) -> Runbook:
        return _frozen_runbook(self._arguments, self._address.run_id)

    def choices(self) -> Sequence[Section]:
        return ()

    def connect(self, client: str, section: tuple[str, ...] = (), **wishes: Any) -> Client:  # noqa: ARG002
        return _connect(self._address, client, **wishes)

    def give(self, client: Client) -> Iterator[str]:  # noqa: ARG002 - it was given everything by whoever began it
        return iter(())

    def remarks(self) -> Iterator[str]:
        return iter(())


class OpenRun:
    """One that was left open, or whose host died."""

    def __init__(self, arguments: Arguments, host: HostProcess) -> None:
        self._arguments = arguments
        self._host = host
        self.permission = Permission()
        with TrailReader.open(self.trail) as reader:
            alive = {address.run_id for address in live(self.trail)}
            self._run_id = reader.find_run(arguments.run) if arguments.run else _latest_open(reader, alive)
        if self._run_id in alive:
            raise UsageError(f"run {self._run_id} is alive; `oncue attach {self._run_id}` goes there")

    @property
    def trail(self) -> Path:
        return trail_of(self._arguments)

    def read(self) -> Runbook:
        runbook = _frozen_runbook(self._arguments, self._run_id)
        started, self._before = _began(self._arguments, self._run_id)
        near = Path(started.directory) / runbook.path
        self.settings = read_again(self._arguments, near, runbook, started, self._run_id)
        self._databases = databases_again(database_pairs(self._arguments.db), started, self._run_id)
        self._gift = gift_of(self._arguments, runbook)
        self._path = runbook.path
        return runbook

    def choices(self) -> Sequence[Section]:
        return ()

    def connect(self, client: str, section: tuple[str, ...] = (), **wishes: Any) -> Client:  # noqa: ARG002
        request = _request(self._arguments, self._run_id, self._path, self._databases, self.settings)
        return _connect(self._host.launch({**request, "resume": True}), client, **wishes)

    def give(self, client: Client) -> Iterator[str]:
        client.catch_up()
        if client.state.phase == "idle":
            known = {name for name, value in client.state.variables.items() if value is not None}
            yield from _give(client, self._gift, known)

    def remarks(self) -> Iterator[str]:
        if have_changed(self.settings, self._before):
            yield "the settings have changed since the run was started"


def opening_of(arguments: Arguments, host: HostProcess | None) -> Opening:
    """For `run`, `attach`, `resume`, `rerun` and `rehearse`, whichever was asked for."""
    if "from_disk" in arguments:
        from .rerun import RunAgain  # which is made of what is here

        return RunAgain(arguments, host)
    if "inject" in arguments:
        from .rehearse import Rehearsing

        return Rehearsing(arguments, host)
    if host is None:
        return LiveRun(arguments)
    return NewRun(arguments, host) if "file" in arguments else OpenRun(arguments, host)


def gift_of(arguments: Arguments, runbook: Runbook) -> Gift:
    variables = find(runbook.steps, runbook.declared, os.environ)
    return given_values(runbook, variables, arguments.var, arguments.var_file, os.environ)


def _give(client: Client, gift: Gift, known: Container[str] = ()) -> Iterator[str]:
    """Each value with where it came from; those of `known` only where the command line names them."""
    if gift.unused:
        yield f"no input of this runbook: {', '.join(gift.unused)} (--var-file)"
    for name, given in gift.values.items():
        if name not in known or not given.source.startswith(("$", DEFAULT)):
            client.command(SetVariable(name=name, value=given.value, secret=given.secret, source=given.source))
            if given.secret and (reason := why_not(given.value.encode(errors="surrogateescape"))):
                yield stays_visible(name, reason)


def _request(
    arguments: Arguments, run_id: str, path: str, databases: Mapping[str, str], settings: Settings | None
) -> dict[str, Any]:
    columns, rows = Console(os.environ).size
    return {
        "trail": str(trail_of(arguments)),
        "run_id": run_id,
        "path": path,
        "databases": databases,
        "settings": to_request(settings),
        "columns": columns,
        "rows": rows,
        "actor": clock.this_actor(os.environ).model_dump(mode="json"),
    }


def _host_for(host: HostProcess | None) -> HostProcess:
    if host is None:
        from .main import start_host  # which has loaded this file

        return start_host()
    return host


def _connect(address: Address, client: str, **wishes: Any) -> Client:
    return Client(address, client, clock.this_actor(os.environ), **wishes)


def _live_run(arguments: Arguments) -> Address:
    alive = live(trail_of(arguments))
    wanted = [one for one in alive if one.run_id.startswith(arguments.run or "")]
    if len(wanted) == 1:
        return wanted[0]
    with TrailReader.open(trail_of(arguments)) as reader:
        titles = {run.run_id: run.title for run in reader.runs(open_only=True)}
    listing = ", ".join(f"{one.run_id} ({titles.get(one.run_id, '?')})" for one in alive) or "none"
    if not wanted:
        raise UsageError(f"no such live run; live runs: {listing} (`oncue resume` brings a run back that has no host)")
    raise UsageError(f"which run? live runs: {listing}")


def _latest_open(reader: TrailReader, alive: Container[str]) -> str:
    """The newest run that nobody hosts any more."""
    waiting = [run.run_id for run in reader.runs(open_only=True) if run.run_id not in alive]
    if not waiting:
        raise UsageError("no run waits to be resumed; `oncue runs` lists them, `oncue attach` goes to a live one")
    return waiting[0]


def _frozen_runbook(arguments: Arguments, run_id: str) -> Runbook:
    """The document as the run started with it."""
    with TrailReader.open(trail_of(arguments)) as reader:
        path = next(one.path for one in reader.runs() if one.run_id == run_id)
        return read_runbook(path, reader.document(run_id))


def _began(arguments: Arguments, run_id: str) -> tuple[RunStarted, tuple[str, ...]]:
    """How a run began, and the settings that were in force when it last had a host."""
    with TrailReader.open(trail_of(arguments)) as reader:
        begun = [one.event for one in reader.events(run_id) if isinstance(one.event, RunStarted | RunResumed)]
    return next(one for one in begun if isinstance(one, RunStarted)), begun[-1].config


def _new_run_id() -> str:
    """Sorts by time and is short enough to type the beginning of."""
    return f"{datetime.now().astimezone():%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
