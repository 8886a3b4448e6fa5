"""From a runbook's place, the environment and the command line to the settings in force. Without a file it is cheap."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UsageError
from ..model import Runbook
from .files import CONFIG, VARIABLES, find_files
from .merging import merge
from .settings import Origin, Said, Settings

if TYPE_CHECKING:
    from .reading import Layer


def read_settings(
    environ: Mapping[str, str],
    near: Path | None,
    *,
    runbook: Runbook | None = None,
    config: str | None = None,
    options: Mapping[str, tuple[str, str]] | None = None,
) -> Settings:
    """What is in force for a document at `near`; None for no document, and so no project's file.

    `config` is what `--config` names; `options` are other options, by the setting they give: its text and the
    option's name. Raises `UsageError` with a line for each thing that is wrong in the first file that has any.
    """
    _refuse_slips(environ)
    said = {key: Said(environ[name], Origin("variable", name)) for name, key in VARIABLES.items() if environ.get(name)}
    said |= {key: Said(text, Origin("option", name)) for key, (text, name) in (options or {}).items()}
    return merge(_layers(environ, near, config), said, _named_by(runbook) if runbook else None)


def trail_named(environ: Mapping[str, str], config: str | None) -> Path | None:
    """Where the operator's own files say the trail lies."""
    trail = merge(_layers(environ, None, config)).trail
    return Path(trail) if trail else None


def _layers(environ: Mapping[str, str], near: Path | None, config: str | None) -> list[Layer]:
    named = find_files(environ, near, config)
    if not named:
        return []
    from .reading import read_layer

    return [read_layer(one) for one in named]


def _refuse_slips(environ: Mapping[str, str]) -> None:
    """A variable of ours that is misspelt would be passed over, and the run be less guarded than somebody meant."""
    known = (*VARIABLES, CONFIG)
    for name in environ:
        if name.startswith("ONCUE_") and name not in known and (near := get_close_matches(name, known, 1, 0.85)):
            raise UsageError(f"{name}: there is no such variable; the nearest is {near[0]}")


def _named_by(runbook: Runbook) -> Said | None:
    name = runbook.front_matter.get("environment")
    if not isinstance(name, str) or not name.strip():
        return None
    lines = runbook.source.split("\n")
    line = next((number for number, text in enumerate(lines, 1) if re.match(r"environment\s*:", text)), None)
    return Said(name.strip(), Origin("document", runbook.path, line))
