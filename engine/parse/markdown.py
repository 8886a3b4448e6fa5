"""Markdown to blocks through markdown-it-py: block rules only, because inline text is read where it is needed.

Link reference definitions are left to paragraphs, so that no line of the document disappears.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ..expressions import expression
from .blocks import Block, Code, Container, Entry, Heading, Html, Listing, Paragraph, Table
from .directives import CODE_DIRECTIVES, content_of, directive_of, without_options
from .quick_blocks import QuickBlocks

CHECKBOX = expression(r"\[([ xX])\](?:\s+|$)")
GITHUB_ALERT = expression(r"\[!(\w+)\]\s*")
MAX_DEPTH = 20
"""Deeper than any document that was meant, and shallow enough for ones that were not."""
MISPLACED_FENCE = expression(r" {0,3}(?P<marks>```+|~~~+)(?P<info>[^`\n]*)(?:\n|\Z)")
ABOUT_MARKDOWN = frozenset({"markdown", "md", "mdx", "rst", "text", "diff"})
"""Languages whose text may well hold a fence."""
MAX_NESTING = 100
"""Containers within containers; a list counts twice. Nobody writes fifty lists into each other on purpose."""
SECTION_LINE = expression(r"#{2,6}\s+\S")


@cache
def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING})
    # Line ends are already normal, NUL must stay visible, and inline text is read where it is needed.
    reader.core.ruler.enableOnly(["block"])
    reader.block = QuickBlocks()
    return reader


def read_blocks(lines: Sequence[str], first_line: int = 1, depth: int = 0) -> list[Block]:
    """Blocks of the given source lines, of which the first is line `first_line` of the document.

    `depth` counts documents within documents: directives, and what stands behind a fence that is never closed.
    """
    return _Builder(lines, first_line, depth).build(_reader().parse("\n".join(lines)))


class _Builder:
    """Turns the flat tokens of markdown-it into the tree; `position` is the token being read."""

    def __init__(self, lines: Sequence[str], first_line: int, depth: int) -> None:
        self.lines = lines
        self.depth = depth
        self.offset = first_line
        self.tokens: list[Token] = []
        self.position = 0

    def build(self, tokens: list[Token]) -> list[Block]:
        self.tokens = tokens
        return self._until("")

    def _until(self, closing: str) -> list[Block]:
        blocks: list[Block] = []
        tokens, count = self.tokens, len(self.tokens)
        while self.position < count:
            token = tokens[self.position]
            self.position += 1
            kind = token.type
            if kind == closing:
                break
            read = _READERS.get(kind)
            if read is not None:
                blocks.extend(read(self, token))
        return blocks

    def span(self, token: Token) -> tuple[int, int]:
        """First and last 1-based line; blank lines at the end do not count."""
        start, end = token.map or [0, 1]
        while end > start + 1 and not self.lines[end - 1].strip(" \t>"):
            end -= 1
        return start + self.offset, end - 1 + self.offset

    def heading(self, token: Token) -> list[Block]:
        first, last = self.span(token)
        text = self.tokens[self.position].content
        self.position += 2
        return [Heading(first, last, int(token.tag[1]), text)]

    def paragraph(self, token: Token) -> list[Block]:
        first, last = self.span(token)
        text = self.tokens[self.position].content
        self.position += 2
        return [Paragraph(first, last, text)]

    def listing(self, token: Token) -> list[Block]:
        first, last = self.span(token)
        closing = token.type.replace("_open", "_close")
        entries: list[Entry] = []
        while self.tokens[self.position].type != closing:
            item = self.tokens[self.position]
            self.position += 1
            entries.append(self.entry(item))
        self.position += 1
        has_code = any(_holds_code(entry.blocks) for entry in entries)
        start = int(token.attrs.get("start", 1))
        return [Listing(first, last, token.tag == "ol", entries, start, has_code)]

    def entry(self, token: Token) -> Entry:
        first, last = self.span(token)
        blocks = self._until("list_item_close")
        text, ticked = "", None
        if blocks and isinstance(blocks[0], Paragraph):
            text = blocks[0].text
            box = CHECKBOX.match(text)
            if box:
                ticked = box[1] != " "
                text = text[box.end() :]
            del blocks[0]
        return Entry(first, last, text, ticked, blocks)

    def quote(self, token: Token) -> list[Block]:
        first, last = self.span(token)
        blocks = self._until("blockquote_close")
        head = blocks[0] if blocks else None
        alert = GITHUB_ALERT.match(head.text) if isinstance(head, Paragraph) else None
        if alert is None or not isinstance(head, Paragraph):
            return [Container(first, last, "quote", "", blocks)]
        head.text = head.text[alert.end() :]
        return [Container(first, last, "admonition", alert[1].capitalize(), blocks)]

    def container(self, token: Token) -> list[Block]:
        first, last = self.span(token)
        blocks = self._until("indented_container_close")
        return [Container(first, last, "tab" if token.info == "tab" else "admonition", token.content, blocks)]

    def table(self, token: Token) -> list[Block]:
        first, last = self.span(token)
        rows: list[tuple[str, ...]] = []
        cells: list[str] = []
        while (part := self.tokens[self.position]).type != "table_close":
            self.position += 1
            if part.type == "inline":
                cells.append(part.content)
            elif part.type == "tr_close":
                rows.append(tuple(cells))
                cells = []
        self.position += 1
        return [Table(first, last, rows[0] if rows else (), rows[1:])]

    def html(self, token: Token) -> list[Block]:
        first, last = self.span(token)
        return [Html(first, last, token.content)]

    def indented(self, token: Token) -> list[Block]:
        first, last = self.span(token)
        text = token.content.rstrip("\n")
        opening = MISPLACED_FENCE.match(text)
        if opening is None:
            return [Code(first, last, text, "", fenced=False)]
        end = text.rfind(opening["marks"])
        body = textwrap.dedent(text[opening.end() : end if end > opening.end() else len(text)]).rstrip()
        return [Code(first, last, body, opening["info"].strip(), fenced=True, is_misplaced=True)]

    def fence(self, token: Token) -> list[Block]:
        start, end = token.map or [0, 1]
        first = start + self.offset
        info = token.info.strip()
        body = token.content[:-1] if token.content.endswith("\n") else token.content
        closed = _is_closing(self.lines[end - 1], token.markup) and end - start > 1
        last = max(first, end - 1 + self.offset)
        directive = directive_of(info)
        if directive is not None and directive.name not in CODE_DIRECTIVES and self.depth < MAX_DEPTH:
            return self.directive(Code(first, last, body, info, fenced=True, closed=closed))
        if directive is not None:
            return [without_options(Code(first, last, body, info, fenced=True, closed=closed))]
        inner = _nested_fence(body, token.markup, info)
        if closed and inner is None:
            return [Code(first, last, body, info, fenced=True)]
        return self.runaway(Code(first, last, body, info, fenced=True, closed=closed), inner)

    def directive(self, code: Code) -> list[Block]:
        """A MyST directive in a fence's clothing: what it holds is Markdown, or nothing to walk."""
        found = content_of(code)
        if found is None:
            return []
        kind, title, body, body_first = found
        blocks = read_blocks(body, body_first, self.depth + 1)
        return [Container(code.first, code.last, kind, title, blocks)]

    def runaway(self, code: Code, inner: int | None) -> list[Block]:
        """A fence without its end must not hide the rest of the document: it is cut where prose begins again."""
        body = code.text.split("\n")
        cut = _where_prose_resumes(body, inner)
        if inner is not None:
            code.nested_fence = code.body_first + inner
        was_closed, code.closed = code.closed, False
        if cut is None or self.depth >= MAX_DEPTH:
            return [code]
        rest = body[cut:]
        if was_closed:
            rest.append(self.lines[code.last - self.offset].strip(" \t>"))
        code.text = "\n".join(body[:cut]).rstrip("\n")
        rest_first = code.body_first + cut
        code.last = rest_first - 1
        return [code, *read_blocks(rest, rest_first, self.depth + 1)]


def _holds_code(blocks: Sequence[Block]) -> bool:
    for block in blocks:
        if isinstance(block, Code):
            return True
        if isinstance(block, Listing) and block.has_code:
            return True
        if isinstance(block, Container) and _holds_code(block.blocks):
            return True
    return False


def _is_closing(line: str, markup: str) -> bool:
    bare = line.strip(" \t>")
    return len(bare) >= len(markup) and not bare.strip(markup[0])


def _nested_fence(body: str, markup: str, info: str) -> int | None:
    """Row of a fence opening, with a language, inside a block that is not itself about Markdown."""
    if markup[0] * 3 not in body or info.partition(" ")[0].lower() in ABOUT_MARKDOWN:
        return None
    opening = re.compile(rf"\s{{0,3}}{re.escape(markup)}[\w{{]")
    for row, line in enumerate(body.split("\n")):
        if opening.match(line):
            return row
    return None


def _where_prose_resumes(body: Sequence[str], inner: int | None) -> int | None:
    limit = len(body) if inner is None else inner
    for row in range(1, limit):
        if SECTION_LINE.match(body[row]) and not body[row - 1].strip():
            return row
    return inner


_READERS: dict[str, Callable[[_Builder, Token], list[Block]]] = {
    "heading_open": _Builder.heading,
    "paragraph_open": _Builder.paragraph,
    "bullet_list_open": _Builder.listing,
    "ordered_list_open": _Builder.listing,
    "blockquote_open": _Builder.quote,
    "indented_container_open": _Builder.container,
    "table_open": _Builder.table,
    "html_block": _Builder.html,
    "code_block": _Builder.indented,
    "fence": _Builder.fence,
}
