"""One statement: the worst of what it does itself, of the statements it holds, and of the functions it calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ...levels import Level
from ..verdict import Verdict, worst
from . import client
from .functions import TERMINATE, called, find_rule, one_session, only_reads, sounds_harmful
from .made import unquoted, verdict, verdict_of, within
from .part import Part
from .properties import PROPERTIES
from .rows_admin import RULES as ADMIN
from .rows_alter import ACTIONS, HEADS
from .rows_data import RULES as DATA
from .rule import Table
from .segments import segments

RULES = (*DATA, *HEADS, *ADMIN)
STATEMENTS = Table(RULES, PROPERTIES)
ALTERATIONS = Table(ACTIONS, PROPERTIES)
CHANGES = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE"})
PROVED = frozenset(
    {"SELECT", "WITH", "VALUES", "EXPLAIN", "SET", "COPY", "DECLARE", "DO", "PERFORM", "FROM", "(", "TABLE"}
)
"""Verbs that read only as long as the functions they call do."""
DEFINING = frozenset({"CREATE", "ALTER", "DROP", "GRANT", "REVOKE", "COMMENT"})
"""Verbs that name functions without calling them."""
DEEPEST = 12
"""Code within strings within code, or parentheses around a statement: nobody writes more, and it has to end."""
MOST_INNER = 100
BEFORE_NAME = frozenset({"IF", "EXISTS", "ONLY", "TABLE", "VIEW", "FOREIGN", "EXTERNAL", "MATERIALIZED"})
BEHIND_NAME = frozenset({"*", "WITH", "IF", "EXISTS"})
Shell = Callable[[str], Verdict]
Peel = Callable[["Judge", Part], Verdict | None]


@dataclass
class Memory:
    """What earlier statements of the text left in the session."""

    prepared: dict[str, str] = field(default_factory=dict)
    """Name of a prepared statement → its text, with holes where it is not known."""
    strings: dict[str, str] = field(default_factory=dict)
    """Variable → the text it was set to."""
    routines: dict[str, Verdict] = field(default_factory=dict)
    """Name of a routine made here → what its body does."""
    scratch: set[str] = field(default_factory=set)
    """Temporary tables made here."""


class Judge:
    """Judges the statements of one text, in order."""

    def __init__(self, dialect: str, shell: Shell, text: Callable[[str], Verdict]) -> None:
        self.dialect = dialect
        self.shell = shell
        self.text = text
        """Judges SQL that stands in a string."""
        self.memory = Memory()
        self.depth = 0

    def judge(self, part: Part) -> Verdict:
        """The worst of the statements that one semicolon ends: there may be several."""
        if self.depth > DEEPEST:
            return too_deep(part)
        self.depth += 1
        try:
            found = [self._one(segment) for segment in segments(part)]
        finally:
            self.depth -= 1
        return worst(found, found[0])._replace(span=part.span)

    def generated(self, query: Part, command: Part) -> Verdict | None:
        """psql's `\\gexec` runs what the query before it returns, as far as its strings tell."""
        if command.at(0).kind != "client" or not command.text().lower().startswith("\\gexec"):
            return None
        return within(self.text(run_text(self, query.since(1))), query)

    def _one(self, part: Part) -> Verdict:
        if part.at(0).kind == "client":
            return within(client.judge_command(part.text(), self.shell), part)
        found = [self.itself(part), *self._inner(part), *self._functions(part)]
        return worst(found, found[0])

    def itself(self, part: Part) -> Verdict:
        """What its own words do, whatever it holds."""
        peel = PEELS.get(part.verb)
        return (peel(self, part) if peel else None) or self.by_rows(part)

    def by_rows(self, part: Part) -> Verdict:
        match = STATEMENTS.decide(part, self.dialect)
        if match:
            found = verdict_of(match, part)
            return self._known_scratch(part, found, match.name)
        if part.verb == "ALTER":
            return self._alter(part)
        return verdict(part, "unknown", "opaque", "sql-unknown", "a statement that is not understood")

    def _known_scratch(self, part: Part, found: Verdict, name: tuple[int, int] | None) -> Verdict:
        """Tables that the text itself made as temporary ones are no loss."""
        written = part.text(*name).lower() if name else ""
        if part.verb == "CREATE" and part.word(1) in ("TEMP", "TEMPORARY"):
            self.memory.scratch.add(_made_name(part))
        elif found.level == "dangerous" and written in self.memory.scratch and name and part.word(name[1]) != ",":
            if part.verb == "DROP":
                self.memory.scratch.discard(written)
            return found._replace(level="caution", category="local_scratch", why="a temporary table made before")
        return found

    def _alter(self, part: Part) -> Verdict:
        """Action by action, which commas separate; the worst counts."""
        start = part.skip(2, BEFORE_NAME)
        end = part.name_end(start) or start
        place = part.skip(end, BEHIND_NAME)
        if part.word(place) == "ON":
            place = part.name_end(place + 2) or place + 2
        named = part.text(start, end)
        found = [self._action(part, piece, named) for piece in part.pieces(place)]
        return worst(found, verdict(part, "unknown", "opaque", "sql-alter", "a change that is not understood"))

    def _action(self, whole: Part, piece: Part, named: str) -> Verdict:
        match = ALTERATIONS.decide(piece, self.dialect)
        if match is None:
            return verdict(whole, "unknown", "opaque", "sql-alter", "a change that is not understood")
        found = verdict_of(match, piece, named)
        return found._replace(span=whole.span, rule=f"sql-alter-{match.rule.id.removeprefix('sql-')}")

    def _inner(self, part: Part) -> Iterator[Verdict]:
        """Statements in parentheses that change rows: `WITH x AS (DELETE …)`."""
        count = 0
        for place in range(1, len(part)):
            if (
                part.word(place) in CHANGES
                and part.word(place - 1) == "("
                and part.word(place + 1) not in (",", ")", "(")
            ):
                count += 1
                if count > MOST_INNER:
                    yield too_deep(part)
                    return
                yield within(self.itself(part.group(place - 1)), part)

    def _functions(self, part: Part) -> Iterator[Verdict]:
        for name, place in called(part) if part.verb not in DEFINING else ():
            yield from self._call(part, name, place)

    def _call(self, part: Part, name: str, place: int) -> Iterator[Verdict]:
        low = name.lower()
        if low.rpartition(".")[2] == TERMINATE:
            yield _terminate(part, place)
        elif low in self.memory.routines:
            yield within(self.memory.routines[low], part)
        elif rule := find_rule(low):
            target = _function_target(part, place, rule.target)
            yield verdict(
                part, rule.level, rule.category, f"sql-function-{rule.names.split('|')[0]}", rule.why, target=target
            )
            yield from self._handed_over(part, place, rule.code)
        elif part.verb in PROVED and not only_reads(name, self.dialect):
            level: Level = "caution" if sounds_harmful(name) else "unknown"
            yield verdict(part, level, "opaque", "sql-function", f"{name} is not known to only read")

    def _handed_over(self, part: Part, place: int, language: str) -> Iterator[Verdict]:
        for token in part.group(place) if language else ():
            if token.kind == "string":
                inside = unquoted(part.source[token.start : token.end])
                found = self.shell(inside) if language == "shell" else self.text(inside)
                if found.rank > 1:
                    yield within(found, part)


def too_deep(part: Part) -> Verdict:
    return verdict(part, "dangerous", "opaque", "sql-too-deep", "code within code, too deep to be read")


def _made_name(part: Part) -> str:
    place = part.skip(2, frozenset({"TABLE", "IF", "NOT", "EXISTS", "VIEW", "SEQUENCE"}))
    return part.text(place, part.name_end(place) or place).lower()


def _terminate(part: Part, place: int) -> Verdict:
    if one_session(part, place):
        return verdict(part, "caution", "process_kill", "sql-terminate-one", "ends one session")
    why = "ends every session that the query finds"
    return verdict(part, "dangerous", "process_kill", "sql-terminate", why, target="all sessions")


def _function_target(part: Part, place: int, otherwise: str) -> str:
    token = part.at(place + 1)
    named = token.kind == "string" and "replication" in otherwise
    return f"{otherwise} {unquoted(part.source[token.start : token.end])}" if named else otherwise


from .peels import PEELS, run_text  # noqa: E402 - the peels judge what they uncover
