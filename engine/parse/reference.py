"""What is read beside the steps: drawers of tables, alert names, escalation clocks, time boxes, jumps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from ..expressions import expression
from ..model import Drawer, DrawerKind, Escalation, Jump, Lines, TimeBox
from .blocks import Block, Container, Listing, Paragraph, Table
from .inline import links, plain
from .sections import Unit


class Text(NamedTuple):
    """A paragraph or the text of a list entry, wherever it stands."""

    text: str
    first: int


def texts_of(blocks: Iterable[Block]) -> Iterator[Text]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield Text(block.text, block.first)
        elif isinstance(block, Listing):
            for entry in block.entries:
                if entry.text:
                    yield Text(entry.text, entry.first)
                yield from texts_of(entry.blocks)
        elif isinstance(block, Container):
            yield from texts_of(block.blocks)


# --- drawers -------------------------------------------------------------------------------------------------

DRAWER_WORDS: tuple[tuple[DrawerKind, str, str], ...] = (
    ("escalation", r"escalat", r"escalat"),
    ("contacts", r"contact|on-?call|who to|people|team|experts?\b|owner", r"phone|e-?mail|slack|contact|pager"),
    ("slos", r"\bsl[oi]s?\b|service level", r"\bsl[oi]\b|^target$|error budget"),
    ("alerts", r"\balerts?\b(?!.*(?:dashboards?))", r"^alert(?: ?name)?s?$"),
    ("dashboards", r"dashboards?|monitoring|critical resources", r"dashboard|^url$|^link$"),
)
"""Kind of drawer, the words of its section's title, the words of a table's header; the first that fits wins."""

DRAWERS = tuple((kind, re.compile(title, re.I), re.compile(header, re.I)) for kind, title, header in DRAWER_WORDS)

DEFINITION = expression(r"(?:\*\*|__)(.+?)(?:\*\*|__)\s*:?\s*(.*)$", re.S)


def find_drawers(unit: Unit) -> Iterator[Drawer]:
    for block in unit.blocks:
        if isinstance(block, Table):
            kind = _kind_of_table(unit, block)
            rows = tuple(tuple(plain(cell) for cell in row) for row in block.rows)
            header = tuple(plain(cell) for cell in block.header)
            yield Drawer(kind, unit.title, header, rows, Lines(block.first, block.last))
        elif isinstance(block, Listing) and len(block.entries) > 1:
            yield from _definitions(unit, block)


def _kind_of_table(unit: Unit, table: Table) -> DrawerKind:
    for kind, _, in_header in DRAWERS:
        if any(in_header.search(cell) for cell in table.header[:1] if kind != "contacts"):
            return kind
    for kind, in_title, _ in DRAWERS:
        if in_title.search(unit.title):
            return kind
    return next((kind for kind, _, in_header in DRAWERS if any(map(in_header.search, table.header))), "reference")


def _definitions(unit: Unit, block: Listing) -> Iterator[Drawer]:
    """`- **Database**: @dba-team`, in a section that is named for such a list."""
    kind = next((kind for kind, in_title, _ in DRAWERS if in_title.search(unit.title)), None)
    pairs = [DEFINITION.match(entry.text) for entry in block.entries]
    if kind is None or block.is_checklist or not all(pairs):
        return
    rows = tuple((plain(pair[1]).rstrip(":"), plain(pair[2])) for pair in pairs if pair)
    yield Drawer(kind, unit.title, (), rows, Lines(block.first, block.last))


# --- alerts --------------------------------------------------------------------------------------------------

ALERT_NAME = expression(r"[A-Z][a-z0-9]*(?:[A-Z]+[a-z0-9]*)+")
LETTERS = expression(r"[^a-z0-9]+")


def find_alerts(title: str, units: Sequence[Unit], drawers: Sequence[Drawer]) -> Mapping[str, tuple[str, ...]]:
    """Headings that are alert names, and the rows of alert tables that a section answers."""
    found: dict[str, tuple[str, ...]] = {}
    if ALERT_NAME.fullmatch(title):
        found[title] = ()
    for unit in units[1:]:
        name = unit.title.removeprefix("Alert:").strip()
        if ALERT_NAME.fullmatch(name):
            found.setdefault(name, unit.path)
    tables = [drawer for drawer in drawers if drawer.kind == "alerts" and drawer.header]
    names = {_letters(unit.title): unit.path for unit in reversed(units[1:])} if tables else {}
    for drawer in tables:
        for row in drawer.rows:
            path = _answer(row, drawer.header, names) if row and row[0] else None
            if path is not None:
                found.setdefault(row[0], path)
    return MappingProxyType(found)


def _answer(row: Sequence[str], header: Sequence[str], names: Mapping[str, tuple[str, ...]]) -> tuple[str, ...] | None:
    """The section of the alert's own name, or the one its row points to."""
    pointers = [
        cell
        for cell, name in zip(row[1:], header[1:], strict=False)
        if re.search("runbook|section|procedure", name, re.I)
    ]
    for wanted in [*map(_letters, pointers), _letters(row[0])]:
        if not wanted:
            continue
        exact = names.get(wanted)
        near = next(
            (path for name, path in names.items() if len(wanted) > 6 and (wanted in name or name.endswith(wanted))),
            None,
        )
        if exact is not None or near is not None:
            return exact if exact is not None else near
    return None


def _letters(text: str) -> str:
    return LETTERS.sub("", plain(text).lower())


# --- clocks --------------------------------------------------------------------------------------------------

DURATION = expression(r"(?P<number>\d+)\s*-?\s*(?P<unit>min(?:ute)?s?|hours?|hrs?|h)\b", re.I)
RANGE = expression(r"(?P<low>\d+)\s*(?:-|–|—|to)\s*(?P<high>\d+)\s*(?P<unit>min(?:ute)?s?|hours?|hrs?|h)\b", re.I)
TIME_LABEL = expression(
    r"[*_]{0,2}(?:time to (?:resolve|complete|fix)|(?:estimated|expected|typical|total)\s+(?:time|duration)|duration"
    r"|time ?box|time required|eta)\b"
    r"[^:\n]{0,20}:?[*_]{0,2}:?\s*(?P<value>.+)$",
    re.I | re.M,
)  # fmt: skip
ESCALATION_WORD = expression(r"escalat|\bL[2-9]\b|level [2-9]|page\b|call\b", re.I)


def find_escalations(unit: Unit, texts: Sequence[Text]) -> Iterator[Escalation]:
    """`Escalate if … 30 minutes`; in a section about escalation every line with a duration counts."""
    is_about = any("scalat" in name for name in unit.path)
    for text, first in texts:
        if not is_about and "scalat" not in text:
            continue
        for row, line in enumerate(text.split("\n")):
            duration = DURATION.search(line)
            if duration and (is_about or "scalat" in line) and not RANGE.search(line):
                yield Escalation(_minutes(duration), plain(line), first + row)


def _minutes(found: re.Match[str], group: str = "number") -> int:
    return int(found[group][:6]) * (60 if found["unit"].lower().startswith("h") else 1)


def maybe_time_box(text: str, line: int) -> TimeBox | None:
    """`(First 5 Minutes)` is 0-5, `5-15 minutes` is 5-15."""
    if not any(char.isdigit() for char in text):
        return None
    spread = RANGE.search(text)
    if spread:
        return TimeBox(_minutes(spread, "low"), _minutes(spread, "high"), line)
    single = DURATION.search(text)
    return TimeBox(0, _minutes(single), line) if single else None


def find_time_box(unit: Unit, heading: str, texts: Sequence[Text]) -> TimeBox | None:
    if "(" in heading and (box := maybe_time_box(heading[heading.index("(") :], unit.first)):
        return box
    for text, first in texts:
        if "ime" in text or "uration" in text or "ETA" in text:
            for found in TIME_LABEL.finditer(text):
                box = maybe_time_box(found["value"], first + text.count("\n", 0, found.start()))
                if box:
                    return box
    return None


# --- jumps ---------------------------------------------------------------------------------------------------

SECTION_JUMP = expression(
    r"\b(?:see|continue (?:to|with|at)|go(?: back)? to|proceed to|jump to|follow|refer to|skip to|return to)"
    r"\s+(?:the\s+)?[\"“”'*\[]*(?P<name>[A-Z][\w /&-]{1,60}?)[\"“”'*\]]*\s+"
    r"(?:sections?\b|(?:steps|procedures?)\b(?!\s+sections?\b))",
    re.I,
)
NAMED_JUMP = expression(
    r"\b(?:continue (?:to|with|at)|go(?: back)? to|proceed to|jump to|skip to|return to|see)\s+[\"“*]*"
    r"(?P<name>(?:Scenario|Option|Issue|Procedure|Step|Phase|Case)\s+(?:\d+|[A-Z]))\b",
    re.I,
)
JUMP_WORDS = ("ee ", "ontinue", "o to", "o back", "roceed", "ump to", "ollow", "efer to", "kip to", "eturn to")


def find_jumps(texts: Sequence[Text], names: dict[str, str]) -> Iterator[Jump]:
    """Links to a place or a document, and words that name a section; words that name none lead nowhere.

    `names` is each section's title by its words.
    """
    for text, first in texts:
        for link in links(text):
            if link.target.startswith("#") or re.match(r"[^:]*\.(?:md|markdown)(?:#|$)", link.target):
                yield Jump(first + link.row, link.text, link.target)
        if not any(word in text for word in JUMP_WORDS):
            continue
        for found in (*SECTION_JUMP.finditer(text), *NAMED_JUMP.finditer(text)):
            target = _section_called(found["name"], names)
            if target:
                line = first + text.count("\n", 0, found.start())
                yield Jump(line, plain(found[0]).replace("[", ""), target)


POINTING = frozenset(
    {"the", "a", "these", "those", "this", "that", "above", "below", "following", "next", "same", "steps"}
)
"""Words a section may begin with, and which alone call none by its name."""


def section_names(units: Sequence[Unit]) -> dict[str, str]:
    return {_words(unit.title): unit.title for unit in reversed(units[1:])}


def _words(text: str) -> str:
    """Without punctuation and without the number of a heading such as `2. Restart`."""
    words = re.findall(r"\w+", plain(text).casefold())
    while len(words) > 1 and words[0].isdigit():
        del words[0]
    return " ".join(words)


def _section_called(name: str, names: dict[str, str]) -> str:
    """The title called so or beginning so, or else the only one with these words in it; empty for none."""
    wanted = _words(name)
    if wanted in names:
        return names[wanted]
    target = "" if not wanted or wanted in POINTING else _near(f" {wanted} ", names)
    names[wanted] = target  # the same words are often repeated
    return target


def _near(wanted: str, names: dict[str, str]) -> str:
    holding = {title: f" {words} " for words, title in names.items() if title and wanted in f" {words} "}
    beginning = (title for title, words in holding.items() if words.startswith(wanted))
    return next(beginning, next(iter(holding)) if len(holding) == 1 else "")
