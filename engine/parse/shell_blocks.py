"""Blocks for a shell: scripts that run whole, commands that are split into parts, and blocks that only say `shell`."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache

from ..expressions import expression
from ..model import Problem, StepKind
from ..syntax.shell import Outline
from ..syntax.sql import reads_as_sql
from .blocks import Code
from .commands import ASSIGNMENT, KEYWORDS, command_word, is_known, reads_as_command
from .forks import Fork, forks
from .inline import shorten
from .languages import Info
from .pieces import Piece, Reading, maybe_problem, outline_of, template, whole
from .splitting import Part, split, unnumbered

DATA_LINE = expression(
    r"""\s*(?: (?:-\s+)?["']?[A-Za-z_][\w./ -]*["']?:(?:\s.*)?$        # YAML and JSON keys
      | [\[\]{}],?\s*$ | "[^"]*",?\s*$ | -\ \S                          # JSON and lists
      | \S{0,12}\d{4}-\d\d-\d\d[T\ ]\d | \[?\d\d:\d\d:\d\d | [IWEF]\d{4}\s
      | \[?(?:INFO|WARN|WARNING|ERROR|DEBUG|FATAL)\b
      | (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\s+\d+\s
      | [\w/.-]+>(?:\s|$) | [+|] | \(\d+\ rows?\) | [A-Z][a-z]+:?\s+[a-z]                   # grids, sentences
      | [A-Z][A-Z_-]+(?:\ [A-Z_-]+)?(?:\s{2,}[A-Z][A-Z()_%-]*)+\s*$     # NAME   READY   STATUS
    )""",
    re.VERBOSE,
)
DATA_SHARE = 0.6
OPEN_WORD = expression(r"\{\{|\[\w")
"""`{{COMMAND}}` or `[command]`: a placeholder stands where the command would."""
COLUMNS = expression(r"\S\s{3,}\S+\s{3,}\S+\s{3,}\S")
"""A table without lines, such as `pg_hba.conf`."""
TABULAR = expression(r"\S(?: {2,}|\s*\t\s*)\S+(?: {2,}|\s*\t\s*)\S")
TIME = expression(r"\d{4}-\d\d-\d\d[T ]\d\d:")
REDIS_VERB = expression(
    r"(?:FLUSHALL|FLUSHDB|DBSIZE|KEYS|SCAN|INFO|GET|SET|DEL|HGETALL|HGET|LRANGE|LLEN|TTL|TYPE|EXISTS|UNLINK|CONFIG|CLIENT"
    r"|MONITOR|SLOWLOG|MEMORY|CLUSTER|BGSAVE|LASTSAVE|PING|REPLICAOF|SLAVEOF|SHUTDOWN"
    r"|SAVE|SELECT \d+|ROLE|DEBUG)\b(?!=)"
)
CAPITAL = expression(r"^[ \t]*[A-Z]", re.MULTILINE)
SHELL_NAME = expression(r"\b(?:ba|z|k|da)?sh\b")
NUMBER = expression(r"(?:step\s+)?\d+[.):]", re.IGNORECASE)


def read_shell(code: Code, info: Info) -> Reading:
    """A block tagged as shell, without prompts."""
    lines = code.text.split("\n")
    if code.text.lstrip().startswith("#!"):
        return read_script(code, info)
    if "```" in code.text and _shows_markdown(lines):
        return template(code, info)
    if holds_output(lines):
        return _mistagged(code, info)
    return read_shown(code, info, lines) or read_commands(code, info, lines)


def read_shown(code: Code, info: Info, lines: Sequence[str]) -> Reading | None:
    """One command with its output right below it, and no prompt to tell them apart."""
    height = _command_height(lines)
    if height == 0 or not _is_result(lines[height:]):
        return None
    text = "\n".join(lines[:height])
    if outline_of(text).fault is not None:
        return None  # an open here-document or quote: what follows belongs to it
    piece = Piece("shell", text, code.body_first, code.last, info.language)
    piece.sample = "\n".join(lines[height:]).strip("\n")
    return Reading([piece], info)


def _command_height(lines: Sequence[str]) -> int:
    """Rows of the first command with its continuation lines; 0 when the block does not open with a command."""
    if not reads_as_command(lines[0], alone=True):
        return 0
    height = 1
    while height < len(lines) and lines[height - 1].rstrip().endswith("\\"):
        height += 1
    return height


def _is_result(lines: Sequence[str]) -> bool:
    filled = [line for line in lines if line.strip()]
    if not filled or any(_is_typed(line) for line in filled):
        return False
    shown = sum(1 for line in filled if DATA_LINE.match(line) or TABULAR.search(line) or TIME.search(line))
    return shown > len(filled) * DATA_SHARE


def _is_typed(line: str) -> bool:
    word, rest = command_word(line)
    return (
        is_known(word)
        or (word in KEYWORDS and bool(rest))
        or ASSIGNMENT.match(line.lstrip()) is not None
        or line.lstrip().startswith("#")
    )


def _shows_markdown(lines: Sequence[str]) -> bool:
    """A longer fence around a fence is about Markdown."""
    return any(line.lstrip().startswith("```") for line in lines)


def _mistagged(code: Code, info: Info) -> Reading:
    reading = template(code, info)
    message = f"the fence says `{info.language}`, but it holds output or data and not a command: it is not run"
    reading.problem = Problem(code.first, "shell-holds-output", message)
    return reading


def read_commands(code: Code, info: Info, lines: Sequence[str]) -> Reading:
    if not code.text.strip():
        return Reading([], info)
    shape = outline_of(code.text)
    if shape.fault is not None:
        piece = whole(code, info, "shell")
        piece.broken = maybe_problem(shape.fault, code.body_first)
        return Reading([piece], info)
    return Reading(_pieces(code, info, lines, shape), info)


def read_script(code: Code, info: Info) -> Reading:
    """A block with a shebang runs whole; only shells are judged by the shell's grammar."""
    piece = whole(code, info, "shell")
    piece.interpreter = next(line for line in code.text.split("\n") if line.strip()).strip()
    piece.title = _script_title(code.text)
    if SHELL_NAME.search(piece.interpreter):
        piece.broken = maybe_problem(outline_of(code.text).fault, code.body_first)
    return Reading([piece], info)


def _script_title(text: str) -> str:
    """The first comment under the shebang that is more than a file's name."""
    for line in text.strip().split("\n")[1:4]:
        comment = line.strip()
        if not comment.startswith("#"):
            break
        words = comment.strip("# ")
        if " " in words and not reads_as_command(words) and not NUMBER.match(words):
            return unnumbered(words)
    return ""


@lru_cache(maxsize=512)
def _parts(text: str) -> tuple[tuple[Part, Fork | None], ...]:
    """The parts of a block with their alternatives; the same block often stands in a document many times."""
    parts = split(text.split("\n"), outline_of(text))
    return tuple(zip(parts, [None] if len(parts) == 1 else forks(parts), strict=True))


def _pieces(code: Code, info: Info, lines: Sequence[str], shape: Outline) -> list[Piece]:
    """A comment paragraph without a command goes to the prose of the piece after it, or else before it."""
    parts = _parts(code.text)
    is_whole = len(parts) == 1
    may_be_input = CAPITAL.search(code.text) is not None
    pieces: list[Piece] = []
    held: list[Part] = []
    for part, fork in parts:
        if not part.has_commands and not part.numbered and not is_whole:
            held.append(part)
            continue
        piece = _piece(code, info, lines, part)
        if may_be_input and piece.kind == "shell":
            piece.broken = _client_input(code, lines, part, shape)
        piece.fork = fork
        piece.prose = "\n".join(part.notes)
        if held:
            piece.prose = "\n".join([head for each in held for head in each.heads] + part.notes)
            piece.first = code.body_first + held[0].first
            held = []
        pieces.append(piece)
    if held and pieces:
        pieces[-1].prose = "\n".join(filter(None, [pieces[-1].prose, *(head for each in held for head in each.heads)]))
        pieces[-1].last = code.body_first + held[-1].last
    return pieces or template(code, info).pieces


def _piece(code: Code, info: Info, lines: Sequence[str], part: Part) -> Piece:
    text = "\n".join(lines[part.first : part.last + 1])
    kind: StepKind = "shell"
    if not part.has_commands:
        # A numbered comment without a command is something to do by hand; a block of comments is something to read.
        kind, text = ("manual", "") if part.numbered else ("template", text)
    return Piece(kind, text, code.body_first + part.first, code.body_first + part.last, info.language, part.title)


def _client_input(code: Code, lines: Sequence[str], part: Part, shape: Outline) -> Problem | None:
    """A line that is meant for redis-cli or psql and would be given to the shell."""
    for row in shape.statements[bisect_left(shape.statements, part.first) :]:
        if row > part.last:
            break
        client = _client_of(lines[row].lstrip())
        if client:
            message = f"`{shorten(lines[row].strip(), 40)}` is typed into {client}, it is not a shell command"
            return Problem(code.body_first + row, "client-input", message)
    return None


def _client_of(line: str) -> str:
    if not line[:1].isupper():
        return ""
    if REDIS_VERB.match(line):
        return "redis-cli"
    return "a SQL client" if reads_as_sql(line) else ""


def holds_output(lines: Sequence[str]) -> bool:
    """Nothing in the block reads as a command, and most of it reads as data: YAML, JSON, a log, a table, sentences."""
    data = count = 0
    in_table = False
    for line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        count += 1
        if _is_typed(line) or OPEN_WORD.match(line):
            return False
        is_data = DATA_LINE.match(line) is not None
        in_table = in_table or (is_data and line[:1].isupper() and "  " in line)
        data += is_data or in_table
    return data > count * DATA_SHARE


def is_shell(lines: Sequence[str], text: str) -> bool:
    """The first statement and at least half of all of them have a known name, and bash would read the whole text."""
    if not text.strip() or not any(_may_open(line) for line in lines[:40]) or any(map(COLUMNS.search, lines)):
        return False
    shape = outline_of(text)
    if shape.fault is not None or not shape.statements:
        return False
    known = [_may_open(lines[row]) for row in shape.statements]
    return known[0] and sum(known) * 2 >= len(known)


def _may_open(line: str) -> bool:
    stripped = line.strip()
    word = stripped.split(" ", 1)[0]
    return ASSIGNMENT.match(stripped) is not None or word in KEYWORDS or reads_as_command(stripped, alone=True)
