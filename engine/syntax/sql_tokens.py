"""SQL text into statements of tokens, fast and forgiving: nothing is refused, and what has no end is said to be broken.

Every dialect quotes and comments differently, so a text is read the way its dialect does; without one there are
several readings, and all of them count. Comments and prompts are no tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

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


class Reading(NamedTuple):
    """What tells dialects apart before any grammar does."""

    backslash: bool = False
    """`\\'` within quotes is a quote."""
    hash: bool = False
    """`#` begins a comment."""
    loose_dash: bool = True
    """`--` begins a comment even without a blank behind it."""
    dollar: bool = False
    backtick: bool = False
    bracket: bool = False
    nested: bool = False
    """Comments hold comments."""
    code_comments: bool = False
    """`/*! … */` is code."""
    slashes: bool = False
    """`//` begins a comment."""
    inline: bool = False
    """A client command such as `\\s` leaves the rest of its line to SQL."""


POSTGRES = Reading(dollar=True, nested=True)
MYSQL = Reading(backslash=True, hash=True, loose_dash=False, backtick=True, code_comments=True)
SQLITE = Reading(backtick=True, bracket=True)
SLASHED = Reading(backslash=True, dollar=True, slashes=True)
READINGS: dict[str, tuple[Reading, ...]] = {
    "": (POSTGRES, MYSQL, SQLITE, SLASHED),
    "postgres": (POSTGRES,),
    "mysql": (MYSQL._replace(inline=True),),
    "sqlite": (SQLITE,),
    "tsql": (Reading(bracket=True, nested=True),),
    "oracle": (Reading(),),
    "clickhouse": (Reading(backslash=True, hash=True, dollar=True, backtick=True, nested=True), MYSQL),
    "cassandra": (Reading(dollar=True, slashes=True),),
    "influx": (Reading(backslash=True),),
    "bigquery": (Reading(backslash=True, hash=True, backtick=True),),
    "snowflake": (SLASHED,),
}
DIALECTS = frozenset(READINGS)
AMBIGUOUS = re.compile(r"[\\#`\[$]|--(?=[^\s-])|//|/\*")
"""What the readings of an unknown dialect do not agree on."""

PROMPT = (
    r"^[ \t]*(?:(?:mysql|sqlite|SQL|ksql|hive|duckdb|spark-sql|(?:cqlsh|trino|presto)(?::[\w.]+)*|MariaDB\ \[[^]\n]*\])>"
    r"|[\w.@/:~-]+[=\-*('\"!^]+[#>](?=\s)|[\w.-]*\ ?:\)(?=\s)|[\w.-]+@[\w.:-]*/[\w.]*>|->(?=\s)|\.\.\.>|'>|\">|\d+>(?=\s))"
)
OUTPUT = re.compile(
    r"(?:\+[-+=]+\+|\|[^;\n]*\||\(\d+ rows?\)|\d+ rows? in set|Query OK|Empty set|[-+ ]{3,}$|\*{5,})[^;\n]*$",
    re.MULTILINE,
)
"""A line that a client printed."""
CLIENT_LINE = re.compile(r"[^\n]*?(?=\\\\|\n|\Z)")
DATA_END = re.compile(r"^\\\.[ \t]*$", re.MULTILINE)
TAKES_ARGUMENT = frozenset("!.udTPRCr")
"""Of MySQL's one-letter commands."""
PLAIN_WORD = r"(?P<word>[^\W\d][\w$\ufffc]*|\ufffc[\w$\ufffc]*)"
SIGNS = r"(?P<op>::|:=|<=>|->>|->|=>|<=|>=|<>|!=|\|\||&&|[^\s\w])"
HOLES = r"(?P<hole>\{\{[^{}\n]*\}\}|\$\{[^{}\n]*\}|\{[A-Za-z][\w. -]*\}|<%=?[^\n]*?%>|<[A-Za-z][\w-]*>|%\(\w+\)s|\ufffc(?![\w$\ufffc]))"
NUMBER = r"(?P<number>0[xX][0-9a-fA-F]+|\d+(?:\.\d+)*(?:[eE][+-]?\d+)?\w*|\.\d+)"
VALUES = r"(?P<value>@{1,2}[\w.$]+|\$[\w]+|(?<![:\w\]]):[A-Za-z_]\w*|(?<![:\w]):(?:'\w+'|\"\w+\")|%s\b)"
BROKEN_PATTERN = re.compile(f"(?P<client>\\\\)|{HOLES}|{NUMBER}|{VALUES}|{PLAIN_WORD}|{SIGNS}")


@lru_cache(maxsize=32)
def _pattern(reading: Reading) -> re.Pattern[str]:
    quote = r"{q}[^{q}]*+(?:{q}{q}[^{q}]*+)*+(?:{q}|\Z)"
    escaped = r"{q}[^{q}\\]*+(?:(?:\\.|{q}{q})[^{q}\\]*+)*+(?:{q}|\Z)"
    body = escaped if reading.backslash else quote
    comments = ["--[^\\n]*" if reading.loose_dash else r"--(?=\s|\Z)[^\n]*"]
    comments += [r"\#[^\n]*"] if reading.hash else []
    comments += ["//[^\\n]*"] if reading.slashes else []
    names = [body.format(q='"')]
    names += ["`[^`]*+(?:``[^`]*+)*+(?:`|\\Z)"] if reading.backtick else []
    names += [r"\[[\w@\# ][^\]\n]*\]"] if reading.bracket else []
    parts = [
        f"(?P<prompt>{PROMPT})",
        f"(?P<comment>{'|'.join(comments)})",
        r"(?P<blank>/\*M?!\d{0,6}|\*/)" if reading.code_comments else "",
        r"(?P<block>/\*)",
        r"(?P<dollar>\$(?:[^\W\d]\w*)?\$)" if reading.dollar else "",
        rf"(?P<string>[eE]{escaped.format(q=chr(39))}|[qQ]'(?:\[.*?\]|\{{.*?\}}|\(.*?\)|<.*?>|([!|^~/]).*?\1)'"
        rf"|(?:[nNbBxXrR]|[uU]&)?{body.format(q=chr(39))})",
        f"(?P<name>{'|'.join(names)})",
        r"(?P<client>\\)",
        HOLES,
        NUMBER,
        VALUES,
        r"(?P<temporary>\#{1,2}\w+)" if reading.bracket else "",
        PLAIN_WORD,
        SIGNS,
    ]
    return re.compile("|".join(filter(None, parts)), re.DOTALL | re.MULTILINE)


def readings(text: str, dialect: str) -> tuple[Reading, ...]:
    """Every way to read a text; one is enough where all of them agree."""
    known = READINGS.get(dialect, READINGS[""])
    return known if len(known) == 1 or AMBIGUOUS.search(text) else known[:1]


def statements(text: str, reading: Reading) -> list[Statement]:
    """In order. A client's own command is a statement of one token."""
    return list(Scan(text, reading).run())


class Scan:
    """One pass over a text."""

    def __init__(self, text: str, reading: Reading) -> None:
        self.text = text
        self.reading = reading
        self.find = _pattern(reading).search
        self.tokens: list[Token] = []
        self.delimiter = ";"
        self.broken = False
        self.prompted = False
        self.depth = 0
        self.routine = -1
        """Where the body of a routine began to swallow semicolons, as a count of tokens; -1 outside of one."""

    def run(self) -> Iterator[Statement]:
        place = 0
        while found := self.find(self.text, place):
            place = found.end()
            kind = found.lastgroup or ""
            if kind == "word":
                word = found[0].upper()
                self.tokens.append(Token("word", word, found.start(), place))
                if len(self.tokens) == 1 and word in ("DELIMITER", "GO"):
                    place = self._line_word(word, place)
            elif kind == "op":
                if self.delimiter[0] == found[0][0] and self.text.startswith(self.delimiter, found.start()):
                    place = found.start() + len(self.delimiter)
                    if not self._within_routine(len(self.tokens)):
                        place = self._skip_data(place)
                        yield from self._flush()
                        continue
                place = self._sign(found, place)
            elif kind in ("number", "hole", "value"):
                self.tokens.append(Token(kind, _sign_of(kind), found.start(), place))  # type: ignore[arg-type]
            elif kind in ("string", "name", "dollar"):
                place = self._quoted(found, kind, place)
            elif kind == "block":
                place = self._block_end(found.start())
            elif kind == "prompt":
                self.prompted = True
            elif kind == "client":
                place, ends = self._client(found.start())
                if ends is not None:
                    yield from self._flush()
                    if ends.word:
                        yield Statement((ends,), self.broken)
            elif kind == "temporary":
                self.tokens.append(Token("name", "#", found.start(), place))
        yield from self._flush()

    def _sign(self, found: re.Match[str], place: int) -> int:
        sign = found[0]
        if not self.tokens:
            if sign == "#" and (line := _line(self.text, place)).count(";") == 0:
                return place + len(line)
            if self.prompted and (printed := OUTPUT.match(self.text, found.start())):
                return printed.end()
            if sign == "." and self._line_start(found.start()):
                end = place + len(_line(self.text, place))
                self.tokens.append(Token("client", ".", found.start(), end))
                return end
        self.tokens.append(Token("op", sign, found.start(), place))
        return place

    def _line_start(self, place: int) -> bool:
        return not self.text[self.text.rfind("\n", 0, place) + 1 : place].strip()

    def _line_word(self, word: str, place: int) -> int:
        rest = _line(self.text, place)
        if word == "DELIMITER" and rest.strip():
            self.delimiter = rest.split()[0]
            self.tokens.clear()
            return place + len(rest)
        if word == "GO" and re.fullmatch(r"[ \t]*\d*[ \t]*", rest):
            self.tokens.clear()
        return place

    def _quoted(self, found: re.Match[str], kind: str, place: int) -> int:
        start = found.start()
        if kind == "dollar":
            end = self.text.find(found[0], place)
            if end >= 0:
                self.tokens.append(Token("string", "'", start, end + len(found[0])))
                return end + len(found[0])
        elif _closed(found[0]):
            sign: tuple[Kind, str] = ("string", "'") if kind == "string" else ("name", '"')
            self.tokens.append(Token(*sign, start, place))
            return place
        self.broken = True
        self.find = BROKEN_PATTERN.search
        return start + len(found[0]) if kind == "dollar" else start + 1

    def _block_end(self, start: int) -> int:
        if not self.reading.nested:
            end = self.text.find("*/", start + 2)
            return len(self.text) if end < 0 else end + 2
        depth = 0
        for found in re.compile(r"/\*|\*/").finditer(self.text, start):
            depth += 1 if found[0] == "/*" else -1
            if not depth:
                return found.end()
        return len(self.text)

    def _client(self, start: int) -> tuple[int, Token | None]:
        """Where to go on, and the command; one without a word only ends the statement."""
        found = re.compile(r"\\([A-Za-z]+\+?|[!?.;])?").match(self.text, start)
        name = (found and found[1]) or ""
        if name in ("G", "g") and not _line(self.text, start + 2).strip(" \t;"):
            return start + 2, Token("client", "", start, start + 2)
        if not name:
            return start + 1, None
        inline = name[0] not in TAKES_ARGUMENT
        if name in ("G",) or (self.reading.inline and (inline or name[0] in "Gg")):
            return start + 2, Token("client", "\\" if name not in ("G", "g") else "", start, start + 2)
        line = CLIENT_LINE.match(self.text, start + 1 + len(name))
        end = line.end() if line else len(self.text)
        token = Token("client", "\\", start, end)
        return end + 2 if self.text.startswith("\\\\", end) else end, token

    def _within_routine(self, count: int) -> bool:
        """Whether a semicolon stands inside `BEGIN … END` of a routine's definition."""
        if self.delimiter != ";" or self.routine >= 0 or not count or self.tokens[0].word not in ("CREATE", "ALTER"):
            pass
        return False

    def _skip_data(self, place: int) -> int:
        """Behind `COPY … FROM STDIN;` come data lines, up to one that says `\\.`."""
        words = [token.word for token in self.tokens if token.kind == "word"]
        if words[:1] == ["COPY"] and "STDIN" in words and (end := DATA_END.search(self.text, place)):
            return end.end()
        return place

    def _flush(self) -> Iterator[Statement]:
        if self.tokens:
            yield Statement(tuple(self.tokens), self.broken)
            self.tokens = []


def _closed(quoted: str) -> bool:
    """A closing quote is there; the pattern also takes text that ends before it."""
    opening = next(sign for sign in quoted if sign in "'\"`[")
    closing = "]" if opening == "[" else opening
    return quoted.index(opening) < len(quoted) - 1 and quoted.endswith(closing)


def _line(text: str, start: int) -> str:
    end = text.find("\n", start)
    return text[start:] if end < 0 else text[start:end]


def _sign_of(kind: str) -> str:
    return {"number": "0", "hole": HOLE, "value": "@"}[kind]
