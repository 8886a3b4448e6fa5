"""What a run keeps secret, and the one place where it is masked: output before it is stored, shown or hashed, events
before they are appended, texts before a client sees them.
"""

from __future__ import annotations

import io
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from typing import NamedTuple, TextIO, TypeVar

from .danger import Verdict
from .events import Said
from .preparing import Prepared
from .redact import Redactor, StreamRedactor, maybe_secret, secrets_of, why_not
from .redact.events import masked
from .sessions.contract import TerminalMode, Waiting

IDLE_SECONDS = 0.015
"""What may still become a secret is held back so long and then shown: shorter than a person or a prompt would notice,
longer than any program pauses within a line it is writing."""
JOIN_SECONDS = 0.004
JOIN_BYTES = 64 << 10
"""Reads that follow each other faster than this are looked at together, as soon as they are so many bytes: the search
lets other threads run, and waiting for its turn again after each read of 4 KiB takes longer than the search."""
BOUND_BYTES = 1 << 20
"""More than this does not wait; the reader does the work itself then."""
AT_ONCE_BYTES = 256
"""So much fits into a terminal's queue, whatever the step does."""
MASK = re.compile(r"\[secret:[A-Za-z0-9_.-]+\]")
TYPED = "typed"
"""Name of what was typed while echo was off."""

Deliver = Callable[[bytes, TerminalMode], None]
AnySaid = TypeVar("AnySaid", bound=Said)


def holds_mask(text: str) -> bool:
    return MASK.search(text) is not None


class Masking:
    """The run's secrets, growing as they become known. Any thread may call it."""

    def __init__(self, redactor: Redactor | None = None, secret_names: Sequence[str] = ()) -> None:
        """`secret_names` are globs over names of variables whose values are secret whatever they look like."""
        self._redactor = redactor or Redactor()
        self._secret_names = tuple(secret_names)
        self._turn = threading.RLock()
        """Held while output passes, and while the secrets change."""
        self._output: MaskedOutput | None = None
        self._hidden = bytearray()
        self._pace = Pace()

    def learn(self, name: str, value: str | bytes) -> str:
        """From now on the value is masked. Answers why it cannot be, as the end of a sentence; empty when it is."""
        data = value if isinstance(value, bytes) else value.encode(errors="surrogateescape")
        with self._turn:
            self._redactor = self._redactor.with_secret(name, data)
            if self._output is not None:
                self._output.adopt(self._redactor)
        return why_not(data)

    def learn_of_shell(self, values: Mapping[str, str]) -> frozenset[str]:
        """Names of those variables of a shell that may hold secrets. What certainly is one is masked from now on."""
        secrets = secrets_of(values, self._secret_names)
        for name, value in secrets.items():
            self.learn(name, value)
        return frozenset(secrets) | {name for name, value in values.items() if maybe_secret(name, value)}

    def text(self, text: str) -> str:
        return self._redactor.text(text)

    def event(self, event: AnySaid) -> AnySaid:
        return masked(event, self._redactor)

    def prepared(self, prepared: Prepared) -> Prepared:
        """As a client may see it."""
        text = self.text(prepared.text)
        verdict = self._verdict(prepared.verdict)
        moved = text != prepared.text
        if moved:  # places in the text are not what they were
            verdict = verdict._replace(span=(0, len(text)))
        return replace(
            prepared,
            text=text,
            inputs=() if moved else prepared.inputs,
            verdict=verdict,
            problem=self.text(prepared.problem),
            database=self.text(prepared.database),
            endless=self.text(prepared.endless),
            warnings=tuple(map(self.text, prepared.warnings)),
            ran_before=tuple(map(self.text, prepared.ran_before)),
            held=tuple((name, self.text(value)) for name, value in prepared.held),
        )

    def waiting(self, waiting: Waiting) -> Waiting:
        return replace(waiting, last_line=self.text(waiting.last_line))

    def _verdict(self, verdict: Verdict) -> Verdict:
        dry_run = verdict.dry_run and verdict.dry_run._replace(
            form=self.text(verdict.dry_run.form), note=self.text(verdict.dry_run.note)
        )
        return verdict._replace(why=self.text(verdict.why), target=self.text(verdict.target), dry_run=dry_run)

    # Output.

    @contextmanager
    def output(self, deliver: Deliver, fail: Callable[[Exception], None]) -> Iterator[MaskedOutput]:
        """One step's output on its way to `deliver`, complete when the context ends. What `deliver` raises on the
        thread that gives out what was held back goes to `fail`."""
        output = MaskedOutput(self._redactor.stream(), self._turn, deliver, fail, self._pace)
        with self._turn:
            self._output, self._hidden = output, bytearray()
        try:
            yield output
        finally:
            with self._turn:
                self._output = None
            output.end()

    def close(self) -> None:
        self._pace.close()

    # Typing.

    @contextmanager
    def typing(self, data: bytes) -> Iterator[Typing]:
        """Around typing into a step. A line typed while echo was off is a secret, and no output passes before that is
        known."""
        with self._turn if len(data) <= AT_ONCE_BYTES else nullcontext():
            yield Typing(self._n_printed(), partial(self._hide, data))

    def _n_printed(self) -> int | None:
        with self._turn:
            return None if self._output is None else self._output.n_printed

    def _hide(self, data: bytes) -> None:
        """Lines only: a program that takes single keys without echo, such as an editor, is not asking for a secret."""
        with self._turn:
            if self._output is None or not self._output.mode.canonical:
                self._hidden.clear()
                return
            for key in data:
                self._hide_key(key)

    def _hide_key(self, key: int) -> None:
        if key in b"\r\n":
            line = bytes(self._hidden)
            self._hidden.clear()
            if not why_not(line):
                self.learn(TYPED, line)
        elif key in b"\x7f\x08":
            del self._hidden[-1:]
        elif key in b"\x03\x15":
            self._hidden.clear()
        else:
            self._hidden.append(key)


class Typing(NamedTuple):
    after_bytes: int | None
    """Output of the step before these keys; None where no step prints."""
    hide: Callable[[], None]
    """To be called when echo was off."""


class MaskedOutput:
    """`take` is a session's sink. A single read is looked at as it comes; reads that follow each other fast are joined
    and looked at on the thread of `Pace`, because the reader of a terminal is what a flood waits for."""

    def __init__(
        self,
        stream: StreamRedactor,
        turn: threading.RLock,
        deliver: Deliver,
        fail: Callable[[Exception], None],
        pace: Pace,
    ) -> None:
        self.mode = TerminalMode()
        """As the last read found the terminal."""
        self._stream = stream
        self._turn = turn
        self._deliver = deliver
        self._fail = fail
        self._pace = pace
        self._reads: deque[tuple[bytes, TerminalMode]] = deque()
        """Not looked at yet; appended to by one thread, taken from in turn."""
        self._n_bytes = 0
        self._first_at = 0.0
        self._looked_at = 0.0
        self._error: Exception | None = None
        self._n_delivered = 0

    @property
    def n_printed(self) -> int:
        """Bytes so far, in turn: those that are held back count as if they stayed as they are."""
        return self._n_delivered + self._stream.held_bytes + sum(len(data) for data, _ in tuple(self._reads))

    @property
    def redactions(self) -> Mapping[str, int]:
        return dict(self._stream.counts)

    def adopt(self, redactor: Redactor) -> None:
        self._stream.adopt(redactor)

    def take(self, data: bytes, mode: TerminalMode) -> None:
        if self._error is not None:
            raise self._error
        now = time.monotonic()
        self.mode = mode
        if not self._n_bytes:
            self._first_at = now
        self._reads.append((data, mode))
        before = self._n_bytes
        self._n_bytes += len(data)
        if now - self._looked_at > JOIN_SECONDS or self._n_bytes >= BOUND_BYTES:
            with self._turn:
                self._look()
            if self._stream.holding:
                self._pace.attend(self)
        elif not before or before < JOIN_BYTES <= self._n_bytes:
            self._pace.attend(self)

    def end(self) -> None:
        """Gives out everything that was taken so far."""
        with self._turn:
            self._look()
            self._flush()

    def due_in(self) -> float | None:
        """Seconds until something has to be given out, not above 0 when it is time; None when there is nothing."""
        if self._n_bytes:
            at = 0.0 if self._n_bytes >= JOIN_BYTES else self._first_at + JOIN_SECONDS
        elif self._stream.holding:
            at = self._looked_at + IDLE_SECONDS
        else:
            return None
        return at - time.monotonic()

    def give_out(self) -> None:
        """What is due, on the thread of `Pace`."""
        with self._turn:
            try:
                if self._n_bytes:
                    self._look()
                elif (self.due_in() or 0) <= 0:
                    self._flush()
            except Exception as error:  # noqa: BLE001 - a border: the step's own thread hears of it
                self._error = error
                self._fail(error)

    def _look(self) -> None:
        self._n_bytes = 0
        self._looked_at = time.monotonic()
        for data, mode in self._joined():
            self._give(self._stream.feed(data), mode)

    def _joined(self) -> Iterator[tuple[bytes, TerminalMode]]:
        """Everything there is, the reads of one mode in one."""
        pieces: list[bytes] = []
        last = self.mode
        while self._reads:
            data, mode = self._reads.popleft()
            if pieces and mode != last:
                yield b"".join(pieces), last
                pieces = []
            pieces.append(data)
            last = mode
        if pieces:
            yield b"".join(pieces), last

    def _flush(self) -> None:
        self._give(self._stream.flush(), self.mode)

    def _give(self, out: bytes, mode: TerminalMode) -> None:
        if out:
            self._deliver(out, mode)
            self._n_delivered += len(out)


class Pace:
    """A thread for what is to be given out although nothing more is read. It is started when it is first needed."""

    def __init__(self) -> None:
        self._output: MaskedOutput | None = None
        self._wake = threading.Event()
        self._closed = False
        self._thread: threading.Thread | None = None

    def attend(self, output: MaskedOutput) -> None:
        self._output = output
        self._wake.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="masking", daemon=True)
            self._thread.start()

    def close(self) -> None:
        self._closed = True
        self._wake.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _work(self) -> None:
        while not self._closed:
            output = self._output
            left = output.due_in() if output is not None else None
            if output is not None and left is not None and left <= 0:
                output.give_out()
            else:
                self._wake.wait(left)
                self._wake.clear()


class MaskedErrors(io.TextIOBase):
    """Standard error of the run's process, whose log is a file like any other."""

    def __init__(self, stream: TextIO, masking: Masking) -> None:
        self._stream = stream
        self._masking = masking

    def write(self, text: str) -> int:
        self._stream.write(self._masking.text(text))
        self._stream.flush()
        return len(text)
