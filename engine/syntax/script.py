"""A shell text as the commands in it: words in pieces, redirections, pipes, loops. Plain values, no tree underneath.

What the grammar has no word for is kept as the commands inside it and marked doubtful, so that nothing in the text is
passed over. Offsets are characters of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import accumulate
from typing import Literal, NamedTuple

from tree_sitter import Node as TreeNode

from ..expressions import expression
from .ansi_c import decode
from .balance import scan
from .bracing import ESCAPE, Braced
from .shell import is_broken, parse_braced, runs_on
from .simple import maybe_rows

PieceKind = Literal["text", "parameter", "command", "process", "arithmetic"]


class Piece(NamedTuple):
    """A part of a word."""

    kind: PieceKind
    value: str
    """The text with its quoting removed, or the parameter's name."""
    quoted: bool
    operator: str = ""
    """Of `${NAME:-word}`: what stands after the name."""
    body: tuple[Command, ...] = ()
    """The commands of a substitution; also those inside `${NAME:-$(…)}`."""


class Word(NamedTuple):
    pieces: tuple[Piece, ...]
    start: int
    end: int


class Redirect(NamedTuple):
    operator: str
    """`>`, `>>`, `>|`, `&>`, `>&`, `<`, `<>`, `<<`, `<<<`."""
    target: Word
    """The file; of `<<` the here-document itself, of `<<<` the string."""
    descriptor: str
    start: int
    end: int


class Assignment(NamedTuple):
    name: str
    value: Word | None
    """None for an array or what cannot be told."""
    start: int
    end: int
    body: tuple[Command, ...] = ()
    """Commands inside a value that is no plain word."""


class Simple(NamedTuple):
    """A simple command; `export A=b` is one too, with its assignments apart."""

    assignments: tuple[Assignment, ...]
    words: tuple[Word, ...]
    redirects: tuple[Redirect, ...]
    start: int
    end: int


class Pipeline(NamedTuple):
    commands: tuple[Command, ...]
    start: int
    end: int


class Compound(NamedTuple):
    """A loop, a branch, a group: commands that run in order, some of them perhaps not, some many times."""

    kind: str
    """The grammar's name: `for_statement`, `while_statement`, `subshell`, `if_statement`, …"""
    body: tuple[Command, ...]
    redirects: tuple[Redirect, ...]
    variable: str
    """Of a `for` loop."""
    items: tuple[Word, ...]
    start: int
    end: int


class Function(NamedTuple):
    name: str
    body: tuple[Command, ...]
    text: str
    """The body as written, with its braces."""
    start: int
    end: int


Command = Simple | Pipeline | Compound | Function


class Script(NamedTuple):
    commands: tuple[Command, ...]
    doubts: tuple[tuple[int, int], ...]
    """Stretches the grammar did not understand; commands found inside them are kept all the same."""


BRACE_LIST = expression(r"(?<![$\w{])\{([^\s{};]*,[^\s{};]*)\}(?=[\s;]|\Z)")
"""`{rm,-rf,x}` where a command's name stands: valid, and the grammar takes it for a group."""
LINE_ESCAPE = expression(r"(?<=\n)\\(?=[^\n])")
"""A backslash that begins a line: see `bracing.ESCAPE`."""
OPEN, CLOSE = "\ue000", "\ue001"
"""Stand, as `ESCAPE` does, for characters the grammar would misread, and never leave this module. A text that has them
is doubtful."""


def read_script(text: str) -> Script:
    """The commands of any text at all. Never raises."""
    if any(sign in text for sign in (OPEN, CLOSE, ESCAPE)):
        inner = read_script(text.translate(dict.fromkeys(map(ord, (OPEN, CLOSE, ESCAPE)), "\ufffd")))
        return inner._replace(doubts=((0, len(text)), *inner.doubts))
    written, text = text, LINE_ESCAPE.sub(ESCAPE, text) if "\n\\" in text else text
    braced = Braced(text)
    tree = parse_braced(braced)
    if not tree.root_node.has_error:
        reader = _Reader(braced, 0)
        commands = tuple(reader.commands(tree.root_node))
        if not reader.runs_on and _begins_every_statement(written, tree.root_node):
            return Script(commands, tuple(reader.doubts))
    return _by_statement(text, _statement_rows(written))


def _begins_every_statement(text: str, root: TreeNode) -> bool:
    """Whether each row that begins a statement begins one in the tree as well: a scanner of our own is the witness.

    The grammar takes some line ends for part of a word (a newline before a backslash) and marks no error.
    """
    if "\n" not in text.strip():
        return True
    begun = {child.start_point.row for child in root.children}
    return begun.issuperset(_statement_rows(text))


def _statement_rows(text: str) -> tuple[int, ...]:
    simple = maybe_rows(text)
    return scan(text).statements if simple is None else simple[0]


def _by_statement(text: str, begun: Iterable[int]) -> Script:
    """Each statement by itself: the grammar goes wrong over line ends that a statement alone does not have."""
    commands: list[Command] = []
    doubts: list[tuple[int, int]] = []
    rows = [0, *accumulate(len(line) for line in text.splitlines(keepends=True))] if text else [0]
    starts = sorted({0, *(rows[row] for row in begun if row < len(rows))})
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        piece = BRACE_LIST.sub(f"{OPEN}\\1{CLOSE}", text[start:end])
        braced = Braced(piece)
        tree = parse_braced(braced)
        reader = _Reader(braced, start)
        commands += reader.commands(tree.root_node)
        doubts += reader.doubts
        if tree.root_node.has_error or reader.runs_on:
            doubts.append((start, end))
    return Script(tuple(commands), tuple(doubts))


_STANDING = str.maketrans({OPEN: "{", CLOSE: "}", ESCAPE: "\\"})
_LITERAL = frozenset(
    {"word", "number", "string_content", "heredoc_content", "extglob_pattern", "regex", "test_operator"}
)
_SUBSTITUTIONS = frozenset({"command_substitution", "process_substitution"})
_NOTHING = frozenset(
    {"comment", "heredoc_start", "heredoc_end", "file_descriptor", "variable_name", "special_variable_name"}
)
_PLAIN_COMPOUNDS = frozenset(
    {
        "program",
        "list",
        "compound_statement",
        "subshell",
        "do_group",
        "if_statement",
        "elif_clause",
        "else_clause",
        "while_statement",
        "for_statement",
        "c_style_for_statement",
        "case_statement",
        "case_item",
        "negated_command",
        "test_command",
        "variable_assignments",
    }
)
_WRITES = expression(r"\\(.)", re.DOTALL)
_NAMED = expression(r"\$\{([!#]?)([A-Za-z_]\w*|[0-9@*#?$!-])?")
_IN_DOUBLE = expression(r"\\([\"\\$`\n])")


_CUT = frozenset({"word", "concatenation", "string", "raw_string", "simple_expansion", "expansion"})
"""What is another part of the word right before it: at some places the grammar cuts a word in two."""


class _Reader:
    """One tree into commands. `offset` is where its text begins in the whole."""

    def __init__(self, braced: Braced, offset: int) -> None:
        self._braced = braced
        self._offset = offset
        self.doubts: list[tuple[int, int]] = []
        self._is_changed = any(sign in braced.original for sign in (OPEN, CLOSE, ESCAPE))
        self.runs_on = False
        """A command goes on over an unescaped line end: see `shell.is_misread`."""

    # Commands.

    def commands(self, node: TreeNode) -> list[Command]:
        """Everything under a node that would run, in order."""
        found: list[Command] = []
        for child in node.children:
            found += self._command(child)
        return found

    def _command(self, node: TreeNode) -> Iterable[Command]:
        kind = node.type
        handler = _HANDLERS.get(kind)
        if handler is not None:
            return handler(self, node)
        if kind in _NOTHING or kind in _LITERAL or not node.is_named:
            return ()
        if kind == "ERROR" or node.is_missing:
            self._doubt(node)
        return self.commands(node)

    def _doubt(self, node: TreeNode) -> None:
        self.doubts.append(self._span(node))

    def _simple(self, node: TreeNode) -> Iterable[Command]:
        assignments: list[Assignment] = []
        words: list[Word] = []
        redirects: list[Redirect] = []
        for child in node.children:
            kind = child.type
            if words and self._character(child.start_byte) == words[-1].end and kind in _CUT:
                words[-1] = _joined(words[-1], self._word(child))
            elif kind == "word":
                words.append(self._word(child))
            elif kind == "command_name":
                words += [self._word(inner) for inner in child.children]
            elif kind == "variable_assignment":
                assignments.append(self._assignment(child))
            elif kind.endswith("_redirect"):
                redirects.append(self._redirect(child))
            elif kind == "ERROR":
                self._doubt(child)
                words += [self._word(inner) for inner in child.children if inner.is_named]
            elif child.is_named or kind in ("==", "=~"):
                words.append(self._word(child))
        if node.start_point.row != node.end_point.row:
            self.runs_on = self.runs_on or runs_on(node)
        return (Simple(tuple(assignments), tuple(words), tuple(redirects), *self._span(node)),)

    def _declaration(self, node: TreeNode) -> Iterator[Command]:
        first = node.children[0]
        name = Word((Piece("text", self._source(first), False),), *self._span(first))
        assignments = [self._assignment(child) for child in node.children if child.type == "variable_assignment"]
        words = [
            self._word(child)
            for child in node.children[1:]
            if child.is_named and child.type not in ("variable_assignment", "comment")
        ]
        yield Simple(tuple(assignments), (name, *words), (), *self._span(node))

    def _lone_assignment(self, node: TreeNode) -> Iterator[Command]:
        yield Simple((self._assignment(node),), (), (), *self._span(node))

    def _assignment(self, node: TreeNode) -> Assignment:
        name = node.child_by_field_name("name")
        value = node.child_by_field_name("value")
        title = self._source(name) if name is not None else ""
        span = self._span(node)
        if value is None:
            return Assignment(title, Word((), span[1], span[1]), *span)
        if value.type == "array" or "[" in title:
            return Assignment(title.partition("[")[0], None, *span, body=tuple(self.commands(node)))
        appended = any(child.type == "+=" for child in node.children)
        return Assignment(title, None if appended else self._word(value), *span, body=tuple(self.commands(node)))

    def _pipeline(self, node: TreeNode) -> Iterator[Command]:
        commands: list[Command] = []
        after: list[Command] = []
        for child in node.children:
            found = list(self._command(child))
            commands += found[:1]
            after += found[1:]
        yield Pipeline(tuple(commands), *self._span(node))
        yield from after

    def _compound(self, node: TreeNode) -> Iterator[Command]:
        variable = node.child_by_field_name("variable")
        items = [self._word(child) for child in node.children_by_field_name("value")]
        yield Compound(
            node.type,
            tuple(self.commands(node)),
            (),
            self._source(variable) if variable is not None else "",
            tuple(items),
            *self._span(node),
        )

    def _function(self, node: TreeNode) -> Iterator[Command]:
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if name is None or body is None:
            self._doubt(node)
            yield from self.commands(node)
            return
        yield Function(self._source(name), tuple(self.commands(node)), self._source(body), *self._span(node))

    def _test(self, node: TreeNode) -> Iterator[Command]:
        """`[ … ]` and `[[ … ]]`: a command with its operands; how they are joined changes nothing."""
        words = [self._word(leaf) for leaf in self._operands(node)]
        opening = Word((Piece("text", "[[", False),), *self._span(node.children[0]))
        yield Simple((), (opening, *words), (), *self._span(node))

    def _operands(self, node: TreeNode) -> Iterator[TreeNode]:
        for child in node.children:
            if child.type.endswith("expression") and child.type != "brace_expression":
                yield from self._operands(child)
            elif child.is_named:
                yield child

    def _redirected(self, node: TreeNode) -> Iterator[Command]:
        body = node.child_by_field_name("body")
        before = list(self._command(body)) if body is not None else []
        redirects: list[Redirect] = []
        words: list[Word] = []
        after: list[Command] = []
        for child in node.children:
            if body is not None and child == body:
                continue
            if child.type == "heredoc_redirect":
                inner = self._heredoc(child)
                redirects += inner.redirects
                words += inner.words
                after += inner.after
            elif child.type.endswith("_redirect"):
                redirects.append(self._redirect(child))
            elif child.type == "ERROR":
                self._doubt(child)
                after += self.commands(child)
        target = _with(before.pop() if before else None, redirects, words, self._span(node))
        piped = [one for one in after if isinstance(one, Pipeline) and _is_tail(one)]
        rest = [one for one in after if one not in piped]
        yield from before
        if piped:
            commands = [command for tail in piped for command in tail.commands]
            yield Pipeline((target, *commands), *self._span(node))
        else:
            yield target
        yield from rest

    def _heredoc(self, node: TreeNode) -> _Heredoc:
        starts = [child for child in node.children if child.type == "heredoc_start"]
        bodies = [child for child in node.children if child.type == "heredoc_body"]
        raw = bool(starts) and re.search(r"['\"\\]", self._source(starts[0])) is not None
        body = self._heredoc_body(bodies[0], raw) if bodies else Word((), *self._span(node))
        redirects = [Redirect("<<", body, "", *self._span(node))]
        words: list[Word] = []
        after: list[Command] = []
        for index, child in enumerate(node.children):
            if child.type in ("heredoc_body", "heredoc_start", "heredoc_end") or not child.is_named:
                continue
            if child.type.endswith("_redirect"):
                redirects.append(self._redirect(child))
            elif node.field_name_for_child(index) == "argument":
                words.append(self._word(child))
            elif child.type == "pipeline":
                after += self._tail(child)
            else:
                after += self._command(child)
        return _Heredoc(redirects, words, after)

    def _tail(self, node: TreeNode) -> Iterator[Command]:
        """`| next && more` behind the word of a here-document, which the grammar nests the other way round."""
        found = [command for child in node.children for command in self._flat(child)]
        if found:
            yield Pipeline(tuple(found[:1]), *self._span(node))
        yield from found[1:]

    def _flat(self, node: TreeNode) -> Iterator[Command]:
        if node.type == "list":
            for child in node.children:
                yield from self._flat(child)
        else:
            yield from self._command(node)

    def _heredoc_body(self, node: TreeNode, raw: bool) -> Word:
        if raw:
            return Word((Piece("text", self._source(node), True),), *self._span(node))
        return Word(tuple(self._pieces_between(node, quoted=True)), *self._span(node))

    def _redirect(self, node: TreeNode) -> Redirect:
        if node.type == "heredoc_redirect":
            return self._heredoc(node).redirects[0]
        descriptor = node.child_by_field_name("descriptor")
        operators = [child.type for child in node.children if not child.is_named]
        target = node.child_by_field_name("destination") or next(
            (child for child in node.children if child.is_named and child.type != "file_descriptor"), None
        )
        word = self._word(target) if target is not None else Word((), *self._span(node))
        name = self._source(descriptor) if descriptor is not None else ""
        return Redirect(operators[0] if operators else "<", word, name, *self._span(node))

    # Words.

    def _word(self, node: TreeNode) -> Word:
        if node.type == "word" and not node.child_count:  # nearly all of them
            return self._bare(node)
        pieces = tuple(self._pieces(node, quoted=False))
        return Word(pieces or (Piece("text", "", True),), *self._span(node))

    def _bare(self, node: TreeNode) -> Word:
        start, end = node.start_byte, node.end_byte
        text = self._decoded(start, end)
        if "\n" in text and is_broken(node):
            self.runs_on = True
        if "\\" in text:
            text = self._unescaped(text, False)
        return Word((Piece("text", text, False),), self._character(start), self._character(end))

    def _pieces(self, node: TreeNode, *, quoted: bool) -> Iterator[Piece]:
        kind = node.type
        if kind == "concatenation":
            yield from self._pieces_between(node, quoted=quoted)
        elif kind == "raw_string":
            yield Piece("text", self._source(node)[1:-1], True)
        elif kind == "ansi_c_string":
            yield Piece("text", decode(self._source(node)[2:-1]), True)
        elif kind in ("string", "translated_string"):
            yield from self._pieces_between(node, quoted=True, skip='"')
        elif kind in ("simple_expansion", "expansion"):
            yield from self._expansion(node, quoted)
        elif kind in _SUBSTITUTIONS:
            yield Piece("command" if kind[0] == "c" else "process", "", quoted, body=tuple(self.commands(node)))
        elif kind == "arithmetic_expansion":
            yield Piece("arithmetic", "", quoted, body=tuple(self.commands(node)))
        elif kind in _LITERAL or not node.children:
            self.runs_on = self.runs_on or (
                not quoted and node.start_point.row != node.end_point.row and is_broken(node)
            )
            yield Piece("text", self._unescaped(self._source(node), quoted), quoted)
        else:
            yield from self._pieces_between(node, quoted=quoted)

    def _pieces_between(self, node: TreeNode, *, quoted: bool, skip: str = "") -> Iterator[Piece]:
        """The pieces of a node's children, and the text between them, which the grammar does not always name."""
        at = node.start_byte
        for child in node.children:
            if child.start_byte > at:
                yield self._gap(at, child.start_byte, quoted)
            if child.type == skip and child.end_byte - child.start_byte > 1:  # blanks, and the quote behind them
                yield self._gap(child.start_byte, child.end_byte - 1, quoted)
            if child.type != skip and child.type not in ('$"', "heredoc_start"):
                yield from self._pieces(child, quoted=quoted)
            at = child.end_byte
        if at < node.end_byte:
            yield self._gap(at, node.end_byte, quoted)

    def _gap(self, start: int, end: int, quoted: bool) -> Piece:
        return Piece("text", self._unescaped(self._decoded(start, end), quoted), quoted)

    def _unescaped(self, text: str, quoted: bool) -> str:
        if "\\" not in text:
            return text
        if quoted:
            return _IN_DOUBLE.sub(lambda found: "" if found[1] == "\n" else found[1], text)
        return _WRITES.sub(lambda found: "" if found[1] == "\n" else found[1], text)

    def _expansion(self, node: TreeNode, quoted: bool) -> Iterator[Piece]:
        """With the blanks before it, which the grammar takes for a part of it inside double quotes."""
        whole = self._source(node)
        source = whole.lstrip()
        if blanks := whole[: -len(source)]:
            yield Piece("text", blanks, quoted)
        if source[1:2] != "{":
            yield Piece("parameter", source[1:], quoted)
            return
        found = _NAMED.match(source)
        name = found[2] or "" if found else ""
        rest = source[found.end() : -1] if found else source[2:-1]
        prefix = found[1] if found else ""
        yield Piece("parameter", name, quoted, operator=prefix + rest, body=tuple(self.commands(node)))

    # Places.

    def _source(self, node: TreeNode) -> str:
        return self._decoded(node.start_byte, node.end_byte)

    def _decoded(self, start: int, end: int) -> str:
        text = self._braced.source(start, end)
        return text.translate(_STANDING) if self._is_changed else text

    def _span(self, node: TreeNode) -> tuple[int, int]:
        return self._character(node.start_byte), self._character(node.end_byte)

    def _character(self, byte: int) -> int:
        return self._braced.to_character(byte) + self._offset


class _Heredoc(NamedTuple):
    redirects: list[Redirect]
    words: list[Word]
    after: list[Command]


def _joined(first: Word, second: Word) -> Word:
    return Word((*first.pieces, *second.pieces), first.start, second.end)


def _is_tail(pipeline: Pipeline) -> bool:
    return len(pipeline.commands) == 1


def _with(command: Command | None, redirects: list[Redirect], words: list[Word], span: tuple[int, int]) -> Command:
    """The command with more redirections; of a pipeline its last command."""
    if command is None:
        return Simple((), tuple(words), tuple(redirects), *span)
    if isinstance(command, Simple):
        both = (*command.redirects, *redirects)
        return command._replace(words=(*command.words, *words), redirects=both, end=span[1])
    if isinstance(command, Compound) and command.kind == "list" and command.body:
        return command._replace(body=(*command.body[:-1], _with(command.body[-1], redirects, words, span)))
    if isinstance(command, Compound):
        return command._replace(redirects=(*command.redirects, *redirects))
    if isinstance(command, Pipeline):
        last = _with(command.commands[-1], redirects, words, span) if command.commands else None
        return command._replace(commands=(*command.commands[:-1], *([last] if last else [])))
    return command


_HANDLERS: Mapping[str, Callable[[_Reader, TreeNode], Iterable[Command]]] = {
    "command": _Reader._simple,
    "declaration_command": _Reader._declaration,
    "unset_command": _Reader._declaration,
    "variable_assignment": _Reader._lone_assignment,
    "pipeline": _Reader._pipeline,
    "redirected_statement": _Reader._redirected,
    "function_definition": _Reader._function,
    "test_command": _Reader._test,
    **dict.fromkeys(_PLAIN_COMPOUNDS - {"program", "test_command"}, _Reader._compound),
}
