"""What goes over the socket between a host and its clients: length-prefixed frames of JSON, output or keystrokes.

A frame is a 4-byte big-endian length, one tag byte and so many bytes of payload. JSON frames from a client carry an
`id` that the reply repeats as `re`; frames the host sends by itself have no `re`.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .errors import HostUnreachable
from .feed import OutputPiece
from .sessions.contract import TerminalMode

HEADER = struct.Struct(">IB")
OUTPUT_HEADER = struct.Struct(">IQB")
JSON_TAG, OUTPUT_TAG, KEYS_TAG = ord("J"), ord("O"), ord("K")
FRAME_LIMIT = 64 * 1024 * 1024
"""Above every honest frame (a plan of a 5 MB document is the largest); a longer one is a broken peer."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Bytes the operator typed."""

    data: bytes


Message = Mapping[str, Any] | OutputPiece | Keys


def encode(message: Message) -> bytes:
    match message:
        case OutputPiece():
            head = OUTPUT_HEADER.pack(message.attempt, message.offset, _flags(message.mode))
            return _frame(OUTPUT_TAG, head + message.data)
        case Keys():
            return _frame(KEYS_TAG, message.data)
        case _:
            return _frame(JSON_TAG, json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode())


class Decoder:
    """Bytes in any portions to whole messages. Raises `HostUnreachable` on what cannot be a frame."""

    def __init__(self, limit: int = FRAME_LIMIT) -> None:
        self._buffer = bytearray()
        self._limit = limit

    def feed(self, data: bytes) -> Iterator[Message]:
        self._buffer += data
        while len(self._buffer) >= HEADER.size:
            length, tag = HEADER.unpack_from(self._buffer)
            if length > self._limit:
                raise HostUnreachable("the other side of the socket does not speak Oncue's protocol")
            end = HEADER.size + length
            if len(self._buffer) < end:
                return
            payload = bytes(self._buffer[HEADER.size : end])
            del self._buffer[:end]
            yield _decode(tag, payload)


def _decode(tag: int, payload: bytes) -> Message:
    if tag == OUTPUT_TAG and len(payload) >= OUTPUT_HEADER.size:
        attempt, offset, flags = OUTPUT_HEADER.unpack_from(payload)
        return OutputPiece(attempt, offset, payload[OUTPUT_HEADER.size :], _mode(flags))
    if tag == KEYS_TAG:
        return Keys(payload)
    try:
        message = json.loads(payload) if tag == JSON_TAG else None
    except (ValueError, RecursionError):
        message = None
    if not isinstance(message, dict):
        raise HostUnreachable("the other side of the socket does not speak Oncue's protocol")
    return message


def _frame(tag: int, payload: bytes) -> bytes:
    return HEADER.pack(len(payload), tag) + payload


def _flags(mode: TerminalMode) -> int:
    return mode.echo | mode.canonical << 1 | mode.alternate_screen << 2


def _mode(flags: int) -> TerminalMode:
    return TerminalMode(bool(flags & 1), bool(flags & 2), bool(flags & 4))
