"""`oncue config`, and the settings every other command works with. The client reads them; a host is handed them."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..config.files import NAME, find_files
from ..errors import UsageError
from ..model import Runbook
from ..output import visible
from .printing import print_json, print_lines

if TYPE_CHECKING:
    from ..config.settings import Settings, Value
    from ..events import RunStarted

Arguments = argparse.Namespace

ROLES = {"own": "your own", "project": "found beside the runbook", "option": "named by you"}
NAMED = "environment = "
WIDEST = 60
"""A longer value runs over its column instead of pushing everybody's origin off the screen."""


def config(arguments: Arguments) -> int:
    runbook, near = None, Path(NAME)
    if arguments.file:
        from ..parse import read_runbook
        from . import document

        near, runbook = Path(arguments.file), read_runbook(arguments.file, document.read(arguments.file))
    settings = read(arguments, near, runbook)
    values = [_with_trail(arguments, value) for value in settings.values]
    if arguments.json:
        print_json(_to_json(settings, values))
    else:
        print_lines(_to_text(settings, values))
    return 0


def read(arguments: Arguments, near: Path, runbook: Runbook | None = None) -> Settings:
    """What is in force for a document at `near`; see `finding.read_settings`."""
    from ..config.finding import read_settings  # judging comes with it, which costs more than all else here

    options = {"environment": (arguments.environment, "--environment")} if arguments.environment else {}
    return read_settings(os.environ, near, runbook=runbook, config=arguments.config, options=options)


def maybe_read(arguments: Arguments, near: Path, runbook: Runbook | None = None) -> Settings | None:
    """None when nobody says anything, so that what is built in is in force. Then this costs next to nothing."""
    named = runbook.front_matter.get("environment") if runbook else None
    said = arguments.environment or named or _speaking(os.environ)
    if said or find_files(os.environ, near, arguments.config):
        return read(arguments, near, runbook)
    return None


def read_again(arguments: Arguments, near: Path, runbook: Runbook, then: RunStarted, run_id: str) -> Settings | None:
    """For a run that goes on, or is run again: where it worked then counts now. Raises `UsageError` where it cannot be
    both that and what is said now."""
    settings = maybe_read(arguments, near, runbook)
    now = settings.environment if settings else ""
    if arguments.environment or not then.environment or now == then.environment:
        return settings
    if now:
        raise UsageError(
            f"run {run_id} worked in {then.environment}, and here it is {now}; say which with --environment"
        )
    from ..config.finding import read_settings

    options = {"environment": (then.environment, f"run {run_id}")}
    return read_settings(os.environ, near, runbook=runbook, config=arguments.config, options=options)


def have_changed(settings: Settings | None, then: Sequence[str]) -> bool:
    """Whether another thing is in force than what a run recorded; who said the environment does not matter."""
    now = settings.record() if settings else ()
    return [one for one in now if not one.startswith(NAMED)] != [one for one in then if not one.startswith(NAMED)]


def databases_again(given: Mapping[str, str], then: RunStarted, run_id: str) -> dict[str, str]:
    """What `--db` names now, and named then. Raises `UsageError` for what has to be named again."""
    from ..config.secrets import HIDDEN

    for name, url in then.databases.items():
        if name not in given and HIDDEN in url:
            raise UsageError(f"run {run_id} was given database {name!r} as {url}; give it again: --db {name}=URL")
    return {**then.databases, **given}


def to_request(settings: Settings | None) -> Mapping[str, Any]:
    """As a part of a host's launch request."""
    if settings is None:
        return {}
    from ..config.travel import to_json

    return to_json(settings)


def _speaking(environ: Mapping[str, str]) -> bool:
    """Whether a variable says something, be it one that is misspelt."""
    return any(name.startswith("ONCUE_") and name != "ONCUE_AUDIT" for name, value in environ.items() if value)


def _with_trail(arguments: Arguments, value: Value) -> Value:
    if value.key != "trail.path" or (value.text and not arguments.audit):
        return value
    from ..config.settings import Origin
    from .trails import trail_of

    origin = Origin("option", "--audit") if arguments.audit else value.origin
    return replace(value, text=str(trail_of(arguments)), origin=origin)


def _to_json(settings: Settings, values: list[Value]) -> Mapping[str, Any]:
    return {
        "files": [asdict(source) for source in settings.sources],
        "values": [{"key": one.key, "value": one.text or None, "origin": asdict(one.origin)} for one in values],
    }


def _to_text(settings: Settings, values: list[Value]) -> Iterator[str]:
    for source in settings.sources:
        yield visible(f"{source.path}  {ROLES[source.role]}, sha256 {source.sha256}")
    if not settings.sources:
        yield f"no {NAME} was found; what is built in is in force"
    yield ""
    keys = max(len(visible(one.key)) for one in values)
    texts = min(WIDEST, max(len(visible(one.text)) for one in values))
    for one in values:
        yield f"{visible(one.key):{keys}}  {visible(one.text or 'none'):{texts}}  {visible(str(one.origin))}"
