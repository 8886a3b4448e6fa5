"""One statement: which part of it would really run, and what the rows say about that."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from ...syntax.sql_tokens import HOLE
from ..verdict import Category, Span, Verdict, worst
from .functions import TERMINATE, called, find_rule, one_session, only_reads, sounds_harmful
from .part import Part
from .properties import PROPERTIES
from .rows_admin import RULES as ADMIN
from .rows_alter import ACTIONS, HEADS
from .rows_data import RULES as DATA
from .rule import Match, Table

STATEMENTS = Table((*DATA, *HEADS, *ADMIN), PROPERTIES)
ALTERATIONS = Table(ACTIONS, PROPERTIES)
CHANGES = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE"})
MAIN = CHANGES | {"SELECT", "VALUES", "TABLE", "FROM"}
LONGEST_TARGET = 60
DEEPEST = 8
"""Code within strings within code: nobody writes more, and it has to end somewhere."""
OBJECT = re.compile(r"[\w.*%@ /:-]+")
Shell = Callable[[str], Verdict]


@dataclass
class Memory:
    """What earlier statements of the text left in the session."""

    prepared: dict[str, str] = field(default_factory=dict)
    """Name of a prepared statement → its text, as far as it is known."""
    strings: dict[str, str] = field(default_factory=dict)
    """Variable → the text it was set to."""
    routines: dict[str, Verdict] = field(default_factory=dict)
    """Name of a function made here → what its body does."""
    scratch: set[str] = field(default_factory=set)
    """Temporary tables."""


class Judge:
    """Judges the statements of one text."""

    def __init__(self, dialect: str, shell: Shell, text: Callable[[str], Verdict], depth: int = 0) -> None:
        self.dialect = dialect
        self.shell = shell
        self.text = text
        """Judges SQL that stands in a string."""
        self.depth = depth
        self.memory = Memory()

    def judge(self, part: Part) -> Verdict:
        """The worst of what the statement does itself and of what it holds."""
        found = [self._itself(part), *self._inner(part), *self._functions(part)]
        return worst(found, found[0])

    def _itself(self, part: Part) -> Verdict:
        peel = PEELS.get(part.verb)
        peeled = peel(self, part) if peel else None
        return peeled or self.by_rows(part)

    def by_rows(self, part: Part) -> Verdict:
        match = STATEMENTS.decide(part, self.dialect)
        if match:
            return verdict_of(match, part)
        if part.verb == "ALTER":
            return self._alter(part)
        return verdict(part, "unknown", "opaque", "sql-unknown", "a statement that is not understood")

    def _alter(self, part: Part) -> Verdict:
        """Action by action, which commas separate; the worst counts."""
        start = _skip(part, 2, {"IF", "EXISTS", "ONLY", "VIEW", "TABLE", "FOREIGN", "EXTERNAL"})
        end = part.name_end(start) or start
        place = _skip(part, end, {"*", "WITH", "IF", "EXISTS"})
        if part.word(place) == "ON":
            place = part.name_end(place + 2) or place + 2
        named = _target(part.text(start, end))
        found = [self._action(part, piece, named) for piece in _pieces(part, place)]
        return worst(found, verdict(part, "unknown", "opaque", "sql-alter", "a change that is not understood"))

    def _action(self, whole: Part, piece: Part, named: str) -> Verdict:
        match = ALTERATIONS.decide(piece, self.dialect)
        if match is None:
            return verdict(whole, "unknown", "opaque", "sql-alter", "a change that is not understood")
        target = match.rule.target.replace("{object}", named)
        if match.rule.target == "{}":
            target = named
        return replace(verdict_of(match, piece, target), span=_span(whole), rule=f"sql-alter-{match.rule.id[4:]}")

    def _inner(self, part: Part) -> Iterator[Verdict]:
        """Statements within the statement: `WITH x AS (DELETE …)`, and one that follows without a semicolon."""
        for place in range(1, len(part.tokens)):
            token, before = part.tokens[place], part.tokens[place - 1]
            if token.kind != "word":
                continue
            if before.word == "(" and token.word in CHANGES and part.word(place + 1) != ",":
                if part.word(place + 1) not in (")", "("):
                    yield replace(self._itself(part.between(place, part.group_end(place - 1) - 1)), span=_span(part))
            elif token.word in FOLLOWERS and begins(part, place):
                yield replace(self._itself(part.since(place)), span=_span(part))
                return

    def _functions(self, part: Part) -> Iterator[Verdict]:
        reads = part.verb in PROVED
        for name, place in called(part):
            low = name.lower()
            if low.rpartition(".")[2] == TERMINATE:
                yield _terminate(part, place)
            elif low in self.memory.routines:
                yield replace(self.memory.routines[low], span=_span(part))
            elif rule := find_rule(low):
                yield verdict(part, rule.level, rule.category, f"sql-function-{rule.names.split('|')[0]}",
                              f"{name} {rule.why}" if rule.level == "safe" else rule.why,
                              _function_target(part, place, rule.target))  # fmt: skip
                if rule.code:
                    yield from self._handed_over(part, place, rule.code)
            elif reads and not only_reads(name, self.dialect):
                level = "caution" if sounds_harmful(name) else "unknown"
                yield verdict(part, level, "opaque", "sql-function", f"{name} is not known to only read")

    def _handed_over(self, part: Part, place: int, language: str) -> Iterator[Verdict]:
        for token in part.tokens[place : part.group_end(place)]:
            if token.kind == "string":
                inside = unquoted(part.source[token.start : token.end])
                found = self.shell(inside) if language == "shell" else self.text(inside)
                if found.level != "unknown":
                    yield within(found, part)


PROVED = frozenset(
    {"SELECT", "WITH", "VALUES", "EXPLAIN", "SET", "COPY", "DECLARE", "DO", "PERFORM", "FROM", "(", "TABLE"}
)
"""Verbs that read only as long as the functions they call do."""
FOLLOWERS = frozenset({"DROP", "TRUNCATE", "DELETE", "UPDATE", "ALTER", "EXEC", "EXECUTE", "KILL", "SHUTDOWN", "GRANT", "REVOKE",
                       "INSERT", "RENAME", "DETACH", "OPTIMIZE"})  # fmt: skip
NO_STATEMENT_BEHIND = frozenset(
    "ON FOR DO THEN KEY OF OR BEFORE AFTER INSTEAD , AS . GRANT REVOKE GRANTED CREATE ALTER NO ( FROM BY = WHERE AND NOT TO SELECT".split()
)
THINGS = frozenset(
    "TABLE DATABASE SCHEMA USER ROLE VIEW INDEX PROCEDURE FUNCTION LOGIN TRIGGER SEQUENCE TABLESPACE".split()
)  # noqa: SIM905


def begins(part: Part, place: int) -> bool:
    """Whether another statement begins here, though no semicolon stands before it."""
    word, after = part.word(place), part.word(place + 1)
    if part.word(place - 1) in NO_STATEMENT_BEHIND or part.verb in (
        "CREATE",
        "GRANT",
        "REVOKE",
        "COMMENT",
        "EXPLAIN",
        "DENY",
    ):
        return False
    if word == "DROP" and part.verb == "ALTER":
        return after in ("TABLE", "DATABASE", "SCHEMA", "USER", "ROLE")
    if word in ("DROP", "ALTER"):
        return after in THINGS
    if word == "TRUNCATE":
        return after == "TABLE"
    if word in ("DELETE", "INSERT"):
        return after == ("FROM" if word == "DELETE" else "INTO") and part.verb != "MERGE"
    if word == "UPDATE":
        end = part.name_end(place + 1)
        return end is not None and "SET" in (part.word(end), part.word(end + 1)) and part.verb != "INSERT"
    if word in ("EXEC", "EXECUTE"):
        return place + 1 < len(part.tokens) and part.tokens[place + 1].kind == "word" and part.verb not in ("ALTER",)
    return False


def _pieces(part: Part, place: int) -> Iterator[Part]:
    start = place
    for here in part.level_places(place):
        if part.word(here) == ",":
            if here > start:
                yield part.between(start, here)
            start = here + 1
    if start < len(part.tokens):
        yield part.since(start)


def _skip(part: Part, place: int, words: set[str]) -> int:
    while part.word(place) in words:
        place += 1
    return place


def _terminate(part: Part, place: int) -> Verdict:
    if one_session(part, place):
        return verdict(part, "caution", "process_kill", "sql-terminate-one", "ends one session")
    return verdict(
        part, "dangerous", "process_kill", "sql-terminate", "ends every session that the query finds", "all sessions"
    )


def _function_target(part: Part, place: int, otherwise: str) -> str:
    token = part.tokens[place + 1] if place + 1 < len(part.tokens) else None
    if token and token.kind == "string" and "replication" in otherwise:
        return f"{otherwise} {unquoted(part.source[token.start : token.end])}"
    return otherwise


# Peeling: what a statement wraps around the one that counts.


def explain(judge: Judge, part: Part) -> Verdict | None:
    """Plans without running, unless ANALYZE is among its options."""
    place, runs = 1, part.verb == "ANALYZE"
    while place < len(part.tokens) and part.word(place) not in MAIN - {"FROM"}:
        if part.word(place) == "(":
            end = part.group_end(place)
            runs = runs or _analyzes(part.between(place + 1, end - 1))
            place = end
            if part.word(place) == "" or part.word(place - 1) != ")":
                break
            continue
        if part.word(place) in ("WITH", "CREATE", "EXECUTE", "DECLARE", "REFRESH", "DROP", "ALTER"):
            break
        runs = runs or part.word(place) in ("ANALYZE", "ANALYSE")
        place += 1
    inner = part.since(place)
    if part.verb == "ANALYZE" and inner.verb not in MAIN | {"WITH"}:
        return None
    if runs and inner.tokens:
        return replace(judge.judge(inner), span=_span(part))
    return verdict(part, "safe", "dry_run", "sql-explain", "shows a plan and runs nothing")


def _analyzes(options: Part) -> bool:
    for piece in _pieces(options, 0):
        if piece.verb in ("ANALYZE", "ANALYSE"):
            return not re.search(r"\b(?:false|off|0)\b", piece.text(), re.IGNORECASE)
    return False


def with_tables(judge: Judge, part: Part) -> Verdict | None:
    """The statement behind the common tables; those that change rows are found as inner ones."""
    main = part.level_word(MAIN - {"FROM"}, 1)
    return None if main is None else replace(judge._itself(part.since(main)), span=_span(part))


def parenthesis(judge: Judge, part: Part) -> Verdict | None:
    end = part.group_end(0)
    inner = part.between(1, end - 1)
    return (
        replace(judge._itself(inner), span=_span(part))
        if inner.verb in ("SELECT", "WITH", "(", "VALUES", "TABLE")
        else None
    )


def begin(judge: Judge, part: Part) -> Verdict | None:
    """`BEGIN DELETE …`: a block, and not a transaction."""
    place = _skip(part, 1, {"TRY", "CATCH", "NOT", "ATOMIC"})
    if len(part.tokens) == 1 or STATEMENTS.decide(part, judge.dialect):
        return None
    return replace(judge.judge(part.since(place)), span=_span(part))


def do(judge: Judge, part: Part) -> Verdict | None:
    body = next((token for token in part.tokens if token.kind == "string"), None)
    if body is None:
        return (
            verdict(part, "safe", "read_only", "sql-do", "computes and shows nothing") if part.word(2) == "(" else None
        )
    inside = judge.text(unquoted(part.source[body.start : body.end]))
    floor = verdict(part, "caution", "opaque", "sql-do", "runs a block of code")
    return worst([floor, within(inside, part)], floor)


def copy(judge: Judge, part: Part) -> Verdict | None:
    for place, token in enumerate(part.tokens):
        if token.word == "PROGRAM" and place + 1 < len(part.tokens) and part.tokens[place + 1].kind == "string":
            command = part.tokens[place + 1]
            found = within(judge.shell(unquoted(part.source[command.start : command.end])), part)
            base = judge.by_rows(part)
            return replace(found, target=found.target or base.target) if found.level == "dangerous" else base
    return None


def set_variable(judge: Judge, part: Part) -> Verdict | None:
    """Remembers what a variable holds, in case it is run later."""
    for place, token in enumerate(part.tokens):
        if token.kind == "value" and part.word(place + 1) in ("=", ":="):
            judge.memory.strings[part.text(place, place + 1).lower()] = literal(part.since(place + 2))
    return None


def declare(judge: Judge, part: Part) -> Verdict | None:
    set_variable(judge, part)
    cursor = part.level_word(frozenset({"CURSOR"}))
    start = part.level_word(frozenset({"SELECT", "WITH", "VALUES"}), cursor or 0)
    if cursor is not None and start is not None:
        return replace(judge.judge(part.since(start)), span=_span(part))
    return None


def prepare(judge: Judge, part: Part) -> Verdict | None:
    if part.word(1) == "TRANSACTION":
        return verdict(
            part, "caution", "config_change", "sql-prepare-transaction", "leaves a transaction open for later"
        )
    start = part.level_word(frozenset({"AS", "FROM"}), 2)
    if start is None:
        return None
    inner = part.since(start + 1)
    name = part.text(1, 2).lower()
    text = inner.text() if part.word(start) == "AS" else run_text(judge, inner)
    judge.memory.prepared[name] = text
    found = judge.text(text)
    return within(found, part) if found.level != "unknown" else _handed(part)


def execute(judge: Judge, part: Part) -> Verdict | None:
    """Dynamic SQL: of a string, of a variable, or of what was prepared before."""
    inner = part.since(2 if part.word(1) == "IMMEDIATE" else 1)
    name = inner.text(0, 1).lower()
    if name in judge.memory.prepared:
        return within(judge.text(judge.memory.prepared[name]), part)
    if STATEMENTS.decide(part, judge.dialect) and part.word(1) != "(":
        shell = _command_shell(judge, part)
        if shell or not _holds_code(inner):
            return shell
    if any(token.kind in ("string", "value") for token in inner.tokens):
        found = judge.text(run_text(judge, inner))
        floor = verdict(part, "caution", "opaque", "sql-dynamic", "runs SQL that is put together as text")
        return worst([floor, within(found, part)], floor)
    return _handed(part)


def _command_shell(judge: Judge, part: Part) -> Verdict | None:
    if "XP_CMDSHELL" not in {token.word for token in part.tokens} and "xp_cmdshell" not in part.text().lower():
        return None
    base = verdict(part, "dangerous", "privilege", "sql-xp-cmdshell", "runs a shell command on the database server",
                   "the database server")  # fmt: skip
    found = within(judge.shell(literal(part)), part)
    return found if found.level == "dangerous" and found.target else base


def _holds_code(part: Part) -> bool:
    return part.verb in ("SP_EXECUTESQL", "SP_MSFOREACHTABLE", "SP_MSFOREACHDB", "@", "'", "(") or "SP_EXECUTESQL" in {
        token.word for token in part.tokens[:6]
    }


def _handed(part: Part) -> Verdict:
    return verdict(part, "unknown", "opaque", "sql-dynamic", "runs text that nobody sees here")


def run_text(judge: Judge, part: Part) -> str:
    """The text that is run: strings put together, variables by what they were set to, a hole for the rest."""
    pieces: list[str] = []
    for token in part.tokens:
        written = part.source[token.start : token.end]
        if token.kind == "string":
            pieces.append(unquoted(written))
        elif token.kind == "value":
            pieces.append(judge.memory.strings.get(written.lower(), HOLE))
        elif token.kind in ("word", "name", "hole") and pieces and token.word not in ("USING", "N", "INTO"):
            pieces.append(HOLE)
    return "".join(pieces)


def literal(part: Part) -> str:
    return "".join(
        unquoted(part.source[token.start : token.end]) if token.kind == "string" else HOLE
        for token in part.tokens
        if token.kind in ("string", "value", "name", "hole")
    )


PEELS: dict[str, Callable[[Judge, Part], Verdict | None]] = {
    "EXPLAIN": explain,
    "DESCRIBE": explain,
    "DESC": explain,
    "ANALYZE": explain,
    "PROFILE": explain,
    "WITH": with_tables,
    "(": parenthesis,
    "BEGIN": begin,
    "DO": do,
    "COPY": copy,
    "SET": set_variable,
    "DECLARE": declare,
    "PREPARE": prepare,
    "EXECUTE": execute,
    "EXEC": execute,
    "CALL": execute,
}


def verdict_of(match: Match, part: Part, target: str | None = None) -> Verdict:
    rule = match.rule
    named = part.text(*match.name) if match.name else ""
    form = rule.target if target is None else target
    said = special_target(form, part) if form.startswith("@") else form.replace("{}", _target(named))
    return verdict(part, rule.level, rule.category, rule.id, rule.why, said)


def special_target(form: str, part: Part) -> str:
    if form == "@last":
        return (
            part.text(-1)
            if len(part.tokens) > 1 and part.word(-1 + len(part.tokens)) not in ("FULL", ")")
            else "every table"
        )
    end = part.level_word(frozenset({"TO", "FROM"}), 1)
    start = part.level_word(frozenset({"ON"}), 1)
    return part.text(1 if start is None else start + 1, end)


def verdict(part: Part, level: str, category: Category, rule: str, why: str, target: str = "") -> Verdict:
    said = _target(target)
    if level == "dangerous" and not said:
        said = "the database"
    return Verdict(level, category, rule, why, _span(part), said)  # type: ignore[arg-type]


def within(found: Verdict, part: Part) -> Verdict:
    """A verdict on text inside the statement, as one on the statement."""
    return replace(found, span=_span(part), dry_run=None)


def _span(part: Part) -> Span:
    return (part.tokens[0].start, part.tokens[-1].end) if part.tokens else (0, 0)


def _target(text: str) -> str:
    """One line that a keyboard has keys for."""
    plain = re.sub(r"[^\x20-\x7e]+", " ", text.replace(HOLE, "?")).translate(UNQUOTED)
    return " ".join(plain.split())[:LONGEST_TARGET].strip()


UNQUOTED = str.maketrans("", "", "'\"`[]")


def unquoted(text: str) -> str:
    """What a string literal says, dollar quotes included."""
    if text.startswith("$"):
        tag = text[: text.index("$", 1) + 1]
        return text[len(tag) : -len(tag)]
    quote = next((sign for sign in text if sign in "'\""), "'")
    body = text[text.find(quote) + 1 : -1].replace(quote * 2, quote)
    return re.sub(r"\\(['\"\\])", r"\1", body)
