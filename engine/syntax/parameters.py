"""Which variables a shell text reads and which it sets, as its grammar says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tree_sitter import Node, Tree

from ..expressions import expression
from .shell import is_misread

_IDENTIFIER = expression(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_LOOKS_ASSIGNED = expression(r"^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)=", re.MULTILINE)
"""For a text the grammar rejects: an input asked for in vain is worse there than one not asked for."""
_CATERED_FOR = frozenset({":-", "-", ":=", "=", ":+", "+", ":?", "?"})
"""Operators of `${NAME…}` by which the author has said what happens when it is not set."""
_NAMING_COMMANDS = frozenset({"read", "mapfile", "readarray", "getopts", "printf", "wait", "let", "coproc"})
"""Builtins that set the variables they are given the names of."""
_OPTION_BEFORE_NAME = {"printf": "-v", "wait": "-p"}
_OPAQUE_COMMANDS = frozenset({"source", ".", "eval"})
_RELEVANT = frozenset(
    {
        *("simple_expansion", "expansion", "variable_assignment", "for_statement", "declaration_command", "command"),
        *("binary_expression", "postfix_expression", "unary_expression"),
        *("regex", "extglob_pattern"),
    }
)
_OPAQUE_LEAVES = frozenset({"regex", "extglob_pattern"})
"""Patterns, inside which the grammar tells no expansion."""
_EXPANDED = expression(r"\\.|\$\{[!#]?([A-Za-z_][A-Za-z0-9_]*)", re.DOTALL)
_SINGLE_QUOTED = expression(r"'[^']*'")
_ASSIGNING = frozenset({"=", "+=", "-=", "*=", "/=", "%=", "++", "--"})


class Use(NamedTuple):
    name: str
    row: int
    """Counted from 0."""


class Parameters(NamedTuple):
    uses: tuple[Use, ...]
    """Every `$NAME` and `${NAME}` that would be expanded, in order; special and positional ones left out."""
    assigned: frozenset[str]
    """Names set anywhere in the text, in whichever order."""
    opaque: bool
    """Reads another file or evaluates text: it may set variables that nobody can see here."""


def parameters(tree: Tree) -> Parameters:
    nodes = [node for node in _walk(tree.root_node) if node.type in _RELEVANT]
    uses = tuple(Use(name, node.start_point.row) for node in nodes for name in _used(node))
    assigned = frozenset(name for node in nodes for name in _assigned(node))
    if is_misread(tree):
        assigned |= frozenset(_LOOKS_ASSIGNED.findall(_text(tree.root_node)))
    return Parameters(uses, assigned, any(map(_is_opaque, nodes)))


def _walk(root: Node) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed(node.children)


def _text(node: Node | None) -> str:
    return (node.text or b"").decode() if node is not None else ""


def _used(node: Node) -> Iterator[str]:
    name = ""
    if node.type in _OPAQUE_LEAVES:
        text = _text(node)
        names = _EXPANDED.findall(_SINGLE_QUOTED.sub("", text)) if "${" in text else ()
        yield from filter(None, names)
    elif node.type == "simple_expansion":
        name = _text(_first(node, "variable_name"))
    elif node.type == "expansion" and not _is_catered_for(node):
        subscript = _first(node, "subscript")
        name = _text(_first(subscript or node, "variable_name"))
    if _IDENTIFIER.match(name):
        yield name


def _is_catered_for(expansion: Node) -> bool:
    return any(child.type in _CATERED_FOR for child in expansion.children)


def _first(node: Node, kind: str) -> Node | None:
    return next((child for child in node.children if child.type == kind), None)


def _assigned(node: Node) -> Iterator[str]:
    match node.type:
        case "variable_assignment":
            name = node.child_by_field_name("name")
            yield _text((name and name.child_by_field_name("name")) or name)
        case "for_statement":
            yield _text(node.child_by_field_name("variable"))
        case "declaration_command" if _text(node.children[0]) != "export":
            yield from (_text(child) for child in node.children if child.type == "variable_name")
        case "command" if _command_name(node) in _NAMING_COMMANDS:
            yield from _named(_command_name(node), " ".join(map(_text, node.children_by_field_name("argument"))))
        case "expansion" if any(child.type in (":=", "=") for child in node.children):
            yield _text(_first(node, "variable_name"))
        case "binary_expression" | "postfix_expression" | "unary_expression" if any(
            child.type in _ASSIGNING for child in node.children
        ):
            yield from (_text(child) for child in node.children if child.type in ("variable_name", "word"))


def _named(command: str, arguments: str) -> Iterator[str]:
    """Every word that could be a name; `printf` and `wait` take one after an option only."""
    if command in _OPTION_BEFORE_NAME:
        arguments = " ".join(re.findall(rf"{_OPTION_BEFORE_NAME[command]}\s*(\S+)", arguments))
    yield from filter(_IDENTIFIER.match, re.split(r"[\s=\"',]+", arguments))


def _command_name(command: Node) -> str:
    return _text(command.child_by_field_name("name"))


def _is_opaque(node: Node) -> bool:
    """Loading a tool's completion (`source <(kubectl completion bash)`) sets nothing that a step would use."""
    is_loading = node.type == "command" and _command_name(node) in _OPAQUE_COMMANDS
    return is_loading and "completion" not in _text(node)
