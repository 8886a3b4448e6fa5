"""From the trail into a recording and back: nothing is lost, and what a player shows is what the operator saw."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from support.past_trails import ALICE, DOCUMENT, NOW, write_past
from support.past_trails import started as begun

from engine import events as e
from engine.casting import cast
from engine.recording import Happened, Printed, Recording, Resized, read
from engine.state import fold
from engine.trail import TrailReader, TrailWriter

RUN = "20260101-000000-aaaaaa"
MS = 10**6
Read = tuple[int, bytes]
"""Milliseconds on the host's clock, and what was read."""


class Book:
    """One run, written at times and on boots of the test's choosing."""

    def __init__(self, folder: Path, document: bytes = DOCUMENT, **about: Any) -> None:
        self.folder = folder
        self.trail = folder / "audit.db"
        self.boot = "boot-1"
        self._writer = TrailWriter.open(self.trail, floor_bytes=0)
        started = begun().model_copy(update={"document_sha256": sha256(document).hexdigest(), **about})
        self._writer.start_run(RUN, document, started, self._stamp(0))

    def _stamp(self, ms: int, wall_ms: int | None = None) -> e.Stamp:
        at = NOW + timedelta(milliseconds=ms if wall_ms is None else wall_ms)
        return e.Stamp(at=at, mono_ns=ms * MS, boot_id=self.boot, actor=ALICE)

    def say(self, ms: int, *events: e.Event, wall_ms: int | None = None) -> None:
        self._writer.append(RUN, events, self._stamp(ms, wall_ms))

    def start(self, ms: int, attempt: int = 1, session: Any = "shell", text: str = "make", **more: Any) -> None:
        self.say(ms, e.StepStarted(step_id="check", attempt=attempt, session=session, text=text), **more)

    def print(self, *reads: Read, attempt: int = 1) -> None:
        for ms, data in reads:
            self._writer.write_output(RUN, attempt, data, ms * MS)

    def end(self, ms: int, attempt: int = 1) -> None:
        totals = self._writer.end_output(RUN, attempt)
        facts = {"output_bytes": totals.n_bytes, "output_head": totals.head_hex, "duration_ns": ms * MS}
        self.say(ms, e.StepEnded(step_id="check", attempt=attempt, outcome="succeeded", exit_status=0, **facts))

    def lines(self, version: Any = 2) -> list[list[Any]]:
        self.read(version)
        return [json.loads(line) for line in (self.folder / "run.cast").read_bytes().splitlines()[1:]]

    def read(self, version: Any = 2) -> Recording:
        self._writer.close()
        with TrailReader.open(self.trail) as reader:
            (self.folder / "run.cast").write_bytes(b"".join(cast(reader, RUN, version)))
        return read(self.folder / "run.cast")


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path)


def shown(lines: Sequence[Sequence[Any]]) -> str:
    return "".join(data for _, code, data in lines if code == "o")


def in_step(lines: Sequence[Sequence[Any]]) -> Iterator[tuple[float, str]]:
    """What a player shows between the markers of a step."""
    inside = False
    for at, code, data in lines:
        if code == "m":
            inside = "step_started" in data
        elif code == "o" and inside:
            yield at, data


def pieces(recording: Recording, step: int = 0) -> list[tuple[int, bytes]]:
    return [tuple(piece) for piece in recording.steps[step].pieces()]


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("run_id", ["20260105-031200-cccccc", "20260101-020000-bbbbbb", "20260108-025900-dddddd"])
def test_a_run_comes_back_event_by_event_and_byte_by_byte(tmp_path: Path, run_id: str, version: Any) -> None:
    path = tmp_path / "run.cast"
    with TrailReader.open(write_past(tmp_path / "audit.db")) as reader:
        path.write_bytes(b"".join(cast(reader, run_id, version)))
        recording = read(path)
        assert recording.events == reader.events(run_id)
        assert fold(recording.events) == fold(reader.events(run_id))
        for step in recording.steps:
            stored = b"".join(chunk.data for chunk in reader.output(run_id, step.attempt))
            assert b"".join(piece.data for piece in step.pieces()) == stored
    assert (recording.run_id, recording.title, recording.document) == (run_id, "Redis is full", DOCUMENT.decode())
    assert recording.document_is_exact
    assert list(recording.warnings) == []


def test_steps_carry_their_text_and_how_they_ended(tmp_path: Path) -> None:
    path = tmp_path / "run.cast"
    with TrailReader.open(write_past(tmp_path / "audit.db")) as reader:
        path.write_bytes(b"".join(cast(reader, "20260105-031200-cccccc")))
    told = [(step.id, step.title, step.attempt, step.text, step.outcome, step.exit_status) for step in read(path).steps]
    assert told == [
        ("check", "Check memory", 1, "redis-cli info memory", "succeeded", 0),
        ("flush", "Flush the cache", 2, "redis-cli FLUSHDB", "failed", 1),
        ("flush", "Flush the cache", 3, "redis-cli FLUSHDB", "succeeded", 0),
    ]


def test_each_read_keeps_its_time(book: Book) -> None:
    book.start(1000)
    book.print((1010, b"one"), (1510, b"two"), (1510, b"three"))
    book.end(2000)
    recording = book.read()
    assert pieces(recording) == [(10_000, b"one"), (500_000, b"two"), (0, b"three")]
    assert recording.steps[0].started_us == 1_000_000
    assert recording.duration_us == 2_000_000


def test_markers_stand_around_the_output_and_words_outside_of_them(book: Book) -> None:
    book.start(10, text="echo one\necho two")
    book.print((20, b"one\r\n"))
    book.end(30)
    lines = book.lines()
    assert [(code, data) for _, code, data in lines if code in "om"] == [
        ("o", "\r\n\x1b[1m── Check memory\x1b[m\r\n    echo one\r\n    echo two\r\n"),
        (
            "m",
            '▶ Check memory {"oncue":"step_started","id":"check","attempt":1,'
            f'"text_sha256":"{sha256(b"echo one" + bytes([10]) + b"echo two").hexdigest()}"}}',
        ),
        ("o", "one\r\n"),
        (
            "m",
            '✔ Check memory {"oncue":"step_ended","id":"check","attempt":1,"status":"succeeded","exit_status":0}',
        ),
        ("o", "\x1b[2m✔ succeeded, exit 0, 30 ms\x1b[m\r\n"),
    ]


HOSTILE: Mapping[bytes, str] = {
    b"\x1b]52;c;aGVsbG8=\x07after": "after",
    b"\x1b]0;title\x07after": "after",
    b"\x1b]8;;http://example.com\x1b\\link\x1b]8;;\x1b\\": "link",
    b"\x1b[6n\x1b[c\x1bc\x1bP+q544e\x1b\\after": "after",
    b"\x1b[31mred\x1b[m": "\x1b[31mred\x1b[m",
    b"10%\r20%\r": "10%\r20%\r",
    b"\xff\x00\xe2\x80\xae": "\ufffd^@<U+202E>",
    "\x9b6nafter".encode(): "after",
    b"\x1b[2Jlines": "lines",
}


@pytest.mark.parametrize("printed", HOSTILE, ids=repr)
def test_a_player_shows_what_the_operator_saw_and_the_exact_bytes_are_beside_it(tmp_path: Path, printed: bytes) -> None:
    book = Book(tmp_path)
    book.start(10)
    book.print((20, printed))
    book.end(30)
    said = "".join(data for _, data in in_step(book.lines()))
    assert said.removesuffix("\r\n").removesuffix("\x1b[m").startswith(HOSTILE[printed].removesuffix("\x1b[m"))
    assert "\x1b]" not in said
    assert pieces(read(tmp_path / "run.cast")) == [(10_000, printed)]
    raw = (tmp_path / "run.cast").read_bytes()
    assert raw.replace(b"\n", b"").translate(None, bytes(range(32))) == raw.replace(b"\n", b"")


def test_a_program_on_the_whole_screen_is_shown_as_it_was_and_no_further(book: Book) -> None:
    reads = ((20, b"\x1b[2Jls\x1b[?1049h\x1b[2J\x1b[5;5Hvim"), (30, b"\x1b]52;c;aGk=\x07\x1b[1;1Hx\x1b[?1049l"))
    book.start(10)
    book.print(*reads, (40, b"\x1b[2Jagain"))
    book.end(50)
    assert [data for _, data in in_step(book.lines())] == [
        "\x1b[2Jls\x1b[?1049h\x1b[2J\x1b[5;5Hvim",
        "\x1b[1;1Hx\x1b[?1049l",
        "again",
        "\x1b[m\r\n",
    ]


def test_what_a_step_does_to_the_terminal_ends_with_it(book: Book) -> None:
    book.start(10)
    book.print((20, b"\x1b[?1049h\x1b[?25l\x1b[31mhidden"))
    book.end(30)
    said = "".join(data for _, data in in_step(book.lines()))
    assert said.endswith("hidden\x1b[?25h\x1b[?1049l\x1b[m\r\n")


def test_what_is_cut_between_two_reads_comes_out_whole(book: Book) -> None:
    book.start(10)
    book.print((20, b"caf\xc3"), (30, b"\xa9 \x1b]52;c;aG"), (40, b"k=\x07end"))
    book.end(50)
    assert "".join(data for _, data in in_step(book.lines())) == "café end\r\n"
    assert [data for _, data in pieces(book.read())] == [b"caf\xc3", b"\xa9 \x1b]52;c;aG", b"k=\x07end"]


def test_lines_of_sql_start_at_the_margin_and_stay_as_they_were(book: Book) -> None:
    book.start(10, session="sql", text="SELECT 1")
    book.print((20, b"a\nb\n"))
    book.end(30)
    assert [data for _, data in in_step(book.lines())] == ["a\r\nb\r\n"]
    assert pieces(book.read()) == [(10_000, b"a\nb\n")]


def test_titles_and_notes_are_shown_as_they_are_written(tmp_path: Path) -> None:
    plan = tuple(step.model_copy(update={"title": "\x1b]0;x\x07[/]\u202e"}) for step in begun().plan)
    book = Book(tmp_path, plan=plan, title="a\x9bb")
    book.start(10, text="echo \x1b[2J\u202e")
    book.end(20)
    book.say(30, e.Noted(text="\x1b]52;c;aGk=\x07"))
    assert "^[]0;x^G[/]<U+202E>" in shown(book.lines())
    assert "echo ^[[2J<U+202E>" in shown(book.lines())
    assert "note, alice: ^[]52;c;aGk=^G" in shown(book.lines())
    raw = (tmp_path / "run.cast").read_text()
    assert not {"\x1b", "\x9b", "\u202e", "\x07"} & set(raw)


def test_what_happens_during_a_step_stands_where_it_happened(book: Book) -> None:
    book.start(10)
    book.print((20, b"name? "), (40, b"hello alice\r\n"), (60, b"wide"))
    book.say(30, e.InputSent(attempt=1, n_bytes=6, text="alice\n"), e.Noted(text="asked"))
    book.say(50, e.TerminalResized(columns=120, rows=40))
    book.say(55, e.InputSent(attempt=1, n_bytes=9, text=None))
    book.end(70)
    recording = book.read()
    told = [
        one.data if isinstance(one, Printed) else one.recorded.event.kind if isinstance(one, Happened) else one[1:]
        for one in recording.moments(5000)
        if isinstance(one, Printed | Happened | Resized)
    ]
    assert told == [
        "step_started",
        b"name? ",
        "input_sent",
        "noted",
        b"hello alice\r\n",
        (120, 40),
        "terminal_resized",
        "input_sent",
        b"wide",
        "step_ended",
    ]
    assert [tuple(one) for one in recording.steps[0].typed] == [(6, 6, "alice\n", 0), (19, 9, None, 0)]
    lines = book.lines()
    assert [(at, data) for at, code, data in lines if code == "i"] == [(0.03, "alice\n")]
    assert [(at, data) for at, code, data in lines if code == "r"] == [(0.05, "120x40")]
    assert "asked" not in shown(lines)


def test_a_run_of_two_boots_goes_on_by_the_wall_clock(book: Book) -> None:
    book.start(5000)
    book.print((5100, b"before"))
    book.boot = "boot-2"
    book.say(40, e.RunResumed(document_changed=False), wall_ms=60_000)
    book.say(50, e.StepUnknown(step_id="check", attempt=1, output_bytes=6), wall_ms=60_010)
    book.start(100, attempt=2, wall_ms=60_060)
    book.print((350, b"after"), attempt=2)
    book.end(500, attempt=2)
    recording = book.read()
    assert recording.event_times == (0, 5_000_000, 60_000_000, 60_010_000, 60_060_000, 60_460_000)
    assert [pieces(recording, step) for step in (0, 1)] == [[(100_000, b"before")], [(250_000, b"after")]]
    assert [step.outcome for step in recording.steps] == ["unknown", "succeeded"]
    assert list(recording.warnings) == []


def test_a_clock_that_was_set_back_does_not_turn_the_time_around(book: Book) -> None:
    book.say(1000, e.Noted(text="one"), wall_ms=-90_000)
    book.boot = "boot-2"
    book.say(5, e.Noted(text="two"), wall_ms=-80_000)
    book.say(15, e.Noted(text="three"), wall_ms=-99_000)
    assert book.read().event_times == (0, 1_000_000, 1_000_000, 1_010_000)


@pytest.mark.parametrize(("read_at", "told_at"), [(3, 0), (10, 0), (999_999, 20_000)])
def test_output_is_never_outside_of_its_step(tmp_path: Path, read_at: int, told_at: int) -> None:
    book = Book(tmp_path)
    book.start(10)
    book.print((read_at, b"odd"))
    book.end(30)
    assert pieces(book.read()) == [(told_at, b"odd")]
    assert book.read().duration_us == 30_000


def test_a_run_that_is_still_open_is_told_as_far_as_it_is(book: Book) -> None:
    book.start(10)
    book.print((20, b"so far"))
    recording = book.read(3)
    assert (recording.exit_status, recording.steps[0].outcome) == (None, None)
    assert pieces(recording) == [(10_000, b"so far")]


@pytest.mark.parametrize(("outcome", "code"), [("done", 0), ("failed", 1), ("abandoned", 3)])
def test_version_3_ends_with_the_runs_exit_code(tmp_path: Path, outcome: Any, code: int) -> None:
    book = Book(tmp_path)
    book.say(10, e.RunEnded(outcome=outcome))
    assert book.lines(3)[-1] == [0.0, "x", str(code)]
    assert book.read(3).exit_status == code
    assert [code for _, code, _ in book.lines(2)].count("x") == 0


def test_secrets_that_show_by_their_shape_are_masked_in_the_runbook(tmp_path: Path) -> None:
    key = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----"
    recording = Book(tmp_path, f"# Keys\n\n{key}\n".encode()).read()
    assert recording.document is not None
    assert "MIIEvQ" not in recording.document
    assert not recording.document_is_exact
    assert "MIIEvQ" not in (tmp_path / "run.cast").read_text()


@pytest.mark.parametrize("document", [b"\xff\xfe# no UTF-8", "# Ünïcode\r\n".encode(), b""])
def test_a_runbook_of_any_bytes_goes_with_the_run(tmp_path: Path, document: bytes) -> None:
    recording = Book(tmp_path, document).read()
    assert recording.document == document.decode(errors="replace")
    assert recording.document_is_exact == (document.decode(errors="replace").encode() == document)


def test_a_run_that_is_not_there_makes_no_line(tmp_path: Path) -> None:
    with TrailReader.open(write_past(tmp_path / "audit.db")) as reader:
        assert b"".join(cast(reader, "none")) == b""


def test_a_long_output_is_written_and_read_in_bounded_memory(book: Book) -> None:
    part = (b"a line of some log with 40 characters. \r\n" * 1600)[: 64 << 10]
    book.start(10)
    for number in range(160):
        book.print((20 + number, part))
    book.end(1000)
    book.read()  # what is loaded once is loaded now
    tracemalloc.start()
    recording = book.read()
    tracemalloc.reset_peak()
    with TrailReader.open(book.trail) as reader:
        written = sum(map(len, cast(reader, RUN)))
    n_bytes = sum(len(piece.data) for piece in read(book.folder / "run.cast").steps[0].pieces())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert recording.steps[0].output_bytes == n_bytes == 160 * len(part)
    assert written > n_bytes
    assert peak < 4 << 20


@pytest.mark.parametrize(
    ("before", "typed", "place"),
    [
        ((b"name: ", b"b", b"o", b"b"), "bob\r", 6),
        ((b"name: bob\r\nhi bob\r\n",), "bob\r", 6),
        ((b"name: ", b"bo", b"\b \b", b"x"), "bo\x7fx\r", 6),
        ((b"Press Enter",), "\r", 11),
        ((b"no echo of it",), "bob\r", 13),
        ((b"name: ", b"*****"), None, 11),
    ],
)
def test_what_was_typed_stands_before_its_own_echo(
    tmp_path: Path, before: Sequence[bytes], typed: str | None, place: int
) -> None:
    book = Book(tmp_path)
    book.start(1)
    book.print(*((10 + number, data) for number, data in enumerate(before)))
    book.say(30, e.InputSent(attempt=1, n_bytes=4, text=typed))
    book.print((40, b"\r\ndone\r\n"))
    book.end(50)
    assert [one.after_bytes for one in book.read().steps[0].typed] == [place]


def typed_after(after_bytes: int, text: str | None = None) -> e.InputSent:
    return e.InputSent(attempt=1, n_bytes=4, text=text, after_bytes=after_bytes)


@pytest.mark.parametrize("version", [2, 3])
def test_what_was_typed_stands_where_it_was_typed_and_not_where_it_was_noted(book: Book, version: Any) -> None:
    book.start(10)
    book.print((20, b"password: "), (40, b"\r\nwelcome\r\nname: "), (60, b"bo"), (70, b"b\r\nhi bob\r\n"))
    book.say(41, typed_after(10))
    book.say(75, typed_after(27, "bob\r"))
    book.end(90)
    lines = book.lines(version)
    told = [data if code in "oi" else json.loads(data)["event"]["kind"] for _, code, data in lines if code in "oiE"]
    at = told.index("password: ")
    assert told[at : at + 8] == [
        *("password: ", "input_sent", "\r\nwelcome\r\nname: "),
        *("bob\r", "input_sent", "bo", "b\r\nhi bob\r\n", "step_ended"),
    ]
    recording = book.read(version)
    assert [tuple(one) for one in recording.steps[0].typed] == [(10, 4, None, 0), (27, 4, "bob\r", 3)]
    assert [at for at, _ in zip(recording.event_times[2:], range(2), strict=False)] == [40_000, 60_000]
    assert pieces(recording)[1:] == [(20_000, b"\r\nwelcome\r\nname: "), (20_000, b"bo"), (10_000, b"b\r\nhi bob\r\n")]
    assert list(recording.warnings) == []


def test_a_read_that_holds_both_the_question_and_its_answer_is_told_in_two(book: Book) -> None:
    book.start(10)
    book.print((20, b"sure? \xc3"), (30, b"\xa9yes"))
    book.say(40, typed_after(6, "y"), typed_after(6, "y"), typed_after(99))
    book.end(50)
    recording = book.read()
    told = [one for one in recording.moments() if isinstance(one, Printed)]
    assert [(one.at_us, one.data) for one in told] == [(20_000, b"sure? "), (20_000, b"\xc3"), (30_000, b"\xa9yes")]
    assert recording.event_times[2:5] == (20_000, 20_000, 40_000)


@pytest.mark.parametrize(
    ("text", "after", "echo_bytes"),
    [
        ("bob\r", 6, 3),
        ("bib\x7f\x7fob\r", 6, 0),
        ("y", 6, 0),
        ("b", 6, 1),
        ("\r", 6, 0),
        ("bob\r", 900, 0),
        ("bob\r", 0, 0),
    ],
)
def test_an_echo_is_known_by_its_place(book: Book, text: str, after: int, echo_bytes: int) -> None:
    book.start(10)
    book.print((20, b"name: "), (30, b"bo"), (40, b"b\r\nhi\r\n"))
    book.say(35, e.Noted(text="slow"), typed_after(after, text))
    book.end(50)
    assert [tuple(one) for one in book.read().steps[0].typed] == [(after, 4, text, echo_bytes)]


def test_an_echo_is_looked_for_behind_what_was_typed_before(tmp_path: Path) -> None:
    book = Book(tmp_path)
    book.start(1)
    for at, prompt in ((10, b"first: y"), (20, b"\r\nsecond: y")):
        book.print((at, prompt))
        book.say(at + 5, e.InputSent(attempt=1, n_bytes=2, text="y\r"))
    book.print((40, b"\r\ndone\r\n"))
    book.end(50)
    assert [one.after_bytes for one in book.read().steps[0].typed] == [7, 18]
