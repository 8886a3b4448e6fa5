"""Scenario files: what they may say, and the sentence for what they may not."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import scenario
from engine.errors import DocumentError, UsageError
from engine.scenario import Expected, NamedFault, Scenario, Told, Turn, fault_of, load

GUIDE = Path(__file__).resolve().parents[2] / "runbooks" / "README.md"
TOLD = GUIDE.read_text().partition("### Scenarios")[2].partition("\n## ")[0]

FAULTS = [
    ("fail:3", NamedFault("fail", "3")),
    ("hang:Part 2: look", NamedFault("hang", "Part 2: look")),
    ("slow:3", NamedFault("slow", "3", 10.0)),
    ("slow:3:2.5", NamedFault("slow", "3", 2.5)),
    ("slow:Part 2: look", NamedFault("slow", "Part 2: look")),
    ("slow:Part 2: look:4x", NamedFault("slow", "Part 2: look", 4.0)),
    ("garbage:a", NamedFault("garbage", "a")),
    ("lost-connection:a", NamedFault("lost-connection", "a")),
]
WRONG = [
    ("title = ", "is no TOML"),
    ("titel = 'x'", "titel is no key of a scenario; is title meant?"),
    ("speed = 'fast'", "speed has to be a number"),
    ("speed = -1", "speed is how many times as fast it goes"),
    ("strict = 1", "strict has to be true or false"),
    ("inject = ['explode:1']", "'explode:1' is no failure to inject"),
    ("inject = [1]", "inject has to be a text"),
    ("[inputs]\nport = 80", "inputs.port has to be a text, in quotation marks"),
    ("[[answers]]\noutput = 'x'", "an entry of answers names no step"),
    ("answers = ['x']", "answers is a list of tables"),
    ("[[answers]]\nstep = '1'\nstatus = 'bad'", "answers.status has to be a whole number"),
    ("[[answers]]\nstep = '1'\nstatus = 256", "answers.status is an exit status, 0 to 255"),
    ("[[answers]]\nstep = '1'\nstatus = -1", "answers.status is an exit status, 0 to 255"),
    ("[[answers]]\nstep = '1'\nseconds = -1", "answers.seconds is how long it takes"),
    ("[[answers]]\nstep = '1'\nseconds = nan", "answers.seconds is how long it takes"),
    ("[[answers]]\nstep = '1'\nseconds = 1e300", "answers.seconds is how long it takes"),
    (
        "[[path]]\nstep = '1'\noutcome = 'done'",
        "path.outcome is one of succeeded, failed, interrupted, timed_out, lost",
    ),
    ("[[path]]\nstep = '1'\nlevel = 'high'", "path.level is one of safe, unknown, caution, dangerous"),
    ("[[path]]\nstep = '1'\ndecision = 'yes'", "path.decision is one of commit, roll_back"),
    ("[[path]]\nstep = '1'\ndo = 'skip'\ndecision = 'commit'", "path.decision counts for nothing where the step is sk"),
    (
        "[[path]]\nstep = '1'\ndo = 'run'\nrefused = 'x'\ndecision = 'commit'",
        "path.decision counts for nothing where the step is refused",
    ),
    ("[[path]]\nstep = '1'\ndo = 'jump'", "path.do is one of run, skip, done"),
    ("[[path]]\nstep = '1'\nchoose = [1]", "path.choose has to be a text"),
    ("[[path]]\nstep = '1'\ndo = 'skip'\nlevel = 'safe'", "path.level counts for nothing where the step is skipped"),
    ("[[path]]\nstep = '1'\ndo = 'done'\noutput = 'x'", "path.output counts for nothing where the step is said to be"),
    ("[[path]]\nstep = '1'\ndo = 'run'\nreason = 'x'", "path.reason counts for nothing where the step is run"),
    (
        "[[path]]\nstep = '1'\ndo = 'run'\nrefused = 'x'\noutcome = 'failed'",
        "path.outcome counts for nothing where the step is refused",
    ),
    ("[[path]]\nstep = '1'\noutput = ''", "path.output is empty, and so states nothing"),
    ("[expect]\noutcome = 'succeeded'", "expect.outcome is one of done, failed, abandoned, rehearsed"),
]


@pytest.mark.parametrize(("text", "fault"), FAULTS)
def test_a_failure_names_its_step_and_how_slow_it_is(text: str, fault: NamedFault) -> None:
    assert fault_of(text) == fault


@pytest.mark.parametrize("text", ["", "fail", "fail:", "fail: ", "explode:1", "slow:1:0", "slow:1:-3"])
def test_what_is_no_failure_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        fault_of(text)


@pytest.mark.parametrize(("text", "sentence"), WRONG)
def test_a_mistake_is_named_with_its_key(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "book.scenario.toml"
    path.write_text(text)
    with pytest.raises(DocumentError) as refused:
        load(str(path))
    assert str(refused.value).startswith(f"{path}:")
    assert sentence in str(refused.value)


LINES = [
    ("title = 'x'\n\ntitel = 'y'", 3),
    ("# [[answers]]\ninject = [\n  'fail:1',\n  'explode:1'\n]", 2),
    ("[[answers]]\nstep = '1'\n\n[[answers]]  # the second\nstep = '2'\nstatus = 'bad'", 6),
    ("[[answers]]\nstep = '1'\n\n[[answers]]\noutput = 'x'", 4),
    ("[[path]]\nstep = '1'\n[expect]\noutcome = 'odd'", 4),
    ("[inputs]\n'a b' = 1\nport = 80", 2),
    ("[[path]]\nstep = '1'\n[[path]]\nstep = '2'\ndo = 'skip'\ntype = 'app'", 6),
    ("title = 'x'\n]", 2),
    ("answers = ['x']", 1),
]


@pytest.mark.parametrize(("text", "line"), LINES)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    path = tmp_path / "book.scenario.toml"
    path.write_text(text)
    with pytest.raises(DocumentError) as refused:
        load(str(path))
    assert refused.value.line == line


def test_turns_and_answers_know_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "book.scenario.toml"
    path.write_text("[[answers]]\nstep = '1'\n\n[[path]]\nitems = 1\nstep = '1'\n")
    read = load(str(path))
    assert ([one.line for one in read.answers], [one.line for one in read.turns]) == ([2], [6])


@pytest.mark.parametrize(
    "text", [b"\xff\xfe", b"a = " + b"[" * 5_000, b"\0", b"\r", b"a = 1\xc2", b'title = "\\ud800"']
)
def test_what_is_no_toml_is_a_sentence(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "book.scenario.toml"
    path.write_bytes(text)
    with pytest.raises(DocumentError):
        load(str(path))


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.sampled_from("[]=\"'\n#,. apthinjectswersou1"), max_size=80))
def test_any_text_is_a_scenario_or_a_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "book.scenario.toml"
    path.write_text(text)
    with suppress(DocumentError):
        assert load(str(path)).path == str(path)


def test_a_file_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "book.scenario.toml"
    with path.open("wb") as file:
        file.truncate(scenario.LARGEST + 1)
    with pytest.raises(DocumentError, match="is larger than a scenario can be"):
        load(str(path))


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: path.symlink_to("/dev/zero")])
def test_what_is_no_ordinary_file_is_refused_before_it_is_opened(
    tmp_path: Path, make: Callable[[Path], object]
) -> None:
    path = tmp_path / "book.scenario.toml"
    make(path)
    with pytest.raises(DocumentError, match="a scenario has to be an ordinary file"):
        load(str(path))


def test_an_empty_scenario_is_of_the_runbook_whose_name_it_has(tmp_path: Path) -> None:
    path = tmp_path / "book.lost.scenario.toml"
    path.write_text("")
    read = load(str(path))
    assert read == Scenario(str(path), title="book.lost", runbook="book.md")
    assert read.beside(read.runbook) == tmp_path / "book.md"


def test_the_example_of_the_guide_means_what_it_says(tmp_path: Path) -> None:
    path = tmp_path / "book.scenario.toml"
    path.write_text(TOLD.partition("```toml\n")[2].partition("```")[0])
    read = load(str(path))
    assert read.answers == (Told("How long is the queue?", "-- 14 Kbytes in 31 Requests."), Told("Restart it"))
    assert read.turns[1] == Turn("Restart it", level="caution", outcome="failed")
    assert read.expected == Expected("rehearsed", ())


def test_the_guide_names_every_key_and_every_failure() -> None:
    named = set(re.findall(r"`([a-z]+)`", TOLD))
    assert {*scenario.TOP, *scenario.ANSWER, *scenario.TURN, *scenario.EXPECT} <= named
    assert [fault for fault in scenario.FAULTS if f"| `{fault}:STEP`" not in GUIDE.read_text()] == []
