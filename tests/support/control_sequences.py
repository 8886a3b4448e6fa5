"""Bytes for a terminal taken apart by the grammar of ECMA-48, by a scanner that shares nothing with the product."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

ESCAPE, BELL = "\x1b", "\x07"
STRINGS: Mapping[str, str] = {"P": "DCS", "]": "OSC", "X": "SOS", "^": "PM", "_": "APC"}
C1_STRINGS: Mapping[str, str] = {"\x90": "DCS", "\x9d": "OSC", "\x98": "SOS", "\x9e": "PM", "\x9f": "APC"}
PARAMETERS = frozenset(map(chr, range(0x30, 0x40)))
INTERMEDIATES = frozenset(map(chr, range(0x20, 0x30)))


def sequences(written: str) -> Iterator[str]:
    """Every control function in order: `CSI 1;2H`, `ESC c`, `OSC 52;c;eA==`, `C0 07`, `C1 85`. Text is left out."""
    at = 0
    while at < len(written):
        character = written[at]
        at += 1
        if character == ESCAPE:
            found, at = _after_escape(written, at)
            yield found
        elif character == "\x9b":
            found, at = _control_sequence(written, at)
            yield found
        elif character in C1_STRINGS:
            found, at = _string(C1_STRINGS[character], written, at)
            yield found
        elif character < " " or character == "\x7f":
            yield f"C0 {ord(character):02x}"
        elif "\x80" <= character <= "\x9f":
            yield f"C1 {ord(character):02x}"


def _after_escape(written: str, at: int) -> tuple[str, int]:
    following = written[at : at + 1]
    if following == "[":
        return _control_sequence(written, at + 1)
    if following in STRINGS and following:
        return _string(STRINGS[following], written, at + 1)
    end = at
    while written[end : end + 1] in INTERMEDIATES and end < len(written):
        end += 1
    return f"ESC {written[at : end + 1]}", end + 1


def _control_sequence(written: str, at: int) -> tuple[str, int]:
    end = at
    while end < len(written) and written[end] in PARAMETERS | INTERMEDIATES:
        end += 1
    return f"CSI {written[at : end + 1]}", end + 1


def _string(kind: str, written: str, at: int) -> tuple[str, int]:
    ends = [place for mark in (BELL, f"{ESCAPE}\\", "\x9c") if (place := written.find(mark, at)) >= 0]
    end = min(ends, default=len(written))
    return f"{kind} {written[at:end]}", end + 1
