"""Recordings from elsewhere, cut, mixed up and spoiled: what is readable is used, the rest is named with its line."""

from __future__ import annotations

import json
import os
import random
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.runs import recorded as stamped
from support.runs import started

from engine import events as e
from engine.errors import DocumentError
from engine.recording import Encoder, Header, Marked, Recording, label, read
from engine.rehearsal import digest_of

HEADER = '{"version": 2, "width": 80, "height": 24}'
EMPTY_DIGEST = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("recordings") / "run.cast"


@pytest.fixture
def reading(place: Path) -> Callable[..., Recording]:
    """Reads the lines it is given, the header first unless they bring one."""

    def read_lines(*lines: str | bytes, header: str = HEADER) -> Recording:
        raw = [line if isinstance(line, bytes) else line.encode() for line in (header, *lines)]
        place.write_bytes(b"".join(line + b"\n" for line in raw))
        return read(place)

    return read_lines


def printed(recording: Recording) -> list[bytes]:
    return [b"".join(piece.data for piece in step.pieces()) for step in recording.steps]


def said(recording: Recording) -> list[tuple[int, str]]:
    return [(damage.line, damage.message) for damage in recording.damages]


def happened() -> tuple[e.Recorded, ...]:
    """Two steps: one that failed, and one that nobody knows the end of."""
    return stamped(
        [
            started(),
            e.StepStarted(step_id="check", attempt=1, session="shell", text="echo one"),
            e.InputSent(attempt=1, n_bytes=2, text="y\n"),
            e.StepEnded(
                step_id="check",
                attempt=1,
                outcome="failed",
                exit_status=7,
                duration_ns=3_000_000,
                output_bytes=6,
                output_head="",
            ),
            e.StepStarted(step_id="look", attempt=2, session="sql", text="SELECT 1", dry_run=True),
            e.StepUnknown(step_id="look", attempt=2, output_bytes=3),
        ]
    )


def ours(version: Any = 2) -> list[bytes]:
    """Lines of a recording without markers: its events tell the steps."""
    encoder = Encoder(version)
    one, two, typed, three, four, five = happened()
    return [
        encoder.header(Header(80, 24, about={"run_id": "run"})),
        encoder.event(0, one),
        encoder.event(10, two),
        encoder.output(20, b"one", b"one"),
        encoder.event(25, typed),
        encoder.output(30, b"\xff\r\n", b"\xef\xbf\xbd\r\n"),
        encoder.event(40, three),
        encoder.event(50, four),
        encoder.output(60, b"two", b"two"),
        encoder.event(70, five),
    ]


# From elsewhere.


def test_a_recording_without_markers_is_one_step_without_a_name(reading) -> None:
    recording = reading(
        '[0.248848, "o", "\\u001b[1;31mHello \\u001b[32mWorld!\\u001b[0m\\n"]',
        '[1.001376, "o", "That was ok\\rThis is better."]',
        '[1.5, "m", "chapter"]',
        '[2.143733, "i", "x"]',
        '[2.2, "r", "100x30"]',
        '[6.541828, "o", "Bye!"]',
        '[7.0, "Z", "of a kind that nobody knows"]',
    )
    (step,) = recording.steps
    assert (step.id, step.text, step.text_sha256, step.outcome, step.attempt) == ("", None, "", None, 1)
    assert [piece.delay_us for piece in step.pieces()] == [248_848, 752_528, 5_540_452]
    assert printed(recording)[0].endswith(b"That was ok\rThis is better.Bye!")
    assert (step.duration_us, step.tail_us, step.output_bytes) == (7_000_000, 458_172, 60)
    assert Marked(1_500_000, "chapter") in list(recording.moments())
    assert recording.events == ()
    assert said(recording) == []


def test_version_3_counts_from_the_line_before_and_knows_comments_and_the_exit(reading) -> None:
    recording = reading(
        "# the event stream follows",
        '[0.25, "o", "a"]',
        '[0.5, "o", "b"]',
        '[1.0, "x", "3"]',
        header='{"version": 3, "term": {"cols": 100, "rows": 50, "type": "xterm-256color"}, "title": "Demo"}',
    )
    (step,) = recording.steps
    assert (recording.columns, recording.rows, recording.exit_status) == (100, 50, 3)
    assert [tuple(piece) for piece in step.pieces()] == [(250_000, b"a"), (500_000, b"b")]
    assert (step.title, step.outcome, step.exit_status, step.duration_us) == ("Demo", "failed", 3, 1_750_000)
    assert said(recording) == []


def test_an_empty_recording_from_elsewhere_is_one_silent_step(reading) -> None:
    recording = reading()
    assert [(step.id, step.output_bytes, list(step.pieces())) for step in recording.steps] == [("", 0, [])]


def test_a_run_of_ours_in_which_nothing_ran_has_no_steps(reading) -> None:
    assert reading(header='{"version": 2, "width": 80, "height": 24, "oncue": {"run_id": "r"}}').steps == ()


# What is refused.


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "this is no recording"),
        (b"\n", "this is no recording"),
        (b"# Redis is full\n", "this is no recording"),
        (b"[1]\n", "this is no recording"),
        (b'{"width": 80}\n', "this is no recording"),
        (b"\x00\xff\xfe", "this is no recording"),
        (b"[" * 100_000, "this is no recording"),
        (b'{"version": 1, "width": 80, "height": 24, "stdout": []}', "asciicast version 1 cannot be read; versions 2"),
        (b'{"version": 4}', "asciicast version 4 cannot be read"),
        (b'{"version": "2"}', 'asciicast version "2" cannot be read'),
        (b'{"version": true}', "asciicast version true cannot be read"),
        (b'{"version": NaN}', "asciicast version NaN cannot be read"),
        (b'{"version": {"a": [1, 2]}}', "cannot be read"),
    ],
)
def test_what_is_no_recording_is_refused_with_its_line(place: Path, content: bytes, message: str) -> None:
    place.write_bytes(content)
    with pytest.raises(DocumentError) as refused:
        read(place)
    assert str(refused.value).startswith(f"{place}:1: ")
    assert message in str(refused.value)


def test_what_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"none\.cast: the recording cannot be read: No such file"):
        read(tmp_path / "none.cast")
    os.mkfifo(tmp_path / "fifo.cast")
    (tmp_path / "device.cast").symlink_to("/dev/zero")
    for name in ("fifo.cast", "device.cast", "."):
        with pytest.raises(DocumentError, match="a recording has to be an ordinary file"):
            read(tmp_path / name)
        with pytest.raises(DocumentError, match="a recording has to be an ordinary file"):
            digest_of(tmp_path / name)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda path: path.unlink(), "the recording cannot be read: No such file"),
        (lambda path: (path.unlink(), path.mkdir()), "a recording has to be an ordinary file"),
        (lambda path: (path.unlink(), os.mkfifo(path)), "a recording has to be an ordinary file"),
        (lambda path: (path.unlink(), path.symlink_to(path)), "the recording cannot be read: Too many levels"),
    ],
    ids=["gone", "a directory", "a pipe", "a loop"],
)
def test_a_file_that_is_lost_while_it_is_in_use_is_named(
    tmp_path: Path, spoil: Callable[[Path], object], sentence: str
) -> None:
    path = tmp_path / "run.cast"
    path.write_text(f'{HEADER}\n[0.5, "o", "some words"]\n')
    step = read(path).steps[0]
    spoil(path)
    with pytest.raises(DocumentError, match=sentence):
        list(step.printed_from(0))


# What is named.

NO_JSON = "this line is not JSON and was passed over"
NO_EVENT = "this line is no event of a recording and was passed over"
NO_TIME = "this line has no usable time; it counts as the moment before it"
NO_TEXT = "this line holds what is no Unicode text; U+FFFD stands for it"
BACK = "this line is earlier than the line before it; it counts as the same moment"


@pytest.mark.parametrize(
    ("line", "message", "data"),
    [
        (b"garbage", NO_JSON, b""),
        (b'[1.0, "o", "cut', NO_JSON, b""),
        (b"[" * 100_000, NO_JSON, b""),
        (b"\x00\x01\x02", NO_JSON, b""),
        (b'{"version": 2}', NO_EVENT, b""),
        (b"[]", NO_EVENT, b""),
        (b'[1.0, "o"]', NO_EVENT, b""),
        (b'[1.0, "o", "a", "b"]', NO_EVENT, b""),
        (b'[1.0, "o", 7]', NO_EVENT, b""),
        (b'[1.0, 7, "a"]', NO_EVENT, b""),
        (b'[NaN, "o", "a"]', NO_TIME, b"a"),
        (b'[Infinity, "o", "a"]', NO_TIME, b"a"),
        (b'[-1, "o", "a"]', NO_TIME, b"a"),
        (b'[1e300, "o", "a"]', NO_TIME, b"a"),
        (b'[1e999, "o", "a"]', NO_TIME, b"a"),
        (b"[" + b"9" * 400 + b', "o", "a"]', NO_TIME, b"a"),
        (b'[true, "o", "a"]', NO_TIME, b"a"),
        (b'["1.0", "o", "a"]', NO_TIME, b"a"),
        (b'[null, "o", "a"]', NO_TIME, b"a"),
        (b'[0.1, "o", "a"]', BACK, b"a"),
        (b'[1.0, "o", "a\\ud800b"]', NO_TEXT, "a\ufffdb".encode()),
        (b'[1.0, "o", "a\xffb"]', NO_TEXT, "a\ufffdb".encode()),
        (b'[1.0, "r", "80x"]', "a size cannot be read: '' is no size", b""),
        (b'[1.0, "r", "99999x1"]', "a size cannot be read: '99999' is no size", b""),
        (b'[1.0, "r", "-1x\\u0665"]', "a size cannot be read", b""),
        (b'[1.0, "x", "soon"]', "the exit status cannot be read", b""),
        (b'[1.0, "B", "***"]', "output cannot be read", b""),
        (b'[1.0, "E", "{}"]', "an event of the run cannot be read: run_id: Field required", b""),
        (b'[1.0, "E", "{\\"run_id\\": "]', "an event of the run cannot be read", b""),
        (b'[1.0, "E", "' + b"[" * 100_000 + b'"]', "an event of the run cannot be read", b""),
        (b'[1.0, "m", "x {\\"oncue\\":\\"step_started\\"}"]', "a marker cannot be read: it names no attempt", b""),
    ],
)
def test_a_spoilt_line_is_named_and_what_is_around_it_is_used(reading, line: bytes, message: str, data: bytes) -> None:
    recording = reading('[0.5, "o", "<"]', line, '[2.0, "o", ">"]')
    assert printed(recording) == [b"<" + data + b">"]
    ((number, complaint),) = said(recording)
    assert number == 3
    assert complaint.startswith(message)
    (warning,) = recording.warnings
    assert warning == f"{recording.path}:3: {complaint}"


@pytest.mark.parametrize("line", ["", "   ", "# a comment", '[1.0, "o", "\\ud83d\\ude00"]\r', '[1, "q", "new"]'])
def test_what_is_nothing_wrong_is_not_named(reading, line: str) -> None:
    assert said(reading('[0.5, "o", "<"]', line, '[2.0, "o", ">"]')) == []


@pytest.mark.parametrize(
    "size", ['"width": 0', '"width": -1', '"width": 1e9', '"width": "80"', '"width": true', '"a": 1']
)
def test_a_header_without_a_usable_size_is_named(reading, size: str) -> None:
    recording = reading(header=f'{{"version": 2, {size}, "height": 24}}')
    assert (recording.columns, recording.rows) == (80, 24)
    assert said(recording) == [(1, "the header names no usable size; it is taken for 80x24")]


@pytest.mark.parametrize("time", ["1e300", '"x"', "NaN", "true", "-99999999999999", "-62135596800", "253402300799"])
def test_a_header_without_a_usable_time_is_used_and_named(reading, time: str) -> None:
    about = f'"width": 80, "height": 24, "timestamp": {time}, "title": 7'
    recording = reading('[0, "o", "a"]', header=f'{{"version": 2, {about}}}')
    assert (recording.started_at, recording.title) == (None, "")
    assert printed(recording) == [b"a"]
    assert said(recording) == [(1, f"the header's timestamp {time} is no time".replace("1e300", "1e+300"))]


def test_a_header_need_not_say_when_it_was(reading) -> None:
    recording = reading(header='{"version": 2, "width": 80, "height": 24, "timestamp": null}')
    assert (recording.started_at, said(recording)) == (None, [])


def test_a_line_without_end_is_passed_over_in_bounded_memory(reading, monkeypatch) -> None:
    monkeypatch.setattr("engine.recording.source.LINE_BYTES", 1 << 20)
    endless = b'[1.0, "o", "' + b"x" * (5 << 20) + b'"]'
    recording = reading('[0.5, "o", "<"]', endless, '[2.0, "o", ">"]')
    assert printed(recording) == [b"<>"]
    assert said(recording) == [(3, "this line is longer than 1 MiB and was passed over")]


def test_of_much_damage_the_first_hundred_are_named_and_the_rest_counted(reading) -> None:
    recording = reading(*["garbage"] * 1000, '[1.0, "o", "a"]')
    assert len(recording.damages) == 100
    assert list(recording.warnings)[-1] == f"{recording.path}: 900 more of this kind"
    assert printed(recording) == [b"a"]


def test_a_file_that_breaks_off_says_so(place: Path) -> None:
    place.write_bytes(f'{HEADER}\n[0.5, "o", "a"]\n[1.0, "o", "b'.encode())
    recording = read(place)
    assert said(recording) == [(3, f"{NO_JSON}; the file breaks off here")]
    assert printed(recording) == [b"a"]


# Runs of ours.


@pytest.mark.parametrize("version", [2, 3])
def test_the_events_alone_tell_the_steps(place: Path, version: int) -> None:
    place.write_bytes(b"".join(ours(version)))
    recording = read(place)
    first, second = recording.steps
    assert recording.events == happened()
    assert recording.event_times == (0, 10, 25, 40, 50, 70)
    assert (first.id, first.title, first.session, first.text) == ("check", "Check", "shell", "echo one")
    assert (first.outcome, first.exit_status, first.duration_us, first.tail_us) == ("failed", 7, 3000, 10)
    assert [tuple(piece) for piece in first.pieces()] == [(10, b"one"), (10, b"\xff\r\n")]
    assert [tuple(typed) for typed in first.typed] == [(3, 2, "y\n", 0)]
    assert (second.id, second.session, second.dry_run, second.outcome) == ("look", "sql", True, "unknown")
    assert printed(recording) == [b"one\xff\r\n", b"two"]
    assert said(recording) == []


def test_a_recording_that_ends_in_a_step_has_what_it_printed_by_then(place: Path) -> None:
    place.write_bytes(b"".join(ours()[:5]))
    recording = read(place)
    (step,) = recording.steps
    assert (step.outcome, step.exit_status, printed(recording)) == (None, None, [b"one"])
    assert said(recording) == [(3, "the recording has no end of attempt 1, which begins here")]


WITHOUT = [
    (
        1,
        [b"one\xff\r\n", b"two"],
        ["event 1 of the run is missing; the run is told up to there"],
    ),
    (
        2,
        [b"two"],
        [
            "attempt 1 ends here; its beginning is missing",
            "event 2 of the run is missing; the run is told up to there",
            "6 bytes of output from here on belong to no step",
        ],
    ),
    (
        3,
        [b"\xff\r\n", b"two"],
        ["attempt 1 printed 6 bytes, of which the file has 3"],
    ),
    (
        6,
        [b"one\xff\r\n", b"two"],
        [
            "attempt 1 has no end before attempt 2 begins",
            "event 4 of the run is missing; the run is told up to there",
        ],
    ),
]


@pytest.mark.parametrize(("removed", "outputs", "complaints"), WITHOUT)
def test_without_a_line_the_others_are_used(
    place: Path, removed: int, outputs: list[bytes], complaints: list[str]
) -> None:
    lines = ours()
    del lines[removed]
    place.write_bytes(b"".join(lines))
    recording = read(place)
    assert printed(recording) == outputs
    assert [message for _, message in said(recording)] == complaints


def test_exact_bytes_whose_shown_form_is_gone_are_output_all_the_same(place: Path) -> None:
    lines = ours()
    lines[5] = lines[5].splitlines(keepends=True)[0]
    place.write_bytes(b"".join(lines))
    recording = read(place)
    assert printed(recording) == [b"one\xff\r\n", b"two"]
    assert said(recording) == []


def test_events_that_were_mixed_up_are_put_in_order(place: Path) -> None:
    lines = ours()
    lines[7], lines[9] = lines[9], lines[7]
    place.write_bytes(b"".join(lines))
    recording = read(place)
    assert recording.events == happened()
    assert (8, "event 6 of the run is missing; the run is told up to there") not in said(recording)
    assert [message for _, message in said(recording)] == [
        "attempt 2 ends here; its beginning is missing",
        BACK,
        BACK,
        "event 5 stands behind event 6",
        "3 bytes of output from here on belong to no step",
        "the recording has no end of attempt 2, which begins here",
    ]


def test_a_recording_in_which_every_line_stands_twice_is_read_once(place: Path) -> None:
    header, *rest = ours()
    place.write_bytes(header + b"".join(rest) + b"".join(rest))
    recording = read(place)
    assert recording.events == happened()
    assert printed(recording) == [b"one\xff\r\n", b"two"]
    assert "event 1 stands here a second time and was passed over" in [message for _, message in said(recording)]


def test_events_of_another_run_are_passed_over(place: Path) -> None:
    other = e.Recorded(run_id="other", seq=7, stamp=happened()[0].stamp, event=e.Noted(text="hello"))
    place.write_bytes(b"".join(ours()) + Encoder().event(80, other))
    recording = read(place)
    assert recording.events == happened()
    assert [message for _, message in said(recording)] == ["an event of another run, other, was passed over"]


def test_a_marker_that_was_made_for_another_text_is_named(place: Path) -> None:
    lines = ours()
    facts = {"id": "check", "attempt": 1, "text_sha256": EMPTY_DIGEST}
    lines.insert(2, Encoder().marker(0, label("▶ Check", "step_started", facts)))
    place.write_bytes(b"".join(lines))
    recording = read(place)
    assert [message for _, message in said(recording)] == [
        "the text of attempt 1 is not the one its marker was made for"
    ]
    assert recording.steps[0].text == "echo one"


def test_an_event_of_a_later_version_costs_only_itself(place: Path) -> None:
    lines = ours()
    unknown = json.loads(happened()[5].model_dump_json())
    unknown["event"] = {"kind": "shop_closed"}
    lines[9] = json.dumps([0.00007, "E", json.dumps(unknown)]).encode() + b"\n"
    place.write_bytes(b"".join(lines))
    recording = read(place)
    assert recording.events == happened()[:5]
    assert [step.outcome for step in recording.steps] == ["failed", None]


@given(cut=st.integers(0, 6000))
def test_cut_anywhere_it_is_what_stood_before_the_cut(place: Path, cut: int) -> None:
    whole = b"".join(ours())
    place.write_bytes(whole[:cut])
    if b"\n" not in whole[:cut]:
        with suppress(DocumentError):  # of the header only its line feed may be missing
            assert read(place).steps == ()
        return
    recording = read(place)
    assert recording.events == happened()[: len(recording.events)]
    for known, told in zip([b"one\xff\r\n", b"two"], printed(recording), strict=False):
        assert known.startswith(told)


@given(seed=st.integers(0, 10**6), version=st.sampled_from([2, 3]))
def test_in_any_order_everything_is_accounted_for(place: Path, seed: int, version: int) -> None:
    header, *rest = ours(version)
    random.Random(seed).shuffle(rest)
    place.write_bytes(header + b"".join(rest))
    recording = read(place)
    assert recording.events == happened()
    assert [step.output_bytes for step in recording.steps] == [len(data) for data in printed(recording)]
    assert sum(len(data) for data in printed(recording)) <= 9
    assert len(recording.steps) == 2


@given(junk=st.lists(st.binary(max_size=60) | st.sampled_from(ours()), max_size=12))
def test_whatever_stands_in_the_file_reading_it_ends_and_says_where(place: Path, junk: list[bytes]) -> None:
    place.write_bytes(HEADER.encode() + b"\n" + b"\n".join(junk))
    recording = read(place)
    n_lines = place.read_bytes().count(b"\n") + 1
    assert all(1 <= damage.line <= n_lines for damage in recording.damages)
    assert [step.output_bytes for step in recording.steps] == [len(data) for data in printed(recording)]
    assert recording.duration_us >= max((step.started_us for step in recording.steps), default=0)


def test_exact_bytes_stand_for_the_line_behind_them_and_for_no_other(reading) -> None:
    exact = b64encode(bytes(range(256))).decode()
    recording = reading(f'[0.0, "B", "{exact}"]', '[0.0, "o", "shown"]', '[0.0, "o", "more"]')
    assert printed(recording) == [bytes(range(256)) + b"more"]
