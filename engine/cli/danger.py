"""`oncue danger`: a verdict for a piece of text, for many of them as JSON lines, or the rules themselves."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from typing import Any, Literal

from ..danger import Surroundings, Verdict, judge
from ..errors import UsageError
from ..levels import LEVEL_SIGNS
from ..output import underlined, visible
from .printing import print_json, print_lines

Arguments = argparse.Namespace
LANGUAGES: dict[str, Literal["shell", "sql"]] = {"bash": "shell", "sh": "shell", "shell": "shell", "sql": "sql"}
INDENT = "    "


def danger(arguments: Arguments) -> int:
    if arguments.rules:
        from .rules import print_rules

        print_rules(as_json=arguments.json)
        return 0
    surroundings = _surroundings(arguments)
    if arguments.json and arguments.text in (None, "-"):
        return _answer_lines(arguments.lang, surroundings)
    text = arguments.text if arguments.text not in (None, "-") else _read()
    verdict = judge(text, LANGUAGES[arguments.lang], surroundings)
    if arguments.json:
        print_json(verdict.to_json())
    else:
        from shutil import get_terminal_size

        print_lines(_to_text(text, verdict, get_terminal_size((100, 24)).columns))
    return 0


def _surroundings(arguments: Arguments) -> Surroundings:
    """The policy in force here; reading it is only paid for where there is one."""
    around = Surroundings(environment=arguments.environment or "", dialect=arguments.dialect or "")
    if not _may_be_configured(arguments):
        return around
    from pathlib import Path

    from ..config.files import NAME
    from .configuring import read

    settings = read(arguments, Path(NAME))
    return around._replace(policy=settings.policy, environment=settings.environment or around.environment)


def _may_be_configured(arguments: Arguments) -> bool:
    """Whether somebody may have said something: a look that costs nothing, before what can tell is loaded."""
    if arguments.config or arguments.environment or any(name.startswith("ONCUE_") for name in os.environ):
        return True
    own = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.environ.get("HOME", "/"), ".config")  # noqa: PTH118
    above = [os.getcwd()]  # noqa: PTH109
    while above[-1] != os.path.dirname(above[-1]):  # noqa: PTH120
        above.append(os.path.dirname(above[-1]))  # noqa: PTH120
    return any(os.path.lexists(f"{folder}/oncue.toml") for folder in (f"{own}/oncue", *above))


def _read() -> str:
    try:
        return sys.stdin.buffer.read().decode()
    except UnicodeDecodeError as error:
        raise UsageError(f"standard input is not UTF-8 text: byte {error.start}") from error


# Many at once.


def _answer_lines(language: str, surroundings: Surroundings) -> int:
    """One line each, in order and at once. A line that cannot be judged is answered by its error; then exit 2."""
    import json

    status = 0
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if not line.strip():
            continue
        try:
            answer = _answer(line, language, surroundings)
        except ValueError as error:
            answer = {"id": None, "line": number, "error": str(error)}
            status = UsageError.exit_code
        print(json.dumps(answer, ensure_ascii=False), flush=True)
    return status


def _answer(line: bytes, language: str, surroundings: Surroundings) -> dict[str, Any]:
    import json

    asked = json.loads(line)  # its error is a ValueError, and so is that of bytes that are no UTF-8
    if not isinstance(asked, dict) or not isinstance(asked.get("text"), str):
        raise ValueError('each line is an object with a string under "text"')  # noqa: TRY004 - of the data, not of ours
    named = asked.get("lang", language)
    if named not in LANGUAGES:
        raise ValueError(f'"lang" is one of {", ".join(LANGUAGES)}, not {named!r}')
    return {"id": asked.get("id"), **judge(asked["text"], LANGUAGES[named], surroundings).to_json()}


# For a person.


def _to_text(text: str, verdict: Verdict, columns: int) -> Iterator[str]:
    yield f"{LEVEL_SIGNS[verdict.level]} {verdict.level} · {verdict.category.replace('_', ' ')} · {verdict.rule}"
    span = verdict.span if verdict.level != "safe" else (0, 0)
    for row in underlined(text.strip("\n"), _shifted(text, span), columns - len(INDENT)):
        yield INDENT + row.text
        if row.marks:
            yield INDENT + row.marks
    yield from _wrapped(verdict.why, columns)
    if verdict.level == "dangerous":
        yield from _wrapped(f"hits: {verdict.target}", columns)
    if verdict.dry_run is not None:
        how = "; ".join(filter(None, (verdict.dry_run.grade, verdict.dry_run.note)))
        yield f"  dry run ({how}):"
        yield from (INDENT + visible(line) for line in verdict.dry_run.form.split("\n"))
    elif verdict.level != "safe":
        yield "  dry run: none"


def _shifted(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """Places in the text without the line ends before it."""
    before = len(text) - len(text.lstrip("\n"))
    return max(span[0] - before, 0), max(span[1] - before, 0)


def _wrapped(text: str, columns: int) -> list[str]:
    from textwrap import wrap

    return wrap(visible(text), max(columns, 20), initial_indent="  ", subsequent_indent="  ")
