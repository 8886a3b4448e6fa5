"""Colours of an output → spans of HTML. What a program tried to hide by its colour can be read all the same."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from typing import NamedTuple

from ..output.style import SELECT_GRAPHIC_RENDITION, Style

Colour = tuple[int, int, int]
PAPER: Colour = (0x16, 0x18, 0x1D)
INK: Colour = (0xE6, 0xE6, 0xE6)
"""Outputs stand on dark paper in either scheme, because programs choose their colours for it."""
BASIC: tuple[Colour, ...] = (
    (0x6B, 0x72, 0x80),
    (0xF4, 0x72, 0x6B),
    (0x7E, 0xC6, 0x7A),
    (0xE5, 0xB9, 0x5C),
    (0x7A, 0xA8, 0xF8),
    (0xCF, 0x8E, 0xF0),
    (0x5F, 0xC9, 0xD2),
    (0xD5, 0xD8, 0xDE),
    (0x8A, 0x91, 0x9E),
    (0xFF, 0x96, 0x8F),
    (0xA0, 0xE2, 0x9B),
    (0xFF, 0xD8, 0x85),
    (0xA3, 0xC4, 0xFF),
    (0xE2, 0xB4, 0xFF),
    (0x8E, 0xE6, 0xEE),
    (0xFF, 0xFF, 0xFF),
)
LEAST_CONTRAST = 3.0
"""Below it text counts as hidden and gets the paper's own ink, or its opposite."""
STRUCK = "text-decoration:line-through"
DECORATIONS = {
    "1": "font-weight:700",
    "2": "opacity:.75",
    "3": "font-style:italic",
    "9": STRUCK,
}
_CUBE = (0, 95, 135, 175, 215, 255)


class Look(NamedTuple):
    ink: Colour | None = None
    paper: Colour | None = None
    inverse: bool = False
    rules: tuple[str, ...] = ()


def spans(ansi: str) -> str:
    """Escaped HTML. Takes lines as `OutputLines` gives them, whose only sequences are colours."""
    return "\n".join(_line(line) for line in ansi.split("\n"))


def _line(line: str) -> str:
    line = escape(line)
    if "\x1b" not in line:
        return line
    style, pieces = "", []
    for number, piece in enumerate(SELECT_GRAPHIC_RENDITION.split(line)):
        if number % 2:
            style = _after(style, piece)
        else:
            pieces.append(_span(piece, style))
    return "".join(pieces)


def _span(text: str, style: str) -> str:
    text = text.replace("\x1b", "")
    css = _css(style) if style and text else ""
    return f'<span style="{css}">{text}</span>' if css else text


@lru_cache(maxsize=4096)
def _after(before: str, parameters: str) -> str:
    """The style in force after a sequence. Most outputs have a handful of them, over and over."""
    style = Style()
    style.follow(before)
    style.apply(parameters)
    return str(style)


@lru_cache(maxsize=1024)
def _css(style: str) -> str:
    look = _look(style.removeprefix("\x1b[").removesuffix("m").split(";"))
    ink, paper = look.ink or INK, look.paper or PAPER
    if look.inverse:
        ink, paper = paper, ink
    rules = list(look.rules)
    if _contrast(ink, paper) < LEAST_CONTRAST:
        ink = max((INK, PAPER), key=lambda one: _contrast(one, paper))
    if ink != INK:
        rules.append(f"color:{_hex(ink)}")
    if paper != PAPER:
        rules.append(f"background:{_hex(paper)}")
    return ";".join(rules)


def _look(codes: list[str]) -> Look:
    look = Look()
    while codes:
        code = codes.pop(0)
        if code in ("38", "48"):
            colour = _extended(codes)
            look = look._replace(ink=colour) if code == "38" else look._replace(paper=colour)
        else:
            look = _with(look, code)
    return look


def _with(look: Look, code: str) -> Look:
    first, _, rest = code.partition(":")
    if first in ("38", "48") and rest:
        parts = [part for part in rest.split(":") if part]
        colour = _extended(parts[:1] + parts[-3:] if parts[:1] == ["2"] else parts)
        return look._replace(ink=colour) if first == "38" else look._replace(paper=colour)
    number = int(first) if first.isdigit() else 0
    if first == "7":
        return look._replace(inverse=True)
    if first in ("4", "21") and rest != "0":
        return look._replace(rules=(*look.rules, "text-decoration:underline"))
    if first in DECORATIONS:
        return look._replace(rules=(*look.rules, DECORATIONS[first]))
    for base, offset in ((30, 0), (90, 8)):
        if base <= number < base + 8:
            return look._replace(ink=BASIC[number - base + offset])
        if base + 10 <= number < base + 18:
            return look._replace(paper=BASIC[number - base - 10 + offset])
    return look


def _extended(codes: list[str]) -> Colour | None:
    """Takes what belongs to it off the front."""
    kind = codes.pop(0) if codes else ""
    length = {"5": 1, "2": 3}.get(kind, 0)
    numbers = [min(int(one), 255) if one.isdigit() else 0 for one in codes[:length]]
    del codes[:length]
    if len(numbers) < length or not length:
        return None
    return _indexed(numbers[0]) if kind == "5" else (numbers[0], numbers[1], numbers[2])


def _indexed(number: int) -> Colour:
    if number < 16:
        return BASIC[number]
    if number >= 232:
        grey = 8 + 10 * (number - 232)
        return (grey, grey, grey)
    number -= 16
    return (_CUBE[number // 36], _CUBE[number // 6 % 6], _CUBE[number % 6])


def _contrast(one: Colour, other: Colour) -> float:
    """As WCAG counts it, from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (one / 255 for one in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _hex(colour: Colour) -> str:
    return "#" + bytes(colour).hex()
