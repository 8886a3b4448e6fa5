"""`oncue report`: a run as the report of its incident, on standard output."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from ..access import record_access
from ..address import live
from ..casting import cast
from ..errors import OncueError, UsageError
from ..model import Runbook
from ..output import visible
from ..redact import Redactor
from ..report import SHORT, Format, Limits, Source, Verification, built_in, gather, render, render_with
from ..trail import TrailReader, verify
from ..trail.outputs import TrailOutputs
from .printing import print_bytes
from .trails import trail_of

UNVERIFIED = 4


def report(arguments: argparse.Namespace) -> int:
    format_ = arguments.format or "md"
    if arguments.print_template:
        return _print_template(format_)
    if os.isatty(1) and format_ == "html" and not arguments.template:
        raise UsageError("HTML is for a browser: oncue report RUN --format html > report.html")
    trail = trail_of(arguments)
    with TrailReader.open(trail) as reader:
        run_id = reader.find_run(arguments.run)
        verification = _verification(trail, run_id)
        if verification.ok:  # a damaged trail is left as it was found
            _record_access(trail, run_id)
        written = _written(reader, trail, run_id, verification, arguments)
    print_bytes([written.encode(errors="backslashreplace")])
    if verification.ok:
        return 0
    _complain(f"run {run_id} does not verify; the report says so")
    return UNVERIFIED


def _print_template(format_: str) -> int:
    if format_ == "json":
        raise UsageError("JSON has no template: --format md or --format html")
    print_bytes([built_in(format_).encode()])
    return 0


def _written(
    reader: TrailReader, trail: Path, run_id: str, verification: Verification, arguments: argparse.Namespace
) -> str:
    source = Source(
        recorded=reader.events(run_id),
        head=reader.head(run_id),
        runbook=_runbook(reader, run_id),
        outputs=TrailOutputs(reader, run_id),
        verification=verification,
        is_live=run_id in {address.run_id for address in live(trail)},
        mask=Redactor().text,
    )
    recording = cast(reader, run_id)
    if arguments.template:
        return render_with(gather(source, Limits()), Path(arguments.template), recording)
    format_: Format = arguments.format or "md"
    return render(gather(source, SHORT if format_ == "md" else Limits()), format_, recording)


def _runbook(reader: TrailReader, run_id: str) -> Runbook | None:
    from ..parse import read_runbook

    try:
        return read_runbook(run_id, reader.document(run_id))
    except OncueError as error:
        _complain(f"the run's copy of its document cannot be read, so its messages are not in the report: {error}")
        return None


def _verification(trail: Path, run_id: str) -> Verification:
    found = verify(trail, run_id)
    checked = f"{found.events_checked} events, {found.chunks_checked} pieces of output"
    return Verification(not found.findings, tuple(map(str, found.findings)), checked)


def _record_access(trail: Path, run_id: str) -> None:
    if complaint := record_access(trail, "reported", run_id, os.environ):
        _complain(complaint)


def _complain(sentence: str) -> None:
    print(visible(f"oncue: {sentence}"), file=sys.stderr)
