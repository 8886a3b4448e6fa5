"""What lies in `recordings/` for people to look at can be looked at, and brings nothing with it."""

from __future__ import annotations

import importlib.util
import json
import re
import struct
import sys
import zlib
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree as ET

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "recordings"
RUNBOOK = (FOLDER.parent / "runbooks" / "orders-api-down.md").read_text()
TOLD = ("Nothing runs unasked.", "y to run it", "type what it hits", "partner-import again?", "3 row(s) affected")
DRAWN = re.compile(r"\x1b\[(?:[\d;]*[HmJ]|\?25[hl])")
"""Places, colours, a cleared screen, the cursor shown and hidden."""


def module(name: str) -> ModuleType:
    """One of the scripts that lie beside the recordings."""
    if str(FOLDER) not in sys.path:
        sys.path.append(str(FOLDER))  # where a script finds those beside it
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[name] = loaded
    spec.loader.exec_module(loaded)
    return loaded


@pytest.fixture(scope="module")
def frames() -> ModuleType:
    return module("frames")


def cast() -> tuple[dict[str, object], list[tuple[float, str, str]]]:
    header, *lines = (FOLDER / "orders-api-down.cast").read_text().splitlines()
    return json.loads(header), [json.loads(line) for line in lines]


def words_of(screen: object) -> str:
    return "\n".join("".join(character for character, _ in row) for row in screen.cells)  # type: ignore[attr-defined]


def test_the_recording_is_an_asciicast_of_about_a_minute_that_is_quickly_fetched() -> None:
    header, events = cast()
    assert header["version"] == 2
    times = [at for at, _, _ in events]
    assert times == sorted(times)
    assert 40 < times[-1] < 70
    assert max(later - at for at, later in pairwise(times)) < 3
    assert (FOLDER / "orders-api-down.cast").stat().st_size < 300_000


def test_the_recording_sends_a_players_terminal_text_places_and_colours_alone() -> None:
    _, events = cast()
    assert {code for _, code, _ in events} == {"o"}
    shown = DRAWN.sub("", "".join(words for _, _, words in events))
    assert [character for character in shown if not character.isprintable()] == []


def test_the_recording_shows_the_walk_from_the_first_hint_to_the_last_word(frames: ModuleType) -> None:
    header, events = cast()
    screen = frames.Screen(header["width"], header["height"])
    seen = ""
    for _, _, words in events:
        screen.feed(words)
        seen += words_of(screen)
    assert [words for words in TOLD if words not in seen] == []
    end = words_of(screen)
    assert re.search(r"^ *done *$", end, re.MULTILINE)
    assert "oncue verify" in end
    assert "✘" not in end


def test_the_picture_fetches_nothing_and_shows_a_step_of_the_demonstration() -> None:
    text = (FOLDER / "cockpit.svg").read_text()
    addresses = set(re.findall(r"https?://[^\"'\s<)]+", text)) - {"http://www.w3.org/2000/svg"}
    assert addresses == {"https://www.textualize.io"}, "only in the comment that says what has drawn it"
    shown = "".join(ET.fromstring(text).itertext()).replace("\N{NO-BREAK SPACE}", " ")  # noqa: S314 - ours
    assert "Keep a copy of the messages" in shown
    assert "INSERT INTO quarantine" in RUNBOOK
    assert "INSERT INTO quarantine" in shown


def test_the_picture_of_a_report_is_whole_and_quickly_fetched() -> None:
    report = module("make_report")
    png = (FOLDER / "report.png").read_bytes()
    assert png.startswith(report.SIGNATURE)
    assert len(png) < 400_000
    kinds = [kind for kind, _ in report.chunks(png)]
    assert kinds == [b"IHDR", b"IDAT", b"IEND"], "and no words about whose machine it was"
    assert report.cropped(png, report.HEIGHT) == png
    assert "](report.png)" in (FOLDER / "README.md").read_text()


def test_a_picture_is_cropped_to_its_first_rows() -> None:
    report = module("make_report")
    rows = [b"\0" + bytes((row, 2, 3)) * 2 for row in range(4)]
    header = struct.pack(">IIBBBBB", 2, 4, 8, 2, 0, 0, 0)
    data = zlib.compress(b"".join(rows))
    parts = [(b"IHDR", header), (b"tEXt", b"who"), (b"IDAT", data[:5]), (b"IDAT", data[5:]), (b"IEND", b"")]
    png = report.cropped(report.SIGNATURE + b"".join(map(report.chunk, parts)), 3)
    found = dict(report.chunks(png))
    assert list(found) == [b"IHDR", b"IDAT", b"IEND"]
    assert struct.unpack(">II", found[b"IHDR"][:8]) == (2, 3)
    assert zlib.decompress(found[b"IDAT"]) == b"".join(rows[:3])


def test_every_step_that_is_walked_is_in_the_runbook() -> None:
    titles = [stop.title for stop in module("incident").WALK]
    assert [title for title in titles if title not in RUNBOOK] == []


# Pictures, each by what is new in it.


def test_the_difference_turns_one_picture_into_the_other(frames: ModuleType) -> None:
    first, second, replayed = (frames.Screen(20, 3) for _ in range(3))
    first.feed("\x1b[1;1H\x1b[1;38;5;9;48;2;1;2;3mred\x1b[0m plain\x1b[3;2H\x1b[4munder \x1b[0m")
    second.feed("\x1b[2;1H\x1b[38;5;9mréd ☑ 漢字\x1b[0m\x1b[3;2H\x1b[1;4munder\x1b[22mline\x1b[0m")
    blank = frames.Screen(20, 3)
    replayed.feed(frames.difference(blank.cells, first.cells))
    assert looks(frames, replayed) == looks(frames, first)
    replayed.feed(frames.difference(first.cells, second.cells))
    assert looks(frames, replayed) == looks(frames, second)
    assert frames.difference(second.cells, second.cells) == ""


def looks(frames: ModuleType, screen: object) -> list[list[object]]:
    return [[frames._looks(cell) for cell in row if cell[0]] for row in screen.cells]  # type: ignore[attr-defined]


def test_sequences_that_come_in_pieces_are_understood_and_those_for_a_terminal_left_out(frames: ModuleType) -> None:
    text = "\x1b]52;c;aGk=\x07\x1b[?1000h\x1b[>1u\x1b[c\x1b[2;3Hhere\x1b[?2026$p\x1bPq\x1b\\"
    whole, pieces = frames.Screen(10, 3), frames.Screen(10, 3)
    whole.feed(text)
    for character in text:
        pieces.feed(character)
    assert words_of(whole) == words_of(pieces) == "          \n  here    \n          "


def test_a_program_that_gives_the_screen_back_leaves_what_was_there(frames: ModuleType) -> None:
    screen = frames.Screen(6, 2)
    screen.feed("$ run\r\n\x1b[?1049h\x1b[1;1Hfull\x1b[?1049lone\r\ntwo")
    assert words_of(screen) == "one   \ntwo   "
