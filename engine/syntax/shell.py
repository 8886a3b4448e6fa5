"""Shell text through tree-sitter's bash grammar. Offsets are bytes of the text in braces, rows count from 0."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import tree_sitter_bash
from tree_sitter import Language, Node, Parser, Query, QueryCursor, Tree

from ..expressions import expression
from .balance import HEREDOC, Fault, scan
from .blanks import blank_placeholders
from .bracing import Braced
from .simple import maybe_rows

RESERVED = expression(r"\b(?:done|fi|esac|then|do|else|elif)\b|\}(?:\s|$)")
_FAR = expression("[\U00010001-\U0010ffff]")
STRAY = """((command_name (word) @word) (#any-of? @word "}" "done" "fi" "esac" "then" "do" "else" "elif"))"""
"""The grammar forgives a stray `done`: it reads it as the name of a command."""


@cache
def _language() -> Language:
    return Language(tree_sitter_bash.language())


@cache
def _parser() -> Parser:
    return Parser(_language())


@cache
def _stray() -> Query:
    return Query(_language(), STRAY)


@cache
def _every_word() -> Query:
    return Query(_language(), "(word) @word")


@cache
def _commands() -> Query:
    return Query(_language(), "(command) @command")


def parse(text: str) -> Tree:
    """A tree for any text at all; what the grammar rejects is marked by ERROR and missing nodes.

    Its places are those of `Braced(text)`; rows are the same.
    """
    return parse_braced(Braced(text))


def parse_braced(braced: Braced) -> Tree:
    """The tree of a text whose places are wanted as well.

    Characters beyond U+FFFF are all read as U+10000, which takes as many bytes: behind a brace the grammar's scanner
    looks characters up in C's table of 384 entries, and those lie so far beyond it that the process dies.
    """
    text = braced.text
    near = text if text.isascii() else _FAR.sub("\U00010000", text)
    return _parser().parse(near.encode())


def is_misread(tree: Tree) -> bool:
    """Whether the tree cannot be believed: marked errors, or a command that goes on over an unescaped line end.

    After a redirection inside a pipeline the grammar takes the next line's command for arguments, and marks no error
    (tree-sitter-bash#347): `a 2>/dev/null | b`, then `c 2>/dev/null | d`, becomes one pipeline without a `c`.
    """
    root = tree.root_node
    if root.has_error:
        return True
    if b"\n\\" in (root.text or b"") and any(is_broken(word) for word in _words(root)):
        return True
    commands = QueryCursor(_commands()).captures(root).get("command", [])
    return any(runs_on(node) for node in commands if node.start_point.row != node.end_point.row)


def _words(root: Node) -> list[Node]:
    return QueryCursor(_every_word()).captures(root).get("word", [])


def is_broken(word: Node) -> bool:
    """Whether a plain word goes on over an unescaped line end: `ls`, newline, `\\\\rm` is one to the grammar."""
    return b"\n" in (word.text or b"").replace(b"\\\n", b"")


def runs_on(command: Node) -> bool:
    """Whether a command's words stand on both sides of an unescaped line end."""
    text, start = command.text or b"", command.start_byte
    gaps = (text[left.end_byte - start : right.start_byte - start] for left, right in pairwise(command.children))
    return any(b"\n" in gap.replace(b"\\\n", b"") for gap in gaps)


class Outline(NamedTuple):
    """Where a block may be cut, and whether it can run at all."""

    statements: tuple[int, ...]
    """First row of every command, assignment or compound at the outermost level."""
    comments: frozenset[int]
    """Rows that hold nothing but a comment, outside of every command, here-document and string."""
    fault: Fault | None


def outline(text: str) -> Outline:
    """How the block is built, with placeholders such as `<pod-name>` read as plain words.

    The grammar rejects a few valid texts (`exec 3<>file`) and accepts a few invalid ones (a stray `done`), so a
    fault is only reported when the scanner of quotes and keywords finds it too.
    """
    simple = maybe_rows(text)
    if simple is not None:
        return Outline(*simple, None)
    plain = blank_placeholders(text)
    tree = parse(plain)
    root = tree.root_node
    if is_misread(tree) or _may_be_forgiven(plain, root):
        return Outline(*scan(plain))
    statements: list[int] = []
    comments: set[int] = set()
    last_row = -1
    for node in root.children:
        row = node.start_point.row
        if node.type == "comment":
            if row != last_row:
                comments.add(row)
        elif node.is_named and row != last_row:
            statements.append(row)
        last_row = node.end_point.row
    return Outline(tuple(statements), frozenset(comments), None)


def _may_be_forgiven(text: str, root: Node) -> bool:
    """Whether the grammar may have accepted what bash rejects; the scanner then decides."""
    if ";;" in text and "esac" not in text:
        return True
    if "<<" in text and any(not _has_end(text, found) for found in HEREDOC.finditer(text)):
        return True
    return RESERVED.search(text) is not None and bool(QueryCursor(_stray()).captures(root))


def _has_end(text: str, found: re.Match[str]) -> bool:
    """A line somewhere below is just the word that ends the here-document."""
    word = next(group for group in found.groups()[1:] if group is not None)
    below = text.find(f"\n{word}\n", found.end()) >= 0 or text.endswith(f"\n{word}")
    return below or (
        found[1] == "-" and re.search(rf"\n\t*{re.escape(word)}(?:\n|\Z)", text[found.end() :]) is not None
    )


def maybe_fault(text: str) -> Fault | None:
    """Why bash would not run this text; None when it would, or when that cannot be told."""
    return outline(text).fault


__all__ = ["Fault", "Outline", "is_misread", "maybe_fault", "outline", "parse", "parse_braced"]
