"""What goes wrong on purpose, as changes to an answer. Pure.

It looks as it would in earnest: that it was meant to go wrong is told by the run's beginning and at its end.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

from ...events import Injection
from ...recording import Piece
from .answers import Found, Kind

LOST = "the connection was lost; whether it took effect is unknown"
FAILED = {"shell": b"\r\nerror: it broke off here\r\n", "sql": b"\nerror: it broke off here\n"}
"""Says no cause: who meets it looks for none that is not there."""
GARBAGE_BYTES = 4096
SEED = 7
"""A game day can be repeated to the byte."""


def spoilt(kind: Kind, found: Found, injection: Injection) -> Found:
    """The answer with its fault. What hangs or loses its connection comes to its end elsewhere."""
    match injection.fault:
        case "slow":
            return replace(
                found,
                pieces=lambda: _slowly(found.pieces(), injection.factor),
                tail_us=int(found.tail_us * injection.factor),
            )
        case "garbage":
            data = random.Random(SEED).randbytes(GARBAGE_BYTES)  # noqa: S311 - noise, no secret
            return replace(
                found,
                pieces=lambda: iter((Piece(0, data),)),
                n_bytes=len(data),
                typed=(),
            )
        case "fail":
            status = 1 if kind == "shell" else None
            half = _half(found, FAILED[kind])
            return replace(half, outcome="failed", exit_status=status)
        case "lost-connection":
            return replace(_half(found), outcome="lost", exit_status=None, message=LOST)
        case "hang":
            return _half(found)


def _half(found: Found, last_words: bytes = b"") -> Found:
    return replace(
        found, pieces=lambda: _first_half(found, last_words), n_bytes=found.n_bytes // 2 + len(last_words), tail_us=0
    )


def _first_half(found: Found, last_words: bytes) -> Iterator[Piece]:
    left = found.n_bytes // 2
    for piece in found.pieces():
        if not left:
            break
        yield piece._replace(data=piece.data[:left])
        left -= len(piece.data[:left])
    if last_words:
        yield Piece(0, last_words)


def _slowly(pieces: Iterator[Piece], factor: float) -> Iterator[Piece]:
    return (piece._replace(delay_us=int(piece.delay_us * factor)) for piece in pieces)
