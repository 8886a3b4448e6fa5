"""A rehearsal that is written down: what answers, what goes wrong, what the operator does, and what is expected of it.

The format is described in `runbooks/README.md`. Steps and options are still names here, as their author wrote them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, get_args

from .errors import DocumentError, UsageError
from .events import CommitDecision, Fault, RunOutcome, StepOutcome
from .levels import Level
from .ordinary import opened

SUFFIX = ".scenario.toml"
FAULTS: tuple[str, ...] = get_args(Fault)
SLOW_FACTOR = 10.0
GOOD_END: RunOutcome = "rehearsed"

Deed = Literal["run", "skip", "done"]


@dataclass(frozen=True, slots=True)
class NamedFault:
    """`fail:STEP`, `slow:STEP:factor`."""

    fault: Fault
    step: str
    factor: float = SLOW_FACTOR


@dataclass(frozen=True, slots=True)
class Told:
    """How a step goes, in the scenario's words."""

    step: str
    output: str = ""
    status: int = 0
    seconds: float = 0.0
    line: int | None = field(default=None, compare=False)
    """Of the scenario."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing the operator does, and what has to come of it."""

    step: str
    do: Deed | None = None
    """None is what comes next: a step that runs is run, a manual one is done."""
    choose: tuple[str, ...] = ()
    """Labels of the options that are picked before the step can be stood on."""
    items: int | None = None
    """So many items have to hold the step; all that do are ticked."""
    level: Level | None = None
    """The verdict has to be this one."""
    type: str = ""
    """What is typed for the target."""
    edit: str = ""
    decision: CommitDecision | None = None
    """The answer to each question whether to commit; one has to come. None commits what is asked about."""
    reason: str = ""
    outcome: StepOutcome = "succeeded"
    output: str = ""
    """Has to stand in the output."""
    refused: str = ""
    """Has to stand in the sentence by which this is refused."""
    line: int | None = field(default=None, compare=False)
    """Of the scenario."""
    lines: Mapping[str, int | None] = field(default_factory=dict, compare=False)
    """The same for each key that it has."""


@dataclass(frozen=True, slots=True)
class Expected:
    """How the run stands after the last turn."""

    outcome: RunOutcome = GOOD_END
    unreached: tuple[str, ...] | None = None
    """As `debrief.never_reached`; None where they do not matter."""


@dataclass(frozen=True, slots=True)
class Scenario:
    path: str
    title: str = ""
    runbook: str = ""
    """Path of the runbook, from the scenario's folder."""
    source: str = ""
    """Path of the recording, from the scenario's folder; empty for none."""
    section: str = ""
    alert: str = ""
    strict: bool = True
    speed: float = 1.0
    inputs: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[NamedFault, ...] = ()
    answers: tuple[Told, ...] = ()
    turns: tuple[Turn, ...] = ()
    expected: Expected = Expected()

    def beside(self, name: str) -> Path:
        """What the scenario calls by a name."""
        return Path(self.path).parent / name


TOP: Mapping[str, type] = {
    "title": str,
    "runbook": str,
    "from": str,
    "section": str,
    "alert": str,
    "strict": bool,
    "speed": float,
    "inject": list,
    "inputs": dict,
    "answers": list,
    "path": list,
    "expect": dict,
}
ANSWER: Mapping[str, type] = {"step": str, "output": str, "status": int, "seconds": float}
TURN: Mapping[str, type] = {
    "step": str,
    "do": str,
    "choose": list,
    "items": int,
    "level": str,
    "type": str,
    "edit": str,
    "decision": str,
    "reason": str,
    "outcome": str,
    "output": str,
    "refused": str,
}
ALWAYS = ("step", "do", "choose", "items", "refused")
COUNTING: Mapping[Deed, tuple[str, ...]] = {
    "run": (*ALWAYS, "level", "type", "edit", "decision", "outcome", "output"),
    "skip": (*ALWAYS, "reason"),
    "done": (*ALWAYS, "reason"),
}
"""What is done → the keys of a turn that count then."""
DONE: Mapping[Deed, str] = {"run": "run", "skip": "skipped", "done": "said to be done"}
ENDS = ("decision", "outcome", "output")
"""Count only for what is let through."""
FILLED = ("type", "edit", "reason", "output", "refused")
"""Keys of a turn that state nothing when they are empty."""
EXPECT: Mapping[str, type] = {"outcome": str, "unreached": list}
WORDS: Mapping[str, tuple[str, ...]] = {
    "do": get_args(Deed),
    "level": get_args(Level),
    "decision": get_args(CommitDecision),
    "outcome": get_args(StepOutcome),
}
"""Key of a turn → the words it takes."""
HIGHEST_STATUS = 255
LARGEST = 16 * 1024 * 1024
"""Bytes of a file, recorded outputs and all."""
NOT_ORDINARY = "a scenario has to be an ordinary file"
LONGEST_SECONDS = 1e6
"""Nobody rehearses for eleven days."""
HEADER = re.compile(r"\s*\[\[?\s*([^\]]*?)\s*\]\]?")
TOML_PLACE = re.compile(r"at line (\d+)")
KINDS: Mapping[type, str] = {
    str: "a text", bool: "true or false", float: "a number", int: "a whole number", list: "a list", dict: "a table"
}  # fmt: skip


class _Source:
    """A scenario's text, in which the line is looked up of what is wrong with it."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self._lines = text.split("\n")

    def refuse(self, message: str, key: str = "", table: str = "", number: int = 0) -> DocumentError:
        """About a key; `number` counts the tables of that name, from 0."""
        return DocumentError(self.path, message, self.line(key, table, number))

    def line(self, key: str = "", table: str = "", number: int = 0) -> int | None:
        """Where the key stands, else where its table begins; None where neither can be told."""
        header, rows = self._part(table, number)
        wanted = re.compile(rf"""\s*["']?{re.escape(key)}["']?\s*=""")
        there = next((row for row in rows if key and wanted.match(self._lines[row])), header)
        return None if there is None else there + 1

    def _part(self, table: str, number: int) -> tuple[int | None, range]:
        headers = [row for row, line in enumerate(self._lines) if HEADER.match(line)]
        named = [row for row in headers if HEADER.sub(r"\1", self._lines[row]).partition("#")[0].strip() == table]
        if not table:
            return None, range(headers[0] if headers else len(self._lines))
        if number >= len(named):
            return None, range(0)
        end = next((row for row in headers if row > named[number]), len(self._lines))
        return named[number], range(named[number] + 1, end)


def load(path: str) -> Scenario:
    """`DocumentError` says which key is wrong, and in which line."""
    try:
        text = _read(path)
        return _scenario(_Source(path, text), tomllib.loads(text))
    except OSError as error:
        raise DocumentError(path, f"cannot be read: {error.strerror}") from error
    except RecursionError as error:
        raise DocumentError(path, "is nested too deeply") from error
    except UnicodeDecodeError as error:
        raise DocumentError(path, "is no TOML, which is UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        place = TOML_PLACE.search(str(error))
        raise DocumentError(path, f"is no TOML: {error}", int(place[1]) if place else None) from error


def _read(path: str) -> str:
    with opened(path, NOT_ORDINARY) as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise DocumentError(path, f"is larger than a scenario can be, {LARGEST:,} bytes")
    return data.decode()


def fault_of(text: str) -> NamedFault:
    """`UsageError` for what is none. A title may hold colons, so that only the last one can stand before a factor."""
    fault, colon, step = text.partition(":")
    if fault not in FAULTS or not colon or not step.strip():
        raise UsageError(f"{text!r} is no failure to inject; write one of {', '.join(f'{one}:STEP' for one in FAULTS)}")
    named, _, last = step.rpartition(":")
    factor = _maybe_factor(last) if fault == "slow" and named else None
    kind: Fault = next(one for one in get_args(Fault) if one == fault)
    return NamedFault(kind, step) if factor is None else NamedFault(kind, named, factor)


def _maybe_factor(text: str) -> float | None:
    try:
        factor = float(text.removesuffix("x"))
    except ValueError:
        return None
    if not 0 < factor < 1e6:
        raise UsageError(f"a step cannot be {text} times as slow")
    return factor


def _scenario(source: _Source, said: Mapping[str, Any]) -> Scenario:
    _check(source, said, TOP)
    name = Path(source.path).name.removesuffix(SUFFIX)
    return Scenario(
        path=source.path,
        title=said.get("title", name),
        runbook=said.get("runbook", f"{name.partition('.')[0]}.md"),
        source=said.get("from", ""),
        section=said.get("section", ""),
        alert=said.get("alert", ""),
        strict=said.get("strict", True),
        speed=_speed(source, said.get("speed", 1.0)),
        inputs={key: _text(source, "inputs", key, value) for key, value in said.get("inputs", {}).items()},
        faults=tuple(_fault(source, one) for one in said.get("inject", [])),
        answers=tuple(_told(source, number, one) for number, one in enumerate(said.get("answers", []))),
        turns=tuple(_turn(source, number, one) for number, one in enumerate(said.get("path", []))),
        expected=_expected(source, said.get("expect", {})),
    )


def _told(source: _Source, number: int, said: object) -> Told:
    found = _entry(source, "answers", number, said, ANSWER)
    if not 0 <= found.get("status", 0) <= HIGHEST_STATUS:
        raise source.refuse(f"answers.status is an exit status, 0 to {HIGHEST_STATUS}", "status", "answers", number)
    if not 0 <= found.get("seconds", 0.0) <= LONGEST_SECONDS:
        raise source.refuse("answers.seconds is how long it takes, at most a million", "seconds", "answers", number)
    return Told(**found, line=source.line("step", "answers", number))


def _turn(source: _Source, number: int, said: object) -> Turn:
    found = _entry(source, "path", number, said, TURN)
    for key, words in WORDS.items():
        if key in found and found[key] not in words:
            raise source.refuse(f"path.{key} is one of {', '.join(words)}", key, "path", number)
    for key in FILLED:
        if found.get(key) == "":
            raise source.refuse(f"path.{key} is empty, and so states nothing", key, "path", number)
    lines = {key: source.line(key, "path", number) for key in found}
    found["choose"] = tuple(_text(source, "path", "choose", one, number) for one in found.get("choose", ()))
    turn = Turn(**found, line=lines["step"], lines=lines)
    if turn.do is not None:
        check_keys(source.path, turn, turn.do)
    return turn


def check_keys(path: str, turn: Turn, deed: Deed) -> None:
    """`DocumentError` for the first key that counts for nothing where this is done."""
    for key, line in turn.lines.items():
        if key not in COUNTING[deed]:
            raise DocumentError(path, f"path.{key} counts for nothing where the step is {DONE[deed]}", line)
        if turn.refused and key in ENDS:
            raise DocumentError(path, f"path.{key} counts for nothing where the step is refused", line)


def _expected(source: _Source, said: Mapping[str, Any]) -> Expected:
    _check(source, said, EXPECT, "expect")
    outcome = said.get("outcome", GOOD_END)
    if outcome not in get_args(RunOutcome):
        raise source.refuse(f"expect.outcome is one of {', '.join(get_args(RunOutcome))}", "outcome", "expect")
    unreached = said.get("unreached")
    if unreached is not None:
        unreached = tuple(_text(source, "expect", "unreached", one) for one in unreached)
    return Expected(outcome, unreached)


def _entry(source: _Source, table: str, number: int, said: object, known: Mapping[str, type]) -> dict[str, Any]:
    if not isinstance(said, dict):
        raise source.refuse(f"{table} is a list of tables, each written [[{table}]]", table)
    _check(source, said, known, table, number)
    if not said.get("step", "").strip():
        raise source.refuse(f"an entry of {table} names no step", "step", table, number)
    return dict(said)


def _check(source: _Source, said: Mapping[str, Any], known: Mapping[str, type], table: str = "", n: int = 0) -> None:
    for key, value in said.items():
        name = f"{table}.{key}" if table else key
        if key not in known:
            near = get_close_matches(key, known, 1)
            meant = f"; is {near[0]} meant?" if near else ""
            raise source.refuse(f"{name} is no key of a scenario{meant}", key, table, n)
        if not _fits(value, known[key]):
            raise source.refuse(f"{name} has to be {KINDS[known[key]]}", key, table, n)


def _fits(value: object, kind: type) -> bool:
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, int | float) if kind is float else isinstance(value, kind)


def _fault(source: _Source, said: object) -> NamedFault:
    try:
        return fault_of(_text(source, "", "inject", said))
    except UsageError as error:
        raise source.refuse(f"inject: {error}", "inject") from error


def _speed(source: _Source, speed: float) -> float:
    if not 0 <= speed < float("inf"):
        raise source.refuse("speed is how many times as fast it goes, or 0 for no waiting", "speed")
    return float(speed)


def _text(source: _Source, table: str, key: str, said: object, number: int = 0) -> str:
    if not isinstance(said, str):
        name = f"{table}.{key}" if table else key
        raise source.refuse(f"{name} has to be a text, in quotation marks", key, table, number)
    return said
