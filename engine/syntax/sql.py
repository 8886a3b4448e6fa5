"""SQL text into statements. Nothing is dropped: between two statements lie white space, delimiters and comments only.

Quotes, comments and semicolons are read by a small scanner. Routines, dollar quotes and anything else with a body
go through sqlglot's tokenizer, which is imported only then (95 ms).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from ..expressions import expression

if TYPE_CHECKING:
    from sqlglot.tokens import Tokenizer


class Statement(NamedTuple):
    text: str
    """With the comments before it, without its terminator."""
    row: int
    """First and last row within the text, counted from 0."""
    last_row: int
    start: int
    """Offset into the text; `text[start:end]` is the statement."""
    end: int


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

PIECE = expression(
    r"""
      (?P<quote>'(?:[^'\\]|''|\\.)*'|"(?:[^"]|"")*"|`[^`]*`)
    | (?P<comment>--[^\n]*|/\*.*?\*/)
    | (?P<end>;)
    """,
    re.VERBOSE | re.DOTALL,
)
HARD = expression(
    r"\$\w*\$|^[ \t]*DELIMITER\b|/\*(?:(?!\*/).)*/\*|\bCREATE\b(?:(?!;).)*\b(?:PROCEDURE|FUNCTION|TRIGGER|EVENT)\b",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)
DOLLAR_QUOTE = expression(r"\$\w*\$")
DELIMITER = expression(r"^[ \t]*DELIMITER[ \t]+(\S+)[^\n]*(?:\n|\Z)", re.IGNORECASE | re.MULTILINE)
META_COMMAND = expression(r"^[ \t]*\\[a-zA-Z?!][^\n]*$", re.MULTILINE)
"""A line for psql itself, such as `\\dt`; it ends at the end of its line."""
COMMENT_ONLY = expression(r"(?:\s|--[^\n]*(?:\n|\Z)|/\*.*?\*/|\#[^\n]*(?:\n|\Z))*\Z", re.DOTALL)
SENTENCE_CASE = expression(r"^\s*[A-Z][a-z]+\b(?!.*--)", re.MULTILINE)
"""`Select a plan; …` is a sentence; SQL is written in one case or the other."""
COMMENT_BEHIND = expression(r"[ \t]*--[^\n]*")
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
    """The statements of a text in order; a last one without its semicolon counts. Never raises."""
    hard = HARD.search(text)
    # Only PostgreSQL quotes with dollars, whatever the fence says.
    dialect = "postgres" if hard and DOLLAR_QUOTE.search(text) else DIALECTS.get(dialect, "")
    spans = _hard_spans(text, dialect) if hard else _easy_spans(text)
    return tuple(_statements(text, spans))


Span = tuple[int, int]


def _easy_spans(text: str) -> Iterator[Span]:
    start = 0
    for meta_start, meta_end in [*_meta_lines(text), (len(text), len(text))]:
        for found in PIECE.finditer(text, start, meta_start):
            if found.lastgroup == "end":
                yield start, found.start()
                start = found.end()
        yield start, meta_start
        yield meta_start, meta_end
        start = meta_end


def _meta_lines(text: str) -> list[Span]:
    """Lines for the client, as far as they stand outside of quotes and comments."""
    if "\\" not in text:
        return []
    taken = [(found.start(), found.end()) for found in PIECE.finditer(text) if found.lastgroup != "end"]
    starts = [start for start, _ in taken]
    lines: list[Span] = []
    for found in META_COMMAND.finditer(text):
        place = bisect_right(starts, found.start()) - 1
        if place < 0 or taken[place][1] <= found.start():
            lines.append(found.span())
    return lines


def _hard_spans(text: str, dialect: str) -> Iterator[Span]:
    start = 0
    delimiter = ";"
    for found in [*DELIMITER.finditer(text), None]:
        end = found.start() if found else len(text)
        yield from _delimited(text, start, end, delimiter, dialect)
        if found:
            start, delimiter = found.end(), found[1]


def _delimited(text: str, start: int, end: int, delimiter: str, dialect: str) -> Iterator[Span]:
    if delimiter == ";":
        yield from _token_spans(text, start, end, dialect)
        return
    while (stop := text.find(delimiter, start, end)) >= 0:
        yield start, stop
        start = stop + len(delimiter)
    yield start, end


BLOCK_OPENERS = frozenset({"BEGIN", "CASE", "IF", "LOOP", "WHILE", "REPEAT"})
NOT_BLOCKS = frozenset({"TRANSACTION", "WORK", "EXISTS", "NOT", ";", "(", "TRAN"})
"""Words after which `BEGIN` or `IF` opens nothing: `BEGIN;`, `IF EXISTS`, the function `IF(…)`."""


def _token_spans(text: str, start: int, end: int, dialect: str) -> Iterator[Span]:
    """Spans by sqlglot's tokens, with `BEGIN … END` of a routine kept whole."""
    from sqlglot.errors import TokenError
    from sqlglot.tokenizer_core import TokenType

    try:
        tokens = _tokenizer(dialect).tokenize(text[start:end])
    except TokenError:
        yield start, end
        return
    words = [token.text.upper() if token.token_type != TokenType.STRING else "" for token in tokens]
    depth, begin, in_routine = 0, start, False
    for index, token in enumerate(tokens):
        word = words[index]
        if word in {"PROCEDURE", "FUNCTION", "TRIGGER", "EVENT"}:
            in_routine = True
        elif in_routine and word in BLOCK_OPENERS and _opens(words, index):
            depth += 1
        elif word == "END" and depth:
            depth -= 1
        elif token.token_type == TokenType.SEMICOLON and not depth:
            yield begin, start + token.start
            begin, in_routine = start + token.end + 1, False
    yield begin, end


def _opens(words: list[str], index: int) -> bool:
    following = words[index + 1] if index + 1 < len(words) else ";"
    before = words[index - 1] if index else ""
    return following not in NOT_BLOCKS and before != "END"


def _tokenizer(dialect: str) -> Tokenizer:
    from sqlglot.dialects.dialect import Dialect

    return Dialect.get_or_raise(dialect or None).tokenizer()


def _statements(text: str, spans: Iterator[Span]) -> Iterator[Statement]:
    """Blank spans fall away, and so do a comment behind a semicolon and one that no statement follows."""
    row = counted = 0
    for start, end in spans:
        first, last = _trim(text, start, end)
        if first < last and not COMMENT_ONLY.match(text, first, last):
            row, counted = row + text.count("\n", counted, first), first
            yield Statement(text[first:last], row, row + text.count("\n", first, last), first, last)


def _trim(text: str, start: int, end: int) -> Span:
    behind = COMMENT_BEHIND.match(text, start, end)
    if behind and start:
        start = behind.end()
    piece = text[start:end]
    leading = len(piece) - len(piece.lstrip())
    return start + leading, start + max(leading, len(piece.rstrip()))
