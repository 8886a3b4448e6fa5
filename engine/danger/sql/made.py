"""Verdicts made out of a row and the statement it matched, with a target that a keyboard has keys for."""

from __future__ import annotations

import re

from ...levels import Level
from ...syntax.sql_tokens import HOLE
from ..verdict import Category, Verdict
from .part import Part
from .rule import Match

LONGEST_TARGET = 60
QUOTES = str.maketrans("", "", "'\"`[];")
ENDS_OF_RIGHTS = frozenset({"TO", "FROM"})
ON = frozenset({"ON"})


def verdict(part: Part, level: Level, category: Category, rule: str, why: str, *, target: str = "") -> Verdict:
    said = on_one_line(target) or ("the database" if level == "dangerous" else "")
    return Verdict(level, category, rule, why, part.span, said)


def verdict_of(match: Match, part: Part, named: str = "") -> Verdict:
    """`named` is the thing that an action belongs to."""
    rule = match.rule
    return verdict(part, rule.level, rule.category, rule.id, rule.why, target=_target(match, part, named))


def _target(match: Match, part: Part, named: str) -> str:
    form = match.rule.target
    if form == "@last":
        last = part.at(len(part) - 1)
        return part.text(len(part) - 1) if len(part) > 1 and last.word not in ("FULL", ")") else "every table"
    if form == "@granted":
        start = part.level_word(ON, 1)
        return part.text(1 if start is None else start + 1, part.level_word(ENDS_OF_RIGHTS, 1))
    taken = on_one_line(part.text(*match.name)) if match.name else ""
    if form == "{}" and named:
        return named
    return form.replace("{object}", named).replace("{}", taken) if taken or "{}" not in form else named


def within(found: Verdict, part: Part) -> Verdict:
    """A verdict on something inside the statement, as one on the statement."""
    return found._replace(span=part.span, dry_run=None)


def on_one_line(text: str) -> str:
    plain = re.sub(r"[^\x20-\x7e]+", " ", text[: 4 * LONGEST_TARGET].replace(HOLE, "?")).translate(QUOTES)
    return " ".join(plain.split())[:LONGEST_TARGET].strip()


def unquoted(literal: str) -> str:
    """What a string literal says; dollar quotes included."""
    if literal.startswith("$"):
        tag = literal[: literal.index("$", 1) + 1]
        return literal[len(tag) : -len(tag)]
    quote = literal[-1]
    body = literal[literal.find(quote) + 1 : -1].replace(quote * 2, quote)
    return re.sub(r"\\(['\"\\])", r"\1", body)
