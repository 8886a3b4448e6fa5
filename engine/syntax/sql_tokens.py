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
    """A quote or a parenthesis in it, or a quote before it, has no end."""
    past: int = 0
    """Where the next one may begin: behind what ends this one."""

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
NO_COMMENT = "`#` begins no comment in it: write `--`"
STRAY_BACKSLASH = "a backslash in it begins no command"
CLIENT = expression(r"\\([A-Za-z]+|[!?.;])?")
REST_OF_LINE = expression(r"[^\n]*?(?=\\\\|\n|\Z)")
DATA_END = expression(r"^\\\.[ \t]*$", re.MULTILINE)
COMMENT_SIGN = expression(r"/\*|\*/")
NEXT_WORD = expression(r"(?:\s|/\*.*?\*/|--[^\n]*\n)*(\w*)", re.DOTALL)
WORDLIKE = frozenset({"word", "number", "value", "op"})
TAKES_ARGUMENT = frozenset("!.udTPCr")
"""Of MySQL's one-letter commands."""
SHELL_WORDS = frozenset({"HOST", "SYSTEM", "PAGER"})
"""At the start of a line, for the client: the rest of it is a shell command."""
SENDING = frozenset({"g", "gx", "gset", "gexec", "gdesc", "crosstabview", "watch"})
"""Commands of psql that end the statement before them, and do something of their own with it."""
WHOLE_LINE = frozenset({"!", "copy", "ef", "ev", "sf", "sv", "h", "help"})
"""Commands of psql that no `\\\\` ends."""
PLAIN_WORDS = expression(r"[\w \t.,:?!&+=*]*\Z")
"""A line of these means the same to everybody, whatever its first sign says."""
MYSQL_LINE = r"""^[ \t]*(?:
    (?:clear|edit|ego|exit|go|nopager|notee|nowarning|print|quit|rehash|resetconnection|status|warnings)[ \t]*$
  | (?:charset|connect|help|prompt|source|tee)\b | use[ \t]+\S)"""
"""A line that its client takes for a command, without a semicolon, where no statement is open."""
MYSQL_LINE_THERE = expression(MYSQL_LINE, re.VERBOSE | re.IGNORECASE | re.MULTILINE)
SERVER_COMMANDS = frozenset(
    """DROP RELOAD STOP START FLUSH RESTART RESTORE SYNC SHUTDOWN KILL ENABLE DISABLE SUSPEND WAIT UNFREEZE CLEAR
    REFRESH CANCEL JEMALLOC UNLOAD LOAD REPLICA""".split()  # noqa: SIM905
)
"""ClickHouse's, behind SYSTEM."""


def statements(text: str, reading: Reading) -> list[Statement]:
    """In order. A client's own command is a statement of one token; a routine's body belongs to its definition."""
    scan = Scan(text, reading)
    read = scan.run()
    if scan.is_open and not reading.client:  # apart, so that it hides nothing
        read = Scan(text, reading._replace(groups=False)).run()
    return _joined(read, reading)


def _joined(read: list[Statement], reading: Reading) -> list[Statement]:
    """PostgreSQL's routines are quoted, or hold together by themselves."""
    return read if reading.client == "psql" else _routines(read)


def boundaries(text: str, reading: Reading) -> tuple[list[Statement], dict[int, int]]:
    """The statements, and every place where one may begin, each with the place where what ends the one before it
    begins."""
    scan = Scan(text, reading)
    read = scan.run()
    joined = _joined(read, reading)
    if len(joined) == len(read):
        return read, scan.ends
    inner = [range(one.start, one.past) for one in joined]
    return joined, {past: stop for past, stop in scan.ends.items() if not any(past in one for one in inner)}


def complaint_about(text: str, reading: Reading) -> str:
    """What makes a client send something else than was meant; empty for a text that is in order."""
    if not any(sign in text for sign in ("/*", "\\", "#")):
        return ""
    scan = Scan(text, reading)
    scan.run()
    return scan.complaint


class Scan:
    """One pass over a text."""

    def __init__(self, text: str, reading: Reading) -> None:
        self.text = text
        self.reading = reading
        self.find: Callable[[str, int], re.Match[str] | None] = pattern_of(reading).search
        self.tokens: list[Token] = []
        self.done: list[Statement] = []
        self.delimiter = ";"
        self.broken = False
        self.prompted = False
        self.complaint = ""
        self.ends: dict[int, int] = {}
        """Where a statement may begin → where what ends the one before it begins."""
        self.depth = self.blocks = 0
        """Of parentheses, and of what `END` closes behind `BEGIN ATOMIC`: no statement ends in them."""
        self.is_open = False
        """A parenthesis or a block was never closed."""
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
            if self.delimiter != ";" and found.lastgroup in WORDLIKE and self.delimiter in found[0]:
                place = self._cut(found)
            else:
                place = step(found) if step else found.end()
        self._finish(len(text), len(text))
        return self.done

    def _cut(self, found: re.Match[str]) -> int:
        """`END$$`: a delimiter ends a word too."""
        place = found.start() + found[0].index(self.delimiter)
        if place > found.start():
            self._add("word", found[0][: place - found.start()].upper(), found.start(), place)
        end = place + len(self.delimiter)
        self._finish(place, end)
        return end

    def _add(self, kind: Kind, word: str, start: int, end: int) -> int:
        self.tokens.append(Token(kind, word, start, end))
        return end

    def _finish(self, stop: int, past: int) -> None:
        """`stop` is where begins what ends the statement, and `past` where the next one may begin."""
        self.ends.setdefault(past, stop)
        if self.tokens:
            is_open = self.depth > 0 or self.blocks > 0
            self.is_open = self.is_open or is_open
            self.done.append(Statement(tuple(self.tokens), self.broken or is_open, past))
            self.tokens = []
        self.depth = self.blocks = 0

    def _plain(self, found: re.Match[str]) -> int:
        kind: Kind = found.lastgroup  # type: ignore[assignment]
        if kind == "value" and not self.tokens and found[0][0] == "@":
            return self._line_command(found.start())
        return self._add(kind, MARKS[kind], found.start(), found.end())

    def _word(self, found: re.Match[str]) -> int:
        word = found[0].upper()
        self.tokens.append(Token("word", word, found.start(), found.end()))
        if self.reading.groups and word in ("ATOMIC", "CASE", "END"):
            self._block_word(word)
        return self._first_word(word, found.end()) if len(self.tokens) == 1 else found.end()

    def _block_word(self, word: str) -> None:
        """`BEGIN ATOMIC … END` of a routine, with the `CASE … END` within."""
        if word == "ATOMIC" and not self.blocks:
            self.blocks = int([one.word for one in (self.tokens[0], *self.tokens[-2:-1])] == ["CREATE", "BEGIN"])
        elif self.blocks:
            self.blocks += -1 if word == "END" else 1

    def _first_word(self, word: str, end: int) -> int:
        """The few words that tell the client something about the rest of their line."""
        client = self.reading.client
        if word in SHELL_WORDS and (not client or (client == "mysql" and word != "HOST")):
            following = NEXT_WORD.match(self.text, end)
            if word != "SYSTEM" or not following or following[1].upper() not in SERVER_COMMANDS:
                start = self.tokens.pop().start
                return self._line_command(start)
        elif word == "DELIMITER" and client in ("", "mysql") and (rest := self._line(end)).strip():
            self.delimiter = rest.split()[0]
            start = self.tokens.pop().start
            self._finish(start, end + len(rest))
            return end + len(rest)
        elif word == "GO" and not client and re.fullmatch(r"[ \t]*\d*[ \t]*;?", self._line(end)):
            self.tokens.clear()
        elif client == "mysql":
            return self._mysql_line(word, end)
        return end

    def _mysql_line(self, word: str, end: int) -> int:
        """`USE NAME` is for the server all the same."""
        start = self.tokens[0].start
        rest = self._line(end)
        line = self.text.rfind("\n", 0, start) + 1
        if not MYSQL_LINE_THERE.match(self.text, line) or self.delimiter in rest or "\\g" in rest:
            return end
        if word != "USE":
            return self._line_command(self.tokens.pop().start)
        name = rest.strip()
        begin = end + rest.index(name)
        self._add("name", MARKS["name"], begin, begin + len(name))
        self._finish(end + len(rest), end + len(rest))
        return end + len(rest)

    def _is_mysql_remark(self, start: int) -> bool:
        """Between statements two dashes want no blank behind them, unless the client keeps a comment from before."""
        begun = next(reversed(self.ends), 0)
        return self.text.startswith("--", start) and "/*" not in self.text[begun:start]

    def _line(self, start: int) -> str:
        end = self.text.find("\n", start)
        return self.text[start:] if end < 0 else self.text[start:end]

    def _line_command(self, start: int) -> int:
        end = self._add("client", "\\", start, start + len(self._line(start)))
        self._finish(end, end)
        return end

    def _sign(self, found: re.Match[str]) -> int:
        sign, start = found[0], found.start()
        if sign[0] == self.delimiter[0] and self.text.startswith(self.delimiter, start):
            if self.depth or self.blocks:
                return self._add("op", sign, start, found.end())
            end, data = start + len(self.delimiter), self._data(start + len(self.delimiter))
            self._finish(data if data > end else start, data)
            return data
        if self.reading.groups and sign in ("(", ")"):
            self.depth = max(0, self.depth + (1 if sign == "(" else -1))
        if self.tokens:
            return self._add("op", sign, start, found.end())
        return self._first_sign(sign, start, found.end())

    def _first_sign(self, sign: str, start: int, end: int) -> int:
        """No statement begins with a sign: it is a comment of another dialect, or a client's command."""
        client = self.reading.client
        if sign == "#":
            return self._remark(start, end)
        if client == "mysql" and self._is_mysql_remark(start):
            return start + len(self._line(start))
        is_dot = sign == "." and re.match(r"[a-z]", self.text[end : end + 1])
        if not client and (is_dot or sign == "!"):
            return self._line_command(start)
        if client == "sqlite3" and is_dot and not self.text[self.text.rfind("\n", 0, start) + 1 : start].strip(" \t"):
            return self._line_command(start)
        return self._add("op", sign, start, end)

    def _remark(self, start: int, end: int) -> int:
        """Where `#` begins no comment, a line behind it is one all the same if nothing in it would count."""
        line = self._line(end)
        if PLAIN_WORDS.match(line) if self.reading.client else ";" not in line:
            return end + len(line)
        if self.reading.client:  # what is meant for a comment is no statement, and where it ends is not known
            self.complaint = self.complaint or NO_COMMENT
            self._break()
        return self._add("op", "#", start, end)

    def _data(self, place: int) -> int:
        """Where data lines end that come behind `COPY … FROM STDIN;`, with one that says `\\.`."""
        if self.tokens and self.tokens[0].word == "COPY" and any(token.word == "STDIN" for token in self.tokens):
            end = DATA_END.search(self.text, place)
            return end.end() if end else place
        return place

    def _quoted(self, found: re.Match[str]) -> int:
        start, end = found.span()
        if _closed(found[0], has_escapes=self.reading.backslash or found[0][0] in "eE"):
            kind: Kind = "string" if found.lastgroup == "string" else "name"
            return self._add(kind, MARKS[kind], start, end)
        self._break()
        return self._add("op", found[0][0], start, end if self.reading.client else start + 1)

    def _dollar(self, found: re.Match[str]) -> int:
        if self.text.startswith(self.delimiter, found.start()):
            return self._sign(found)
        end = self.text.find(found[0], found.end())
        if end >= 0:
            return self._add("string", MARKS["string"], found.start(), end + len(found[0]))
        self._break()
        return self._add("op", "$", found.start(), len(self.text)) if self.reading.client else found.end()

    def _break(self) -> None:
        """To a client everything behind it is in the quote; to a reader it would hide what it should not."""
        self.broken = True
        self.find = _nothing if self.reading.client else BROKEN.search

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
        if self.reading.client == "mysql":  # whose commands have one letter
            name = name[:1]
        behind = start + 1 + len(name)
        is_paired = self.text[start + 1 : start + 2] == "\\" or self.text[start - 1 : start] == "\\"
        if not name and (self.reading.client or not is_paired):
            self.complaint = self.complaint or STRAY_BACKSLASH
        if name == ";" and self.reading.client in ("", "psql"):  # sent along, where it ends the statement all the same
            self._finish(start, behind)
            return behind
        if name == "G" or (name in ("g", "gx") and not self._line(behind).strip(" \t;")):
            self._finish(behind, behind)
            return behind
        is_short = bool(name) and self.reading.inline and name[0] not in TAKES_ARGUMENT
        if not self.reading.client:
            self._finish(start, start)
            if is_short or not name:
                return start + 2 if is_short else behind
        end = start + 2 if is_short else self._command_end(name, start, behind)
        return self._command(start, end, end + 2 if name and self.text.startswith("\\\\", end) else end, name)

    def _command_end(self, name: str, start: int, behind: int) -> int:
        if not name:
            return behind
        if self.reading.client and name in WHOLE_LINE:
            return start + len(self._line(start))
        rest = REST_OF_LINE.match(self.text, behind)
        return rest.end() if rest else len(self.text)

    def _command(self, start: int, end: int, past: int, name: str) -> int:
        """One that stands within a statement leaves it open, unless it is one that sends it."""
        is_within = bool(self.tokens)
        self._add("client", "\\", start, end)
        if not is_within or name in SENDING:
            self._finish(end, past)
        return past


def _nothing(_text: str, _place: int) -> None:
    return None


MARKS: dict[Kind, str] = {"number": "0", "hole": HOLE, "value": "@", "string": "'", "name": '"'}


ESCAPED = expression(r"\\.", re.DOTALL)


def _closed(quoted: str, *, has_escapes: bool) -> bool:
    """A closing quote is there; the pattern also takes text that ends before it."""
    opening = next(sign for sign in quoted if sign in "'\"`[")
    if opening == "[" or quoted[0] in "qQ":
        return quoted[-1] == ("]" if opening == "[" else "'")
    return (ESCAPED.sub("", quoted) if has_escapes else quoted).count(opening) % 2 == 0


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
        joined.append(Statement(tokens, read[end].broken, read[end].past) if end > place else read[place])
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
