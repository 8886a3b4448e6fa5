"""A rehearsal that is written down: what answers, what goes wrong, what the operator does, and what is expected of it.

The format is described in `runbooks/README.md`. Steps and options are still names here, as their author wrote them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, get_args

from .errors import DocumentError, UsageError
from .events import Fault, RunOutcome, StepOutcome
from .levels import Level

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
    reason: str = ""
    outcome: StepOutcome = "succeeded"
    output: str = ""
    """Has to stand in the output."""
    refused: str = ""
    """Has to stand in the sentence by which this is refused."""


@dataclass(frozen=True, slots=True)
class Expected:
    """How the run stands after the last turn."""

    outcome: RunOutcome = GOOD_END
    unreached: tuple[str, ...] | None = None
    """Titles of the steps that still want something; None where they do not matter."""


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
    "reason": str,
    "outcome": str,
    "output": str,
    "refused": str,
}
EXPECT: Mapping[str, type] = {"outcome": str, "unreached": list}
WORDS: Mapping[str, tuple[str, ...]] = {
    "do": get_args(Deed),
    "level": get_args(Level),
    "outcome": tuple(dict.fromkeys((*get_args(StepOutcome), *get_args(RunOutcome)))),
}
"""Key → the words it takes."""
KINDS: Mapping[type, str] = {
    str: "a text", bool: "true or false", float: "a number", int: "a whole number", list: "a list", dict: "a table"
}  # fmt: skip


def load(path: str) -> Scenario:
    """`DocumentError` says which key is wrong."""
    try:
        said = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise DocumentError(path, f"cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DocumentError(path, f"is no TOML: {error}") from error
    return _scenario(path, _checked(path, "", said, TOP))


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


def _scenario(path: str, said: Mapping[str, Any]) -> Scenario:
    stem = Path(path).name.removesuffix(SUFFIX).partition(".")[0]
    return Scenario(
        path=path,
        title=said.get("title", Path(path).name.removesuffix(SUFFIX)),
        runbook=said.get("runbook", f"{stem}.md"),
        source=said.get("from", ""),
        section=said.get("section", ""),
        alert=said.get("alert", ""),
        strict=said.get("strict", True),
        speed=_speed(path, said.get("speed", 1.0)),
        inputs={name: _text(path, f"inputs.{name}", value) for name, value in said.get("inputs", {}).items()},
        faults=tuple(_fault(path, one) for one in said.get("inject", [])),
        answers=tuple(Told(**_named(path, "answers", one, ANSWER)) for one in said.get("answers", [])),
        turns=tuple(_turn(path, one) for one in said.get("path", [])),
        expected=_expected(path, said.get("expect", {})),
    )


def _turn(path: str, said: object) -> Turn:
    found = _named(path, "path", said, TURN)
    return Turn(**{**found, "choose": _texts(path, "path.choose", found.get("choose", []))})


def _expected(path: str, said: Mapping[str, Any]) -> Expected:
    found = _checked(path, "expect.", said, EXPECT)
    unreached = found.get("unreached")
    outcome = found.get("outcome", GOOD_END)
    if outcome not in get_args(RunOutcome):
        raise DocumentError(path, f"expect.outcome is one of {', '.join(get_args(RunOutcome))}")
    return Expected(outcome, None if unreached is None else _texts(path, "expect.unreached", unreached))


def _named(path: str, where: str, said: object, known: Mapping[str, type]) -> dict[str, Any]:
    if not isinstance(said, dict):
        raise DocumentError(path, f"{where} is a list of tables, each written [[{where}]]")
    found = _checked(path, f"{where}.", said, known)
    if not found.get("step", "").strip():
        raise DocumentError(path, f"an entry of {where} names no step")
    return found


def _checked(path: str, where: str, said: Mapping[str, Any], known: Mapping[str, type]) -> dict[str, Any]:
    for key, value in said.items():
        if key not in known:
            near = get_close_matches(key, known, 1)
            raise DocumentError(path, f"{where}{key} is no key of a scenario{f'; is {near[0]} meant?' if near else ''}")
        if not _fits(value, known[key]):
            raise DocumentError(path, f"{where}{key} has to be {KINDS[known[key]]}")
        if key in WORDS and value not in WORDS[key]:
            raise DocumentError(path, f"{where}{key} is one of {', '.join(WORDS[key])}")
    return dict(said)


def _fits(value: object, kind: type) -> bool:
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, int | float) if kind is float else isinstance(value, kind)


def _fault(path: str, said: object) -> NamedFault:
    try:
        return fault_of(_text(path, "inject", said))
    except UsageError as error:
        raise DocumentError(path, f"inject: {error}") from error


def _speed(path: str, speed: float) -> float:
    if not 0 <= speed < float("inf"):
        raise DocumentError(path, "speed is how many times as fast it goes, or 0 for no waiting")
    return float(speed)


def _texts(path: str, where: str, said: Sequence[object]) -> tuple[str, ...]:
    return tuple(_text(path, where, one) for one in said)


def _text(path: str, where: str, said: object) -> str:
    if not isinstance(said, str):
        raise DocumentError(path, f"{where} has to be a text, in quotation marks")
    return said
