"""SQL text into statements of tokens, fast and forgiving: nothing is refused, and what has no end is said to be broken.

Every dialect quotes and comments differently, so a text is read the way its dialect does; without one there are
several readings, and all of them count. Comments and prompts are no tokens.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal, NamedTuple

from ..expressions import expression
from .sql_readings import BROKEN, Reading, pattern_of

Kind = Literal["word", "name", "string", "number", "hole", "value", "op", "client"]
HOLE = "\ufffc"
"""Stands for text that nobody knows yet."""


class Token(NamedTuple):
    kind: Kind
    word: str
    """Upper case for a bare word, the sign itself for an operator, and no SQL word for anything else."""
    start: int
    end: int


class Statement(NamedTuple):
    tokens: tuple[Token, ...]
    broken: bool = False
    """A quote in it, or before it, has no end."""

    @property
    def start(self) -> int:
        return self.tokens[0].start

    @property
    def end(self) -> int:
        return self.tokens[-1].end


OUTPUT = expression(
    r"(?:\+[-+=]+\+|\|[^;\n]*\||\(\d+ rows?\)|\d+ rows? in set|Query OK|Empty set|[-+ ]{3,}$|\*{5,})[^;\n]*$",
    re.MULTILINE,
)
"""A line that a client printed."""
OPEN_COMMENT = "a comment in it has no end"
STRAY_BACKSLASH = "a backslash in it begins no command"
CLIENT = expression(r"\\([A-Za-z]+|[!?.;])?")
REST_OF_LINE = expression(r"[^\n]*?(?=\\\\|\n|\Z)")
DATA_END = expression(r"^\\\.[ \t]*$", re.MULTILINE)
COMMENT_SIGN = expression(r"/\*|\*/")
NEXT_WORD = expression(r"(?:\s|/\*.*?\*/|--[^\n]*\n)*(\w*)", re.DOTALL)
TAKES_ARGUMENT = frozenset("!.udTPCr")
"""Of MySQL's one-letter commands."""
SHELL_WORDS = frozenset({"HOST", "SYSTEM", "PAGER"})
"""At the start of a line, for the client: the rest of it is a shell command."""
SERVER_COMMANDS = frozenset(
    """DROP RELOAD STOP START FLUSH RESTART RESTORE SYNC SHUTDOWN KILL ENABLE DISABLE SUSPEND WAIT UNFREEZE CLEAR
    REFRESH CANCEL JEMALLOC UNLOAD LOAD REPLICA""".split()  # noqa: SIM905
)
"""ClickHouse's, behind SYSTEM."""


def statements(text: str, reading: Reading) -> list[Statement]:
    """In order. A client's own command is a statement of one token; a routine's body belongs to its definition."""
    return _routines(list(Scan(text, reading).run()))


def complaint_about(text: str, reading: Reading) -> str:
    """What makes a client send something else than was meant; empty for a text that is in order."""
    if "/*" not in text and "\\" not in text:
        return ""
    scan = Scan(text, reading)
    scan.run()
    return scan.complaint


class Scan:
    """One pass over a text."""

    def __init__(self, text: str, reading: Reading) -> None:
        self.text = text
        self.reading = reading
        self.find = pattern_of(reading).search
        self.tokens: list[Token] = []
        self.done: list[Statement] = []
        self.delimiter = ";"
        self.broken = False
        self.prompted = False
        self.complaint = ""
        self.steps: dict[str, Callable[[re.Match[str]], int]] = {
            "word": self._word,
            "op": self._sign,
            "string": self._quoted,
            "name": self._quoted,
            "dollar": self._dollar,
            "number": self._plain,
            "hole": self._plain,
            "value": self._plain,
            "block": self._block,
            "prompt": self._prompt,
            "client": self._client,
            "temporary": self._temporary,
        }

    def run(self) -> list[Statement]:
        place = 0
        steps, text = self.steps, self.text
        while found := self.find(text, place):
            if self.prompted and not self.tokens and (printed := OUTPUT.match(text, found.start())):
                place = printed.end()
                continue
            step = steps.get(found.lastgroup or "")
            place = step(found) if step else found.end()
        self._finish()
        return self.done

    def _add(self, kind: Kind, word: str, start: int, end: int) -> int:
        self.tokens.append(Token(kind, word, start, end))
        return end

    def _finish(self) -> None:
        if self.tokens:
            self.done.append(Statement(tuple(self.tokens), self.broken))
            self.tokens = []

    def _plain(self, found: re.Match[str]) -> int:
        kind: Kind = found.lastgroup  # type: ignore[assignment]
        if kind == "value" and not self.tokens and found[0][0] == "@":
            return self._line_command(found.start())
        return self._add(kind, MARKS[kind], found.start(), found.end())

    def _word(self, found: re.Match[str]) -> int:
        word = found[0].upper()
        self.tokens.append(Token("word", word, found.start(), found.end()))
        return self._first_word(word, found.end()) if len(self.tokens) == 1 else found.end()

    def _first_word(self, word: str, end: int) -> int:
        """The few words that tell the client something about the rest of their line."""
        if word in SHELL_WORDS:
            following = NEXT_WORD.match(self.text, end)
            if word != "SYSTEM" or not following or following[1].upper() not in SERVER_COMMANDS:
                start = self.tokens.pop().start
                return self._line_command(start)
        elif word == "DELIMITER" and (rest := self._line(end)).strip():
            self.delimiter = rest.split()[0]
            self.tokens.clear()
            return end + len(rest)
        elif word == "GO" and re.fullmatch(r"[ \t]*\d*[ \t]*;?", self._line(end)):
            self.tokens.clear()
        return end

    def _line(self, start: int) -> str:
        end = self.text.find("\n", start)
        return self.text[start:] if end < 0 else self.text[start:end]

    def _line_command(self, start: int) -> int:
        end = self._add("client", "\\", start, start + len(self._line(start)))
        self._finish()
        return end

    def _sign(self, found: re.Match[str]) -> int:
        sign, start = found[0], found.start()
        if sign[0] == self.delimiter[0] and self.text.startswith(self.delimiter, start):
            end = self._skip_data(start + len(self.delimiter))
            self._finish()
            return end
        if self.tokens:
            return self._add("op", sign, start, found.end())
        return self._first_sign(sign, start, found.end())

    def _first_sign(self, sign: str, start: int, end: int) -> int:
        """No statement begins with a sign: it is a comment of another dialect, or a client's command."""
        if sign == "#" and ";" not in (line := self._line(end)):
            return end + len(line)
        if sign == "!" or (sign == "." and re.match(r"[a-z]", self.text[end : end + 1])):
            return self._line_command(start)
        return self._add("op", sign, start, end)

    def _skip_data(self, place: int) -> int:
        """Behind `COPY … FROM STDIN;` come data lines, up to one that says `\\.`."""
        if self.tokens and self.tokens[0].word == "COPY" and any(token.word == "STDIN" for token in self.tokens):
            end = DATA_END.search(self.text, place)
            return end.end() if end else place
        return place

    def _quoted(self, found: re.Match[str]) -> int:
        start, end = found.span()
        if _closed(found[0]):
            kind: Kind = "string" if found.lastgroup == "string" else "name"
            return self._add(kind, MARKS[kind], start, end)
        self._break()
        return self._add("op", found[0][0], start, start + 1)

    def _dollar(self, found: re.Match[str]) -> int:
        if self.text.startswith(self.delimiter, found.start()):
            return self._sign(found)
        end = self.text.find(found[0], found.end())
        if end >= 0:
            return self._add("string", MARKS["string"], found.start(), end + len(found[0]))
        self._break()
        return found.end()

    def _break(self) -> None:
        self.broken = True
        self.find = BROKEN.search

    def _block(self, found: re.Match[str]) -> int:
        if not self.reading.nested:
            end = self.text.find("*/", found.end())
            self.complaint = self.complaint or (OPEN_COMMENT if end < 0 else "")
            return len(self.text) if end < 0 else end + 2
        depth = 0
        for sign in COMMENT_SIGN.finditer(self.text, found.start()):
            depth += 1 if sign[0] == "/*" else -1
            if not depth:
                return sign.end()
        self.complaint = self.complaint or OPEN_COMMENT
        return len(self.text)

    def _prompt(self, found: re.Match[str]) -> int:
        self.prompted = True
        return found.end()

    def _temporary(self, found: re.Match[str]) -> int:
        return self._add("name", MARKS["name"], found.start(), found.end())

    def _client(self, found: re.Match[str]) -> int:
        """`\\dt` takes its line, up to another command behind `\\\\`; `\\G` takes nothing, and ends the statement."""
        start = found.start()
        command = CLIENT.match(self.text, start)
        name = (command and command[1]) or ""
        if not name and self.text[start + 1 : start + 2] != "\\" and self.text[start - 1 : start] != "\\":
            self.complaint = self.complaint or STRAY_BACKSLASH
        self._finish()
        if name in ("", "G") or (name in ("g", "gx", ";") and not self._line(start + 1 + len(name)).strip(" \t;")):
            return start + 1 + len(name)
        if self.reading.inline and name[0] not in TAKES_ARGUMENT:
            return start + 2
        rest = REST_OF_LINE.match(self.text, start + 1 + len(name))
        end = self._add("client", "\\", start, rest.end() if rest else len(self.text))
        self._finish()
        return end + 2 if self.text.startswith("\\\\", end) else end


MARKS: dict[Kind, str] = {"number": "0", "hole": HOLE, "value": "@", "string": "'", "name": '"'}


def _closed(quoted: str) -> bool:
    """A closing quote is there; the pattern also takes text that ends before it."""
    opening = next(sign for sign in quoted if sign in "'\"`[")
    closing = "]" if opening == "[" else opening
    return quoted.index(opening) < len(quoted) - 1 and quoted.endswith(closing)


ROUTINES = frozenset({"FUNCTION", "PROCEDURE", "TRIGGER", "EVENT", "PACKAGE"})
LONGEST_ROUTINE = 300
"""Statements: beyond it, `END` is not looked for any further."""


def _routines(read: list[Statement]) -> list[Statement]:
    """Joins `CREATE FUNCTION … BEGIN a; b; END`; one without its END stays apart, so that it hides nothing."""
    if not any(_defines(one) for one in read):
        return read
    joined: list[Statement] = []
    place = 0
    while place < len(read):
        end = _routine_end(read, place) if _defines(read[place]) else place
        tokens = tuple(token for one in read[place : end + 1] for token in one.tokens)
        joined.append(Statement(tokens, read[end].broken) if end > place else read[place])
        place = end + 1
    return joined


def _defines(statement: Statement) -> bool:
    return statement.tokens[0].word in ("CREATE", "ALTER") and any(
        token.word in ROUTINES for token in statement.tokens[:12]
    )


def _routine_end(read: list[Statement], start: int) -> int:
    depth = 0
    for place in range(start, min(start + LONGEST_ROUTINE, len(read))):
        for token, before in zip(read[place].tokens, (None, *read[place].tokens), strict=False):
            if token.word in ("BEGIN", "CASE") and (before is None or before.word != "END"):
                depth += 1
            elif token.word == "END":
                depth -= 1
        if (
            read[place].tokens[0].word == "END"
            and read[place].tokens[1:2]
            and read[place].tokens[1].word in CLOSED_BY_END
        ):
            depth += 1
        if depth <= 0:
            return place
    return start


CLOSED_BY_END = frozenset({"IF", "LOOP", "WHILE", "REPEAT", "FOR"})
"""`END IF` closes no block."""
