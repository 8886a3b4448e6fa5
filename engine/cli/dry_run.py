"""`oncue dry-run`: every step as it would be, with no output invented. What really runs is a run of its own."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from dataclasses import replace

from ..config.settings import Settings
from ..databases import databases_of, default_database
from ..dry import Outlook, Prospect, Tried, ending
from ..dry.as_json import to_json
from ..dry.as_text import to_text
from ..errors import UsageError
from ..events import Mode
from ..guard import judged
from ..judging import judging_for
from ..masking import Masking
from ..output import visible
from ..redact import Redactor, pattern, secrets_of
from ..trial import STEP_SECONDS, Trial
from ..variables import find
from .opening import NewRun
from .pairs import database_pairs
from .printing import print_json, print_lines

CLIENT = "dry-run"


def dry_run(arguments: argparse.Namespace) -> int:
    mode = _mode_of(arguments)
    opening = NewRun(arguments, mode=mode)
    outlook = _outlook(arguments, opening)
    masking = _masking(opening, outlook)
    prospects = [_masked(one, masking) for one in outlook.prospects()]
    tried = _tried(opening, outlook, mode) if mode != "live" else None
    sources = {name: given.source for name, given in opening.gift.values.items()}
    if arguments.json:
        print_json(to_json(outlook, prospects, sources, tried))
    else:
        width = shutil.get_terminal_size((100, 24)).columns
        print_lines(visible(line.expandtabs(4)).rstrip() for line in to_text(outlook, prospects, sources, tried, width))
    return ending(prospects, outlook.unresolved(prospects), tried).exit_code


def _mode_of(arguments: argparse.Namespace) -> Mode:
    return "sandbox" if arguments.sandbox else "probe" if arguments.probe else "live"


def _tried(opening: NewRun, outlook: Outlook, mode: Mode) -> Tried:
    """A run like any other, in which the machine lets only that happen which its mode is for."""
    if opening.section is None:
        listing = "; ".join(" › ".join(one.path) for one in opening.choices())
        raise UsageError(f"{outlook.runbook.path} is a catalogue; name what to try with --section TITLE: {listing}")
    if mode == "sandbox":
        from ..sessions.sandbox import why_unavailable

        if why := why_unavailable(os.environ):
            raise UsageError(f"{why}; nothing has run")
    settings = opening.settings or Settings()
    opening.settings = replace(settings, step_timeout=settings.step_timeout or STEP_SECONDS)
    client = opening.connect(CLIENT)
    for sentence in opening.give(client):
        _say(sentence)
    return Trial(client, outlook.runbook, lambda title: _say(f"▶ {title}")).run(outlook.steps(), opening.trail)


def _say(sentence: str) -> None:
    print(visible(f"oncue: {sentence}"), file=sys.stderr)


def _outlook(arguments: argparse.Namespace, opening: NewRun) -> Outlook:
    runbook = opening.read()
    settings = opening.settings or Settings()
    named = databases_of(runbook, database_pairs(arguments.db))
    databases = {**settings.databases, **named}
    default = default_database(named, settings.default_database)
    judging = judging_for(runbook, databases, settings.policy, settings.environment, default)
    variables = find(runbook.steps, runbook.declared, os.environ)
    runbook = replace(runbook, expects=judged(runbook.expects, judging))
    return Outlook(runbook, variables, opening.gift.plain(), judging, opening.section or (), settings.limits)


def _masking(opening: NewRun, outlook: Outlook) -> Masking:
    """What a run of it would mask."""
    settings = opening.settings or Settings()
    patterns = [pattern(one.name, one.pattern) for one in settings.secret_patterns]
    masking = Masking(Redactor(secrets_of(os.environ, settings.secret_names), patterns))
    databases = databases_of(outlook.runbook, opening.databases)
    for name, password in secrets_of(databases).items():
        masking.learn(name, password)
    for name, given in opening.gift.values.items():
        if given.secret:
            masking.learn(name, given.value)
    return masking


def _masked(prospect: Prospect, masking: Masking) -> Prospect:
    if prospect.prepared is None:
        return prospect
    return replace(prospect, prepared=masking.prepared(prospect.prepared))
