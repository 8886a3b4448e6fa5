"""Ordinary files. A pipe or a device is refused before it is opened: it may wait for ever, or act."""

from __future__ import annotations

import os
from io import BufferedReader
from pathlib import Path
from stat import S_ISREG

from .errors import DocumentError


def opened(path: str, refusal: str) -> BufferedReader:
    """To be closed by the caller. Raises `OSError` for what cannot be opened, `DocumentError` with the refusal for
    anything but a file."""
    if not S_ISREG(Path(path).stat().st_mode):
        raise DocumentError(path, refusal)
    # What has become a pipe since then does not wait either.
    file = os.fdopen(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK), "rb")
    if S_ISREG(os.fstat(file.fileno()).st_mode):
        return file
    file.close()
    raise DocumentError(path, refusal)
