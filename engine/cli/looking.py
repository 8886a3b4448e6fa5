"""`oncue runs`, `show` and `verify`: what the trail holds. Looking into a run is itself recorded."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from dataclasses import asdict

from .. import rows as fetched
from .. import show as past
from ..access import record_access
from ..address import live
from ..errors import UsageError
from ..output import visible
from ..state import fold
from ..trail import RunSummary, TrailReader
from ..trail import verify as verify_trail
from .printing import print_bytes, print_json, print_lines
from .trails import is_default, trail_of

Arguments = argparse.Namespace
UNVERIFIED = 4


def runs(arguments: Arguments) -> int:
    trail = trail_of(arguments)
    found: tuple[RunSummary, ...] = ()
    modes: dict[str, str] = {}
    if trail.exists() or not is_default(arguments):
        with TrailReader.open(trail) as reader:
            found = reader.runs()
            modes = {run_id: origin.mode for run_id, origin in reader.origins().items()}
    alive = _alive(arguments)
    if arguments.json:
        print_json(past.runs_to_json(found, alive, modes))
    else:
        print_lines(past.runs_to_text(found, alive, modes))
    return 0


def show(arguments: Arguments) -> int:
    with TrailReader.open(trail_of(arguments)) as reader:
        run_id = reader.find_run(arguments.run)
        _record_access(arguments, "viewed", run_id)
        if arguments.rows is not None:
            _print_rows(reader, run_id, arguments)
        elif arguments.result is not None:
            raise UsageError("--result goes with --rows")
        elif arguments.json and arguments.output is not None:
            raise UsageError("--output is bytes, and --json is not; take one of them")
        elif arguments.json:
            print_json(past.run_to_json(reader, run_id, _alive(arguments)))
        elif arguments.output is not None:
            print_bytes(_output_of(reader, run_id, arguments.output))
        else:
            print_bytes(past.run_to_text(reader, run_id, _alive(arguments)))
    return 0


def verify(arguments: Arguments) -> int:
    trail = trail_of(arguments)
    with TrailReader.open(trail) as reader:
        run_id = reader.find_run(arguments.run) if arguments.run else None
    result = verify_trail(trail, run_id)
    if not result.findings:  # a damaged trail is left as it was found
        _record_access(arguments, "verified", run_id)
    if arguments.json:
        print_json(
            {
                "ok": not result.findings,
                "findings": [asdict(finding) for finding in result.findings],
                "runs": result.runs_checked,
                "events": result.events_checked,
                "chunks": result.chunks_checked,
            }
        )
    else:
        checked = f"{result.runs_checked} run(s), {result.events_checked} events, {result.chunks_checked} chunks"
        verdict = "NOT whole" if result.findings else "whole and unchanged"
        print_lines([*(str(finding) for finding in result.findings), f"{verdict}: checked {checked}"])
    return UNVERIFIED if result.findings else 0


def _print_rows(reader: TrailReader, run_id: str, arguments: Arguments) -> None:
    """What is missing of them is said beside them, where a program does not read it."""
    results = fetched.rows_of(reader.events(run_id), arguments.rows)
    if not results and arguments.rows not in fold(reader.events(run_id)).attempts:
        raise UsageError(f"run {run_id} has no attempt {arguments.rows}")
    if arguments.json:
        wanted = results if arguments.result is None else (fetched.picked(results, arguments.result),)
        print_json(fetched.to_json(wanted))
        return
    one = fetched.picked(results, arguments.result)
    lines = fetched.to_csv(one)
    print_bytes(_visible_lines(lines) if os.isatty(1) else lines)
    if missing := fetched.left_out(one):
        print(f"oncue: {missing}", file=sys.stderr)


def _visible_lines(lines: Iterable[bytes]) -> Iterable[bytes]:
    return (visible(line.decode().rstrip("\r\n")).encode() + b"\n" for line in lines)


def _output_of(reader: TrailReader, run_id: str, attempt: int) -> Iterable[bytes]:
    """Raw where a program reads it, cleaned where a person does."""
    if attempt not in fold(reader.events(run_id)).attempts:
        raise UsageError(f"run {run_id} has no attempt {attempt}")
    if os.isatty(1):
        return past.clean_output(reader, run_id, attempt)
    return (chunk.data for chunk in reader.output(run_id, attempt))


def _alive(arguments: Arguments) -> frozenset[str]:
    return frozenset(address.run_id for address in live(trail_of(arguments)))


def _record_access(arguments: Arguments, action: str, run_id: str | None) -> None:
    if complaint := record_access(trail_of(arguments), action, run_id, os.environ):
        print(visible(f"oncue: {complaint}"), file=sys.stderr)
