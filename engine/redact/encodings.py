"""The forms in which a secret's bytes turn up: as they are, encoded, quoted, escaped, line by line.

A form is kept only as far as the secret alone decides it. Base64 of `user:SECRET@host`, for example, has the middle
of the secret's own base64 in it, in one of three alignments, and that middle is what is looked for.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

from .maskable import MIN_BYTES, why_not

PIECE_BYTES = 1024
"""A longer form is looked for in pieces of this length, which bounds what has to be held back."""
LONG_BYTES = 16 << 10
"""A longer secret is a file: it is looked for as it is, in base64 and in JSON, because every form costs memory."""
MIN_LINE = 12
"""Shorter lines of a secret of several lines, such as `{` or `"type": "x"`, would hide ordinary output."""
WRAPS = (76, 64, 60)
"""Where `base64`, `openssl` and `xxd -p` break their lines."""
SIGN = re.compile(rb"[^A-Za-z0-9]")
URL_SAFE = bytes.maketrans(b"+/", b"-_")

Form = Callable[[bytes], Iterable[bytes]]


def forms(secret: bytes) -> frozenset[bytes]:
    """Everything to look for. Empty when the secret is too short."""
    whole = secret.strip()
    if len(whole) < MIN_BYTES:
        return frozenset()
    found = set(_forms_of_file(whole) if len(whole) > LONG_BYTES else _all_forms(whole))
    broken = {text.replace(b"\n", b"\r\n") for text in found if b"\n" in text and b"\r" not in text}
    return frozenset(piece for text in found | broken for piece in _pieces(text) if len(piece) >= MIN_BYTES)


def _all_forms(secret: bytes) -> Iterator[bytes]:
    for part in {secret, *_lines(secret)}:
        yield part
        for quoting in QUOTINGS:
            yield from quoting(part)
    for encoding in ENCODINGS:
        yield from encoding(secret)


def _forms_of_file(secret: bytes) -> Iterator[bytes]:
    yield secret
    yield from _lines(secret)
    yield from (_middle(secret, before) for before in range(3))
    yield _broken_into_lines(b64encode(secret), WRAPS[0])
    yield json.dumps(secret.decode(errors="surrogateescape"))[1:-1].encode()


def _lines(secret: bytes) -> Iterator[bytes]:
    """Each line that is telling by itself; the armour around a key is not."""
    lines = [line.strip() for line in secret.splitlines()]
    for line in lines if len(lines) > 1 else ():
        if len(line) >= MIN_LINE and not line.startswith(b"-----") and not why_not(line):
            yield line


def _pieces(text: bytes) -> Iterator[bytes]:
    if len(text) <= PIECE_BYTES:
        yield text
        return
    for at in range(0, len(text) - PIECE_BYTES, PIECE_BYTES):
        yield text[at : at + PIECE_BYTES]
    yield text[-PIECE_BYTES:]


# Encodings of the whole.


def _base64(secret: bytes) -> Iterator[bytes]:
    for text in _base64_standard(secret):
        yield text
        yield text.translate(URL_SAFE)


def _base64_standard(secret: bytes) -> Iterator[bytes]:
    for before in range(3):
        yield _middle(secret, before)
    for whole in (b64encode(secret), b64encode(secret + b"\n")):
        yield whole
        yield from _wrapped(whole)


def _middle(secret: bytes, before: int) -> bytes:
    """Base64 of the secret with `before` bytes in front, without the characters that its neighbours decide too."""
    encoded = b64encode(bytes(before) + secret)
    return encoded[-(-before * 8 // 6) : (before + len(secret)) * 8 // 6]


def _base64_twice(secret: bytes) -> Iterator[bytes]:
    for inner in (_middle(secret, 0), b64encode(secret), b64encode(secret + b"\n"), b64encode(secret) + b"\n"):
        yield from _base64_standard(inner)


def _hex(secret: bytes) -> Iterator[bytes]:
    for text in (secret.hex().encode(), secret.hex().upper().encode()):
        yield text
        yield from _wrapped(text)


def _wrapped(text: bytes) -> Iterator[bytes]:
    """As tools break it into lines, and each line by itself."""
    for width in WRAPS:
        if len(text) > width:
            broken = _broken_into_lines(text, width)
            yield broken
            yield from (line for line in broken.splitlines() if len(line) >= MIN_LINE)


def _broken_into_lines(text: bytes, width: int) -> bytes:
    return b"\n".join(text[at : at + width] for at in range(0, len(text), width))


ENCODINGS: tuple[Form, ...] = (_base64, _base64_twice, _hex)


# Quotings and escapes, of the whole and of every line.


class Escape:
    """Replaces single bytes, each once; never a letter or a digit."""

    def __init__(self, table: Mapping[bytes, bytes]) -> None:
        self._table = table

    def __call__(self, text: bytes) -> bytes:
        return SIGN.sub(lambda sign: self._table.get(sign[0], sign[0]), text)


def _by_shape(shape: bytes, signs: Iterable[int]) -> dict[bytes, bytes]:
    return {bytes([sign]): shape % sign for sign in signs}


def _quoted(text: bytes) -> Iterator[bytes]:
    for quote in (b"'\\''", b"'\"'\"'", b"\\'", b"''"):
        yield text.replace(b"'", quote)
    for escape in _escapes():
        yield escape(text)


def _json(text: bytes) -> Iterator[bytes]:
    decoded = text.decode(errors="surrogateescape")
    for ascii_only in (True, False):
        once = json.dumps(decoded, ensure_ascii=ascii_only)[1:-1]
        for one in (once, json.dumps(once, ensure_ascii=ascii_only)[1:-1]):
            written = one.encode(errors="surrogateescape")
            yield written
            yield written.replace(b"/", b"\\/")
            for escape in _json_escapes():
                yield escape(written)


QUOTINGS: tuple[Form, ...] = (_quoted, _json)

LETTERS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-~"
URL_SAFES = (b"", b"/", b"!*'()", b"!*'();/?:@&=+$,#")
"""What libraries leave as it is beside letters: in a value, in a path, JavaScript's component and whole."""
ANGLES = {b"&": b"&amp;", b"<": b"&lt;", b">": b"&gt;"}
NAMED = {b"\\": b"\\\\", b"\n": b"\\n", b"\t": b"\\t", b"\r": b"\\r", b"\x1b": b"\\E", b"\x07": b"\\a"}
UNPRINTABLE = (*range(0x20), *range(0x7F, 0x100))
PRINTF_Q = [one for one in range(0x80) if not (chr(one).isalnum() or chr(one) in "%+,-./:=@_")]


@cache
def _escapes() -> tuple[Escape, ...]:
    return tuple(map(Escape, (*_url_tables(), *_markup_tables(), *_shell_tables(), *_literal_tables())))


@cache
def _json_escapes() -> tuple[Escape, ...]:
    """Signs that mean something in HTML, as Go, PHP and .NET write them."""
    return tuple(
        Escape(_by_shape(shape, signs)) for signs in (b"<>&", b"<>&'", b"<>&'+") for shape in (b"\\u%04x", b"\\u%04X")
    )


def _url_tables() -> Iterator[Mapping[bytes, bytes]]:
    for shape in (b"%%%02X", b"%%%02x"):
        for safe in URL_SAFES:
            table = _by_shape(shape, (one for one in range(256) if one not in LETTERS + safe))
            yield table
            yield {**table, b" ": b"+"}


def _markup_tables() -> Iterator[Mapping[bytes, bytes]]:
    for double in (b"&quot;", b"&#34;", b'"'):
        for single in (b"&#x27;", b"&#39;", b"&apos;", b"'"):
            yield {**ANGLES, b'"': double, b"'": single}


def _shell_tables() -> Iterator[Mapping[bytes, bytes]]:
    """Within double quotes, with and without history, and as `printf %q` writes a word."""
    for signs in (b'\\"$`', b'\\"$`!', PRINTF_Q):
        yield _by_shape(b"\\%c", signs)


def _literal_tables() -> Iterator[Mapping[bytes, bytes]]:
    """The inside of `$'…'`, and of strings as C, Go and Python write them, with bytes outside ASCII in three ways."""
    for quoting in (_by_shape(b"\\%c", b"'"), _by_shape(b"\\%c", b'"'), {}):
        for shape in (b"\\%03o", b"\\x%02x"):
            yield {**_by_shape(shape, UNPRINTABLE), **NAMED, **quoting}
        yield {**NAMED, **quoting}
