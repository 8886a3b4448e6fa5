"""A block rule for markdown-it: MkDocs admonitions (`!!! note`, `??? tip`) and tabs (`=== "Linux"`), whose content
is indented by four columns and would otherwise read as an indented code block.
"""

from __future__ import annotations

import re

from markdown_it.rules_block import StateBlock

from ..expressions import expression

OPENING = expression(r"""(?P<mark>!!!|\?\?\?\+?|===[!+]?)\s+(?P<word>[\w-]*)\s*(?:["'](?P<title>[^"']*)["'])?\s*$""")
INDENT = 4


def indented_container(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Opens at `start` when the line is such an opening, and takes every indented or blank line after it."""
    begin = state.bMarks[start] + state.tShift[start]
    if state.src[begin : begin + 3] not in {"!!!", "???", "==="}:
        return False
    opening = OPENING.match(state.src[begin : state.eMarks[start]])
    if opening is None or not (opening["word"] or opening["title"]):
        return False
    if silent:
        return True
    _read_content(state, start, _last_line(state, start, end), opening)
    return True


def _last_line(state: StateBlock, start: int, end: int) -> int:
    """One past the last line that belongs to the container."""
    indent = state.sCount[start] + INDENT
    last = start + 1
    for line in range(start + 1, end):
        if state.isEmpty(line):
            continue
        if state.sCount[line] < indent:
            break
        last = line + 1
    return last


def _read_content(state: StateBlock, start: int, last: int, opening: re.Match[str]) -> None:
    token = state.push("indented_container_open", "div", 1)
    token.map = [start, last]
    token.info = "tab" if opening["mark"].startswith("===") else "admonition"
    token.content = opening["title"] or opening["word"].capitalize()
    before = state.parentType, state.lineMax, state.blkIndent
    state.parentType, state.lineMax = "root", last
    state.blkIndent = state.sCount[start] + INDENT
    state.md.block.tokenize(state, start + 1, last)
    state.parentType, state.lineMax, state.blkIndent = before
    state.push("indented_container_close", "div", -1)
    state.line = last
