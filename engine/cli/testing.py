"""`oncue test`: the scenarios beside a runbook, rehearsed without anybody at a terminal. Exit code 1 when one fails."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree as ET

from ..drill import Drill, deed_of
from ..errors import DocumentError, OncueError, UsageError
from ..output import visible
from ..scenario import SUFFIX, Scenario, check_keys, load
from ..summary import took
from .main import parsed_command
from .printing import print_lines
from .rehearse import Rehearsing, scenario_step

Arguments = argparse.Namespace
CLIENT = "test"
FAILED = 1
KINDS = ("shell", "sql", "manual")
NOT_IN_XML = dict.fromkeys((0xFFFE, 0xFFFF), "\N{REPLACEMENT CHARACTER}")


@dataclass(frozen=True, slots=True)
class Result:
    path: str
    """Of the scenario."""
    title: str
    runbook: str
    seconds: float
    missed: tuple[str, ...]
    """What is not as expected, one sentence each; empty when all is well."""


def test(arguments: Arguments) -> int:
    paths = [path for file in arguments.files for path in _scenarios_of(file)]
    results = []
    for path in paths:
        results.append(_tested(arguments, path))
        print_lines(_lines(results[-1]))
    failed = sum(1 for one in results if one.missed)
    print_lines([f"{len(results) - failed} of {len(results)} scenarios went as expected"])
    if arguments.junit:
        _write_junit(Path(arguments.junit), results)
    return FAILED if failed else 0


def _scenarios_of(file: str) -> list[str]:
    """The file itself, those below a folder, or those beside a runbook: `NAME.scenario.toml`, `NAME.WHAT.…`."""
    path = Path(file)
    if not file:
        raise UsageError("a file has to be named: a runbook, a scenario or a folder")
    if file.endswith(SUFFIX) and path.exists():
        return [file]
    if path.is_dir():
        below = sorted(str(one) for one in path.rglob(f"*{SUFFIX}"))
        if not below:
            raise UsageError(f"{file}: no scenario lies in this folder or below it; NAME{SUFFIX} would be one")
        return below
    if not path.exists():
        raise DocumentError(file, "there is no such file")
    beside = sorted(path.parent.glob(f"*{SUFFIX}"))
    found = [str(one) for one in beside if one.name.removesuffix(SUFFIX).partition(".")[0] == path.stem]
    if not found:
        raise UsageError(f"{file} has no scenario beside it; {path.stem}{SUFFIX} would be one")
    return found


def _tested(arguments: Arguments, path: str) -> Result:
    """What cannot be read has not gone as expected either."""
    begun = time.monotonic()
    title = runbook = path
    try:
        scenario = load(path)
        title, runbook = scenario.title, str(scenario.beside(scenario.runbook))
        missed = _rehearsed(arguments, scenario)
    except OncueError as error:
        missed = [str(error)]
    return Result(path, title, runbook, time.monotonic() - begun, tuple(missed))


def _rehearsed(arguments: Arguments, scenario: Scenario) -> list[str]:
    with TemporaryDirectory(prefix="oncue-test-") as folder:
        trail = arguments.audit or str(Path(folder) / "trail.db")
        words = ["rehearse", str(scenario.beside(scenario.runbook)), "--scenario", scenario.path]
        words += ["--speed", "0", "--strict", "--plain", "--audit", trail]
        opening = Rehearsing(parsed_command([*words, *(["--config", arguments.config] if arguments.config else [])]))
        runbook = opening.read()
        turns = [(one, scenario_step(scenario, runbook, one, "the turn", KINDS)) for one in scenario.turns]
        for turn, step in turns:
            check_keys(scenario.path, turn, deed_of(turn, step))
        if opening.section is None:
            raise DocumentError(scenario.path, f"{runbook.path} is a catalogue; name what is rehearsed with `section`")
        client = opening.connect(CLIENT)
        for _ in opening.give(client):
            continue  # nobody is there to be told
        drill = Drill(client, runbook, turns, scenario.expected, scenario.path, is_recorded=bool(scenario.source))
        return drill.run(opening.trail)


def _lines(result: Result) -> Iterator[str]:
    sign = "✘" if result.missed else "✔"
    title = result.title if result.title == result.path else f"{result.title}  ({result.path})"
    yield visible(f"{sign} {took(int(result.seconds * 1e9)):>8}  {title}")
    for sentence in result.missed:
        yield from (f"    {visible(line)}" for line in sentence.split("\n"))


def _in_xml(text: str) -> str:
    """Two characters that a terminal shows are none in XML."""
    return visible(text).translate(NOT_IN_XML)


def _write_junit(path: Path, results: Sequence[Result]) -> None:
    """As JUnit's own reports are read by build servers."""
    suite = ET.Element("testsuite", name="oncue test", tests=str(len(results)), errors="0", skipped="0")
    suite.set("failures", str(sum(1 for one in results if one.missed)))
    suite.set("time", f"{sum(one.seconds for one in results):.3f}")
    for result in results:
        case = ET.SubElement(suite, "testcase", classname=_in_xml(result.runbook), name=_in_xml(result.title))
        case.set("file", _in_xml(result.path))
        case.set("time", f"{result.seconds:.3f}")
        if result.missed:
            failure = ET.SubElement(case, "failure", message=_in_xml(result.missed[0].partition("\n")[0]))
            failure.text = "\n".join(_in_xml(line) for one in result.missed for line in one.split("\n"))
    whole = ET.Element("testsuites")
    whole.append(suite)
    try:
        ET.ElementTree(whole).write(path, encoding="utf-8", xml_declaration=True)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
