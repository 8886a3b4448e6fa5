"""What a run keeps secret, and the one place where it is masked: output before it is stored, shown or hashed, events
before they are appended, texts before a client sees them.
"""

from __future__ import annotations

import io
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from typing import TextIO, TypeVar

from .danger import Verdict
from .events import Said
from .preparing import Prepared
from .redact import Redactor, StreamRedactor, why_not
from .redact.events import masked
from .sessions.contract import TerminalMode, Waiting

IDLE_SECONDS = 0.015
"""What may still become a secret is held back so long and then shown: shorter than a person or a prompt would notice,
longer than any program pauses within a line it is writing."""
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

    def __init__(self, redactor: Redactor | None = None) -> None:
        self._redactor = redactor or Redactor()
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

    def text(self, text: str) -> str:
        return self._redactor.text(text)

    def event(self, event: AnySaid) -> AnySaid:
        return masked(event, self._redactor)

    def prepared(self, prepared: Prepared) -> Prepared:
        """As a client may see it."""
        text = self.text(prepared.text)
        verdict = self._verdict(prepared.verdict)
        if text != prepared.text:  # places in the text have moved
            verdict = replace(verdict, span=(0, len(text)))
        return replace(
            prepared,
            text=text,
            verdict=verdict,
            problem=self.text(prepared.problem),
            ran_before=tuple(map(self.text, prepared.ran_before)),
        )

    def waiting(self, waiting: Waiting) -> Waiting:
        return replace(waiting, last_line=self.text(waiting.last_line))

    def _verdict(self, verdict: Verdict) -> Verdict:
        dry_run = verdict.dry_run and replace(
            verdict.dry_run, form=self.text(verdict.dry_run.form), note=self.text(verdict.dry_run.note)
        )
        return replace(verdict, why=self.text(verdict.why), target=self.text(verdict.target), dry_run=dry_run)

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
    def typing(self, data: bytes) -> Iterator[Callable[[], None]]:
        """Around typing into a step. What is yielded is called when echo was off: the line is a secret then, and no
        output passes before that is known."""
        with self._turn if len(data) <= AT_ONCE_BYTES else nullcontext():
            yield lambda: self._hide(data)

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


class MaskedOutput:
    """`take` is a session's sink."""

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
        self._fed_at = 0.0

    @property
    def redactions(self) -> Mapping[str, int]:
        return dict(self._stream.counts)

    def adopt(self, redactor: Redactor) -> None:
        self._stream.adopt(redactor)

    def take(self, data: bytes, mode: TerminalMode) -> None:
        with self._turn:
            self.mode = mode
            if out := self._stream.feed(data):
                self._deliver(out, mode)
            if self._stream.holding:
                self._fed_at = time.monotonic()
                self._pace.wait_for(self)

    def end(self) -> None:
        with self._turn:
            self._give_out()

    def idle_in(self) -> float:
        """Seconds until what is held back is due; the seconds are over when it is."""
        return self._fed_at + IDLE_SECONDS - time.monotonic()

    def give_out_when_idle(self) -> bool:
        """On the thread of `Pace`. False when output has come in between."""
        with self._turn:
            if self._stream.holding and self.idle_in() > 0:
                return False
            try:
                self._give_out()
            except Exception as error:  # noqa: BLE001 - a border: the step's own thread hears of it through `fail`
                self._fail(error)
            return True

    def _give_out(self) -> None:
        if out := self._stream.flush():
            self._deliver(out, self.mode)


class Pace:
    """A thread that gives out what has been held back for long enough. It is started when something first is."""

    def __init__(self) -> None:
        self._waiting: MaskedOutput | None = None
        self._wake = threading.Event()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def wait_for(self, output: MaskedOutput) -> None:
        self._waiting = output
        if not self._wake.is_set():
            self._wake.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="held-back output", daemon=True)
            self._thread.start()

    def close(self) -> None:
        self._closed.set()
        self._wake.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _work(self) -> None:
        while self._wake.wait() and not self._closed.is_set():
            self._wake.clear()
            output = self._waiting
            while output is not None and not self._closed.is_set():
                if (left := output.idle_in()) > 0:
                    self._closed.wait(left)
                elif output.give_out_when_idle():
                    break


class MaskedErrors(io.TextIOBase):
    """Standard error of the run's process, whose log is a file like any other."""

    def __init__(self, stream: TextIO, masking: Masking) -> None:
        self._stream = stream
        self._masking = masking

    def write(self, text: str) -> int:
        self._stream.write(self._masking.text(text))
        self._stream.flush()
        return len(text)
