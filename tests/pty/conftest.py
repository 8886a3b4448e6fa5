"""A live shell to try steps in: run to the end at once, or begun and followed while they run."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from support.place import Place
from support.servers import Server, mariadb_server, postgres_server

from engine.sessions.bash import BashSession
from engine.sessions.contract import Outcome, Task, TerminalMode

SECONDS = 60.0

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in what a shell has put in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)


@dataclass
class Ran:
    """A step from outside: what it wrote and how it ended."""

    output: bytes = b""
    modes: list[TerminalMode] = field(default_factory=list)
    outcome: Outcome | None = None
    error: BaseException | None = None

    @property
    def status(self) -> str:
        assert self.outcome is not None
        return self.outcome.status

    @property
    def code(self) -> int | None:
        assert self.outcome is not None
        return self.outcome.exit_status

    @property
    def lines(self) -> list[str]:
        return self.output.decode(errors="replace").replace("\r\n", "\n").splitlines()


class LiveShell:
    """`run` waits for the step's end; `begin`, `sees`, `until` and `end` are for steps to be met half way."""

    def __init__(self, directory: Path, scratch: Path, environment: Mapping[str, str]) -> None:
        self.scratch = scratch
        self.session = BashSession(directory, environment, columns=100, rows=30, scratch=scratch)
        self._news = threading.Condition()
        self._thread: threading.Thread | None = None
        self._ran = Ran()

    def run(self, text: str, **task: object) -> Ran:
        self.begin(text, **task)
        return self.end()

    def begin(self, text: str, **task: object) -> None:
        self._ran = Ran()
        self._thread = threading.Thread(target=self._perform, args=(Task(text, **task), self._ran))  # type: ignore[arg-type]
        self._thread.start()

    @property
    def written(self) -> bytes:
        """What the running step has written so far."""
        return self._ran.output

    def sees(self, text: bytes) -> None:
        """Waits until the running step has written this."""
        self.until(lambda: text in self._ran.output)

    def until(self, happened: Callable[[], object]) -> None:
        until = time.monotonic() + SECONDS
        with self._news:
            while not happened():
                assert time.monotonic() < until, self._ran
                self._news.wait(0.002)

    def end(self) -> Ran:
        assert self._thread is not None
        self._thread.join(SECONDS)
        assert not self._thread.is_alive(), "the step has no end"
        if self._ran.error is not None:
            raise self._ran.error
        return self._ran

    def _perform(self, task: Task, ran: Ran) -> None:
        def sink(data: bytes, mode: TerminalMode) -> None:
            with self._news:
                ran.output += data
                ran.modes.append(mode)
                self._news.notify_all()

        try:
            ran.outcome = self.session.run(task, sink)
        except BaseException as error:  # noqa: BLE001 - raised again by `end`
            ran.error = error


@pytest.fixture
def open_shell(tmp_path: Path) -> Iterator[Callable[..., LiveShell]]:
    """Opens shells with an environment of their own; all are closed at the end."""
    opened: list[LiveShell] = []

    def open_one(**environment: str) -> LiveShell:
        scratch = tmp_path / f"scratch-{len(opened)}"
        scratch.mkdir(mode=0o700)
        plain = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8", "TERM": "xterm-256color"}
        opened.append(LiveShell(tmp_path, scratch, {**plain, **environment}))
        return opened[-1]

    yield open_one
    for shell in opened:
        shell.session.close()


@pytest.fixture
def shell(open_shell: Callable[..., LiveShell]) -> LiveShell:
    return open_shell()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture(autouse=True)
def no_host_outlives_its_test(tmp_path: Path) -> Iterator[None]:
    """A test that fails half way leaves a run that waits for its operator."""
    yield
    for address in tmp_path.rglob("*.hosts/*.host"):
        pid = json.loads(address.read_text() or "{}").get("pid")
        with suppress(ProcessLookupError):
            if pid:
                os.kill(pid, signal.SIGKILL)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    with postgres_server() as server:
        if isinstance(server, str):
            pytest.skip(server)
        yield server


@pytest.fixture(scope="session")
def mariadb() -> Iterator[Server]:
    with mariadb_server() as server:
        if isinstance(server, str):
            pytest.skip(server)
        yield server
