"""`oncue test`: the scenarios beside a runbook, rehearsed without anybody at a terminal. Exit code 1 when one fails."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree as ET

from ..drill import Drill
from ..errors import OncueError, UsageError
from ..output import visible
from ..scenario import SUFFIX, Scenario, load
from ..summary import took
from .approvals import named_step
from .main import parsed_command
from .printing import print_lines
from .rehearse import Rehearsing

Arguments = argparse.Namespace
CLIENT = "test"
FAILED = 1
KINDS = ("shell", "sql", "manual")


@dataclass(frozen=True, slots=True)
class Result:
    scenario: Scenario
    seconds: float
    missed: tuple[str, ...]
    """What is not as expected, one sentence each; empty when all is well."""


def test(arguments: Arguments) -> int:
    scenarios = [load(path) for file in arguments.files for path in _scenarios_of(file)]
    results = []
    for scenario in scenarios:
        results.append(_tested(arguments, scenario))
        print_lines(_lines(results[-1]))
    failed = sum(1 for one in results if one.missed)
    print_lines([f"{len(results) - failed} of {len(results)} scenarios went as expected"])
    if arguments.junit:
        _write_junit(Path(arguments.junit), results)
    return FAILED if failed else 0


def _scenarios_of(file: str) -> list[str]:
    """The file itself, or those beside a runbook: `NAME.scenario.toml`, `NAME.WHAT.scenario.toml`."""
    path = Path(file)
    if file.endswith(SUFFIX):
        return [file]
    beside = sorted(path.parent.glob(f"*{SUFFIX}"))
    found = [str(one) for one in beside if one.name.removesuffix(SUFFIX).partition(".")[0] == path.stem]
    if not found:
        raise UsageError(f"{file} has no scenario beside it; {path.stem}{SUFFIX} would be one")
    return found


def _tested(arguments: Arguments, scenario: Scenario) -> Result:
    begun = time.monotonic()
    try:
        missed = _rehearsed(arguments, scenario)
    except OncueError as error:
        missed = [str(error)]
    return Result(scenario, time.monotonic() - begun, tuple(missed))


def _rehearsed(arguments: Arguments, scenario: Scenario) -> list[str]:
    with TemporaryDirectory(prefix="oncue-test-") as folder:
        trail = arguments.audit or str(Path(folder) / "trail.db")
        words = ["rehearse", str(scenario.beside(scenario.runbook)), "--scenario", scenario.path]
        words += ["--speed", "0", "--strict", "--plain", "--audit", trail]
        opening = Rehearsing(parsed_command([*words, *(["--config", arguments.config] if arguments.config else [])]))
        runbook = opening.read()
        turns = [(one, named_step(runbook, one.step, "the turn", KINDS)) for one in scenario.turns]
        if opening.section is None:
            raise UsageError(f"{runbook.path} is a catalogue; name what is rehearsed with `section`")
        client = opening.connect(CLIENT)
        for _ in opening.give(client):
            continue  # nobody is there to be told
        return Drill(client, runbook, turns, scenario.expected).run(opening.trail)


def _lines(result: Result) -> Iterator[str]:
    sign = "✘" if result.missed else "✔"
    title = f"{result.scenario.title}  ({result.scenario.path})"
    yield visible(f"{sign} {took(int(result.seconds * 1e9)):>8}  {title}")
    for sentence in result.missed:
        yield from (f"    {visible(line)}" for line in sentence.split("\n"))


def _write_junit(path: Path, results: Sequence[Result]) -> None:
    """As JUnit's own reports are read by build servers."""
    suite = ET.Element("testsuite", name="oncue test", tests=str(len(results)), errors="0", skipped="0")
    suite.set("failures", str(sum(1 for one in results if one.missed)))
    suite.set("time", f"{sum(one.seconds for one in results):.3f}")
    for result in results:
        runbook = str(result.scenario.beside(result.scenario.runbook))
        case = ET.SubElement(suite, "testcase", classname=visible(runbook), name=visible(result.scenario.title))
        case.set("file", visible(result.scenario.path))
        case.set("time", f"{result.seconds:.3f}")
        if result.missed:
            failure = ET.SubElement(case, "failure", message=visible(result.missed[0].partition("\n")[0]))
            failure.text = "\n".join(visible(line) for one in result.missed for line in one.split("\n"))
    whole = ET.Element("testsuites")
    whole.append(suite)
    try:
        ET.ElementTree(whole).write(path, encoding="utf-8", xml_declaration=True)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
