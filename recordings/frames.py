"""What a terminal shows, cell by cell, and the fewest bytes from one such picture to the next.

Only what Textual writes is understood: text, colours, places. What else a program says to its terminal (mouse reports,
questions, titles) is left out, so that a player passes nothing of it on to whoever watches.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from rich.cells import cell_len

SEQUENCE = r"\x1b(?:\[([\d;:<=>?]*)[ -/]*([@-~])|[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\)|[^\[\]P_^X])"
TOKEN = re.compile(rf"{SEQUENCE}|([\r\n\b])|([^\x1b\r\n\b]+)")
OFF = {1: 22, 2: 22, 3: 23, 4: 24, 7: 27, 9: 29}
"""What sets an attribute → what takes it away."""


class Style(NamedTuple):
    ink: str = "39"
    ground: str = "49"
    attributes: frozenset[int] = frozenset()


PLAIN = Style()
Cell = tuple[str, Style]
BLANK: Cell = (" ", PLAIN)


class Screen:
    def __init__(self, columns: int, rows: int) -> None:
        self.columns, self.n_rows = columns, rows
        self.cells: list[list[Cell]] = [[BLANK] * columns for _ in range(rows)]
        self._x = self._y = 0
        self._style = PLAIN
        self._ordinary = self.cells, 0, 0
        self._cut = ""
        """The beginning of a sequence of which the rest has not come yet."""

    def feed(self, text: str) -> None:
        text, at = self._cut + text, 0
        while match := TOKEN.match(text, at):
            at = match.end()
            self._take(*match.groups())
        self._cut = text[at:]

    def _take(self, parameters: str | None, command: str | None, move: str | None, words: str | None) -> None:
        if command is not None:
            self._obey(parameters or "", command)
        elif move is not None:
            self._move(move)
        elif words is not None:
            self._write(words)

    def _obey(self, parameters: str, command: str) -> None:
        if command == "H":
            row, _, column = parameters.partition(";")
            self._y, self._x = int(row or 1) - 1, int(column or 1) - 1
        elif command == "m" and parameters[:1] not in ("<", "=", ">", "?"):
            self._style = styled(self._style, [int(one or 0) for one in parameters.split(";")])
        elif command == "J":
            self._clear()
        elif parameters == "?1049":
            self._swap(leave=command == "l")

    def _clear(self) -> None:
        self.cells = [[BLANK] * self.columns for _ in range(self.n_rows)]

    def _swap(self, *, leave: bool) -> None:
        """Between the ordinary screen and the one for programs that take all of it."""
        if leave:
            self.cells, self._x, self._y = self._ordinary
            self._style = PLAIN
        else:
            self._ordinary = self.cells, self._x, self._y
            self._clear()

    def _move(self, character: str) -> None:
        if character == "\n" and self._y + 1 == self.n_rows:
            self.cells = [*self.cells[1:], [BLANK] * self.columns]
        elif character == "\n":
            self._y += 1
        self._x = 0 if character == "\r" else max(0, self._x - (character == "\b"))

    def _write(self, words: str) -> None:
        for character in words:
            width = cell_len(character)
            if width and self._x + width <= self.columns and self._y < self.n_rows:
                self.cells[self._y][self._x : self._x + width] = [
                    (character, self._style),
                    *[("", self._style)] * (width - 1),
                ]
            self._x += width


def styled(style: Style, codes: list[int]) -> Style:
    ink, ground, attributes = style
    while codes:
        code = codes.pop(0)
        if code == 0:
            ink, ground, attributes = PLAIN
        elif code in (38, 48):
            taken = 2 if codes[0] == 5 else 4
            colour = ";".join(map(str, (code, *codes[:taken])))
            del codes[:taken]
            ink, ground = (colour, ground) if code == 38 else (ink, colour)
        elif code in OFF:
            attributes |= {code}
        elif code in OFF.values():
            attributes -= {on for on, off in OFF.items() if off == code}
        elif code in range(30, 40) or code in range(90, 98):
            ink = str(code)
        elif code in range(40, 50) or code in range(100, 108):
            ground = str(code)
    return Style(ink, ground, attributes)


def difference(before: list[list[Cell]], after: list[list[Cell]]) -> str:
    """What to write on the one to get the other. Leaves the terminal's own style behind."""
    return "".join(_changes(before, after))


def _changes(before: list[list[Cell]], after: list[list[Cell]]) -> Iterator[str]:
    style, there = PLAIN, (-1, -1)
    for y, (old, new) in enumerate(zip(before, after, strict=True)):
        for x, cell in enumerate(new):
            if not cell[0] or _looks(old[x]) == _looks(cell):
                continue
            if there != (y, x):
                yield f"\x1b[{y + 1};{x + 1}H"
            yield from _turned(style, wanted := _wanted(style, cell))
            yield cell[0]
            style, there = wanted, (y, x + cell_len(cell[0]))
    yield from _turned(style, PLAIN)


def _looks(cell: Cell) -> Cell:
    """A blank has no ink."""
    character, style = cell
    return (character, style._replace(ink="39")) if character == " " and not style.attributes & {4, 7, 9} else cell


def _wanted(current: Style, cell: Cell) -> Style:
    style = cell[1]
    return style._replace(ink=current.ink) if _looks(cell) != cell else style


def _turned(old: Style, new: Style) -> Iterator[str]:
    codes = [new.ink] if new.ink != old.ink else []
    codes += [new.ground] if new.ground != old.ground else []
    gone = {OFF[one] for one in old.attributes - new.attributes}
    codes += map(str, sorted(gone))
    still = {one for one in new.attributes if one not in old.attributes or OFF[one] in gone}
    codes += map(str, sorted(still))
    if codes:
        yield f"\x1b[{';'.join(codes)}m"
