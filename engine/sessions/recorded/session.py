"""The session of a rehearsal: plays what answers a text, in its time, and takes keys and interrupts as a program does.

What nothing answers is asked for in the step's own terminal, so that every face of Oncue can ask it.
"""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from math import inf
from typing import NoReturn

from ...errors import DocumentError
from ...events import ShellRestarted, StepOutcome
from ...recording import OTHER_ANSWER, Asked, Piece, Typed
from ..contract import Decide, Outcome, Signal, Sink, Task, TerminalMode, Uncommitted, Waiting
from ..sql.holding import COMMITTED, ROLLED_BACK, after_others
from ..terminal import AlternateScreen
from .answers import Answers, Found, Kind, told
from .course import Connection, Course, Held, Refused, Remark
from .faults import spoilt
from .typing import END, LONGEST_LINE, OldEcho, TypedLine, line_of

SIGNALS: tuple[Signal, ...] = ("INT", "TERM", "KILL")
QUESTION = (
    "This is a rehearsal, and nothing on record says how this step goes.\n"
    "Whoever leads the rehearsal decides, and types:\n"
    "  Enter alone         it works and prints nothing\n"
    "  0 and some words    it works and prints these words\n"
    "  1 and some words    it fails and prints these words\n"
    "rehearsal> "
)
DECIDED = "whoever leads the rehearsal said how it goes"
UNANSWERED = "nothing answers this text, and a strict rehearsal asks nobody"
INTERRUPT = b"\x03"
KEYS_MASKED = re.compile(rb"[^\w\n]*")
"""Printed between hidden keys of one answer: at most a sign for each. With a word or a new line the next one begins."""


class _Stopped(Exception):
    """How a play comes to its end before its last word."""

    def __init__(self, status: StepOutcome, message: str = "") -> None:
        self.status = status
        self.message = message


class RecordedSession:
    def __init__(self, kind: Kind, answers: Answers, dialect: Callable[[Task], str] = lambda _: "") -> None:
        """`dialect` tells whose SQL a task is; empty where nobody says."""
        self._kind: Kind = kind
        self._answers = answers
        self._dialect = dialect
        self._connections: dict[str | None, Connection] = {}
        """Database, as steps name it → what they have left on the connection to it."""
        self._changed = threading.Condition()
        self._signals = 0
        self._closed = False
        self._keys = bytearray()
        self._waiting: Waiting | None = None

    def run(self, task: Task, sink: Sink) -> Outcome:
        with self._changed:
            self._signals, self._waiting = 0, None
            self._keys.clear()
        limit = inf if task.timeout is None else task.timeout
        play = _Play(self, sink, self._kind, self._answers.speed, limit=limit, decide=task.decide)
        try:
            outcome = self._perform(task, play)
        except _Stopped as stopped:
            outcome = self._stopped(stopped)
        finally:
            self._waiting = None
        if play.course is not None:
            lost = outcome.status == "lost"
            behind = Connection() if lost else play.course.behind(is_done=outcome.status == "succeeded")
            self._connections[task.database] = behind
        return outcome

    def interrupt(self) -> Signal:
        with self._changed:
            signal = SIGNALS[min(self._signals, len(SIGNALS) - 1)]
            self._signals += 1
            self._changed.notify_all()
        return signal

    def write(self, data: bytes) -> bool:
        if INTERRUPT in data:
            self.interrupt()
            return True
        with self._changed:
            if self._waiting is not None:  # nobody reads what is typed ahead
                self._keys += data
                self._changed.notify_all()
            return self._waiting is None or self._waiting.mode.echo

    def waiting(self) -> Waiting | None:
        return self._waiting

    def resize(self, columns: int, rows: int) -> None:
        """What was recorded was drawn for the terminal of then."""

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    # A task.

    def _perform(self, task: Task, play: _Play) -> Outcome:
        if self._kind == "sql":
            before = self._connections.get(task.database, Connection())
            play.course = Course(task, self._dialect(task), before)
        injection = self._answers.fault(task.step_id)
        found = self._answers.find(self._kind, task)
        if found is None and injection is not None:
            found = told(self._kind, "", 0)
        if found is None and self._answers.strict:
            return Outcome("failed", None, message=UNANSWERED)
        if found is None:
            found = self._ask(play)
        if injection is not None:
            found = spoilt(self._kind, found, injection)
        hangs = injection is not None and injection.fault == "hang"
        try:
            play.all_of(found, hangs=hangs)
        except DocumentError as error:
            return self._without_recording(play, str(error))
        if hangs:
            play.wait(inf)
        return self._outcome(found.outcome, found.exit_status, _joined(found.message, play.remark))

    def _without_recording(self, play: _Play, why: str) -> Outcome:
        """What answers is gone or another file by now: it knows no more of this step than of one it never had."""
        if self._answers.strict:
            return Outcome("failed", None, message=why)
        play.say(f"{play.line_break}{why}\n")
        found = self._ask(play)
        play.all_of(found)
        return self._outcome(found.outcome, found.exit_status, _joined(why, found.message))

    def _ask(self, play: _Play) -> Found:
        """The facilitator's words; they are in the trail as what was typed."""
        play.say(QUESTION)
        status, _, output = play.line().partition(" ")
        if status and not status.isdigit():
            status, output = "0", f"{status} {output}".rstrip()
        return replace(told(self._kind, output, min(int(status or 0), 255)), message=DECIDED)

    def _stopped(self, stopped: _Stopped) -> Outcome:
        status = 130 if stopped.status == "interrupted" and self._kind == "shell" else None
        return self._outcome(stopped.status, status, stopped.message)

    def _outcome(self, status: StepOutcome, exit_status: int | None, message: str) -> Outcome:
        restarted = None
        if status == "lost" and self._kind == "shell":
            lost = ("variables", "functions", "aliases", "background jobs")
            restarted = ShellRestarted(reason=message or "the connection was lost", restored=(), lost=lost)
        return Outcome(status, exit_status, message=message, restarted=restarted)

    # What a play asks for. The lock is held while something is waited for.

    def stop_reason(self) -> _Stopped | None:
        if self._closed:
            return _Stopped("lost", "the rehearsal was closed")
        return _Stopped("interrupted") if self._signals else None

    def sleep(self, seconds: float) -> None:
        """Raises `_Stopped` when the step is interrupted meanwhile."""
        with self._changed:
            patience = seconds if seconds < threading.TIMEOUT_MAX else None
            self._changed.wait_for(lambda: self.stop_reason() is not None, patience)
            if (stopped := self.stop_reason()) is not None:
                raise stopped

    def keys(self, waiting: Waiting) -> bytes:
        """What is typed next."""
        with self._changed:
            self._waiting = waiting
            self._changed.wait_for(lambda: self._keys or self.stop_reason() is not None)
            if (stopped := self.stop_reason()) is not None:
                raise stopped
            data, self._keys = bytes(self._keys), bytearray()
            return data

    def read_no_more(self) -> None:
        with self._changed:
            self._waiting = None


NOT_KNOWN = "committed; the recording rolled back here, and does not know what comes of it"


class _Play:
    """One answer on its way to the sink. Time that passes in it is the recording's."""

    def __init__(
        self, session: RecordedSession, sink: Sink, kind: Kind, speed: float, *, limit: float, decide: Decide | None
    ) -> None:
        self._session = session
        self._sink = sink
        self._newline = b"\r\n" if kind == "shell" else b"\n"
        self._speed = speed
        self._left = limit
        self._decide = decide
        self._screen = AlternateScreen()
        self._last_line = b""
        self._old_echo = OldEcho()
        self.remark = ""
        self.course: Course | None = None
        """Of a SQL step."""

    def all_of(self, found: Found, *, hangs: bool = False) -> None:
        if found.is_told and self.course is not None:
            self._told(found, self.course, is_done=found.outcome == "succeeded" and not hangs)
        else:
            self._recorded(found)

    def _recorded(self, found: Found) -> None:
        is_answered = False  # what is asked for with the echo off
        for one in _in_turn(found):
            if isinstance(one, Piece):
                self._print(one)
                is_answered = is_answered and KEYS_MASKED.fullmatch(one.data) is not None
            elif isinstance(one, Asked):
                self._ask(one)
            elif one.text is not None or not is_answered:
                self._wait_for_keys(one)
                is_answered = one.text is None
        self._put(self._old_echo.held)
        self.wait(found.tail_us / 1e6)

    def _told(self, found: Found, course: Course, *, is_done: bool) -> None:
        """The time it takes is over before somebody is asked."""
        output = b"".join(piece.data for piece in found.pieces())
        printed, seconds = 0, found.tail_us / 1e6
        for mark in course.marks(output, is_done=is_done):
            self._put(output[printed : mark.after_bytes])
            printed = mark.after_bytes
            if isinstance(mark, Remark):
                self._remark(mark.said, output)
                continue
            self.wait(seconds)
            seconds = 0.0
            if isinstance(mark, Refused):
                self._stop(mark.why, mark.done)
            self._hold(mark)
        self._put(output[printed:])
        self.wait(seconds)

    def _remark(self, said: str, output: bytes) -> None:
        if said.encode() not in output:  # an answer may be what a real run has printed
            self.say(f"{self.line_break}{said}\n")

    def _hold(self, held: Held) -> None:
        if self._decide is not None and held.asked is not None and self._decide(held.asked) == "roll_back":
            self._stop(ROLLED_BACK, held.done)
        if not held.is_told:
            self.say(f"{self.line_break}{COMMITTED}\n")

    def _stop(self, why: str, done: int) -> NoReturn:
        """As a statement that has failed, or was interrupted while somebody was asked."""
        self.say(f"{self.line_break}{why}\n")
        ended = self._session.stop_reason()
        raise _Stopped(ended.status if ended is not None else "failed", after_others(why, done))

    def _print(self, piece: Piece) -> None:
        if left := self._old_echo.taken_out_of(piece.data):
            self.wait(piece.delay_us / 1e6)
            self._put(left)

    def _ask(self, asked: Asked) -> None:
        """Whoever rehearses decides as then; another answer than the recorded one is where it ends."""
        if self._decide is None:
            return
        decision = self._decide(Uncommitted(asked.statement, asked.rows))
        if decision != asked.decision:
            committed = decision == "commit"
            raise _Stopped("succeeded" if committed else "failed", NOT_KNOWN if committed else ROLLED_BACK)

    def wait(self, seconds: float) -> None:
        """So much of the recording's time."""
        going = min(seconds, self._left)
        self._left -= going
        faster = self._speed if going != inf else 1.0
        self._session.sleep(going / faster if faster else 0.0)
        if seconds > going:
            raise _Stopped("timed_out")

    @property
    def line_break(self) -> str:
        """What brings whoever speaks next to the beginning of a line."""
        return "\n" if self._last_line else ""

    def say(self, text: str) -> None:
        self._put(text.encode().replace(b"\n", self._newline))

    def line(self) -> str:
        """Typed with echo, as a terminal takes a line."""
        typed = self._typed(TerminalMode(), whole=True)
        if typed.end == END:
            self.say("\n")
        return typed.text

    def _wait_for_keys(self, recorded: Typed) -> None:
        """Whatever is typed now, what was typed then is what counted. It is shown where it was shown then."""
        then = recorded.text
        whole = then is None or then.endswith(("\r", "\n"))
        now = self._typed(TerminalMode(echo=then is not None), whole=whole)
        if then is not None:
            self._old_echo.expect(recorded.echo)
            self.remark = self.remark if now.text == line_of(then) else OTHER_ANSWER

    def _typed(self, mode: TerminalMode, *, whole: bool) -> TypedLine:
        """Waits for a line, or for any key where no whole one is wanted."""
        typed = TypedLine(self._newline)
        while not typed.end:
            shown = typed.feed(self._session.keys(self._as_waiting(mode)))
            self._put(shown if mode.echo else b"")
            if not whole:
                break
        self._session.read_no_more()
        return typed

    def _as_waiting(self, mode: TerminalMode) -> Waiting:
        return Waiting(self._last_line.decode(errors="replace"), mode=mode)

    def _put(self, data: bytes) -> None:
        if not data:
            return
        self._screen.feed(data)
        self._last_line = (self._last_line + data).rpartition(b"\n")[2][-LONGEST_LINE:]
        self._sink(data, TerminalMode(alternate_screen=self._screen.on))


def _joined(*sentences: str) -> str:
    return "; ".join(filter(None, sentences))


def _in_turn(found: Found) -> Iterator[Piece | Typed | Asked]:
    """What was printed, and what was typed or asked at its place in it. The echo comes at once: its time was the
    typist's."""
    both: list[Typed | Asked] = [*found.typed, *found.asked]
    marks = deque(sorted(both, key=lambda one: one.after_bytes))
    printed, echo_end = 0, 0
    for piece in found.pieces():
        left = piece
        while marks and marks[0].after_bytes < printed + len(left.data):
            if head := left.data[: max(0, marks[0].after_bytes - printed)]:
                yield left._replace(data=head)
                printed += len(head)
                left = Piece(0, left.data[len(head) :])
            mark = marks.popleft()
            echo_end = mark.after_bytes + mark.echo_bytes if isinstance(mark, Typed) else echo_end
            yield mark
        yield left._replace(delay_us=0) if printed < echo_end else left
        printed += len(left.data)
    yield from marks
