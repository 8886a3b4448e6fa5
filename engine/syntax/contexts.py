"""A second opinion on where a character of shell text stands, read by a scanner that knows nothing of the grammar.

Only where both say the same is a value quoted. What the scanner does not follow to the end it is silent about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from ..expressions import expression

Frame = Literal[
    "code", "command", "backticks", "expansion", "arithmetic", "double", "single", "ansi-c", "heredoc", "heredoc-raw"
]
"""`code` is the outermost text and whatever is quoted by nothing; `command` is inside `$( )` or `<( )`."""

LONGEST = 200_000
"""Characters; a longer text is data, and its values are put in only as plain words."""
_DELIMITER = expression(r"<<(-?)[ \t]*((?:'[^'\n]*'|\"[^\"\n$`\\]*\"|\\.|[^\s'\"\\;&|<>()`$])+)")
_WORD_BREAKS = frozenset(" \t\n;&|()<>`")
_CASE = expression(r"\bcase\b")
_BEFORE_COMMAND = expression(r"(?:^|[\s;])(?:for|if|while|until|then|do|else|!)\Z")


class Body(NamedTuple):
    """A here-document. Its lines lie between `start` and `end`, which are characters of the text."""

    start: int
    end: int
    delimiter: str
    strips_tabs: bool


class Context(NamedTuple):
    frames: tuple[Frame, ...]
    """From the outermost to the innermost, `code` first."""
    bodies: tuple[Body, ...]
    """Every here-document around it, outermost first."""

    @property
    def innermost(self) -> Frame:
        return self.frames[-1]


def contexts(text: str, offsets: Iterable[int]) -> Mapping[int, Context]:
    """The context of each offset, as far as it can be told; one that cannot is left out."""
    wanted = sorted(set(offsets))
    if len(text) > LONGEST or "\0" in text or not wanted:
        return {}
    scanner = _Scanner(text, wanted)
    scanner.run(0, len(text), [_Open("code")])
    return scanner.found if scanner.is_sure else {}


@dataclass(slots=True)
class _Open:
    frame: Frame
    depth: int = 0
    """Brackets opened in it and not closed."""
    has_case: bool = False
    """A `case` was seen in it: its patterns close brackets nobody has opened."""
    body: Body | None = None


@dataclass(slots=True)
class _Waiting:
    delimiter: str
    strips_tabs: bool
    is_raw: bool
    opened_in: int
    """How many frames were open where its `<<` stands."""


class _Lost(Exception):
    """The text does something that the scanner does not follow."""


@dataclass(slots=True)
class _Scanner:
    text: str
    wanted: list[int]
    found: dict[int, Context] = field(default_factory=dict)
    is_sure: bool = True
    _at: int = 0
    _next: int = 0
    _waiting: list[_Waiting] = field(default_factory=list)

    def run(self, start: int, end: int, stack: list[_Open]) -> None:
        try:
            self._scan(start, end, stack)
        except _Lost:
            self.is_sure = False
        if self._waiting or len(stack) != 1 or stack[0].depth:
            self.is_sure = False

    def _scan(self, start: int, end: int, stack: list[_Open]) -> None:
        """Every step begins between two characters and eats at least one; `stack` is what is open there."""
        base = len(stack)
        self._at = start
        while self._at < end:
            self._note(stack)
            match stack[-1].frame:
                case "single":
                    self._until("'", stack)
                case "ansi-c":
                    self._in_ansi_c(stack)
                case "double":
                    self._in_double(stack)
                case "heredoc":
                    self._in_heredoc(stack)
                case "expansion":
                    self._in_expansion(stack)
                case "arithmetic":
                    self._in_arithmetic(stack)
                case _:
                    self._in_code(stack)
            if len(stack) < base or self._at > end:
                raise _Lost
        if len(stack) != base:
            raise _Lost

    def _note(self, stack: list[_Open]) -> None:
        while self._next < len(self.wanted) and self.wanted[self._next] <= self._at:
            if self.wanted[self._next] == self._at:
                bodies = tuple(one.body for one in stack if one.body is not None)
                self.found[self._at] = Context(tuple(one.frame for one in stack), bodies)
            self._next += 1

    def _is(self, text: str) -> bool:
        return self.text.startswith(text, self._at)

    def _eat(self, count: int) -> None:
        self._at += count

    def _push(self, stack: list[_Open], frame: Frame, count: int) -> None:
        stack.append(_Open(frame))
        self._eat(count)

    def _pop(self, stack: list[_Open], count: int = 1) -> None:
        stack.pop()
        self._eat(count)

    def _until(self, end: str, stack: list[_Open]) -> None:
        self._pop(stack) if self._is(end) else self._eat(1)

    def _escape(self, stack: list[_Open]) -> None:
        """Inside backticks a backslash is read twice."""
        following = self.text[self._at + 1 : self._at + 2]
        if following in '`$\\"' and any(one.frame == "backticks" for one in stack):
            raise _Lost
        if following == "\n" and self._waiting:
            raise _Lost
        self._eat(2)

    def _in_ansi_c(self, stack: list[_Open]) -> None:
        self._eat(2) if self._is("\\") else self._until("'", stack)

    def _in_double(self, stack: list[_Open]) -> None:
        if self._is("\\"):
            self._escape(stack)
        elif self._is('"'):
            self._pop(stack)
        elif self._is("\n") and self._waiting:
            raise _Lost
        elif not self._dollar(stack):
            self._eat(1)

    def _in_heredoc(self, stack: list[_Open]) -> None:
        if self._is("\\"):
            self._escape(stack)
        elif not self._dollar(stack):
            self._eat(1)

    def _dollar(self, stack: list[_Open]) -> bool:
        """What double quotes and here-documents leave its meaning."""
        if self._is("$(("):
            self._push(stack, "arithmetic", 3)
        elif self._is("$("):
            self._push(stack, "command", 2)
        elif self._is("${"):
            self._push(stack, "expansion", 2)
        elif self._is("`"):
            if any(one.frame == "backticks" for one in stack):
                raise _Lost
            self._push(stack, "backticks", 1)
        else:
            return False
        return True

    def _in_expansion(self, stack: list[_Open]) -> None:
        if self._is("}"):
            self._pop(stack)
        elif self._is("'") and any(one.frame in ("double", "heredoc") for one in stack):
            raise _Lost  # a quote or not: that hangs on the operator
        elif self._is("\n") and self._waiting:
            raise _Lost
        elif not self._quote(stack):
            self._eat(1)

    def _in_arithmetic(self, stack: list[_Open]) -> None:
        here = stack[-1]
        if self._is("))") and here.depth == 0:
            self._pop(stack, 2)
        elif self._is("(") or self._is(")"):
            here.depth += 1 if self._is("(") else -1
            if here.depth < 0:
                raise _Lost
            self._eat(1)
        elif self._is("\n") and self._waiting:
            raise _Lost
        elif not self._quote(stack):
            self._eat(1)

    def _quote(self, stack: list[_Open]) -> bool:
        if self._is("\\"):
            self._escape(stack)
        elif self._is("$'"):
            self._push(stack, "ansi-c", 2)
        elif self._is('$"'):
            self._push(stack, "double", 2)
        elif self._is("'"):
            self._push(stack, "single", 1)
        elif self._is('"'):
            self._push(stack, "double", 1)
        else:
            return self._dollar(stack)
        return True

    def _in_code(self, stack: list[_Open]) -> None:
        here = stack[-1]
        if self._is("\n"):
            self._end_line(stack)
        elif here.frame == "backticks" and self._is("`"):
            self._pop(stack)
        elif self._is("#") and self._at_word_start():
            self._comment(here)
        elif self._is("<<<"):
            self._eat(3)
        elif self._is("<<"):
            self._open_heredoc(stack)
        elif self._is("<(") or self._is(">("):
            self._push(stack, "command", 2)
        elif self._is("((") and self._at_command():
            self._push(stack, "arithmetic", 2)
        elif self._is("(") or self._is(")"):
            self._bracket(stack)
        elif not self._quote(stack):
            here.has_case = here.has_case or (self._at_word_start() and bool(_CASE.match(self.text, self._at)))
            self._eat(1)

    def _bracket(self, stack: list[_Open]) -> None:
        here = stack[-1]
        if self._is("("):
            here.depth += 1
        elif here.depth:
            here.depth -= 1
        elif here.has_case:
            if here.frame != "code":
                raise _Lost  # a pattern or the end of it
        elif here.frame == "command":
            stack.pop()
        else:
            raise _Lost
        self._eat(1)

    def _at_word_start(self) -> bool:
        return self._at == 0 or self.text[self._at - 1] in _WORD_BREAKS

    def _at_command(self) -> bool:
        """Where `((` opens arithmetic; elsewhere it is two brackets."""
        before = self.text[max(0, self._at - 100) : self._at].rstrip(" \t")
        return not before or before[-1] in "\n;&|({" or _BEFORE_COMMAND.search(before) is not None

    def _comment(self, here: _Open) -> None:
        end = self.text.find("\n", self._at)
        end = len(self.text) if end < 0 else end
        if here.frame == "backticks" and "`" in self.text[self._at : end]:
            raise _Lost
        self._skip_to(end)

    def _skip_to(self, end: int) -> None:
        """What is passed over has no context."""
        self._at = end
        while self._next < len(self.wanted) and self.wanted[self._next] < end:
            self._next += 1

    def _open_heredoc(self, stack: list[_Open]) -> None:
        found = _DELIMITER.match(self.text, self._at)
        if found is None or any(one.frame == "backticks" for one in stack):
            raise _Lost
        word = found[2]
        delimiter = re.sub(r"['\"]|\\(?=.)", "", word)
        self._waiting.append(_Waiting(delimiter, found[1] == "-", word != delimiter, len(stack)))
        self._eat(found.end() - found.start())

    def _end_line(self, stack: list[_Open]) -> None:
        self._eat(1)
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            if one.opened_in != len(stack):
                raise _Lost
            self._read_body(one, stack)

    def _read_body(self, one: _Waiting, stack: list[_Open]) -> None:
        start = self._at
        end, after = self._end_of(one, start)
        body = Body(start, end, one.delimiter, one.strips_tabs)
        frames = [*stack, _Open("heredoc-raw" if one.is_raw else "heredoc", body=body)]
        if one.is_raw:
            for offset in [each for each in self.wanted if start <= each < end]:
                self._at = offset
                self._note(frames)
        else:
            self._scan(start, end, frames)
        self._skip_to(after)

    def _end_of(self, one: _Waiting, start: int) -> tuple[int, int]:
        at = start
        while at < len(self.text):
            stop = self.text.find("\n", at)
            stop = len(self.text) if stop < 0 else stop
            line = self.text[at:stop]
            if (line.lstrip("\t") if one.strips_tabs else line) == one.delimiter:
                return at, stop
            at = stop + 1
        raise _Lost
