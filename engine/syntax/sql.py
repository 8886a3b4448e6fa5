"""SQL text into statements. Nothing is dropped: between two statements lie white space, delimiters and comments only.

A document's block and what a session is given are split by the same tokens, see `sql_tokens`. Text in which there is
nothing but what every client reads alike is split without them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ..expressions import expression
from .sql_readings import CLIENTS
from .sql_tokens import MYSQL_LINE, boundaries
from .sql_tokens import Statement as TokenStatement


class Statement(NamedTuple):
    text: str
    """With the comments before it, without its terminator."""
    row: int
    """First and last row within the text, counted from 0."""
    last_row: int
    start: int
    """Offset into the text; `text[start:end]` is the statement."""
    end: int
    joined: str = ""
    """Why it is kept together although it may be several; empty for one statement."""
    unlike: tuple[str, ...] = ()
    """Dialects in which the text around it is split in other places."""


DIALECTS = {
    "psql": "postgres",
    "pgsql": "postgres",
    "postgres": "postgres",
    "postgresql": "postgres",
    "plpgsql": "postgres",
    "mysql": "mysql",
    "mariadb": "mysql",
    "sqlite": "sqlite",
    "sqlite3": "sqlite",
}
"""A fence's language word → the dialect sqlglot knows it by; `sql` itself is none in particular."""

NAMES: Mapping[str, str] = {"postgres": "PostgreSQL", "mysql": "MySQL", "sqlite": "SQLite"}
MARKS = expression(
    r"""'[^']*' | "[^"]*" | --[^\n]* | /\*(?:(?!/\*|\*/).)*\*/ | ([;()'"] | /\* | \*/)""", re.VERBOSE | re.DOTALL
)
"""In easy text: quotes and comments, and each sign that counts outside of them."""
HARD = expression(
    rf"""[\\`\[$\#\r] | --(?!-*(?:[ \t\n\f\v]|\Z)) | /\*M?! | ^[ \t]*\.[a-z]
      | \b(?:DELIMITER|COPY|PROCEDURE|FUNCTION|TRIGGER|EVENT|PACKAGE|SYSTEM|PAGER|ATOMIC)\b | {MYSQL_LINE}""",
    re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)
"""What the clients do not all read alike, or not by quotes, comments and semicolons alone."""
DOLLAR_QUOTE = expression(r"\$(?:[^\W\d]\w*)?\$")
DELIMITER = expression(r"^[ \t]*DELIMITER[ \t]+\S", re.IGNORECASE | re.MULTILINE)
PSQL_COMMAND = expression(
    r"^[ \t]*\\(?:d[a-zA-Z]*|l|list|x|timing|conninfo|c|connect|copy|pset|set|echo)\b", re.MULTILINE
)
UNTOLD = "PostgreSQL, MySQL and SQLite would split it in different places, and nothing says which of them is meant"
DELIMITED = "what its DELIMITER keeps together would come apart without it"
REMARKS = expression(r"(?:\s|;|--[^\n]*|/\*(?!M?!).*?\*/|\#[^\n]*)*\Z", re.DOTALL)
"""Comments of any dialect, and nothing else."""
SENTENCE_CASE = expression(r"^\s*[A-Z][a-z]+\b(?!.*--)", re.MULTILINE)
"""`Select a plan; …` is a sentence; SQL is written in one case or the other."""
BLANKS = " \t\n\r\f\v"
"""To a server no other character is one."""
COMMENT_BEHIND = {
    "mysql": expression(r"[ \t]*(?:--(?=\s|\Z)|\#)[^\n]*"),
    "": expression(r"[ \t]*--(?=\s|\Z)[^\n]*"),
}
"""On the line of the semicolon before it; `mysql` has a sign more for it."""
VERB = expression(
    r"""\s*(?:(?:--[^\n]*\n|/\*.*?\*/)\s*)*
    (?: SELECT\b | WITH\s+(?:RECURSIVE\s+)?\w+\s+AS\b | INSERT\s+(?:INTO|IGNORE|OR)\b | REPLACE\s+INTO\b
      | UPDATE\s+\S+.*?\bSET\b
      | DELETE\s+FROM\b | CREATE\s+(?:OR\s+REPLACE\s+|UNIQUE\s+|TEMP(?:ORARY)?\s+|MATERIALIZED\s+)*
        (?:TABLE|INDEX|VIEW|DATABASE|SCHEMA|USER|ROLE|FUNCTION|PROCEDURE|TRIGGER|EXTENSION|SEQUENCE
        |PUBLICATION|SUBSCRIPTION|TYPE)\b
      | (?:ALTER|DROP)\s+(?:TABLE|INDEX|VIEW|DATABASE|SCHEMA|USER|ROLE|FUNCTION|PROCEDURE|TRIGGER|EXTENSION|SEQUENCE
        |SYSTEM|PUBLICATION|SUBSCRIPTION|TYPE|COLUMN)\b
      | TRUNCATE\s+(?:TABLE\s+)?\w | EXPLAIN\s+(?:ANALYZE|SELECT|\()  | GRANT\s+.*?\bTO\b | REVOKE\s+.*?\bFROM\b
      | SHOW\s+(?:FULL\s+)?(?:PROCESSLIST|TABLES|DATABASES|STATUS|VARIABLES|GLOBAL|ENGINE|SLAVE|MASTER|REPLICA|CREATE
        |GRANTS|INDEX|COLUMNS)\b
      | VACUUM\b[^\n]*; | ANALYZE\s+\w+[^\n]*; | REINDEX\s+\w | CALL\s+\w+\( | DO\s+\$\$ | BEGIN\s*;
      | COMMIT\s*; | ROLLBACK\s*;
      | START\s+TRANSACTION | KILL\s+(?:QUERY\s+|CONNECTION\s+)?\d+\s*; | LOCK\s+TABLES?\b
      | OPTIMIZE\s+TABLE\b | USE\s+\w+\s*; )
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
"""A statement's first words that an English sentence or a shell command does not share."""


def reads_as_sql(text: str) -> bool:
    """Whether a text that names no language opens like a SQL statement."""
    found = VERB.match(text)
    return found is not None and not SENTENCE_CASE.search(text, 0, found.end())


def split_statements(text: str, dialect: str = "") -> tuple[Statement, ...]:
    """The statements of a text in order, as the client of its dialect takes them; a last one without its semicolon
    counts. Never raises.

    `dialect` is a fence's word or one of `CLIENTS`; of a text in none of them only what all of those agree about is
    split.
    """
    dialect = DIALECTS.get(dialect, "")
    easy = _easy_ends(text)
    if easy is not None:
        return tuple(_statements(text, easy, dialect, {}, {}))
    dialect = dialect or _told_by(text)
    read = {one: boundaries(text, reading) for one, reading in CLIENTS.items()}
    possible = (dialect,) if dialect else tuple(CLIENTS)
    common = set.intersection(*(set(read[one][1]) for one in possible))
    ends = [(max(read[one][1][past] for one in possible), past) for past in sorted(common)]
    meant = {one: read[one][0] for one in possible}
    others = {one: read[one][1] for one in CLIENTS if one not in possible}
    found = tuple(_statements(text, ends, dialect, meant, others))
    if dialect == "mysql" and DELIMITER.search(text) and any(_comes_apart(one.text) for one in found):
        return tuple(one._replace(joined=DELIMITED) for one in _statements(text, (), dialect, {}, {}))
    return found


def _comes_apart(text: str) -> bool:
    return len(boundaries(text, CLIENTS["mysql"])[0]) != 1


def _told_by(text: str) -> str:
    """The only dialect that has something of the kind."""
    if DELIMITER.search(text):
        return "mysql"
    return "postgres" if DOLLAR_QUOTE.search(text) or PSQL_COMMAND.search(text) else ""


Ends = Sequence[tuple[int, int]]
"""Where what ends a statement begins, and where the next one may begin."""


def _easy_ends(text: str) -> list[tuple[int, int]] | None:
    """Of text that all clients read alike; None for any other."""
    if HARD.search(text):
        return None
    ends: list[tuple[int, int]] = []
    depth = 0
    for found in MARKS.finditer(text):
        mark = found[1]
        if mark == ";" and not depth:
            ends.append(found.span())
        elif mark in ("(", ")"):
            depth = max(0, depth + (1 if mark == "(" else -1))
        elif mark:
            return None
    return ends if not depth else None


def _statements(
    text: str,
    ends: Ends,
    dialect: str,
    possible: Mapping[str, Sequence[TokenStatement]],
    others: Mapping[str, Mapping[int, int]],
) -> Iterator[Statement]:
    """Blank spans fall away, and so do a comment behind a semicolon and one that no statement follows."""
    row = counted = begin = 0
    end = (len(text), len(text))
    for stop, past in [*ends, end] if not ends or ends[-1][1] < len(text) else ends:
        first, last = _trim(text, begin, stop, dialect)
        found = [_inside(one, begin, past) for one in possible.values()]
        if text[first:last].strip() and ((len(found) == 1 and found[0]) or not REMARKS.match(text, first, last)):
            row, counted = row + text.count("\n", counted, first), first
            unlike = tuple(
                one for one, known in others.items() if not _fits(begin, stop, past, {len(text): len(text), **known})
            )
            last_row = row + text.count("\n", first, last)
            joined = "" if _is_agreed(found) else UNTOLD
            yield Statement(text[first:last], row, last_row, first, last, joined, unlike)
        begin = past


def _fits(begin: int, stop: int, past: int, known: Mapping[int, int]) -> bool:
    """What stands there is whole statements to somebody else as well."""
    return (begin == 0 or begin in known) and known.get(past, past + 1) <= stop


def _inside(read: Sequence[TokenStatement], begin: int, past: int) -> Sequence[TokenStatement]:
    return read[bisect_left(read, begin, key=_start) : bisect_left(read, past, key=_start)]


def _start(one: TokenStatement) -> int:
    return one.start


def _is_agreed(found: Sequence[Sequence[TokenStatement]]) -> bool:
    """By all who read it: that it is one statement, and whether that has its end."""
    return all(len(one) <= 1 for one in found) and len({one[0].broken for one in found if one}) <= 1


def _trim(text: str, start: int, end: int, dialect: str) -> tuple[int, int]:
    behind = COMMENT_BEHIND["mysql" if dialect == "mysql" else ""].match(text, start, end)
    if behind and start:
        start = behind.end()
    piece = text[start:end]
    leading = len(piece) - len(piece.lstrip(BLANKS))
    return start + leading, start + max(leading, len(piece.rstrip(BLANKS)))
