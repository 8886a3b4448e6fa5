"""The colours and attributes in force at a point of a line, kept as short as one sequence can say them."""

from __future__ import annotations

from ..expressions import expression

SELECT_GRAPHIC_RENDITION = expression(r"\x1b\[([0-9;:]*)m")

_ENDS = {
    "22": ("1", "2"),
    "23": ("3",),
    "24": ("4", "21"),
    "25": ("5", "6"),
    "27": ("7",),
    "28": ("8",),
    "29": ("9",),
    "39": ("38",),
    "49": ("48",),
    "55": ("53",),
    "59": ("58",),
}
"""Parameter → the slots it empties."""
_EXTENDED = {"38", "48", "58"}
_EXTENDED_LENGTH = {"5": 3, "2": 5}
"""`38;5;n` and `38;2;r;g;b`, counted with the first parameter."""


class Style:
    """Slots in force. Fed with every colour sequence of a stream, it stays a few dozen characters long."""

    def __init__(self) -> None:
        self._slots: dict[str, str] = {}

    def __str__(self) -> str:
        """One sequence that sets exactly this style after a reset; empty for the plain style."""
        return f"\x1b[{';'.join(self._slots.values())}m" if self._slots else ""

    def __bool__(self) -> bool:
        return bool(self._slots)

    def copy(self) -> Style:
        twin = Style()
        twin._slots = self._slots.copy()
        return twin

    def follow(self, text: str) -> None:
        """Apply every colour sequence of `text`, in order."""
        # Nothing matters before a reset, and most lines end with one.
        start = max(text.rfind("\x1b[0m"), text.rfind("\x1b[m"), 0)
        if start and "\x1b" not in text[start + 1 :]:
            self._slots.clear()
            return
        for match in SELECT_GRAPHIC_RENDITION.finditer(text, start):
            self.apply(match[1])

    def apply(self, parameters: str) -> None:
        waiting = parameters.split(";")
        while waiting:
            length = self._length(waiting)
            self._set(waiting[0], ";".join(waiting[:length]))
            del waiting[:length]

    @staticmethod
    def _length(waiting: list[str]) -> int:
        if waiting[0] not in _EXTENDED or len(waiting) < 2:
            return 1
        return _EXTENDED_LENGTH.get(waiting[1], 1)

    def _set(self, first: str, whole: str) -> None:
        code = first.partition(":")[0].lstrip("0")
        if not code:
            self._slots.clear()
        elif code in _ENDS:
            for slot in _ENDS[code]:
                self._slots.pop(slot, None)
        elif slot := _slot(code):
            self._slots[slot] = whole


def _slot(code: str) -> str:
    """Colours of one ground share a slot; an unknown code has none and is forgotten."""
    number = int(code)
    if 30 <= number <= 38 or 90 <= number <= 97:
        return "38"
    if 40 <= number <= 48 or 100 <= number <= 107:
        return "48"
    return code if number <= 9 or number in (21, 53, 58) else ""
