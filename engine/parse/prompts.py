"""Blocks that show a terminal: which lines carry a prompt, what was typed there, and what was its output."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ..expressions import expression
from ..syntax.shell import maybe_fault
from ..syntax.sql import reads_as_sql
from .commands import COMMANDS, ENGLISH_TOO, SHELLISH, command_word, is_known, reads_as_command

Client = Literal["shell", "sql", "redis"]

DOLLAR = expression(r"\s*\$(?:[ \t]+|$)(?P<typed>.*)")
NAMED = expression(
    r"""\s*(?:\([\w.@-]+\)\s*)?                                      # (virtualenv)
    (?: \[[\w.-]+@[\w.-]+(?:[ :][^\]\n]*)?\]\s*[$#%]                 # [user@host ~]$
      | [\w.-]+@[\w.-]+(?:[ :][~/\w.() -]*)?\s*[$#%>❯]               # user@host:~$
      | (?:bash|sh|zsh|ash)-[\d.]+[$#]                               # bash-5.1$
      | (?:~|/)[\w./~-]*\s+[$#%]                                     # ~/src $   and   / #
      | [❯➜]
    )(?:[ \t]+|$)(?P<typed>.*)""",
    re.VERBOSE,
)
HOST = expression(r"\s*[a-z][\w.-]+[#$][ \t]+(?P<typed>.*)")
"""`mon-a# ls`, as a container's shell shows it; only believed when a known command follows."""
PERCENT = expression(r"\s*%[ \t]+(?P<typed>.*)")
ROOT = expression(r"\s*\#[ \t]+(?P<typed>.*)")
MYSQL = expression(r"\s*(?:mysql(?:\s*\[[^\]]*\]|\s*\([^)]*\))?|MariaDB\s*\[[^\]]*\]|sqlite)>[ \t]*(?P<typed>.*)")
POSTGRES = expression(r"\s*[A-Za-z_][\w.-]*[=\-('\"][#>*][ \t]*(?P<typed>.*)")
BARE_SQL = expression(r"\s*[a-z_]\w*[#>][ \t]+(?P<typed>.*)")
"""`template1# select …`, as some write it: only believed when a statement or a command of psql follows."""
REDIS = expression(
    r"\s*(?P<host>[\w.-]+):(?P<port>\d{2,5})(?:\[\d+\])?>[ \t]*(?P<typed>.*)|\s*redis(?:-cli)?>[ \t]*(?P<typed2>.*)"
)
SQL_CONTINUATION = expression(r"\s*(?:->|'>|\">|[A-Za-z_][\w.-]*[-('\"][#>*]|\.\.\.>)[ \t]*(?P<typed>.*)")
CONTINUATION = expression(r"\s*>(?:[ \t](?P<typed>.*)|$)")
NOTE_REACH = 50
CLOSE_REACH = 200
"""How many lines ahead are looked at for the end of a comment, and of a quote or here-document."""
OPEN_END = expression(r"(?:\\|\||&&)\s*$")


@dataclass(slots=True)
class Exchange:
    """What was typed at one prompt, or at several in a row, and what came back."""

    client: Client
    row: int
    last_row: int
    typed: list[str]
    output: list[str] = field(default_factory=list)
    note: list[str] = field(default_factory=list)
    """Comment lines before it."""
    prompt: str = ""
    """The first line as it stands, with its prompt."""
    host: str = ""
    port: str = ""


@dataclass(slots=True)
class Terminal:
    """A block read as a terminal session."""

    exchanges: list[Exchange]
    before: list[str]
    """Lines before the first prompt."""


def read_terminal(lines: Sequence[str], *, is_console: bool) -> Terminal | None:
    """None when the lines carry no prompts. `is_console`: the fence says that it shows a terminal."""
    style = _style(lines, is_console=is_console)
    return _Reader(lines, style).read() if style else None


Typed = tuple[Client, str, re.Match[str] | None]


def _style(lines: Sequence[str], *, is_console: bool) -> frozenset[str]:
    """Which kinds of prompt count in this block."""
    found: set[str] = set()
    first = ""
    for line in lines:
        kind = _kind(line, is_console)
        if kind:
            found.add(kind)
        if not first and line.strip() and not line.lstrip().startswith("#"):
            first = kind or "none"
    if first != "chevron":
        # Anywhere but at the top, `> ` continues a command or belongs to its output.
        found.discard("chevron")
    if "root" in found and found <= {"root", "sql", "redis"} and _is_root_style(lines, is_console):
        return frozenset(found)  # root opens the client, and the rest is typed into that
    if found - {"root"}:
        # A script may hold a lone `$ ` in a string: its first line of code tells.
        return frozenset(found - {"root"}) if is_console or first != "none" else frozenset()
    return frozenset()


def _kind(line: str, is_console: bool) -> str:
    stripped = line.lstrip()
    head = stripped[:1]
    if not head:
        return ""
    if head == "$":
        return "dollar" if DOLLAR.match(line) else ""
    if head == "#":
        return "root" if (found := ROOT.match(line)) and _is_typed(found["typed"]) else ""
    if head == ">":
        return "chevron" if (found := CONTINUATION.match(line)) and _is_typed(found["typed"] or "") else ""
    if head == "%":
        return "percent" if is_console and PERCENT.match(line) else ""
    if _at_sql_prompt(line):
        return "sql"
    if ">" in line and REDIS.match(line):
        return "redis"
    if NAMED.match(line):
        return "named"
    return "host" if is_console and (found := HOST.match(line)) and _is_typed(found["typed"]) else ""


def _at_sql_prompt(line: str) -> re.Match[str] | None:
    found = MYSQL.match(line) or POSTGRES.match(line)
    if found:
        return found if _reads_as_client_line(found["typed"]) else None
    found = BARE_SQL.match(line)
    return found if found and (found["typed"][:1] == "\\" or reads_as_sql(found["typed"])) else None


def _reads_as_client_line(typed: str) -> bool:
    return not typed or typed[0] == "\\" or typed.rstrip().endswith(";") or bool(re.match(r"[A-Za-z]+\b(?!=)", typed))


def _is_typed(text: str) -> bool:
    """Text behind `# ` that is a command at a root prompt and no comment: a known name, and no sentence after it."""
    word, rest = command_word(text)
    if word in ENGLISH_TOO:
        return (
            bool(rest) and SHELLISH.search(rest) is not None and text.count(" ") < 6 and not text.endswith((".", ":"))
        )
    if word.startswith(("/", "./")):
        return is_known(word) and _is_argument(rest)
    return word in COMMANDS and reads_as_command(text, alone=True) and not text.rstrip().endswith((".", ":"))


def _is_argument(rest: str) -> bool:
    """Behind the path of a program: without any, the line may only name a file, and with words it is a sentence."""
    return bool(rest) and (" " not in rest or SHELLISH.search(rest) is not None) and not rest.endswith((".", ":"))


def _is_root_style(lines: Sequence[str], is_console: bool) -> bool:
    """`# kubectl …` is typed by root when every `#` line reads so and nothing else in the block is a command."""
    named = ""
    for line in lines:
        stripped = line.strip()
        if stripped.startswith("#"):
            if not is_console and not _is_typed(stripped.lstrip("# ")):
                return False
            named = stripped.lstrip("# ")
        elif stripped and (reads_as_command(stripped, alone=True) or _uses(stripped, named)):
            return False
    return True


def _uses(line: str, named: str) -> bool:
    """`# sudo` above `sudo -k; …` says which tool is meant, and nobody types it."""
    return " " not in named and line.split(maxsplit=1)[0] == named


class _Reader:
    def __init__(self, lines: Sequence[str], style: frozenset[str]) -> None:
        self.lines = lines
        self.style = style
        self.row = 0
        self.exchanges: list[Exchange] = []
        self.before: list[str] = []
        self.notes: list[str] = []

    def read(self) -> Terminal:
        while self.row < len(self.lines):
            line = self.lines[self.row]
            typed = self.typed_at(line)
            if typed is not None:
                self.take(*typed)
            elif self.is_note(line):
                self.notes.append(line)
                self.row += 1
            else:
                self.output(line)
                self.row += 1
        self.flush_notes_as_output()
        return Terminal(self.exchanges, self.before)

    def typed_at(self, line: str) -> Typed | None:
        for kind, match, client in _PROMPTS:
            if kind not in self.style:
                continue
            found = match(line)
            if found is not None:
                if kind in UNSURE and not _is_typed(found["typed"] or ""):
                    continue
                return client, found["typed"] or "", found
        found = REDIS.match(line) if "redis" in self.style else None
        if found is not None:
            return "redis", found["typed"] or found["typed2"] or "", found
        return None

    def is_note(self, line: str) -> bool:
        """A comment that stands before a prompt, not in the output of a command."""
        if not line.lstrip().startswith("#"):
            return False
        ahead = (text for text in self.lines[self.row + 1 : self.row + NOTE_REACH] if text.strip())
        following = next((text for text in ahead if not text.lstrip().startswith("#")), "")
        return self.typed_at(following) is not None

    def output(self, line: str) -> None:
        if self.exchanges:
            self.exchanges[-1].output.extend([*self.notes, line])
        else:
            self.before.extend([*self.notes, line])
        self.notes = []

    def flush_notes_as_output(self) -> None:
        if self.notes:
            last = self.notes.pop()
            self.output(last)

    def take(self, client: Client, typed: str, found: re.Match[str] | None) -> None:
        start = self.row
        self.row += 1
        command = self.continued(typed) if client == "shell" else self.continued_client(client, typed)
        if not "".join(command).strip():
            return
        groups = found.groupdict() if found else {}
        last = self.exchanges[-1] if self.exchanges else None
        if last and last.client == client and not any(map(str.strip, last.output)) and not self.notes:
            last.typed.extend(command)
            last.last_row = self.row - 1
            last.output = []
            return
        self.exchanges.append(
            Exchange(
                client,
                start - len(self.notes),
                self.row - 1,
                command,
                note=self.notes,
                prompt=self.lines[start],
                host=groups.get("host") or "",
                port=groups.get("port") or "",
            )
        )
        self.notes = []

    def continued(self, typed: str) -> list[str]:
        """The lines of one command: open ends, here-documents and quotes run on, with or without a `> ` prompt."""
        command = [typed]
        while OPEN_END.search(command[-1]) and self.next_line() is not None:
            command.append(_unprompted(self.lines[self.row]))
            self.row += 1
        if _is_open("\n".join(command)):
            more = self.lines_to_close(command)
            command.extend(_unprompted(line) for line in self.lines[self.row : self.row + more])
            self.row += more
        return command

    def next_line(self) -> str | None:
        """None at the end and at the next prompt."""
        if self.row >= len(self.lines) or self.typed_at(self.lines[self.row]) is not None:
            return None
        return self.lines[self.row]

    def lines_to_close(self, command: list[str]) -> int:
        """How many lines end the open quote or here-document; 0 when none do, and they are output."""
        ahead = list(command)
        for count, line in enumerate(self.lines[self.row : self.row + CLOSE_REACH], start=1):
            if self.typed_at(line) is not None:
                return 0
            ahead.append(_unprompted(line))
            if not _is_open("\n".join(ahead)):
                return count
        return 0

    def continued_client(self, client: Client, typed: str) -> list[str]:
        command = [typed]
        while client == "sql" and self.row < len(self.lines):
            line = self.lines[self.row]
            prompt = SQL_CONTINUATION.match(line)
            ended = command[-1].rstrip().endswith((";", "\\G", "\\g")) or command[0].startswith("\\")
            if prompt and not ended:
                command.append(prompt["typed"])
            elif not ended and line.strip() and self.typed_at(line) is None and not _is_grid(line):
                command.append(line)
            else:
                break
            self.row += 1
        return command


def _unprompted(line: str) -> str:
    prompt = CONTINUATION.match(line)
    return (prompt["typed"] or "") if prompt else line


def _is_open(text: str) -> bool:
    fault = maybe_fault(text)
    return fault is not None and ("never" in fault.message or "nothing follows" in fault.message)


def _is_grid(line: str) -> bool:
    """A line of a result: `+----+`, `| a |`, `(2 rows)`."""
    return line.lstrip()[:1] in {"+", "|", "("}


UNSURE = frozenset({"root", "host", "chevron"})
"""Prompts that only count in front of a known command."""

_PROMPTS: tuple[tuple[str, Callable[[str], re.Match[str] | None], Client], ...] = (
    ("dollar", DOLLAR.match, "shell"),
    ("percent", PERCENT.match, "shell"),
    ("named", NAMED.match, "shell"),
    ("host", HOST.match, "shell"),
    ("chevron", CONTINUATION.match, "shell"),
    ("root", ROOT.match, "shell"),
    ("sql", _at_sql_prompt, "sql"),
)
"""Kind of prompt, what finds it, and who reads what is typed there. Redis is apart: its prompt names the server."""
