"""A title found by a glance at a document's beginning, to be shown until the document has been read."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

BEGINNING = 4096
"""Bytes; titles stand at the top."""
LINES = 60


def glance(path: str) -> str:
    """The first heading or the front matter's title; else the file's name. Never raises."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - by the thousand
            text = file.read(BEGINNING).decode(errors="replace")
    except OSError:
        text = ""
    return _written(text.lstrip("\ufeff")) or Path(path).stem


def _written(text: str) -> str:
    lines = text.splitlines()
    in_front_matter = bool(lines) and lines[0].rstrip() == "---"
    for line in islice(lines, int(in_front_matter), LINES):
        if in_front_matter and line.startswith("title:"):
            return line.removeprefix("title:").strip().strip("\"'")
        if in_front_matter:
            in_front_matter = line.rstrip() != "---"
        elif line.startswith("# "):
            return line[2:].strip(" #")
        elif line.startswith(("```", "~~~")):
            return ""
    return ""
