"""A cockpit in one process: the real runner, trail, connection, client, bridge and screen, with a shell that only acts.

What its steps do is told by their first word. Nothing here waits for a time: it waits until something is so.
"""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from textual import events
from textual.pilot import Pilot
from textual.screen import Screen

from engine import commands as c
from engine import events as e
from engine.address import Address
from engine.client import Client
from engine.config.settings import Settings
from engine.guard import Guard
from engine.judging import judging_for
from engine.keyboard import PATIENCE_SECONDS
from engine.limits import BUILT_IN, Limits
from engine.model import Runbook
from engine.parse import read_runbook
from engine.permission import Permission
from engine.plan import choices_of, steps_of
from engine.runner import Runner
from engine.serving import Connection, Host
from engine.sessions.contract import Outcome, Session, Signal, Sink, Task, TerminalMode, Uncommitted, Waiting
from engine.state import RunState
from engine.trail import TrailReader, TrailWriter
from engine.variables import find
from tui.app import OncueApp
from tui.keys import ACTIONS
from tui.opening import Opened
from tui.screens.gate import GateScreen
from tui.screens.run import RunScreen
from tui.widgets.key_bar import KeyBar
from tui.widgets.notice import Notice

ACTOR = e.Actor(login="alice", uid=os.getuid(), euid=os.geteuid(), host="bastion", tty="/dev/pts/3", pid=1)
EPOCH = datetime(2026, 11, 3, 3, 12, tzinfo=UTC)
RUN_ID = "20261103-031200-c0ffee"
TURN = 0.002
"""Seconds for the run's threads to have theirs, between two looks."""
PATIENCE = 10.0
"""Seconds until something that should be so soon is taken for something that never will be."""


Answer = Callable[[Mapping[str, Any]], Mapping[str, Any]]


class ActingShell:
    """Does what the first word of a text says, and remembers how it was asked to end."""

    def __init__(self) -> None:
        self.tasks: list[Task] = []
        self.typed = b""
        self.signals: list[Signal] = []
        self.minds = "INT"
        """The softest signal that ends a step which goes on by itself."""
        self._ended = threading.Event()
        self._waiting: Waiting | None = None

    def run(self, task: Task, sink: Sink) -> Outcome:
        self.tasks.append(task)
        self.signals.clear()
        self._ended.clear()
        words = task.text.split()
        outcome = ACTS.get(words[0], _succeed)(self, task, sink)
        self._waiting = None
        return outcome

    def go_on_until_told(self, last_line: str | None = None, mode: TerminalMode | None = None) -> bool:
        """True when a line was typed, False when it was interrupted."""
        if last_line is not None:
            self._waiting = Waiting(last_line, mode=mode or TerminalMode())
        assert self._ended.wait(60), "a step that nobody ended"
        return bool(self.typed.endswith((b"\r", b"\n")))

    def interrupt(self) -> Signal:
        signal: Signal = ("INT", "TERM", "KILL")[min(len(self.signals), 2)]
        self.signals.append(signal)
        if signal in (self.minds, "KILL"):
            self._ended.set()
        return signal

    def write(self, data: bytes) -> bool:
        self.typed += data
        if data.endswith((b"\r", b"\n")):
            self._ended.set()
        return True

    def waiting(self) -> Waiting | None:
        return self._waiting

    def resize(self, columns: int, rows: int) -> None:
        del columns, rows

    def close(self) -> None:
        self._ended.set()


def _succeed(_shell: ActingShell, task: Task, sink: Sink) -> Outcome:
    sink(f"{task.title or task.text}: done\r\n".encode(), TerminalMode())
    return Outcome("succeeded", 0, directory="/srv")


def _list(_shell: ActingShell, _task: Task, sink: Sink) -> Outcome:
    for number in range(1, 31):
        sink(f"\x1b[32mused_memory_human:{number}.98G\x1b[0m maxmemory_policy:allkeys-lru\r\n".encode(), TerminalMode())
    return Outcome("succeeded", 0, directory="/srv")


def _fail(_shell: ActingShell, _task: Task, sink: Sink) -> Outcome:
    sink(b"cannot connect: connection refused\r\n", TerminalMode())
    return Outcome("failed", 1, directory="/srv", message="exit status 1")


def _go_on(shell: ActingShell, _task: Task, sink: Sink) -> Outcome:
    sink(b"first line\r\n", TerminalMode())
    shell.go_on_until_told()
    return Outcome("interrupted", 130, directory="/srv")


def _ask(shell: ActingShell, _task: Task, sink: Sink) -> Outcome:
    sink(b"Go on? [y/N] ", TerminalMode())
    answered = shell.go_on_until_told("Go on? [y/N] ")
    return Outcome("succeeded", 0) if answered else Outcome("interrupted", 130)


def _write(shell: ActingShell, task: Task, sink: Sink) -> Outcome:
    """A statement that is held until somebody decides."""
    del shell
    sink(b"3 row(s) affected\r\n", TerminalMode())
    decision = task.decide(Uncommitted(task.text, 3)) if task.decide else "commit"
    return Outcome("succeeded" if decision == "commit" else "failed", None)


def _take_screen(shell: ActingShell, _task: Task, sink: Sink) -> Outcome:
    sink(b"\x1b[?1049hfull screen", TerminalMode(echo=False, canonical=False, alternate_screen=True))
    shell.go_on_until_told()
    return Outcome("interrupted", 130)


ACTS: Mapping[str, Callable[[ActingShell, Task, Sink], Outcome]] = {
    "uptime": _succeed,
    "df": _list,
    "grep": _fail,
    "tail": _go_on,
    "cat": _ask,
    "less": _take_screen,
    "UPDATE": _write,
}


class Desk:
    """A run with its host's part, and the operator's clients of it."""

    def __init__(
        self,
        folder: Path,
        document: str,
        *,
        section: tuple[str, ...] = (),
        incident: str | None = None,
        session: Session | None = None,
        limits: Limits = BUILT_IN,
        **about: Any,
    ) -> None:
        """`session` in place of the shell that acts; `about` is what else the run's first event says."""
        self.folder = folder
        self.trail = folder / "audit.db"
        self.path = folder / "redis.md"
        self.path.write_text(document)
        self.runbook: Runbook = read_runbook("redis.md", document.encode())
        self.shell = ActingShell()
        self.now = EPOCH
        self._about = {"section": section, "incident": incident, **about}
        self._session = session or self.shell
        self._limits = limits
        self._writer = TrailWriter.open(self.trail, floor_bytes=0)
        self._clients: list[Client] = []
        self._peers: list[socket.socket] = []
        self.asked: list[str] = []
        """What its clients asked, in order."""
        self.runner = self._new_runner(())
        self.runner.begin(document.encode(), self._started(), ACTOR)
        self._serve()

    # Arranging.

    @property
    def state(self) -> RunState:
        return self.runner.state

    @property
    def head(self) -> str:
        with TrailReader.open(self.trail) as reader:
            return reader.head(RUN_ID)

    def step_id(self, title: str) -> str:
        return next(step.id for step in self.runbook.steps if step.title == title)

    def do(self, command: c.AnyCommand) -> None:
        self.runner.submit(command, ACTOR)

    def go_to(self, title: str) -> None:
        self.do(c.Select(step_id=self.step_id(title)))

    def start(self, title: str, **more: Any) -> None:
        """Go to a step and start it, whatever its verdict."""
        self.go_to(title)
        step_id = self.step_id(title)
        prepared = self.runner.prepare(step_id)
        answer = {"approval": "typed", "typed": prepared.verdict.target, "again": True, **more}
        self.do(c.Start(step_id=step_id, text=prepared.text, **answer))

    def finish(self, title: str) -> None:
        self.start(title)
        assert self.runner.wait_idle(PATIENCE)

    def crash(self, title: str) -> None:
        """The run's process dies in the middle of a step, and another one takes the run up."""
        self.go_to(title)
        step_id = self.step_id(title)
        intent = e.StepStarted(step_id=step_id, attempt=len(self.state.attempts) + 1, session="shell", text="df")
        self._writer.append(RUN_ID, (intent,), self._stamp(ACTOR))
        self._stop_serving()
        self.runner.close()
        with TrailReader.open(self.trail) as reader:
            self.runner = self._new_runner(reader.events(RUN_ID))
        self.runner.submit(c.Resume(resumed=e.RunResumed(document_changed=False)), ACTOR)
        self._serve()

    def break_trail(self) -> None:
        self.runner.fail("the disk is full", ACTOR)

    def attach(self, name: str = "plain", login: str = "bob") -> Client:
        """Another operator comes."""
        client = Client(self.address, name, ACTOR.model_copy(update={"login": login}))
        self._clients.append(client)
        client.catch_up()
        return client

    # The opener of the app.

    permission = Permission()

    def read(self) -> None:
        """The document has been read already."""

    def sections(self) -> Sequence[tuple[tuple[str, ...], str]]:
        return ()

    def connect(self, section: tuple[str, ...]) -> Opened:
        del section
        return Opened(self.attach("cockpit", "alice"), self.runbook, self.permission, self.trail, ())

    def close(self) -> None:
        for client in self._clients:
            client.hang_up()
        if self.state.asked is not None:
            self.do(c.Interrupt())  # nobody is left to answer
        self._stop_serving()
        self.runner.close()
        self._writer.close()

    # The host's part.

    def die(self) -> None:
        """The run's process is gone without a word."""
        for peer in self._peers:
            with suppress(OSError):  # gone already
                peer.shutdown(socket.SHUT_RDWR)

    def _serve(self) -> None:
        path = str(self.folder / "run.sock")
        Path(path).unlink(missing_ok=True)
        self.address = Address(RUN_ID, path, os.getpid())
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(path)
        self._listener.listen()
        self._host = Host(self.runner, self._listener, ACTOR, self.trail)
        self._accepting = threading.Thread(target=self._accept, args=(self._listener, self._host), daemon=True)
        self._accepting.start()
        self._watching = threading.Thread(target=self._close_when_over, args=(self.runner,), daemon=True)
        self._watching.start()

    def _accept(self, listener: socket.socket, host: Host) -> None:
        with suppress(OSError):  # shut down: nobody comes any more
            while True:
                peer = listener.accept()[0]
                self._peers.append(peer)
                connection = Connection(host, peer)
                connection._answers = {
                    what: partial(self._answer, what, answer) for what, answer in connection._answers.items()
                }
                connection.start()

    def _answer(self, what: str, answer: Answer, message: Mapping[str, Any]) -> Mapping[str, Any]:
        self.asked.append(what)
        return answer(message)

    def _close_when_over(self, runner: Runner) -> None:
        """As the host does: when the run is left or over its clients are told so."""
        from engine.feed import Cursor

        cursor = Cursor()
        while runner.feed.next(cursor) is not None:
            if runner.state.phase in ("left", "ended"):
                runner.feed.close()

    def _stop_serving(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._accepting.join()
        self.runner.feed.close()
        self._watching.join()
        self.die()
        self._host.drain()

    def _new_runner(self, recorded: tuple[e.Recorded, ...]) -> Runner:
        settings = Settings()
        judging = judging_for(self.runbook, {}, settings.policy, settings.environment)

        def open_session() -> Session:
            return self._session

        return Runner(
            run_id=RUN_ID,
            runbook=self.runbook,
            trail=self._writer,
            sessions={"shell": open_session, "sql": open_session},
            stamp=self._stamp,
            variables=find(self.runbook.steps, self.runbook.declared, {}),
            recorded=recorded,
            judging=judging,
            guard=Guard(self.runbook.expects, judging),
            patience=PATIENCE_SECONDS,
            limits=self._limits,
        )

    def _started(self) -> e.RunStarted:
        return e.RunStarted(
            title=self.runbook.title,
            path=self.runbook.path,
            document_sha256=self.runbook.sha256,
            version="0",
            plan=steps_of(self.runbook),
            choices=choices_of(self.runbook),
            shell_name="bash",
            directory="/srv",
            columns=80,
            rows=24,
            **self._about,
        )

    def _stamp(self, actor: e.Actor) -> e.Stamp:
        self.now += timedelta(seconds=1)
        mono_ns = int((self.now - EPOCH).total_seconds() * 1e9)
        return e.Stamp(at=self.now, mono_ns=mono_ns, boot_id="boot", actor=actor)


class Cockpit:
    """The operator's screen of a desk."""

    def __init__(self, desk: Desk, app: OncueApp, pilot: Pilot[Any]) -> None:
        self.desk, self.app, self.pilot = desk, app, pilot

    @property
    def run(self) -> RunScreen:
        return next(screen for screen in self.app.screen_stack if isinstance(screen, RunScreen))

    @property
    def screen(self) -> Screen[Any]:
        return self.app.screen

    @property
    def state(self) -> RunState:
        return self.run.situation.state

    @property
    def notice(self) -> str:
        """What the line above the keys says; empty while it says nothing."""
        return str(self.run.query_one(Notice).content)

    @property
    def offered(self) -> list[str]:
        """What the footer offers, as `key label`."""
        return [f"{one.key} {one.label}" for one in self.run.query_one(KeyBar).hints]

    @property
    def offers(self) -> str:
        return "  ".join(self.offered)

    @property
    def text(self) -> str:
        """Everything that is on the screen now."""
        strips = self.app.screen._compositor.render_strips()
        text = "\n".join("".join(segment.text for segment in strip) for strip in strips)
        return text.replace("\N{NO-BREAK SPACE}", " ")

    async def until(self, condition: Callable[[], object], what: str = "") -> None:
        """Raises when it never comes to be so."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"never so: {what or condition}\nnotice: {self.notice}\n{self.text}")
            await asyncio.sleep(TURN)

    def n_asked(self, what: str) -> int:
        """How often the host has been asked this."""
        return self.desk.asked.count(what)

    @property
    def n_told_size(self) -> int:
        """How often the run has been told the terminal's size."""
        return len(self.told_widths)

    @property
    def told_widths(self) -> list[int]:
        """How many columns, each time."""
        with TrailReader.open(self.desk.trail) as reader:
            events = [one.event for one in reader.events(RUN_ID)]
        return [one.columns for one in events if isinstance(one, e.TerminalResized)]

    async def asks(self, kind: type[Screen[Any]]) -> None:
        """A question or a drawer of this kind is open, and takes answers."""

        def is_open() -> bool:
            screen = self.app.screen
            return isinstance(screen, kind) and (not isinstance(screen, GateScreen) or screen._settling.settled)

        await self.until(is_open, f"a {kind.__name__}")
        await self.pilot._wait_for_screen()

    async def shows(self, words: str) -> None:
        await self.until(lambda: words in self.text, f"{words!r} on the screen")

    async def notes(self, sentence: str) -> None:
        await self.until(lambda: self.notice == sentence, f"{sentence!r} above the keys")

    async def hides(self, words: str) -> None:
        await self.until(lambda: words not in self.text, f"no {words!r} on the screen")

    async def rests(self) -> None:
        """Everything that was asked for has been done, or waits for the operator, and is shown."""
        seq = self.desk.state.seq
        ended = self.desk.state.phase in ("left", "ended")
        await self.until(lambda: ended or self.app.return_code is not None or self.state.seq >= seq, "in step")
        await self.until(lambda: not self.busy(), "at rest")
        await self.pilot._wait_for_screen()

    def busy(self) -> list[str]:
        """Work that is still going on by itself; a question that waits for its answer is none."""
        waits = self.app.screen is not self.run if self._has_run else False
        return [
            f"{one.group}:{one.name}"
            for one in self.app.workers
            if not one.is_finished and not (waits and one.group in ("do", "keyboard", "permitted"))
        ]

    @property
    def _has_run(self) -> bool:
        return any(isinstance(screen, RunScreen) for screen in self.app.screen_stack)

    async def send(self, *keys: str) -> None:
        """The keys as the terminal's driver would give them, without waiting for what comes of them."""
        driver = self.app._driver
        assert driver is not None
        for key in keys:
            event = events.Key(key, " " if key == "space" else key if len(key) == 1 else None)
            event.set_sender(self.app)
            driver.send_message(event)
            await asyncio.sleep(0)
            await self.pilot._wait_for_screen()

    async def press(self, *keys: str) -> None:
        """Each key once everything that came of the one before is done."""
        for key in keys:
            await self.send(key)
            await self.rests()

    async def answer(self, words: str) -> None:
        """Typed into the question that is open, with Enter."""
        await self.send(*("space" if one == " " else one for one in words))
        await self.press("enter")

    async def settled(self) -> None:
        """A step has ended and the screen shows it."""
        await self.until(lambda: self.desk.state.phase != "running", "the step's end")
        await self.rests()


@asynccontextmanager
async def cockpit(desk: Desk, size: tuple[int, int] = (110, 32), **app_wishes: Any) -> AsyncIterator[Cockpit]:
    """The cockpit, as it is once a run has been opened. `app_wishes` are `OncueApp`'s own."""
    app = OncueApp(desk, **app_wishes)
    try:
        async with app.run_test(size=size) as pilot:
            one = Cockpit(desk, app, pilot)
            await one.until(lambda: isinstance(app.screen, RunScreen) and app.listens, "the run screen")
            await one.rests()
            try:
                yield one
            finally:
                if app.bridge is not None:
                    app.bridge.close("left")
    finally:
        desk.close()


def key_of(action_id: str) -> str:
    return ACTIONS[action_id].key.split(",")[0]
