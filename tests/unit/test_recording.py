"""What is written into a recording is read back, whatever it is; what a player shows of it is safe."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.trail.events_strategy import events, stamps

from engine import events as e
from engine.errors import DocumentError
from engine.output import TerminalFilter
from engine.recording import Encoder, Happened, Header, Marked, Printed, Resized, Version, label, read
from engine.recording.labels import maybe_facts
from engine.recording.times import LONGEST_US, maybe_microseconds, to_seconds

VERSIONS: tuple[Version, ...] = (2, 3)
FIRST_LINE = 2

versions = st.sampled_from(VERSIONS)
delays = st.integers(0, 10**9)
outputs = st.binary(min_size=1, max_size=40) | st.sampled_from(
    (
        b"\x1b]52;c;aGk=\x07",
        b"\xe2\x82",
        b"\xac",
        b"\xc3",
        b"\xa9\r\n",
        b"\x1b[31",
        b"mred\x1b[m",
        b"plain\r\n",
        b"\x00",
    )
)
runs = st.lists(st.lists(st.tuples(delays, outputs), max_size=8), min_size=1, max_size=4)
"""Steps as reads: how long after the one before it, and what."""


class Writing:
    """A recording written line by line, on a clock that only goes forward."""

    def __init__(self, path: Path, version: Version = 2, header: Header | None = None) -> None:
        self.path = path
        self.encoder = Encoder(version)
        self.now = 0
        self.lines = [self.encoder.header(header or Header(columns=80, rows=24))]

    def step(self, attempt: int, reads: Sequence[tuple[int, bytes]], text: str = "true") -> None:
        cleaner, facts = TerminalFilter(), {"id": f"step-{attempt}", "attempt": attempt}
        digest = sha256(text.encode()).hexdigest()
        self.lines += [
            self.encoder.narration(self.now, b"\r\nwhich nobody printed\r\n"),
            self.encoder.marker(self.now, label("▶ Look", "step_started", {**facts, "text_sha256": digest})),
        ]
        for delay, data in reads:
            self.now += delay
            self.lines.append(self.encoder.output(self.now, data, cleaner.feed(data, full_screen=False)))
        ended = {**facts, "status": "failed", "exit_status": 3}
        self.now += 5
        self.lines += [
            self.encoder.narration(self.now, cleaner.flush()),
            self.encoder.marker(self.now, label("✘ Look", "step_ended", ended)),
        ]

    def save(self) -> Path:
        self.path.write_bytes(b"".join(self.lines))
        return self.path


def shown_in(path: Path) -> bytes:
    """What a player writes to the terminal: `o` lines and nothing else."""
    rows = [json.loads(line) for line in path.read_text().splitlines()[1:]]
    return "".join(data for _, code, data in rows if code == "o").encode()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("recordings") / "run.cast"


@given(reads_of=runs, version=versions)
def test_any_bytes_at_any_time_are_read_back_as_they_were(
    place: Path, reads_of: list[list[tuple[int, bytes]]], version: Version
) -> None:
    writing = Writing(place, version)
    for attempt, reads in enumerate(reads_of, 1):
        writing.step(attempt, reads)
    recording = read(writing.save())
    assert [[tuple(piece) for piece in step.pieces()] for step in recording.steps] == reads_of
    assert [step.output_bytes for step in recording.steps] == [sum(len(d) for _, d in reads) for reads in reads_of]
    assert [step.duration_us - step.tail_us for step in recording.steps] == [sum(d for d, _ in r) for r in reads_of]
    assert recording.duration_us == writing.now
    assert list(recording.warnings) == []


@given(reads_of=runs)
def test_nothing_that_a_player_shows_is_obeyed_by_a_terminal(
    place: Path, reads_of: list[list[tuple[int, bytes]]]
) -> None:
    writing = Writing(place)
    for attempt, reads in enumerate(reads_of, 1):
        writing.step(attempt, reads)
    shown = shown_in(writing.save())
    assert b"\x1b]" not in shown
    assert b"\x00" not in shown
    quiet = shown.replace(b"\x07", b"")  # a filter lets one bell through each time it is fed
    assert TerminalFilter().feed(quiet, full_screen=False) == quiet


@given(happened=st.lists(st.tuples(events(), stamps()), max_size=6), version=versions)
def test_any_event_is_read_back_as_it_was(
    place: Path, happened: list[tuple[e.Event, e.Stamp]], version: Version
) -> None:
    recorded = [
        e.Recorded(run_id="run", seq=seq, stamp=stamp, event=event) for seq, (event, stamp) in enumerate(happened, 1)
    ]
    writing = Writing(place, version)
    writing.lines += [writing.encoder.event(seq * 10, one) for seq, one in enumerate(recorded)]
    recording = read(writing.save())
    assert list(recording.events) == recorded
    assert list(recording.event_times) == [seq * 10 for seq in range(len(recorded))]


@given(text=st.text())
def test_the_runbook_is_read_back_as_it_was(place: Path, text: str) -> None:
    digest = sha256(text.encode()).hexdigest()
    writing = Writing(place, header=Header(80, 24, about={"document_sha256": digest}))
    writing.lines.append(writing.encoder.document(0, text))
    recording = read(writing.save())
    assert recording.document == text
    assert recording.document_is_exact


@given(us=st.integers(0, LONGEST_US))
def test_every_microsecond_of_a_hundred_years_survives(us: int) -> None:
    assert maybe_microseconds(float(to_seconds(us))) == us


@given(words=st.text(), facts=st.dictionaries(st.text(), st.text()))
def test_a_label_says_what_was_put_into_it_whatever_its_words(words: str, facts: dict[str, str]) -> None:
    facts.pop("oncue", None)
    found = maybe_facts(label(f"▶ {words}", "step_started", facts))
    assert found == (words, {"oncue": "step_started", **facts})


@pytest.mark.parametrize(
    "text",
    ["", "chapter 1", 'chapter {"a":1}', "▶ Look {", 'x {"oncue":"other"}', 'x {"oncue":"step_started"', "[" * 9],
)
def test_a_marker_of_somebody_else_is_left_alone(text: str) -> None:
    assert maybe_facts(text) is None


def test_a_marker_alone_tells_a_step(place: Path) -> None:
    writing = Writing(place)
    writing.step(1, [(0, b"hello")], text="echo hello")
    (step,) = read(writing.save()).steps
    assert (step.id, step.title, step.attempt) == ("step-1", "Look", 1)
    assert (step.outcome, step.exit_status, step.text, step.session) == ("failed", 3, None, None)
    assert step.text_sha256 == sha256(b"echo hello").hexdigest()


@pytest.mark.parametrize("version", VERSIONS)
def test_a_header_is_read_back(place: Path, version: Version) -> None:
    about = {"run_id": "r1", "document_sha256": "ab"}
    header = Header(120, 40, title="Disk [/] \x1b]0;x\x07", timestamp=1_767_841_920, about=about)
    writing = Writing(place, version, header)
    recording = read(writing.save())
    assert (recording.version, recording.columns, recording.rows) == (version, 120, 40)
    assert (recording.title, recording.run_id, recording.document_sha256) == (header.title, "r1", "ab")
    assert recording.started_at is not None
    assert recording.started_at.isoformat() == "2026-01-08T03:12:00+00:00"
    assert b"\x1b" not in place.read_bytes()


def test_a_size_that_a_player_cannot_hold_is_brought_into_its_bounds(place: Path) -> None:
    recording = read(Writing(place, header=Header(columns=0, rows=10**9)).save())
    assert (recording.columns, recording.rows) == (1, 65535)
    assert list(recording.warnings) == []


def test_an_exit_is_a_line_of_version_3_alone(place: Path) -> None:
    exits = {}
    for version in VERSIONS:
        writing = Writing(place, version)
        writing.step(1, [])
        writing.lines.append(writing.encoder.exited(0, 1))
        exits[version] = read(writing.save()).exit_status
    assert exits == {2: None, 3: 1}


def test_a_time_that_goes_back_is_written_as_the_moment_before_it() -> None:
    for version, second in ((2, 1.0), (3, 0.0)):
        encoder = Encoder(version)  # type: ignore[arg-type]
        encoder.output(1_000_000, b"a", b"a")
        assert json.loads(encoder.output(400_000, b"b", b"b"))[0] == second


@pytest.mark.parametrize("version", VERSIONS)
def test_everything_is_told_in_order_and_from_any_moment(place: Path, version: Version, monkeypatch) -> None:
    monkeypatch.setattr("engine.recording.reader.PLACE_BYTES", 300)
    writing = Writing(place, version)
    for attempt in range(1, 30):
        writing.step(attempt, [(7, b"\xff\xfe"), (0, b"out"), (13, b"\xe2\x82")])
    writing.lines.append(writing.encoder.resized(writing.now + 9, 100, 30))
    writing.lines.append(writing.encoder.marker(writing.now + 10, "the end"))
    recording = read(writing.save())
    assert len(recording.places) > 20
    told = list(recording.moments())
    assert [one.data for one in told if isinstance(one, Printed)] == [b"\xff\xfe", b"out", b"\xe2\x82"] * 29
    assert told[-2:] == [Resized(writing.now + 9, 100, 30), Marked(writing.now + 10, "the end")]
    assert not any(isinstance(one, Happened) for one in told)
    for moment in (-5, 0, 1, 100, writing.now // 2, writing.now, writing.now + 10, writing.now + 11):
        assert list(recording.moments(moment)) == [one for one in told if one.at_us >= moment]


def test_output_is_fetched_from_the_file_that_was_read_or_not_at_all(place: Path) -> None:
    writing = Writing(place)
    writing.step(1, [(1, b"first")])
    (step,) = read(writing.save()).steps
    writing.step(2, [(1, b"second")])
    writing.save()
    with pytest.raises(DocumentError, match=r"run\.cast: the recording was changed while it was in use"):
        list(step.pieces())
