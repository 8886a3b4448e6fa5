"""A real host in its own process, driven through the client as any interface does."""

from __future__ import annotations

import os
import secrets
import signal
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from engine import clock
from engine import commands as c
from engine.address import Address, live
from engine.client import Client, Told
from engine.errors import HostUnreachable
from engine.feed import OutputPiece
from engine.launch import HostProcess
from engine.state import RunState, fold
from engine.trail import TrailReader, verify

SECONDS = 30


class Bench:
    """One folder with a trail in it, and the hosts started on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.trail = folder / "audit.db"
        self._clients: list[Client] = []
        self._pids: list[int] = []
        """Of every host that was started."""

    def close(self) -> None:
        """Whatever still runs is ended."""
        for address in live(self.trail):
            kill(address)
        for client in self._clients:
            client.hang_up()
        for pid in self._pids:
            os.kill(pid, signal.SIGKILL)  # nobody has waited for it yet, so it is still this one
            os.waitpid(pid, 0)

    def start(self, document: str, **more: object) -> tuple[Address, Client]:
        return self._launch(f"run-{secrets.token_hex(4)}", document=b64encode(document.encode()).decode(), **more)

    def resume(self, run_id: str) -> tuple[Address, Client]:
        return self._launch(run_id, resume=True)

    def attach(self, address: Address) -> Client:
        client = Client(address, "test", clock.this_actor(os.environ))
        self._clients.append(client)
        client.catch_up()
        return client

    def state(self, run_id: str) -> RunState:
        with TrailReader.open(self.trail) as reader:
            return fold(reader.events(run_id))

    def output(self, run_id: str, attempt: int) -> bytes:
        with TrailReader.open(self.trail) as reader:
            return b"".join(chunk.data for chunk in reader.output(run_id, attempt))

    def findings(self, run_id: str | None = None) -> list[str]:
        return [str(finding) for finding in verify(self.trail, run_id).findings]

    def _launch(self, run_id: str, **more: object) -> tuple[Address, Client]:
        actor = clock.this_actor(os.environ).model_dump(mode="json")
        request = {"trail": str(self.trail), "run_id": run_id, "path": "a.md", "actor": actor, **more}
        host = HostProcess(self.folder / f"{run_id}.log")
        try:
            address = host.launch(request)
            self._pids.append(address.pid)
        finally:
            host.abandon()
        return address, self.attach(address)


def run_current(client: Client) -> None:
    """Start the step the run stands on."""
    step_id = client.state.current
    assert step_id is not None
    prepared = client.ask("prepare", step_id=step_id)["prepared"]
    typed = prepared["verdict"]["target"]
    client.command(c.Start(step_id=step_id, text=prepared["text"], again=True, approval="typed", typed=typed))


def until(client: Client, done: Callable[[Client, Told], bool]) -> bytes:
    """Read what the host tells until `done`; answers the output told meanwhile. Raises when the host is gone."""
    output = b""
    while True:
        told = client.told(SECONDS)
        assert told is not None, "the host says nothing"
        if isinstance(told, OutputPiece):
            output += told.data
        if done(client, told):
            return output


def until_idle(client: Client) -> bytes:
    return until(client, lambda one, _told: one.state.phase != "running" and not one.pending)


@contextmanager
def host_dies(client: Client) -> Iterator[None]:
    """What is done inside may find the host gone; afterwards it is."""
    try:
        yield
        while True:
            client.told(SECONDS)
    except HostUnreachable:
        return


def kill(address: Address) -> None:
    os.kill(address.pid, signal.SIGKILL)
