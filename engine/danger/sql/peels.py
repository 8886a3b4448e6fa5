"""What a statement wraps around the one that counts: EXPLAIN, WITH, BEGIN, PREPARE, DO, a string that is run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ...expressions import expression
from ...syntax.sql_tokens import HOLE, Token
from ..verdict import Verdict, worst
from . import client
from .functions import NOT_CALLS
from .made import unquoted, verdict, within
from .part import Part

if TYPE_CHECKING:
    from .statement import Judge, Peel

MAIN = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "VALUES", "TABLE"})
EXPLAINED = MAIN | {"WITH", "CREATE", "EXECUTE", "DECLARE", "REFRESH", "DROP", "ALTER", "TRUNCATE"}
ANALYZE = frozenset({"ANALYZE", "ANALYSE"})
QUOTED_ANALYZE = expression(r"\s*[\"`]analy[sz]e[\"`]", re.IGNORECASE)
BLOCK = frozenset({"TRY", "CATCH", "NOT", "ATOMIC", "BEGIN"})
FORMAT_SIGN = expression(r"%(?:\d+\$)?[ILs]")
RUNS_STRINGS = frozenset({"SP_EXECUTESQL", "SP_MSFOREACHTABLE", "SP_MSFOREACHDB", "DBMS_SQL", "EXEC_DDL_STATEMENT"})


def explain(judge: Judge, part: Part) -> Verdict | None:
    """Plans without running, unless ANALYZE is among its options."""
    place, runs = 1, part.verb in ANALYZE
    while place < len(part) and part.word(place) not in EXPLAINED:
        if part.word(place) == "(":
            options = part.group(place)
            if options.verb in EXPLAINED:
                break
            runs = runs or _analyzes(options)
            place = part.group_end(place)
        else:
            runs = runs or part.word(place).strip('"`').upper() in ANALYZE
            place += 1
    inner = part.since(place)
    if part.verb in ANALYZE and inner.verb not in MAIN | {"WITH"}:
        return None
    if runs and len(inner):
        return within(judge.judge(inner), part)
    return verdict(part, "safe", "dry_run", "sql-explain", "shows a plan or a structure, and runs nothing")


def _analyzes(options: Part) -> bool:
    return any(
        (piece.verb in ANALYZE or QUOTED_ANALYZE.match(piece.text()))
        and not re.search(r"\b(?:false|off|0)\b", piece.text(), re.IGNORECASE)
        for piece in options.pieces()
    )


def common_tables(judge: Judge, part: Part) -> Verdict | None:
    """The statement behind them; those that change rows themselves are found as inner ones."""
    main = part.level_word(MAIN, 1)
    return None if main is None else within(judge.itself(part.since(main)), part)


def parenthesis(judge: Judge, part: Part) -> Verdict | None:
    inner = part.group(0)
    readable = inner.verb in ("SELECT", "WITH", "(", "VALUES", "TABLE")
    return within(judge.judge(inner), part) if readable else None


def begin(judge: Judge, part: Part) -> Verdict | None:
    """`BEGIN DELETE …` opens a block, and no transaction."""
    if len(part) == 1 or opens_transaction(part):
        return None
    place = part.skip(1, BLOCK)
    return within(judge.judge(part.since(place)), part) if place < len(part) else None


def opens_transaction(part: Part) -> bool:
    return part.verb in ("BEGIN", "START") and (len(part) == 1 or part.word(1) in TRANSACTION)


TRANSACTION = frozenset(
    [
        "TRANSACTION",
        "WORK",
        "TRAN",
        "DEFERRED",
        "IMMEDIATE",
        "EXCLUSIVE",
        "ISOLATION",
        "READ",
        "CONCURRENT",
        "BATCH",
        "UNLOGGED",
        "COUNTER",
    ]
)


def do(judge: Judge, part: Part) -> Verdict | None:
    """A block of code in a string; MySQL's `DO f()` computes and shows nothing."""
    body = next((token for token in part if token.kind == "string"), None)
    if body is None or part.word(2) == "(":
        return (
            verdict(part, "safe", "read_only", "sql-do", "computes and shows nothing") if "(" in part.words() else None
        )
    inside = judge.text(unquoted(part.source[body.start : body.end]))
    floor = verdict(part, "caution", "opaque", "sql-do", "runs a block of code")
    return worst([floor, within(inside, part)], floor)


def copy(judge: Judge, part: Part) -> Verdict | None:
    """The shell command of `PROGRAM` is judged; it runs as the database's own user."""
    for place in range(1, len(part) - 1):
        if part.word(place) == "PROGRAM" and part.at(place + 1).kind == "string":
            base = judge.by_rows(part)
            found = within(judge.shell(unquoted(part.text(place + 1, place + 2))), part)
            return found if found.level == "dangerous" and found.target else base
    return None


def create(judge: Judge, part: Part) -> Verdict | None:
    """A routine's body runs later; it is remembered, in case the text calls it. An event's body runs by itself."""
    kind = next((place for place in range(1, min(len(part), 12)) if part.word(place) in ROUTINES), None)
    if kind is None or part.word(kind - 1) in ("ON", "BY"):
        return _filled(judge, part)
    start = part.skip(kind + 1, frozenset({"IF", "NOT", "EXISTS"}))
    name = part.text(start, part.name_end(start) or start).lower()
    inside = _body(judge, part, start)
    if part.word(kind) == "EVENT":
        return worst([judge.by_rows(part), within(inside, part)], inside)
    judge.memory.routines[name] = inside
    return None


def _filled(judge: Judge, part: Part) -> Verdict | None:
    """`CREATE TABLE … AS`, or `… SELECT`: the query runs at once, and may change more than it makes."""
    if not {"TABLE", "MATERIALIZED"} & {part.word(place) for place in range(1, min(len(part), 6))}:
        return None
    start = next((place for place in part.level_places(2) if _begins_query(part, place)), None)
    found = None if start is None else judge.judge(part.since(start))
    base = judge.by_rows(part)
    if found is None or found.level == "safe":
        return base
    return within(found if found.rank >= base.rank else found._replace(level=base.level), part)


def _begins_query(part: Part, place: int) -> bool:
    if part.word(place) == "(":
        return part.group(place).verb in QUERIES
    return part.word(place) in QUERIES


QUERIES = frozenset({"SELECT", "WITH", "VALUES", "EXECUTE"})
ROUTINES = frozenset({"FUNCTION", "PROCEDURE", "EVENT"})


def _body(judge: Judge, part: Part, place: int) -> Verdict:
    string = next(
        (token for token in part.since(place) if token.kind == "string" and part.source[token.start] == "$"), None
    )
    if string:
        return judge.text(unquoted(part.source[string.start : string.end]))
    opening = part.level_word(frozenset({"BEGIN", "DO", "AS"}), place)
    return judge.text(part.text(len(part) if opening is None else opening + 1))


def settings(judge: Judge, part: Part) -> Verdict | None:
    """MariaDB's `SET STATEMENT name=value FOR` has a statement behind it."""
    start = part.level_word(frozenset({"FOR"}), 2) if part.word(1) == "STATEMENT" else None
    return set_variable(judge, part) if start is None else within(judge.judge(part.since(start + 1)), part)


def set_variable(judge: Judge, part: Part) -> Verdict | None:
    """Remembers what a variable holds, in case it is run later."""
    for piece in part.pieces(1):
        sign = piece.level_word(ASSIGNS)
        name = next((place for place in range(min(3, len(piece))) if piece.at(place).kind == "value"), None)
        if sign is not None and name is not None and name < sign:
            judge.memory.strings[piece.text(name, name + 1).lower()] = run_text(judge, piece.since(sign + 1))
    return None


ASSIGNS = frozenset({"=", ":="})


def select(judge: Judge, part: Part) -> Verdict | None:
    """A placeholder that stands where a clause would may be anything, even another statement."""
    set_variable(judge, part)
    for place in range(1, len(part)):
        token, before = part.at(place), part.at(place - 1)
        if token.kind == "hole" and token.start > before.end and _is_operand(before):
            return verdict(part, "unknown", "opaque", "sql-hole", "a placeholder stands where a clause would")
    return None


def _is_operand(token: Token) -> bool:
    return token.word == ")" or (token.kind != "op" and token.word not in NOT_CALLS)


def declare(judge: Judge, part: Part) -> Verdict | None:
    """A cursor reads; a variable may hold code."""
    set_variable(judge, part)
    cursor = part.level_word(frozenset({"CURSOR"}))
    start = part.level_word(frozenset({"SELECT", "WITH", "VALUES"}), cursor or 0)
    if cursor is not None and start is not None:
        return within(judge.judge(part.since(start)), part)
    if part.word(1) in ("@", "") or part.at(1).kind == "value":
        return None
    return within(judge.judge(part.since(1)), part) if part.word(1) == "BEGIN" else None


def prepare(judge: Judge, part: Part) -> Verdict | None:
    if part.word(1) == "TRANSACTION":
        return verdict(
            part, "caution", "config_change", "sql-prepare-transaction", "leaves a transaction open for later"
        )
    start = part.level_word(frozenset({"AS", "FROM"}), 2)
    if start is None:
        return None
    inner = part.since(start + 1)
    text = inner.text() if part.word(start) == "AS" else run_text(judge, inner)
    judge.memory.prepared[part.text(1, 2).lower()] = text
    return within(judge.text(text), part)


def execute(judge: Judge, part: Part) -> Verdict | None:
    """Code in a string, in a variable, or prepared before; or a procedure."""
    inner = part.since(2 if part.word(1) == "IMMEDIATE" else 1)
    name = inner.text(0, inner.name_end(0) or 0)
    if name.lower() in judge.memory.prepared:
        return within(judge.text(judge.memory.prepared[name.lower()]), part)
    if name.lower() in judge.memory.routines:
        return within(judge.memory.routines[name.lower()], part)
    procedure = re.sub(r"[\[\]\"]", "", name).upper().rpartition(".")[2]
    if procedure == "XP_CMDSHELL":
        return _command_shell(judge, part)
    if _is_code(inner, procedure):
        return _dynamic(judge, part, inner)
    return None if part.verb != "EXECUTE" or inner.word(1) in ("(", "@", "'") else _unseen(judge, part)


def _is_code(inner: Part, procedure: str) -> bool:
    if procedure in RUNS_STRINGS or inner.at(0).kind in ("string", "value") or inner.verb == "(":
        return True
    return inner.word(1) == "(" and inner.verb in ("FORMAT", "CONCAT", "CONCAT_WS")


def _dynamic(judge: Judge, part: Part, inner: Part) -> Verdict:
    found = judge.text(run_text(judge, inner))
    floor = verdict(part, "caution", "opaque", "sql-dynamic", "runs SQL that is put together as text")
    return worst([floor, within(found, part)], floor)


def _unseen(judge: Judge, part: Part) -> Verdict | None:
    found = judge.by_rows(part)
    return (
        found
        if found.level != "unknown"
        else verdict(part, "unknown", "opaque", "sql-execute", "runs a statement that was prepared elsewhere")
    )


def _command_shell(judge: Judge, part: Part) -> Verdict:
    base = verdict(part, "dangerous", "privilege", "sql-xp-cmdshell", "runs a shell command on the database server",
                   target="the database server")  # fmt: skip
    found = within(judge.shell(run_text(judge, part.since(1))), part)
    return found if found.level == "dangerous" and found.target else base


def run_text(judge: Judge, part: Part) -> str:
    """The text that is run: strings put together, variables by what they were set to, a hole for the rest."""
    pieces: list[str] = []
    for token in part:
        written = part.source[token.start : token.end]
        if token.kind == "string" or (token.kind == "name" and written[0] == '"'):
            pieces.append(FORMAT_SIGN.sub(HOLE, unquoted(written)))
        elif token.kind == "value":
            pieces.append(judge.memory.strings.get(written.lower(), HOLE))
        elif token.kind in ("word", "name", "hole") and pieces and token.word not in ("USING", "INTO"):
            pieces.append(HOLE)
    return "".join(pieces)


def command_line(judge: Judge, part: Part) -> Verdict | None:
    """A command of mysql or sqlplus that looks like a statement: `SOURCE file`."""
    return within(client.judge_command(part.text(), judge.shell), part)


PEELS: dict[str, Peel] = {
    "EXPLAIN": explain,
    "DESCRIBE": explain,
    "DESC": explain,
    "ANALYZE": explain,
    "ANALYSE": explain,
    "PROFILE": explain,
    "WITH": common_tables,
    "(": parenthesis,
    "BEGIN": begin,
    "DO": do,
    "COPY": copy,
    "CREATE": create,
    "SET": settings,
    "SELECT": select,
    "DECLARE": declare,
    "PREPARE": prepare,
    "EXECUTE": execute,
    "EXEC": execute,
    "CALL": execute,
    "SOURCE": command_line,
}
