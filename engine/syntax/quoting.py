"""What place a stretch of text holds: bare word, inside which quotes, here-document, name, comment.

Offsets are characters of the text, as Python counts them; the trees underneath count bytes, with braces more.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Literal, NamedTuple

from tree_sitter import Node, Tree

from ..expressions import expression
from .bracing import Braced
from .shell import is_misread, parse_braced

ShellKind = Literal[
    "bare",
    "double",
    "single",
    "ansi-c",
    "heredoc",
    "heredoc-raw",
    "arithmetic",
    "command-name",
    "name",
    "assignment",
    "array",
    "redirect",
    "test",
    "pattern",
    "expansion",
    "comment",
    "other",
]
"""`bare` is (part of) a word a command takes as argument; `assignment` is the value of one, `name` its left side;
`heredoc-raw` has a quoted delimiter; `expansion` is inside `${…}`; `other` is anything the grammar has no word for."""
Outline = tuple[tuple[int, str], ...]
SqlKind = Literal["bare", "literal", "identifier", "dollar-quoted", "comment"]


class Place(NamedTuple):
    kind: ShellKind
    """The innermost place: an argument inside `"$( … )"` is bare."""
    statement: str
    """The whole top-level command the place belongs to, pipes and loops included."""
    statement_start: int
    statement_end: int
    command: str
    """Name of the command whose word this is, as written; empty outside a command."""
    holder: str = ""
    """The grammar's name for what the word is a word of: `command`, `test_command`, `file_redirect`; empty for none."""
    word_start: int = 0
    """Where the whole word begins that the place is part of; the place's own start where it is no word."""
    after_dashes: bool = False
    """The word directly before is `--`, so that this one is no option whatever it looks like."""


class Word(NamedTuple):
    """One word of a command, with its quotes."""

    source: str
    start: int
    end: int
    quotes: Literal["none", "single", "double", "mixed"]
    """Around the whole word; `mixed` is anything that is more than one literal piece."""


_KINDS: dict[str, ShellKind] = {
    "string": "double",
    "translated_string": "double",
    "raw_string": "single",
    "ansi_c_string": "ansi-c",
    "comment": "comment",
    "arithmetic_expansion": "arithmetic",
    "subscript": "arithmetic",
    "c_style_for_statement": "arithmetic",
    "expansion": "expansion",
    "simple_expansion": "expansion",
    "file_redirect": "redirect",
    "herestring_redirect": "redirect",
    "heredoc_redirect": "redirect",
    "heredoc_start": "other",
    "heredoc_end": "other",
    "test_command": "test",
    "command_name": "command-name",
    "command": "bare",
    "array": "array",
    "extglob_pattern": "pattern",
    "regex": "pattern",
    "declaration_command": "name",
    "unset_command": "name",
    "brace_expression": "other",
    "function_definition": "other",
    "case_statement": "bare",
    "case_item": "pattern",
    "for_statement": "bare",
    "ERROR": "other",
    "program": "other",
}
"""Node type → the place of what stands directly in it; a type that is not here leaves it to its parent."""


class Places:
    """The places of one shell text, parsed once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._braced = Braced(text)
        self.tree: Tree = parse_braced(self._braced)
        self._statements: dict[tuple[int, int], str] = {}
        self.has_error = is_misread(self.tree)
        """Some of the text was not understood: no place in it is certain."""

    def at(self, start: int, end: int) -> Place:
        node = self.tree.root_node.descendant_for_byte_range(*self._braced.to_bytes(start, end))
        if node is None:
            return Place("other", self._text, 0, len(self._text), "")
        top = _top_level(node)
        first, last = self.to_character(top.start_byte), self.to_character(top.end_byte)
        word = _word(node)
        return Place(
            _kind(node),
            self._statement(first, last),
            first,
            last,
            self._command(node),
            word.parent.type if word is not None and word.parent is not None else "",
            self.to_character(word.start_byte) if word is not None else start,
            word is not None and word.prev_sibling is not None and word.prev_sibling.text == b"--",
        )

    def words_around(self, start: int, end: int) -> tuple[Word, ...]:
        """All words of the innermost command a stretch belongs to, its name first; empty outside a command."""
        node = self.tree.root_node.descendant_for_byte_range(*self._braced.to_bytes(start, end))
        command = _enclosing(node, "command")
        return tuple(map(self._as_word, _words(command))) if command is not None else ()

    def _as_word(self, node: Node) -> Word:
        start, end = self.to_character(node.start_byte), self.to_character(node.end_byte)
        return Word(self._text[start:end], start, end, _quotes(node))

    def _statement(self, first: int, last: int) -> str:
        """One string for all places of a statement, which may be long and have many."""
        if (first, last) not in self._statements:
            self._statements[first, last] = self._text[first:last]
        return self._statements[first, last]

    def outline(self) -> Outline:
        """The shape of the text: node types, with every plain word alike however it is quoted.

        Two texts with the same outline run the same commands with the same number of words.
        """
        return tuple(_outline(self.tree.root_node))

    def to_character(self, byte: int) -> int:
        return self._braced.to_character(byte)

    def _command(self, node: Node) -> str:
        name = _command_name(node)
        return self._braced.source(name.start_byte, name.end_byte) if name is not None else ""


def places(text: str) -> Places:
    return Places(text)


_LETTERS = re.compile(rb"[\w./:@%+,=-]+\Z")
_PLAIN = frozenset({"word", "number", "raw_string", "string_content", "heredoc_content", '"'})


def _outline(root: Node) -> Iterator[tuple[int, str]]:
    """Depth and type of every node, from the first to the last; by a stack, for text may be nested without limit."""
    waiting = [(0, root)]
    while waiting:
        depth, node = waiting.pop()
        if _is_plain(node):
            yield depth, "word"
        else:
            yield depth, node.type
            waiting += [(depth + 1, child) for child in reversed(node.children)]


def _is_plain(node: Node) -> bool:
    if node.type == "concatenation":  # in `${A:-web-0}` the grammar takes the first part for a name
        return all(_is_plain(child) or child.type == "variable_name" for child in node.children)
    if node.type in ("string", "heredoc_body"):
        return all(map(_is_plain, node.children))
    if node.type in ("extglob_pattern", "regex"):  # the grammar takes a short word of `[[ … ]]` for a pattern
        return _LETTERS.match(node.text or b"") is not None
    return node.type in _PLAIN


def _kind(node: Node) -> ShellKind:
    inner, outer = node, node
    while outer is not None:
        if found := _kind_in(inner, outer):
            return found
        inner, outer = outer, outer.parent  # type: ignore[assignment]
    return "other"


def _kind_in(inner: Node, outer: Node) -> ShellKind | None:
    """The place of `inner` as far as its ancestor `outer` decides it; None leaves it to the next ancestor."""
    if outer.type == "heredoc_body":
        return _heredoc_kind(outer)
    if outer.type == "variable_assignment":
        if _is_arithmetic(outer.parent):
            return "arithmetic"
        return "name" if inner == outer or inner == outer.child_by_field_name("name") else "assignment"
    if _is_arithmetic(outer):
        return "arithmetic"
    if outer.type in ("command", "for_statement", "test_command") and inner == outer:
        return "other"
    return _KINDS.get(outer.type)


def _is_arithmetic(node: Node | None) -> bool:
    if node is None or node.type != "compound_statement":
        return node is not None and node.type in ("arithmetic_expansion", "c_style_for_statement")
    return (node.text or b"").startswith(b"((")


def _heredoc_kind(body: Node) -> ShellKind:
    parent = body.parent
    starts = [child for child in parent.children if child.type == "heredoc_start"] if parent else []
    delimiter = (starts[0].text or b"") if starts else b"'"
    return "heredoc-raw" if re.search(rb"['\"\\]", delimiter) else "heredoc"


def _top_level(node: Node) -> Node:
    while node.parent is not None and node.parent.parent is not None:
        node = node.parent
    return node


def _command_name(node: Node) -> Node | None:
    above = _enclosing(node, *_COMMANDS)
    if above is None:
        return None
    return above.child_by_field_name("name") if above.type == "command" else above.children[0]


_COMMANDS = ("command", "declaration_command", "unset_command", "test_command")
_WORD_HOLDERS = frozenset(
    {
        *_COMMANDS,
        *("file_redirect", "herestring_redirect", "heredoc_redirect", "variable_assignment", "array"),
        *("for_statement", "case_statement", "case_item"),
    }
)


def _enclosing(node: Node | None, *types: str) -> Node | None:
    while node is not None and node.type not in types:
        node = node.parent
    return node


def _word(node: Node) -> Node | None:
    """The word that `node` is, or is a part of."""
    inner, outer = node, node.parent
    while outer is not None and outer.type not in _WORD_HOLDERS:
        inner, outer = outer, outer.parent
    return inner if outer is not None else None


def _words(command: Node) -> list[Node]:
    name = command.child_by_field_name("name")
    first = [name.children[0] if name.children else name] if name is not None else []
    return first + command.children_by_field_name("argument")


def _quotes(node: Node) -> Literal["none", "single", "double", "mixed"]:
    if node.type in ("word", "number") and not node.children and b"\\" not in (node.text or b""):
        return "none"
    if node.type == "raw_string":
        return "single"
    if node.type == "string" and all(child.type in ('"', "string_content") for child in node.children):
        return "double"
    return "mixed"


_SQL_TOKEN = expression(
    r"""
    (?P<comment>--[^\n]*|/\*.*?(?:\*/|\Z))
    |(?P<literal>'(?:[^']+|'')*+(?:'|\Z))
    |(?P<identifier>"(?:[^"]+|"")*+(?:"|\Z)|`(?:[^`]+|``)*+(?:`|\Z))
    |(?P<dollar>\$(?P<tag>[A-Za-z_]\w*|)\$.*?(?:\$(?P=tag)\$|\Z))
    """,
    re.DOTALL | re.VERBOSE,
)
_SQL_KINDS: dict[str, SqlKind] = {
    "comment": "comment",
    "literal": "literal",
    "identifier": "identifier",
    "dollar": "dollar-quoted",
}


class SqlPlace(NamedTuple):
    kind: SqlKind
    quoted: str
    """The whole literal, identifier, or comment with its quotes; empty for `bare`."""


class SqlPlaces:
    """The places of one SQL text. A backslash is an ordinary character, as standard SQL has it."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_SQL_TOKEN.finditer(text))
        self._starts = [token.start() for token in self._tokens]

    def at(self, start: int) -> SqlPlace:
        index = bisect_right(self._starts, start) - 1
        token = self._tokens[index] if index >= 0 else None
        if token is None or token.end() <= start:
            return SqlPlace("bare", "")
        group = next(name for name in _SQL_KINDS if token[name] is not None)
        return SqlPlace(_SQL_KINDS[group], token[0])


def sql_places(text: str) -> SqlPlaces:
    return SqlPlaces(text)
