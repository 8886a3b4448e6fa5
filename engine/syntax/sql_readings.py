"""How the dialects of SQL are read before any grammar: what quotes, what comments, and what stands in for a value.

`READINGS` are for what anybody may have written, with prompts and placeholders in it; `CLIENTS` are for what a server
is sent, to the letter as psql, mysql and sqlite3 take it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Literal, NamedTuple

from ..expressions import expression


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
    letter_quote: bool = False
    """`q'[it's]'` is a string."""
    inline: bool = False
    """A client command such as `\\s` leaves the rest of its line to SQL."""
    groups: bool = False
    """No statement ends within parentheses, or between `BEGIN ATOMIC` and `END`."""
    client: Literal["", "psql", "mysql", "sqlite3"] = ""
    """Whose input it is: then there are no prompts and no placeholders in it."""


POSTGRES = Reading(dollar=True, nested=True, groups=True)
MYSQL = Reading(backslash=True, hash=True, loose_dash=False, backtick=True, code_comments=True)
SQLITE = Reading(backtick=True, bracket=True)
SLASHED = Reading(backslash=True, dollar=True, slashes=True)
# Without a dialect a text in dollars is a string in every reading: nobody else has a use for `$$ … $$`.
READINGS: dict[str, tuple[Reading, ...]] = {
    "": (POSTGRES, *(one._replace(dollar=True) for one in (MYSQL, SQLITE, SLASHED))),
    "postgres": (POSTGRES,),
    "mysql": (MYSQL._replace(inline=True),),
    "sqlite": (SQLITE,),
    "tsql": (Reading(bracket=True, nested=True),),
    "oracle": (Reading(letter_quote=True),),
    "clickhouse": (Reading(backslash=True, hash=True, dollar=True, backtick=True, nested=True), MYSQL),
    "cassandra": (Reading(dollar=True, slashes=True),),
    "influx": (Reading(backslash=True),),
    "bigquery": (Reading(backslash=True, hash=True, backtick=True),),
    "snowflake": (SLASHED,),
}
CLIENTS: Mapping[str, Reading] = {
    "postgres": POSTGRES._replace(client="psql"),
    "mysql": MYSQL._replace(inline=True, client="mysql"),
    "sqlite": SQLITE._replace(client="sqlite3"),
}
DIALECTS = frozenset(READINGS)
AMBIGUOUS = expression(r"[\\#`\[$]|--(?=[^\s-])|//|/\*")
"""What the readings of an unknown dialect do not agree on."""

PROMPT = r"""^[ \t]*(?:
    (?:mysql|sqlite|SQL|ksql|hive|duckdb|spark-sql|(?:cqlsh|trino|presto)(?::[\w.]{1,64}){0,2})>
  | MariaDB\ \[[^]\n]{0,64}\]>
  | [\w.@/:~-]{1,64}[=\-*('"!^]{1,3}[#>](?=\s) | [\w.-]{0,64}\ ?:\)(?=\s) | [\w.-]{1,64}@[\w.:-]{0,64}/[\w.]{0,64}>
  | ->(?=\s) | \.\.\.> | '> | "> | \d{1,4}>(?=\s) )"""
"""What clients print before what is typed. All counts are bounded, so that no text takes long."""
HOLES = r"""\{\{[^{}\n]{0,200}\}\} | \$\{[^{}\n]{0,200}\} | \{[A-Za-z][\w. -]{0,60}\} | <%=?[^\n]{0,200}?%>
  | <[A-Za-z][\w-]{0,60}> | %\(\w{1,60}\)s | \ufffc(?![\w$\ufffc])"""
NUMBER = r"0[xX][0-9a-fA-F]+ | \d+(?:\.\d+)*(?:[eE][+-]?\d+)?(?:[^\W\d][\w$]*)? | \.\d+"
LETTER = r"[^\x00-\x40\x5b-\x5e\x60\x7b-\x7f]"
"""To a server every character beyond ASCII is one, a blank among them too. It is said by what is none: a set of the
others takes twenty times as long to compile."""
LETTERS = r"[^\x00-\x23\x25-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f]"
"""With digits and `$`."""
TAG = rf"{LETTER}[^\x00-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f]*"
EXACT = (
    ("number", rf"0[xX][0-9a-fA-F]+ | [0-9]+(?:\.[0-9]+)*(?:[eE][+-]?[0-9]+)?(?:{LETTER}{LETTERS}*)? | \.[0-9]+"),
    ("value", rf"\$[0-9]+(?:{LETTER}{LETTERS}*)?"),
    ("word", rf"{LETTER}{LETTERS}*"),
    ("op", r"[^\s\w]"),
)
VALUES = r"""@{1,2}[\w.$]+ | \$\w+ | (?<![:\w\]]):[A-Za-z_]\w* | (?<![:\w]):(?:'\w{1,60}'|"\w{1,60}") | %s\b"""
WORD = r"[^\W\d][\w$\ufffc]* | \ufffc[\w$\ufffc]*"
SIGNS = r"::|:=|<=>|->>|->|=>|<=|>=|<>|!=|\|\||&&|[^\s\w]"
PLAIN = (("hole", HOLES), ("number", NUMBER), ("value", VALUES), ("word", WORD), ("op", SIGNS))
ORACLE_QUOTE = r"[qQ]'(?:\[.{0,4000}?\]|\{.{0,4000}?\}|\(.{0,4000}?\)|<.{0,4000}?>|([!|^~/]).{0,4000}?\1)'"


HIDING = expression(
    r"""^[^\s'"]*['"][\#>]\s | ^\S*--\S*[\#>]\s | (?:<%|\{\{|\$\{)[^\n]*?[;'"]
      | [\x85\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]""",
    re.VERBOSE | re.MULTILINE,
)
"""A prompt, a placeholder or a blank that may be something else to a server, and end or begin a quote or a comment."""
CODE_COMMENT = expression(r"/\*M?!")


def readings(text: str, dialect: str) -> tuple[Reading, ...]:
    """Every way to read a text; one is enough where all of them agree."""
    known = READINGS.get(dialect, READINGS[""])
    read = known if len(known) == 1 or AMBIGUOUS.search(text) else known[:1]
    if HIDING.search(text):
        read += (CLIENTS[dialect],) if dialect in CLIENTS else () if dialect else tuple(CLIENTS.values())
    if CODE_COMMENT.search(text):  # its version decides whether it is code
        read += tuple(one._replace(code_comments=False) for one in read if one.code_comments)
    return read


@lru_cache(maxsize=32)
def pattern_of(reading: Reading) -> re.Pattern[str]:
    """One alternative a kind of token, in the order in which they are tried."""
    quote = r"{q}[^{q}]*+(?:{q}{q}[^{q}]*+)*+(?:{q}|\Z)"
    escaped = r"{q}[^{q}\\]*+(?:(?:\\.|\\\Z|{q}{q})[^{q}\\]*+)*+(?:{q}|\Z)"
    body = escaped if reading.backslash else quote
    is_exact = reading.client != ""
    line = r"[^\n\r]*" if reading.groups else r"[^\n]*"
    comments = [rf"--{line}" if reading.loose_dash else r"--(?=[ \t\n\r\f\v]|\Z)[^\n]*"]
    comments += [r"\#[^\n]*"] if reading.hash else []
    comments += [r"//[^\n]*"] if reading.slashes else []
    names = [body.format(q='"')]
    names += [quote.format(q="`")] if reading.backtick else []
    names += [r"\[[^\]]*(?:\]|\Z)" if is_exact else r"\[[\w@\# ][^\]\n]{0,128}\]"] if reading.bracket else []
    strings = [rf"(?:[nNbBxXrR]|[uU]&)?{body.format(q=chr(39))}"]
    strings[:0] = [rf"[eE]{escaped.format(q=chr(39))}"] if reading.client in ("", "psql") else []
    tag = TAG if is_exact else r"[^\W\d]\w*"
    parts = [
        ("prompt", "" if is_exact else PROMPT),
        ("comment", "|".join(comments)),
        ("blank", r"/\*M?!\d{0,6}|\*/" if reading.code_comments else ""),
        ("block", r"/\*"),
        ("dollar", rf"\$(?:{tag})?\$" if reading.dollar else ""),
        ("string", "|".join([ORACLE_QUOTE, *strings] if reading.letter_quote else strings)),
        ("name", "|".join(names)),
        ("client", r"\\"),
        ("temporary", r"\#{1,2}\w+" if reading.bracket and not is_exact else ""),
        *(EXACT if is_exact else PLAIN),
    ]
    return _alternatives(parts)


def _alternatives(parts: Iterable[tuple[str, str]]) -> re.Pattern[str]:
    return expression(
        "|".join(f"(?P<{kind}>{text})" for kind, text in parts if text), re.DOTALL | re.MULTILINE | re.VERBOSE
    )


BROKEN = _alternatives(PLAIN)
"""Behind a quote that nothing closes: no quotes any more, so that nothing hides."""
