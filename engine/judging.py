"""The verdict on a step's final text: what the judge says, what the author says, and what the shell remembers.

`Judging` is pure apart from keeping its last answer; `ShellMemory` follows a run and reads each text once.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from . import danger
from .author import stance_of
from .danger import LEVELS, Memory, Policy, Surroundings, Verdict
from .databases import default_database, place_of, written_databases
from .levels import Level
from .model import NOTHING, Runbook, Step, Variable
from .output import visible
from .syntax.sql import NAMES
from .syntax.sql_lasting import gravest

if TYPE_CHECKING:  # events are only needed where there is a run, and they cost more than all else here
    from .state import Attempt, RunState

Language = Literal["shell", "sql"]
Judge = Callable[[str, Language, Surroundings], Verdict]
Remember = Callable[[str, Memory], Memory]

SHELLS = re.compile(r"#!\s*\S*/(?:env\s+(?:-\S+\s+)*)?(?:\S*/)?(?:ba|da|k|z|a)?sh\b")
DIALECTS: Mapping[str, str] = {
    "postgresql": "postgres",
    "postgres": "postgres",
    "pgsql": "postgres",
    "psql": "postgres",
    "plpgsql": "postgres",
    "mysql": "mysql",
    "mariadb": "mysql",
    "sqlite": "sqlite",
    "sqlite3": "sqlite",
}
"""A fence's language or a URL's scheme → what the judge calls it."""
OPAQUE = "eval"
"""Stands for an alias of which nobody knows what it stands for: nothing behind it can be proved."""
LONGEST_TARGET = 200
"""Nobody types more; what is longer is cut, and its beginning is typed."""


@dataclass(slots=True)
class Judging:
    surroundings: Surroundings = field(default_factory=Surroundings)
    """Policy and environment of the run; memory, dialect and interpreter are filled in for each text."""
    databases: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    """Name → URL, which tells a dialect better than a fence does."""
    default: str = ""
    """The one of them that a step goes to which names none."""
    judge: Judge = danger.judge
    remember: Remember = danger.remember
    _last: tuple[tuple[str, Language, Surroundings], Verdict] | None = None
    """A step is prepared for the eye and again when it starts: the same question has the same answer."""

    def own(self, step: Step, text: str, language: Language, memory: Memory, *, edited: bool) -> Verdict:
        """On the step itself. An edit takes away what the author's reason was about, not what raised it."""
        around = self._around(step, language, memory)
        judged = _not_guessed(step, self._ask(text, language, around))
        if language == "sql":
            judged = _with_lasting(judged, text, around.dialect)
        verdict = _with_author(step, judged, edited=edited)
        where = self._database(step)[0] if language == "sql" else ""
        verdict = _with_target(verdict, where or step.attributes.get("name") or step.title)
        return self._with_dry_run(verdict, language, around)

    def dry_run(self, step: Step, text: str, language: Language, memory: Memory) -> Verdict:
        """On the text that stands in for the step."""
        judged = self._ask(text, language, self._around(step, language, memory))
        return _with_target(_not_guessed(step, judged)._replace(dry_run=None), step.title)

    def suggestion(self, text: str, memory: Memory) -> Verdict:
        """On a command that the step's words mention."""
        around = self.surroundings._replace(memory=memory)
        return self._with_dry_run(_with_target(self._ask(text, "shell", around), text), "shell", around)

    def _around(self, step: Step, language: Language, memory: Memory) -> Surroundings:
        return self.surroundings._replace(
            memory=Memory() if step.interpreter else memory,  # a child of the shell knows nothing of its variables
            dialect=self.dialect(step) if language == "sql" else "",
            database=self._place(step) if language == "sql" else (),
            interpreter="" if SHELLS.match(step.interpreter) else step.interpreter,
        )

    def _ask(self, text: str, language: Language, around: Surroundings) -> Verdict:
        question, last = (text, language, around), self._last
        if last is None or last[0] != question:
            last = self._last = question, self.judge(text, language, around)
        return last[1]

    def _with_dry_run(self, verdict: Verdict, language: Language, around: Surroundings) -> Verdict:
        """A dry run is offered only where it is better than the thing itself."""
        if verdict.dry_run is None or self.judge(verdict.dry_run.form, language, around).rank < verdict.rank:
            return verdict
        return verdict._replace(dry_run=None)

    def dialect(self, step: Step) -> str:
        """Of the database the step goes to, else of its fence; empty when nobody says."""
        url = self._database(step)[1]
        scheme = url.partition(":")[0].partition("+")[0].lower() if ":" in url else ""
        return DIALECTS.get(scheme) or DIALECTS.get(step.language, "")

    def misfit(self, step: Step) -> str:
        """Why the step's own text is not for the database it goes to; empty where it is."""
        dialect = self.dialect(step)
        if dialect not in step.unlike:
            return ""
        return (
            f"{NAMES[dialect]}, where it goes to, would split the block around it in other places; "
            "name that dialect on its fence, or edit the step"
        )

    def database(self, step: Step) -> str:
        """Where a step goes, `shop: app@db.internal:5432/orders`; only its name where nobody knows more."""
        name, user, server, own = self._place(step) or ("", "", "", "")
        place = f"{user}{'@' if user else ''}{server}{'/' if server else ''}{own}"
        return ": ".join(filter(None, (name, place)))

    def _place(self, step: Step) -> tuple[str, ...]:
        name, url = self._database(step)
        return (name, *(place_of(url) if url else ("", "", ""))) if name or url else ()

    def _database(self, step: Step) -> tuple[str, str]:
        """Name and URL of the database a step goes to, each empty where nobody says."""
        wanted = step.attributes.get("database") or step.attributes.get("db") or self.default
        if "://" in wanted:
            return "", wanted
        if not wanted and len(self.databases) == 1:
            wanted = next(iter(self.databases))
        return wanted, self.databases.get(wanted, "")


def judging_for(
    runbook: Runbook,
    databases: Mapping[str, str],
    policy: Policy | None = None,
    environment: str = "",
    default: str = "",
) -> Judging:
    """What a run of this document is judged by; `databases` are those it will be given, beside its own."""
    environment = environment or str(runbook.front_matter.get("environment") or "")
    written = written_databases(runbook)
    surroundings = Surroundings(policy or Policy(), environment=environment)
    return Judging(surroundings, {**written, **databases}, default or default_database(written, ""))


def _not_guessed(step: Step, verdict: Verdict) -> Verdict:
    """A language that was guessed proves nothing."""
    if not step.guessed or verdict.level != "safe":
        return verdict
    why = f"the fence names no language; if it is what it looks like, it is safe: {verdict.why}"
    return verdict._replace(level="unknown", category="opaque", rule="guessed-language", why=why)


def _with_lasting(verdict: Verdict, text: str, dialect: str) -> Verdict:
    """What no transaction takes back is nothing to try out."""
    found = None if verdict.level == "safe" else gravest(text, dialect)
    if found is None:
        return verdict
    why = f"{verdict.why}; it cannot be rolled back: {found.why}"
    if verdict.level == "dangerous":
        return verdict._replace(why=why)
    return verdict._replace(level="dangerous", category="irreversible", rule="sql-lasting", why=why)


def _with_author(step: Step, verdict: Verdict, *, edited: bool) -> Verdict:
    if not step.attributes:
        return verdict
    stance = stance_of(step.attributes)
    if verdict.rank < LEVELS.index(stance.at_least):
        why = f"the author wants it confirmed; otherwise {verdict.level}: {verdict.why}"
        return verdict._replace(level=stance.at_least, rule="author", why=why)
    lowered = stance.at_most if not edited else verdict.level
    if not stance.reason or verdict.rank <= LEVELS.index(lowered):
        return verdict
    why = f"the author's reason: {stance.reason}; otherwise {verdict.level}: {verdict.why}"
    return verdict._replace(level=_least_asked(step, lowered), why=why)


def _least_asked(step: Step, level: Level) -> Level:
    """Not even an author makes a guess safe."""
    return "unknown" if step.guessed and level == "safe" else level


def _with_target(verdict: Verdict, otherwise: str) -> Verdict:
    """The target as it is shown, because that is what is typed; a dangerous text always has one."""
    shown = _one_line(verdict.target)
    if verdict.level == "dangerous":
        shown = shown or _one_line(otherwise)
    return verdict if shown == verdict.target else verdict._replace(target=shown)


def is_exported(variable: Variable) -> bool:
    """Written `$NAME`: the shell is given it, and the text keeps the name. A secret's value is for the shell alone."""
    return variable.style == "dollar" and not variable.secret


def _one_line(text: str) -> str:
    return visible(" ".join(text.split()))[:LONGEST_TARGET].strip()


class ShellMemory:
    """What the steps that ran in the run's present shell left there, as far as their texts tell."""

    def __init__(self, remember: Remember, leaves: Callable[[Attempt], bool]) -> None:
        """`leaves` tells whether an attempt ran in the shell itself: not in a database, not as a script."""
        self._remember = remember
        self._leaves = leaves
        self._shell = 0
        self._next = 1
        """Number of the first attempt that has not been read."""
        self._memory = Memory()
        self._lock = threading.Lock()
        """Several clients may look at a step at once; none of them may make another one miss a text."""

    def of(self, state: RunState) -> Memory:
        with self._lock:
            return self._follow(state)

    def _follow(self, state: RunState) -> Memory:
        if state.shells != self._shell:
            self._shell, self._memory = state.shells, Memory()
        while (attempt := state.attempts.get(self._next)) is not None and attempt.outcome is not None:
            self._next += 1
            self._memory = self._after(attempt, self._memory)
        return self._memory if attempt is None else self._after(attempt, self._memory)

    def _after(self, attempt: Attempt, memory: Memory) -> Memory:
        if attempt.shell != self._shell or not self._leaves(attempt):
            return memory
        after = self._remember(attempt.text, memory)
        return after if attempt.outcome == "succeeded" else _half_way(memory, after)


def _half_way(before: Memory, after: Memory) -> Memory:
    """The text may have ended anywhere: what it sets is not known, what it defines may stand in either form."""
    if after == before:
        return before
    return Memory(
        {name: value for name, value in before.values.items() if after.values.get(name) == value},
        functions=_either(before.functions, after.functions, lambda old, new: f"{old}\n{new}"),
        aliases=_either(before.aliases, after.aliases, lambda _old, _new: OPAQUE),
        exported=before.exported & after.exported,
        frozen=before.frozen | after.frozen,
    )


def _either(before: Mapping[str, str], after: Mapping[str, str], both: Callable[[str, str], str]) -> dict[str, str]:
    clashing = {name: both(old, after[name]) for name, old in before.items() if after.get(name, old) != old}
    return {**before, **after, **clashing}
