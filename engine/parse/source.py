"""From the bytes of a file to the text of a document; only here a whole file is refused for what it is made of."""

from __future__ import annotations

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE

from ..errors import DocumentError

SNIFFED = 8192
"""Bytes looked at to tell a binary file from a text; a header is always within them."""

MAGIC = (b"\x7fELF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"\x1f\x8b", b"PK\x03\x04", b"%PDF-", b"SQLite format 3\0")
"""First bytes of the file types an operator is most likely to name by mistake."""

CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r\f\v\x1b\x08")
"""Bytes that no text carries; an escape or a backspace may have come in with a pasted terminal."""
CONTROL_SHARE = 0.05
"""A document that is text apart from a few stray bytes stays readable; a binary file has far more than this."""


def read_text(path: str, data: bytes) -> str:
    """The document's text: UTF-8 without BOM, line ends as `\\n`. NUL characters are kept."""
    if not data.strip():
        raise DocumentError(path, "the file is empty; a runbook needs at least one step")
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        raise DocumentError(path, "this file is saved as UTF-16; save it as UTF-8")
    if _is_binary(data):
        raise DocumentError(path, "this is a binary file, not a Markdown document")
    text = _decode(path, data.removeprefix(BOM_UTF8))
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


def _is_binary(data: bytes) -> bool:
    if data.startswith(MAGIC):
        return True
    head = data[:SNIFFED]
    controls = len(head) - len(head.translate(None, CONTROLS))
    return controls > len(head) * CONTROL_SHARE + 4


def _decode(path: str, data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + 1
        message = f"byte 0x{data[error.start]:02x} is not UTF-8; save the document as UTF-8"
        raise DocumentError(path, message, line) from error
