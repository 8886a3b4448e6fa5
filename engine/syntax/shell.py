"""Shell text through tree-sitter's bash grammar. Offsets are bytes of the UTF-8 text, rows count from 0."""

from __future__ import annotations

from functools import cache

import tree_sitter_bash
from tree_sitter import Language, Parser, Tree


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_bash.language()))


def parse(text: str) -> Tree:
    """A tree for any text at all; what the grammar rejects is marked by ERROR and missing nodes."""
    return _parser().parse(text.encode())
