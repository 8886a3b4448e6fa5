"""How the cockpit looks and which keys it obeys, as the operator's own files say. A project's file has no say in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from engine.config.files import find_files

from .themes import DEFAULT, THEMES

SAID = re.compile(r'^\s*theme\s*=\s*"([a-z-]+)"', re.MULTILINE)


class Look(NamedTuple):
    theme: str = DEFAULT
    keys: Mapping[str, str] = {}
    """Action → keys, joined by commas; only what is not built in."""


def look_of(environ: Mapping[str, str], config: str | None = None) -> Look:
    """Raises `UsageError` for a file that cannot be used. Slow when there is one: not before the first frame."""
    if not find_files(environ, None, config):
        return Look()
    from engine.config.finding import read_settings

    settings = read_settings(environ, None, config=config)
    return Look(settings.theme, settings.keys)


def glimpse(environ: Mapping[str, str], config: str | None = None) -> str:
    """The theme for the first frame, by a look at the files' lines, so that a light screen does not begin dark."""
    theme = DEFAULT
    for named in find_files(environ, None, config):
        try:
            found = SAID.search(named.path.read_text())
        except (OSError, UnicodeDecodeError):  # `look_of` says what is wrong with it
            continue
        if found and found[1] in THEMES:
            theme = found[1]
    return theme
