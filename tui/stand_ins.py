"""Characters that a terminal would obey or hide, exchanged for others that can be seen, moved over and deleted: one for
one, so that a text comes back from an editor with them where they were. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from engine.output import visible

KEPT = "\n\t"
PICTURES = 0x2400
"""Where Unicode's pictures of the 32 control characters begin."""
OTHERS = (range(0x24D0, 0x24EA), range(0x24B6, 0x24D0), range(0xE000, 0xF900))
"""ⓐ to ⓩ, Ⓐ to Ⓩ, and what no text should hold."""


class StandIns:
    """Of one text and of what is put into it later."""

    def __init__(self, text: str) -> None:
        self._taken = set(text)
        self._free = (chr(code) for code in chain(*OTHERS))
        self._shown: dict[str, str] = {}
        """Hidden character → the one that stands for it."""

    def shown(self, text: str) -> str:
        """`text` as it can be edited."""
        return "".join(map(self._of, text)) if visible(text.replace("\n", "").replace("\t", "")) != text else text

    def meant(self, text: str) -> str:
        """What was edited, with the characters it stands for."""
        return text.translate(str.maketrans({shown: hidden for hidden, shown in self._shown.items()}))

    def legend(self) -> str:
        """`␛ stands for ^[, ⓐ for <U+202E>`; empty when nothing is hidden."""
        told = [f"{shown} for {visible(hidden)}" for hidden, shown in self._shown.items()]
        return f"{', '.join(told)}" and f"signs that stand for what cannot be seen: {', '.join(told)}"

    def _of(self, character: str) -> str:
        if character in KEPT or visible(character) == character:
            return character
        if character not in self._shown:
            self._shown[character] = next(one for one in self._candidates(character) if one not in self._taken)
            self._taken.add(self._shown[character])
        return self._shown[character]

    def _candidates(self, character: str) -> Iterator[str]:
        code = ord(character)
        if code < 0x20 or code == 0x7F:
            yield chr(PICTURES + (code if code < 0x20 else 0x21))
        yield from self._free
