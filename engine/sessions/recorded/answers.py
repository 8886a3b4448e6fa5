"""What answers a text: the scenario's own words, else the recorded text that is the same, else the recorded step."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, NamedTuple, TypeVar

from ...events import Answer, Injection, Rehearsal, RunStarted, StepOutcome
from ...recording import Asked, Piece, RecordedOutcome, RecordedStep, Recording, Typed
from ..contract import Task

Kind = Literal["shell", "sql"]
One = TypeVar("One")

OTHER_TEXT = "the recording ran another text here: its answer is that of this step, not of this text"
NO_END = "the recording does not know how it ended"


@dataclass(frozen=True, slots=True)
class Found:
    """How a text goes."""

    pieces: Callable[[], Iterator[Piece]]
    n_bytes: int
    tail_us: int
    """From the last piece to the end."""
    outcome: StepOutcome
    exit_status: int | None
    typed: tuple[Typed, ...] = ()
    asked: tuple[Asked, ...] = ()
    message: str = ""
    is_told: bool = False
    """In somebody's words, and no record of a real run."""


class Key(NamedTuple):
    """What is the same for the same answer."""

    kind: str
    """Empty where the recording does not say."""
    sign: str
    """A digest, an id, a title."""


class Answers:
    """Of one run. Every answer counts how often it was given, so that the second start gets the second one."""

    def __init__(
        self, rehearsal: Rehearsal, recording: Recording | None = None, mask: Callable[[str], str] = str
    ) -> None:
        """`mask` makes of a text what stands of it in a trail, and so in a recording."""
        self.strict = rehearsal.strict
        self.speed = rehearsal.speed
        self._mask = mask
        self._told = _grouped(rehearsal.answers, lambda one: Key("", one.step_id))
        self._faults = _grouped(rehearsal.injections, lambda one: Key("", one.step_id))
        steps = [one for one in recording.steps if one.id] if recording else []
        own = [one for one in steps if not (one.suggestion or one.dry_run)]
        self._by_text = _grouped((one for one in steps if one.text_sha256), _text_key)
        self._by_id = _grouped(own, lambda one: Key("", one.id))
        self._by_title = _grouped(_whose_title_is_theirs(own, recording), lambda one: Key("", one.title))
        self._given: Counter[tuple[str, Key]] = Counter()

    def find(self, kind: Kind, task: Task) -> Found | None:
        """None for what nothing answers."""
        if told := self._next("told", self._told, Key("", task.step_id)):
            return _of_answer(kind, told)
        digest = sha256(self._mask(task.text).encode(errors="replace")).hexdigest()
        for sign in (Key(kind, digest), Key("", digest)):
            if same := self._next("text", self._by_text, sign):
                return _of_step(same)
        if not task.step_id:
            return None
        there = self._next("id", self._by_id, Key("", task.step_id))
        there = there or self._next("title", self._by_title, Key("", task.title))
        return _of_step(there, OTHER_TEXT) if there and there.session in (kind, None) else None

    def fault(self, step_id: str) -> Injection | None:
        """What goes wrong at this start of the step. It is used up."""
        left = self._faults.get(Key("", step_id), [])
        return left.pop(0) if step_id and left else None

    def _next(self, where: str, known: Mapping[Key, Sequence[One]], key: Key) -> One | None:
        """The last one answers all further starts."""
        found = known.get(key)
        if not found or not key.sign:
            return None
        self._given[where, key] += 1
        return found[min(self._given[where, key], len(found)) - 1]


def _grouped(all_of_them: Iterable[One], key: Callable[[One], Key]) -> dict[Key, list[One]]:
    grouped: dict[Key, list[One]] = defaultdict(list)
    for one in all_of_them:
        grouped[key(one)].append(one)
    return dict(grouped)


def _text_key(step: RecordedStep) -> Key:
    return Key(step.session or "", step.text_sha256)


def _whose_title_is_theirs(steps: Iterable[RecordedStep], recording: Recording | None) -> Iterator[RecordedStep]:
    """A title that two steps of the recorded runbook have says nothing."""
    started = recording.events[0].event if recording and recording.events else None
    planned = started.plan if isinstance(started, RunStarted) else ()
    count = Counter(one.title for one in planned)
    return (one for one in steps if one.title and count[one.title] <= 1)


def _of_step(step: RecordedStep, message: str = "") -> Found:
    outcome = _outcome(step.outcome)
    said = [message] if message else []
    if step.outcome in (None, "unknown"):
        said.append(NO_END)
    return Found(
        step.pieces,
        step.output_bytes,
        step.tail_us,
        outcome,
        step.exit_status,
        step.typed,
        step.asked,
        "; ".join(said),
    )


def _outcome(recorded: RecordedOutcome | None) -> StepOutcome:
    return "lost" if recorded is None or recorded == "unknown" else recorded


def _of_answer(kind: Kind, answer: Answer) -> Found:
    return told(kind, answer.output, answer.exit_status, answer.seconds)


def told(kind: Kind, output: str, exit_status: int, seconds: float = 0.0) -> Found:
    """In somebody's words; lines end as those of a terminal do where there is one."""
    text = output if not output or output.endswith("\n") else f"{output}\n"
    data = (text.replace("\n", "\r\n") if kind == "shell" else text).encode(errors="replace")
    pieces = (Piece(0, data),) if data else ()
    status = exit_status if kind == "shell" else None
    outcome: StepOutcome = "failed" if exit_status else "succeeded"
    return Found(lambda: iter(pieces), len(data), int(seconds * 1e6), outcome, status, is_told=True)
