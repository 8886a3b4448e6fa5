"""Characters that a terminal would obey or hide, exchanged for others that can be seen, moved over and deleted: one for
one, so that a text comes back from an editor with them where they were. Pure.
"""

from __future__ import annotations

from itertools import chain

from engine.output import visible

KEPT = "\n\t"
PICTURES = 0x2400
"""Where Unicode's pictures of the 32 control characters begin."""
DELETE, PICTURE_OF_DELETE = 0x7F, 0x2421
OTHERS = (range(0x24D0, 0x24EA), range(0x24B6, 0x24D0), range(0xE000, 0xF900), range(0xF0000, 0xFFFFE))
"""ⓐ to ⓩ, Ⓐ to Ⓩ, and then what no text should hold: more than there are characters that cannot be seen."""


class StandIns:
    """Of one text and of what is put into it later."""

    def __init__(self, text: str) -> None:
        self._taken = set(text)
        self._free = map(chr, chain(*OTHERS))
        self._shown: dict[str, str] = {}
        """Hidden character → the one that stands for it."""

    def shown(self, text: str) -> str:
        """`text` as it can be edited."""
        return "".join(map(self._of, text)) if visible(text.replace("\n", "").replace("\t", "")) != text else text

    def meant(self, text: str) -> str:
        """What was edited, with the characters it stands for."""
        return text.translate({ord(shown): hidden for hidden, shown in self._shown.items()})

    def legend(self) -> str:
        """`␛ stands for ^[, ⓐ for <U+202E>`; empty when nothing is hidden."""
        told = [f"{shown} for {visible(hidden)}" for hidden, shown in self._shown.items()]
        return f"{', '.join(told)}" and f"signs that stand for what cannot be seen: {', '.join(told)}"

    def _of(self, character: str) -> str:
        if character in KEPT or visible(character) == character:
            return character
        if character not in self._shown:
            self._shown[character] = self._stand_in(ord(character))
        return self._shown[character]

    def _stand_in(self, code: int) -> str:
        found = chr(PICTURES + code if code < 0x20 else PICTURE_OF_DELETE) if code < 0x20 or code == DELETE else ""
        while not found or found in self._taken:
            found = next(self._free)
        self._taken.add(found)
        return found
