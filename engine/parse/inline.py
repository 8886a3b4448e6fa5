"""Inline Markdown, read only where a rule needs it: its plain words, its code, its links."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..expressions import expression

STRONG = expression(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
EMPHASIS = expression(r"(?<![\w*\\])([*_])(?=[^\s*_])([^*_\n]+?)(?<=[^\s])\1(?![\w*])")
LINK = expression(r"!?\[([^\[\]]*)\]\(\s*<?([^()\s<>]*(?:\([^()\s]*\)[^()\s]*)?)>?(?:\s+[\"'][^\"']*[\"'])?\s*\)")
CODE_SPAN = expression(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
TAG = expression(r"</?(?:br|b|i|em|strong|code|kbd|a|span|p|sub|sup|u|div|font)\b[^<>]*>", re.IGNORECASE)
ESCAPE = expression(r"\\([!-/:-@\[-`{-~])")
SENTENCE = expression(r"(.+?[.!?])(?:\s+(?=[A-Z`*\[(])|$)", re.DOTALL)
TITLE_LENGTH = 100
LONGEST = 20_000
"""Characters of a paragraph that somebody wrote; what is longer is data, and taken as it stands."""


class CodeSpan(NamedTuple):
    text: str
    row: int
    """Lines below the first line of the text it stands in."""
    before: str
    """The few characters right before it."""


class Link(NamedTuple):
    text: str
    target: str
    row: int


def code_spans(text: str) -> list[CodeSpan]:
    if "`" not in text or len(text) > LONGEST:
        return []
    return [_code_span(text, found) for found in CODE_SPAN.finditer(text)]


def _code_span(text: str, found: re.Match[str]) -> CodeSpan:
    start = found.start()
    return CodeSpan(" ".join(found[2].split()), text.count("\n", 0, start), text[max(0, start - 16) : start])


def links(text: str) -> list[Link]:
    if "](" not in text or len(text) > LONGEST:
        return []
    return [Link(plain(f[1]), f[2], text.count("\n", 0, f.start())) for f in LINK.finditer(text)]


def plain(text: str) -> str:
    """The words without emphasis, link targets and inline tags; code keeps its backquotes."""
    if len(text) > LONGEST:
        return text.strip()
    if "](" in text:
        text = LINK.sub(r"\1", text)
    if "**" in text or "__" in text:
        text = STRONG.sub(r"\2", text)
    if "*" in text or "_" in text:
        text = EMPHASIS.sub(r"\2", text)
    if "<" in text:
        text = TAG.sub(" ", text)
    if "\\" in text:
        text = ESCAPE.sub(r"\1", text)
    return text.strip()


def title_of(text: str) -> str:
    """One line to call something by: the first sentence, without Markdown and without a colon at its end."""
    line = " ".join(plain(text).replace("`", "").split())
    if len(line) > TITLE_LENGTH:
        sentence = SENTENCE.match(line)
        if sentence:
            line = sentence[1]
    line = line.rstrip(" :")
    return shorten(line[:-1] if line.endswith(".") and not line.endswith("..") else line)


def first_sentence(line: str) -> str:
    sentence = SENTENCE.match(line)
    return sentence[1].rstrip(".") if sentence else line


def shorten(line: str, length: int = TITLE_LENGTH) -> str:
    if len(line) <= length:
        return line
    cut = line.rfind(" ", length // 2, length)
    return line[: cut if cut > 0 else length].rstrip(" ,;:") + "…"
