"""Blocks that show a terminal, as steps: what was typed runs, what came back is shown beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ..expressions import expression
from .blocks import Code
from .commands import reads_as_command
from .languages import Info
from .pieces import Piece, Reading, maybe_problem, outline_of, template
from .prompts import Exchange, Terminal, read_terminal
from .splitting import Part, headed
from .sql_blocks import statement_pieces

BARE_CLIENT = expression(
    r"\s*(?:sudo\s+(?:-\S+\s+\w+\s+)?)?(?:[\w-]+-psql|psql|mysql|mariadb|sqlite3|redis-cli)\b(?P<rest>[^|<>;&]*)$"
)
RUNS_AT_ONCE = expression(r"\s(?:-[cefl]|--command|--execute|--file|--eval|--scan|-x)\b")
END_OF_INPUT = "END_OF_INPUT"
PROMPT_ENDS = ("$ ", "$\n", "$\t", "> ", "% ", "❯", "➜")
PROMPT_START = expression(
    r"""^[ \t]*(?:[$>%](?:\s|$) | [❯➜(\[~/] | [\w.-]+@ | (?:ba|z|a)?sh-\d
      | [\w.-]+\s?(?:\[[^\]\n]*\]|\([^)\n]*\))?(?:[=\-('"][#>*]|:\d+(?:\[\d+\])?>|>) )""",
    re.VERBOSE | re.MULTILINE,
)
ROOT_PROMPTS = ("@", "sh-", "/ #", "~ #")
"""What stands before `# ` in a prompt that is not just a `#`."""


def maybe_terminal(text: str, *, is_console: bool) -> Terminal | None:
    lines = text.split("\n")
    if not is_console and not _may_prompt(text) and ("# " not in text or _opens_with_command(lines)):
        return None
    return read_terminal(lines, is_console=is_console)


def _may_prompt(text: str) -> bool:
    """A quick look that spares most blocks a closer one; a comment at the start of a line is no prompt."""
    may_be = any(mark in text for mark in PROMPT_ENDS) or ("# " in text and any(mark in text for mark in ROOT_PROMPTS))
    return may_be and PROMPT_START.search(text) is not None


def _opens_with_command(lines: Sequence[str]) -> bool:
    """Then `# ` is a comment and not the prompt of root."""
    first = next((line for line in lines if line.strip() and not line.lstrip().startswith("#")), "")
    return reads_as_command(first, alone=True)


def read_exchanges(code: Code, info: Info, terminal: Terminal) -> Reading:
    pieces = [piece for exchange in _joined(terminal.exchanges) for piece in _pieces(code, info, exchange)]
    if not pieces:
        return template(code, info)
    before = "\n".join(terminal.before).strip("\n")
    if before.strip():
        pieces[0].prose = "\n".join(filter(None, [before, pieces[0].prose]))
        pieces[0].first = code.body_first
    return Reading(pieces, info)


def _joined(exchanges: Sequence[Exchange]) -> list[Exchange]:
    """A client opened at the shell's prompt is joined with what was typed at its own: one step that feeds it."""
    joined: list[Exchange] = []
    fed = ""
    for exchange in exchanges:
        last = joined[-1] if joined else None
        if last and exchange.client != "shell" and (exchange.client == fed or _is_bare_client(last)):
            joined[-1] = _feed(last, exchange)
            fed = exchange.client
        else:
            joined.append(exchange)
            fed = ""
    return joined


def _is_bare_client(exchange: Exchange) -> bool:
    found = BARE_CLIENT.match(exchange.typed[-1]) if exchange.client == "shell" else None
    return found is not None and not RUNS_AT_ONCE.search(found["rest"])


def _feed(opening: Exchange, lines: Exchange) -> Exchange:
    if opening.typed[-1] == END_OF_INPUT:
        typed = [*opening.typed[:-1], *lines.typed, END_OF_INPUT]
    else:
        typed = [*opening.typed[:-1], *_here_document(opening.typed[-1].rstrip(), lines.typed)]
    return replace(opening, typed=typed, output=[*opening.output, *lines.output], last_row=lines.last_row)


def _here_document(client: str, lines: Sequence[str]) -> list[str]:
    return [f"{client} <<'{END_OF_INPUT}'", *lines, END_OF_INPUT]


def _pieces(code: Code, info: Info, exchange: Exchange) -> list[Piece]:
    head = headed(
        exchange.row, exchange.last_row, [words for note in exchange.note if (words := note.strip().lstrip("# "))]
    )
    if exchange.client == "sql":
        return _statements(code, exchange, head)
    typed = exchange.typed if exchange.client == "shell" else _here_document(_redis(exchange), exchange.typed)
    piece = _piece(code, exchange, head, "\n".join(typed).strip("\n"), info.language or "bash")
    piece.guessed = info.walk == "guess"
    piece.broken = maybe_problem(outline_of(piece.text).fault, piece.first)
    return [piece]


def _piece(code: Code, exchange: Exchange, head: Part, text: str, language: str) -> Piece:
    sample = "\n".join(exchange.output).strip("\n")
    first = code.body_first + exchange.row
    last = code.body_first + exchange.last_row
    if sample:
        last += len("\n".join(exchange.output).rstrip().split("\n"))
    prose = "\n".join(head.notes)
    return Piece("shell", text, first, last, language, head.title, prose, sample=sample)


def _redis(exchange: Exchange) -> str:
    """The client for the server that the prompt names."""
    host = "" if exchange.host in {"", "127.0.0.1", "localhost"} else f" -h {exchange.host}"
    port = "" if exchange.port in {"", "6379"} else f" -p {exchange.port}"
    return f"redis-cli{host}{port}"


def _statements(code: Code, exchange: Exchange, head: Part) -> list[Piece]:
    """One step per statement; the output belongs to the last one."""
    whole = _piece(code, exchange, head, "\n".join(exchange.typed).strip("\n"), _sql_language(exchange.prompt))
    whole.kind = "sql"
    pieces = statement_pieces(whole)
    if not pieces:
        return []
    for piece in pieces:
        piece.first, piece.last = whole.first, whole.last
    pieces[-1].sample = whole.sample
    pieces[0].title = whole.title or pieces[0].title
    pieces[0].prose = whole.prose
    return pieces


def _sql_language(prompt: str) -> str:
    """The dialect of the client whose prompt a line carries."""
    word = prompt.lstrip()[:7].lower()
    if word.startswith(("mysql", "mariadb")):
        return "mysql"
    return "sqlite" if word.startswith("sqlite") else "postgresql"
