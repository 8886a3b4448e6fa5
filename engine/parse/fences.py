"""A code block into the pieces that become steps: what its language, its prompts and its text say about it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ..model import Problem, StepKind
from ..syntax.shell import Fault, Outline, outline
from ..syntax.sql import DIALECTS, reads_as_sql, split_statements
from .blocks import Code
from .commands import ASSIGNMENT, KEYWORDS, command_word, is_known, reads_as_command
from .forks import Fork, forks
from .inline import shorten
from .languages import Info, read_info
from .prompts import Exchange, Terminal, read_terminal
from .splitting import Part, split, unnumbered

DATA_LINE = re.compile(
    r"""\s*(?: (?:-\s+)?["']?[A-Za-z_][\w./ -]*["']?:(?:\s.*)?$        # YAML and JSON keys
      | [\[\]{}],?\s*$ | "[^"]*",?\s*$ | -\ \S                          # JSON and lists
      | \S{0,12}\d{4}-\d\d-\d\d[T\ ]\d | \[?\d\d:\d\d:\d\d | [IWEF]\d{4}\s | \[?(?:INFO|WARN|WARNING|ERROR|DEBUG|FATAL)\b
      | (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\s+\d+\s
      | [+|] | \(\d+\ rows?\)                                           # grids
      | [A-Z][A-Z_-]+(?:\ [A-Z_-]+)?(?:\s{2,}[A-Z][A-Z()_%-]*)+\s*$     # NAME   READY   STATUS
    )""",
    re.VERBOSE,
)
DATA_SHARE = 0.6
REDIS_VERB = re.compile(
    r"(?:FLUSHALL|FLUSHDB|DBSIZE|KEYS|SCAN|INFO|GET|SET|DEL|HGETALL|HGET|LRANGE|LLEN|TTL|TYPE|EXISTS|UNLINK|CONFIG|CLIENT"
    r"|MONITOR|SLOWLOG|MEMORY|CLUSTER|BGSAVE|LASTSAVE|PING|REPLICAOF|SLAVEOF|SHUTDOWN|SAVE|SELECT \d+|ROLE|DEBUG)\b(?!=)"
)
BARE_CLIENT = re.compile(
    r"\s*(?:sudo\s+(?:-\S+\s+\w+\s+)?)?(psql|mysql|mariadb|sqlite3|redis-cli)\b(?P<rest>[^|<>;&]*)$"
)
RUNS_AT_ONCE = re.compile(r"\s(?:-[cefl]|--command|--execute|--file|--eval|--scan|-x)\b")
GRID = re.compile(r"\s*(?:\+-|\|)")
MAX_OUTPUT_ROWS = 3


@dataclass(slots=True)
class Piece:
    """One step's worth of a block."""

    kind: StepKind
    text: str
    first: int
    """Source lines, 1-based, both included."""
    last: int
    language: str
    title: str = ""
    prose: str = ""
    guessed: bool = False
    sample: str = ""
    interpreter: str = ""
    broken: Problem | None = None
    fork: Fork | None = None


@dataclass(slots=True)
class Reading:
    """What a block turned out to be. A block that is only `output` has no pieces: it belongs to the step before."""

    pieces: list[Piece]
    info: Info
    output: str = ""
    problem: Problem | None = None


def read_code(code: Code) -> Reading:
    info = read_info(code.info)
    reading = _READERS[info.walk](code, info)
    broken = _broken_by_document(code)
    if broken is not None:
        _break_all(code, info, reading, broken)
    return reading


def _broken_by_document(code: Code) -> Problem | None:
    if "\0" in code.text:
        row = code.text.count("\n", 0, code.text.index("\0"))
        return Problem(
            code.body_first + row, "nul-byte", "a NUL byte stands in this block, so no shell could be given it"
        )
    if code.nested_fence is not None:
        message = f"this fence is not closed before another one opens at line {code.nested_fence}"
        return Problem(code.first, "unclosed-fence", message)
    if not code.closed:
        return Problem(code.first, "unclosed-fence", "this fence is never closed")
    return None


def _break_all(code: Code, info: Info, reading: Reading, broken: Problem) -> None:
    """The whole block is one step that cannot run: where it should have ended is not known."""
    kind: StepKind = reading.pieces[0].kind if reading.pieces else "template"
    if not code.text.strip():
        reading.problem = broken
        return
    piece = _whole(code, info, kind)
    piece.broken = broken
    piece.guessed = any(each.guessed for each in reading.pieces)
    reading.pieces, reading.output = [piece], ""


def _whole(code: Code, info: Info, kind: StepKind) -> Piece:
    return Piece(kind, code.text.strip("\n"), code.first, code.last, info.language)


def _template(code: Code, info: Info) -> Reading:
    return Reading([_whole(code, info, "template")] if code.text.strip() else [], info)


def _output(code: Code, info: Info) -> Reading:
    return Reading([], info, output=code.text.strip("\n"))


# --- shell ---------------------------------------------------------------------------------------------------


def _shell(code: Code, info: Info) -> Reading:
    lines = code.text.split("\n")
    terminal = _maybe_terminal(code.text, lines, is_console=False)
    if terminal is not None:
        return _terminal(code, info, terminal)
    if code.text.lstrip().startswith("#!"):
        return _script(code, info)
    if holds_output(lines):
        return _mistagged(code, info)
    return _plain_shell(code, info, lines)


def _mistagged(code: Code, info: Info) -> Reading:
    reading = _template(code, info)
    said = f"`{info.language}`" if info.language else "shell"
    reading.problem = Problem(
        code.first,
        "shell-holds-output",
        f"the fence says {said}, but it holds output or data and not a command: it is not run",
    )
    return reading


def _plain_shell(code: Code, info: Info, lines: Sequence[str]) -> Reading:
    if not code.text.strip():
        return Reading([], info)
    shape = cached_outline(code.text)
    if shape.fault is not None:
        piece = _whole(code, info, "shell")
        piece.broken = _problem(code, shape.fault)
        return Reading([piece], info)
    parts = split(lines, shape)
    return Reading(_pieces(code, info, lines, parts, shape), info)


def _problem(code: Code, fault: Fault) -> Problem:
    return Problem(code.body_first + fault.row, fault.code, fault.message)


def _script(code: Code, info: Info) -> Reading:
    """A block with a shebang runs whole; only shells are judged by the shell's grammar."""
    piece = _whole(code, info, "shell")
    piece.interpreter = next(line for line in code.text.split("\n") if line.strip()).strip()
    if re.search(r"\b(?:ba|z|k|da)?sh\b", piece.interpreter):
        fault = cached_outline(code.text).fault
        piece.broken = _problem(code, fault) if fault else None
    piece.title = _script_title(code.text)
    return Reading([piece], info)


def _script_title(text: str) -> str:
    """The first comment under the shebang that is more than a file's name."""
    for line in text.strip().split("\n")[1:4]:
        comment = line.strip()
        if not comment.startswith("#"):
            break
        words = comment.strip("# ")
        if " " in words and not reads_as_command(words) and not re.match(r"(?:step\s+)?\d+[.):]", words, re.I):
            return unnumbered(words)
    return ""


@lru_cache(maxsize=512)
def cached_outline(text: str) -> Outline:
    """The same block often stands in a document many times."""
    return outline(text)


def _pieces(code: Code, info: Info, lines: Sequence[str], parts: list[Part], shape: Outline) -> list[Piece]:
    pieces: list[Piece] = []
    held: list[str] = []
    whole_fence = len(parts) == 1
    for part, fork in zip(parts, forks(parts) if len(parts) > 1 else [None], strict=True):
        if not part.has_commands and not part.numbered and not whole_fence:
            held.extend(part.heads)
            continue
        piece = _piece(code, info, lines, part, shape)
        piece.fork = fork
        piece.prose = "\n".join([*held, *part.notes])
        held = []
        pieces.append(piece)
    if held and pieces:
        pieces[-1].prose = "\n".join(filter(None, [pieces[-1].prose, *held]))
    return pieces


def _piece(code: Code, info: Info, lines: Sequence[str], part: Part, shape: Outline) -> Piece:
    text = "\n".join(lines[part.first : part.last + 1])
    kind: StepKind = "shell"
    if not part.has_commands:
        # A numbered comment without a command is something to do by hand; a block of comments only is something to read.
        kind, text = ("manual", "") if part.numbered else ("template", text)
    first, last = code.body_first + part.first, code.body_first + part.last
    piece = Piece(kind, text, first, last, info.language, part.title)
    if kind == "shell":
        piece.broken = _client_input(code, lines, part, shape)
    return piece


def _client_input(code: Code, lines: Sequence[str], part: Part, shape: Outline) -> Problem | None:
    """A line that is meant for redis-cli or psql and would be given to the shell."""
    for row in shape.statements:
        if part.first <= row <= part.last:
            line = lines[row].strip()
            client = (
                "redis-cli"
                if REDIS_VERB.match(line)
                else "a SQL client"
                if line[:1].isupper() and reads_as_sql(line)
                else ""
            )
            if client:
                message = f"`{shorten(line, 40)}` is typed into {client}, it is not a shell command"
                return Problem(code.body_first + row, "client-input", message)
    return None


def holds_output(lines: Sequence[str]) -> bool:
    """Nothing in the block reads as a command, and most of it reads as data: YAML, JSON, a log, a table."""
    filled = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if not filled:
        return False
    data = 0
    in_table = False
    for line in filled:
        word, _ = command_word(line)
        if is_known(word) or word in KEYWORDS or ASSIGNMENT.match(line.lstrip()) or "{{" in line[:4]:
            return False
        is_data = DATA_LINE.match(line) is not None
        in_table = in_table or (is_data and line[:1].isupper() and "  " in line)
        data += is_data or in_table
    return data > len(filled) * DATA_SHARE


# --- terminals -----------------------------------------------------------------------------------------------


def _maybe_terminal(text: str, lines: Sequence[str], *, is_console: bool) -> Terminal | None:
    if not is_console and not any(mark in text for mark in ("$ ", "# ", "> ", "% ")):
        return None
    return read_terminal(lines, is_console=is_console)


def _console(code: Code, info: Info) -> Reading:
    lines = code.text.split("\n")
    terminal = read_terminal(lines, is_console=True)
    if terminal is not None:
        return _terminal(code, info, terminal)
    if not any(reads_as_command(line, alone=True) for line in lines):
        return _template(code, info) if not _is_shell(lines, code.text) else _plain_shell(code, info, lines)
    return _shell(code, info)


def _terminal(code: Code, info: Info, terminal: Terminal) -> Reading:
    pieces: list[Piece] = []
    exchanges = terminal.exchanges
    index = 0
    while index < len(exchanges):
        exchange = exchanges[index]
        fed = exchanges[index + 1] if index + 1 < len(exchanges) else None
        if fed and fed.client != "shell" and exchange.client == "shell" and _is_bare_client(exchange.typed[-1]):
            while index + 1 < len(exchanges) and exchanges[index + 1].client == fed.client:
                index += 1
                exchange = _feed(exchange, exchanges[index])
        pieces.extend(_exchange(code, info, exchange))
        index += 1
    if not pieces:
        return _template(code, info)
    _cover(code, pieces, terminal)
    return Reading(pieces, info)


def _cover(code: Code, pieces: list[Piece], terminal: Terminal) -> None:
    """Every line of the block belongs to one of its steps."""
    before = "\n".join(terminal.before).strip("\n")
    if before.strip():
        pieces[0].prose = "\n".join(filter(None, [before, pieces[0].prose]))
        pieces[0].first = code.body_first


def _is_bare_client(line: str) -> bool:
    found = BARE_CLIENT.match(line)
    return found is not None and not RUNS_AT_ONCE.search(found["rest"])


def _feed(opening: Exchange, lines: Exchange) -> Exchange:
    """The client that was opened at the shell's prompt is given what was typed at its own."""
    if opening.typed[-1] == END_OF_INPUT:
        typed = [*opening.typed[:-1], *lines.typed, END_OF_INPUT]
    else:
        typed = [*opening.typed[:-1], f"{opening.typed[-1].rstrip()} <<'{END_OF_INPUT}'", *lines.typed, END_OF_INPUT]
    output = [*opening.output, *lines.output]
    return replace(opening, typed=typed, output=output, last_row=lines.last_row)


END_OF_INPUT = "END_OF_INPUT"


def _exchange(code: Code, info: Info, exchange: Exchange) -> list[Piece]:
    sample = "\n".join(exchange.output).strip("\n")
    text = "\n".join(exchange.typed).strip("\n")
    first = code.body_first + exchange.row
    last = code.body_first + exchange.last_row + len("\n".join(exchange.output).rstrip().split("\n")) * bool(sample)
    notes = [note.strip().lstrip("#").strip() for note in exchange.note]
    title = unnumbered(notes[0]) if notes and notes[0] else ""
    if exchange.client == "sql":
        return _sql_exchange(
            code, exchange, Piece("sql", text, first, last, _sql_language(code, exchange), title, sample=sample)
        )
    piece = Piece("shell", text, first, last, info.language or "bash", title, "\n".join(notes[1:]), sample=sample)
    piece.guessed = info.walk == "guess"
    if exchange.client == "redis":
        server = "redis-cli" if exchange.host in {"", "127.0.0.1", "localhost"} else f"redis-cli -h {exchange.host}"
        server += f" -p {exchange.port}" if exchange.port not in {"", "6379"} else ""
        piece.text = f"{server} <<'{END_OF_INPUT}'\n{text}\n{END_OF_INPUT}"
        return [piece]
    fault = cached_outline(text).fault
    piece.broken = Problem(first + fault.row, fault.code, fault.message) if fault else None
    return [piece]


def _sql_language(code: Code, exchange: Exchange) -> str:
    prompt = code.text.split("\n")[exchange.row + len(exchange.note)].lstrip().lower()
    if prompt.startswith(("mysql", "mariadb")):
        return "mysql"
    return "sqlite" if prompt.startswith("sqlite") else "postgresql"


def _sql_exchange(code: Code, exchange: Exchange, whole: Piece) -> list[Piece]:
    """One step per statement; the output belongs to the last one."""
    text = whole.text.replace("\\G", ";").replace("\\g", ";") if "\\" in whole.text else whole.text
    pieces = _sql_pieces(text, whole)
    if not pieces:
        return []
    pieces[-1].sample = whole.sample
    for piece in pieces:
        piece.first, piece.last = whole.first, whole.last
    pieces[0].title = whole.title or pieces[0].title
    return pieces


# --- SQL -----------------------------------------------------------------------------------------------------


def _sql(code: Code, info: Info) -> Reading:
    lines = code.text.split("\n")
    terminal = _maybe_terminal(code.text, lines, is_console=True)
    if terminal is not None and any(exchange.client == "sql" for exchange in terminal.exchanges):
        return _terminal(code, info, terminal)
    whole = Piece("sql", code.text, code.body_first, code.last, info.language, guessed=info.walk == "guess")
    pieces = _sql_pieces(code.text, whole)
    if not pieces:
        return _template(code, info)
    pieces[-1].last = max(pieces[-1].last, code.last - code.fenced)
    return Reading(pieces, info)


def _sql_pieces(text: str, whole: Piece) -> list[Piece]:
    pieces: list[Piece] = []
    for statement in split_statements(text, whole.language if whole.language in DIALECTS else ""):
        if pieces and GRID.match(statement.text):
            pieces[-1].sample = "\n".join(filter(None, [pieces[-1].sample, statement.text]))
            continue
        first, last = whole.first + statement.row, whole.first + statement.last_row
        piece = Piece("sql", statement.text, first, last, whole.language, guessed=whole.guessed)
        piece.title = _sql_title(statement.text)
        piece.broken = _client_command(piece)
        pieces.append(piece)
    return pieces


def _client_command(piece: Piece) -> Problem | None:
    if not piece.text.startswith("\\"):
        return None
    return Problem(
        piece.first, "client-input", f"`{shorten(piece.text, 40)}` is a command of psql itself, not a statement"
    )


def _sql_title(text: str) -> str:
    for line in text.split("\n"):
        if not line.lstrip().startswith("--"):
            break
        words = line.strip("- \t")
        if words:
            return unnumbered(words)
    return ""


# --- blocks without a language --------------------------------------------------------------------------------


def _guess(code: Code, info: Info) -> Reading:
    """Judged by content; what comes out is marked as guessed, and is a template when in doubt."""
    lines = code.text.split("\n")
    terminal = _maybe_terminal(code.text, lines, is_console=False)
    if terminal is not None:
        reading = _terminal(code, info, terminal)
    elif reads_as_sql(code.text) and ";" in code.text:
        reading = _sql(code, replace_language(info, "sql"))
    elif code.text.lstrip().startswith("#!"):
        reading = _script(code, replace_language(info, "bash"))
    elif _is_shell(lines, code.text):
        reading = _plain_shell(code, replace_language(info, "bash"), lines)
    else:
        return _template(code, info)
    for piece in reading.pieces:
        piece.guessed = True
    return reading


def replace_language(info: Info, language: str) -> Info:
    return info._replace(language=language)


def _is_shell(lines: Sequence[str], text: str) -> bool:
    """The first statement and at least half of all of them have a known command's name, and bash would read them all."""
    if not text.strip() or not any(_may_open(line) for line in lines[:40]):
        return False
    shape = cached_outline(text)
    if shape.fault is not None or not shape.statements:
        return False
    known = [_may_open(lines[row]) for row in shape.statements]
    return known[0] and sum(known) * 2 >= len(known)


def _may_open(line: str) -> bool:
    stripped = line.strip()
    word = stripped.split(" ", 1)[0]
    return (
        bool(ASSIGNMENT.match(stripped))
        or (word in KEYWORDS and ";" in stripped + ";")
        or reads_as_command(stripped, alone=True)
    )


_READERS: dict[str, Callable[[Code, Info], Reading]] = {
    "shell": _shell,
    "console": _console,
    "sql": _sql,
    "output": _output,
    "guess": _guess,
    "template": _template,
}
