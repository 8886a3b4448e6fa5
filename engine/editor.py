"""The operator's own editor on a piece of text. Whoever calls has given it the terminal."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from .errors import OncueError


def editor_of(environment: Mapping[str, str]) -> str:
    """A command line, as `VISUAL` and `EDITOR` are by custom."""
    return environment.get("VISUAL") or environment.get("EDITOR") or "vi"


def edited(text: str, suffix: str, editor: str) -> str | None:
    """What became of `text`, without its last line ends; None where nothing did. Raises `OncueError` when the editor
    failed. The file has `suffix`, by which editors know a language, and nobody else can read it.
    """
    with tempfile.TemporaryDirectory(prefix="oncue-") as directory:
        path = Path(directory) / f"step{suffix}"
        path.write_bytes(text.encode(errors="surrogateescape"))
        done = subprocess.run(["/bin/sh", "-c", f'{editor} "$1"', "sh", str(path)], check=False)
        if done.returncode != 0:
            raise OncueError(f"{editor} ended with status {done.returncode}; nothing was changed")
        after = _read(path, editor).rstrip("\n")
    return None if after == text.rstrip("\n") else after


def _read(path: Path, editor: str) -> str:
    try:
        return path.read_bytes().decode(errors="replace")
    except OSError as error:
        raise OncueError(f"{editor} left no text behind: {error.strerror}; nothing was changed") from error
