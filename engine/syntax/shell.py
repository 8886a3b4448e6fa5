"""Shell text through tree-sitter's bash grammar. Offsets are bytes of the UTF-8 text, rows count from 0."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

import tree_sitter_bash
from tree_sitter import Language, Parser, Tree

from .balance import Fault, scan
from .blanks import blank_placeholders

FORGIVEN = re.compile(r"(?:^|[\s;])(?:done|fi|esac|then|do|else|elif)(?:[\s;)]|$)|;;|(?<!<)<<(?!<)")
"""What tree-sitter accepts in the wrong place: it reads a stray `done` as the name of a command."""


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_bash.language()))


def parse(text: str) -> Tree:
    """A tree for any text at all; what the grammar rejects is marked by ERROR and missing nodes."""
    return _parser().parse(text.encode())


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
    plain = blank_placeholders(text)
    root = parse(plain).root_node
    if root.has_error or FORGIVEN.search(plain):
        scanned = scan(plain)
        if root.has_error:
            return Outline(scanned.statements, scanned.comments, scanned.fault)
        if scanned.fault is not None:
            return Outline(scanned.statements, scanned.comments, scanned.fault)
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


def maybe_fault(text: str) -> Fault | None:
    """Why bash would not run this text; None when it would, or when that cannot be told."""
    return outline(text).fault


__all__ = ["Fault", "Outline", "maybe_fault", "outline", "parse"]
