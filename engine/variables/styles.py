"""How people write a placeholder, one row per style, by the look of the text alone; the grammar has the last word."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from ..expressions import expression
from ..model import PlaceholderStyle

_WORDS = r"[^\W\d][\w.-]*(?:[ ]+[\w.+-]+){0,5}"
_ROWS: tuple[tuple[PlaceholderStyle, str, str], ...] = (
    ("erb", "<%=", r"<%=\s*(?P<name>[^%<>\n]+?)\s*%>"),
    # Not `${{`, which is another program's; not `{{.Field}}`, which is a Go template.
    ("double-braces", "{{", rf"(?<![{{$\\])\{{\{{[ ]*(?P<name>{_WORDS})[ ]*\}}\}}(?!\}})"),
    # Not `<<EOF`, `\<word\>`, `</tag>`, `<(…)`, nor an address in angle brackets.
    ("angle", "<", r"(?<![<\\])<(?P<name>[^\W\d](?:[\w .:,/+'’-]{0,60}[\w.)])?)>"),
    # Not `${x}`, `#{x}`, `%{x}`, `@{x}`.
    ("braces", "{", rf"(?<![$#%@\\{{])\{{(?P<name>{_WORDS})\}}(?!\}})"),
    # Not a subscript, a second dimension, a Markdown link.
    ("square", "[", rf"(?<![\w\])}}$\\\[@])\[(?P<name>{_WORDS})\](?![\w(\[*?+:])"),
    ("your", "", r"(?<![\w$-])(?<!\$\{)(?P<name>(?:YOUR|your|Your)[-_]\w[\w-]*(?<=\w))"),
    (
        "date",
        "YYYY",
        r"(?<![A-Za-z%])(?P<name>YYYY(?:([-/_.]?)MM(?:\2DD)?)?(?:[T _-]?HH(?:[:-]?MM(?:[:-]?SS)?)?Z?)?)(?![A-Za-z])",
    ),
)
_PROSE_WORDS = r"[^\W\d][\w.'’/+-]*(?:(?:[ ]*[,|][ ]*|[ ]+)[\"“]?[\w.'’/+-]+[\"”]?){0,9}"
_PROSE_ROWS: tuple[tuple[PlaceholderStyle, str, str], ...] = (
    # `[P1/P2/P3]`, `[Investigating | Resolved]`, `@[your-name]`, `[Number of users/services affected]`
    ("square", "[", rf"(?<![\w\])}}$\\\[])\[(?P<name>{_PROSE_WORDS})\](?![\w(\[*?+:])"),
    ("angle", "<", r"(?<![<\\])<(?P<name>[^\W\d](?:[\w .:,/+'’|-]{0,80}[\w.)])?)>"),
)
PATTERNS = tuple((style, marker, expression(pattern)) for style, marker, pattern in _ROWS)
"""Style, what its text is sure to contain, pattern. Where two begin at the same place, the first row wins."""
PROSE_PATTERNS = tuple(
    (style, marker, expression(pattern))
    for style, marker, pattern in (*(row for row in _ROWS if row[0] not in ("square", "angle")), *_PROSE_ROWS)
)
"""The same for a text that no program reads, where people write whole phrases."""

_GO_TEMPLATE_WORD = expression(
    r"(?:and|block|break|call|continue|define|else|end|eq|ge|gt|html|if|include|index|js|json|le|len|lt|"
    r"ne|not|or|print|printf|println|range|slice|template|toJson|toYaml|tpl|upper|urlquery|with)\Z"
)
HTML_TAG = expression(
    r"(?:a|b|body|br|code|dd|details|div|dl|dt|em|h[1-6]|head|hr|html|i|iframe|img|kbd|li|ol|p|pre|s|script|small|span|strong"
    r"|style|sub|summary|sup|svg|table|tbody|td|th|thead|tr|u|ul)\b",
    re.IGNORECASE,
)
_CHARACTER_RANGE = expression(r"(?:\w-\w)+\w*\Z")
_CLOSING_TAG = expression(r"</([\w.:-]+)>")
_MANY_SPACES = expression(r"\s+")


class Candidate(NamedTuple):
    start: int
    end: int
    name: str
    style: PlaceholderStyle


Patterns = tuple[tuple[PlaceholderStyle, str, re.Pattern[str]], ...]
Barred = Collection[tuple[int, PlaceholderStyle]]


def candidates(text: str, barred: Barred = (), patterns: Patterns = PATTERNS) -> list[Candidate]:
    """What looks like a placeholder, from left to right and never overlapping; `barred` ones are looked past."""
    found: list[Candidate] = []
    for one in sorted(_each(text, barred, patterns), key=lambda one: one.start):
        if not found or one.start >= found[-1].end:
            found.append(one)
    return found


def _each(text: str, barred: Barred, patterns: Patterns) -> Iterator[Candidate]:
    closed = frozenset(_CLOSING_TAG.findall(text)) if "</" in text else frozenset()
    for style, marker, pattern in patterns:
        for match in pattern.finditer(text) if marker in text else ():
            name = _MANY_SPACES.sub(" ", match["name"])
            if (match.start(), style) not in barred and _is_name(name, style, closed):
                yield Candidate(match.start(), match.end(), name, style)


def _is_name(name: str, style: PlaceholderStyle, closed: Collection[str]) -> bool:
    """`closed` are the tags that have an end somewhere: `<a>…</a>` is markup."""
    first = name.partition(" ")[0]
    match style:
        case "double-braces" | "braces":
            return not _GO_TEMPLATE_WORD.match(first) and ".." not in name and not name.endswith(".")
        case "angle":
            return first not in closed
        case "square":
            return len(name) > 1 and not _CHARACTER_RANGE.match(name)
        case _:
            return True
