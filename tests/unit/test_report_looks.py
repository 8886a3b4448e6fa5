"""How a report looks: Markdown, HTML, JSON and templates, with texts that would rather be something else."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from base64 import b64encode
from dataclasses import fields, is_dataclass
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from support.past_trails import PLAN
from support.reports import WHOLE, ran, report_of, told

from engine import events as e
from engine.errors import UsageError
from engine.output import visible
from engine.report import Report, Verification, built_in, render, render_with, to_json
from engine.report import facts as f
from engine.report.colours import INK, PAPER, spans
from engine.report.picture import picture
from engine.report.rendering import fenced, markdown

README = Path(f.__file__).with_name("README.md").read_text()
HOSTILE = (
    "<script>alert(1)</script> [x](javascript:alert(1)) | `a` **b** \x1b]0;owned\x07\u202e </pre> {{ 7 * 7 }} <!--"
)
CHROMIUM = shutil.which("chromium") or ""
ALLOWED = set(
    """html head meta title style body h1 h2 h3 table tr th td p pre code ul li details summary article span em small
    strong br div svg line text rect path""".split()  # noqa: SIM905
)


BOLD, UNDERLINE = "font-weight:700", "text-decoration:underline"
INLINE = {"text", "code_inline", "em_open", "em_close", "strong_open", "strong_close", "softbreak", "text_special"}
"""What the built-in template writes itself."""


class Page(HTMLParser):
    """What a browser would make of it: elements, attributes and the text of the page."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def hostile_report() -> Report:
    item = e.PlannedItem(id="i", text=HOSTILE, line=1)
    step = PLAN[0].model_copy(update={"title": HOSTILE, "section": (HOSTILE,), "items": (item,)})
    recorded = told(
        e.VariableSet(name="host", value=HOSTILE, source=HOSTILE),
        e.ItemWaived(item_id="i", reason=HOSTILE),
        e.StepEdited(step_id="check", before=HOSTILE, after=HOSTILE),
        *ran("check", text=HOSTILE + "\n```\n# out", why=HOSTILE, target=HOSTILE, typed=HOSTILE, approval="typed"),
        e.Noted(text=f"alert: {HOSTILE}\nsecond line", step_id="check"),
        plan=(step,),
        title=HOSTILE,
        path=HOSTILE,
        incident=HOSTILE,
    )
    findings = Verification(False, (HOSTILE,), "nothing")
    return report_of(recorded, {1: f"\x1b[31m{HOSTILE}\r\n```\n".encode()}, verification=findings)


def test_hostile_texts_stay_text_in_html() -> None:
    page = Page(render(hostile_report(), "html"))
    assert page.elements <= ALLOWED | {"title"}
    assert "script" not in page.elements
    assert not {name for name in page.attributes if name.startswith("on") or name in ("href", "src", "srcset")}
    assert page.text.count("<script>alert(1)</script>") > 10
    assert not {"\x1b", "\x07", "\u202e"} & set(page.text)
    assert "{{ 7 * 7 }}" in page.text


def test_hostile_texts_stay_text_in_markdown() -> None:
    written = render(hostile_report(), "md")
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(written)
    inline = [child for token in tokens for child in token.children or ()]
    assert not [token for token in tokens if token.type == "html_block"]
    assert {child.type for child in inline} <= INLINE
    assert not {"\x1b", "\x07", "\u202e"} & set(written)
    titles = [
        tokens[at + 1].content for at, token in enumerate(tokens) if token.type == "heading_open" and token.tag == "h1"
    ]
    assert len(titles) == 1, "no heading of its own"


@given(st.text())
def test_any_text_is_one_line_of_markdown_that_shows_itself(text: str) -> None:
    rendered = MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(f"| a |\n|---|\n| {markdown(text)} |\n")
    page = Page(rendered)
    assert page.elements <= {"table", "thead", "tbody", "tr", "th", "td"}
    assert " ".join(page.text.split()[1:]) == " ".join(visible(" ".join(text.split())).split())


@given(st.text(alphabet="`~ab\n\\ ", max_size=60))
def test_nothing_ends_a_code_block_from_within(text: str) -> None:
    tokens = MarkdownIt().parse(fenced(text) + "\n\nafter\n")
    assert tokens[0].type == "fence"
    assert tokens[0].content == text + "\n"
    assert tokens[2].content == "after"


@given(st.text(alphabet="a<&\"'\x1b[0123456789;:mKx\n", max_size=80))
def test_colours_never_become_anything_but_spans(ansi: str) -> None:
    page = Page(f"<pre>{spans(ansi)}</pre>")
    assert page.elements <= {"pre", "span"}
    assert page.attributes <= {"style"}


@pytest.mark.parametrize(
    ("ansi", "html"),
    [
        ("\x1b[31mred\x1b[m plain", '<span style="color:#f4726b">red</span> plain'),
        ("\x1b[1;4mb\x1b[22mu", f'<span style="{BOLD};{UNDERLINE}">b</span><span style="{UNDERLINE}">u</span>'),
        ("\x1b[38;5;196mx", '<span style="color:#ff0000">x</span>'),
        ("\x1b[38;2;1;200;3mx", '<span style="color:#01c803">x</span>'),
        ("\x1b[38:2::1:200:3mx", '<span style="color:#01c803">x</span>'),
        ("\x1b[48;5;231;38;5;16mx", '<span style="color:#6b7280;background:#ffffff">x</span>'),
        ("a < b & c", "a &lt; b &amp; c"),
    ],
)  # fmt: skip
def test_colours_are_kept(ansi: str, html: str) -> None:
    if "38;5;16" in ansi:
        html = html.replace("#6b7280", "#000000")
    assert spans(ansi) == html


@pytest.mark.parametrize(
    "hidden", ["\x1b[30;40m", "\x1b[38;2;22;24;29m", "\x1b[8m", "\x1b[37;47m", "\x1b[38;5;0;48;2;0;0;0m"]
)
def test_text_hidden_by_its_colour_can_be_read(hidden: str) -> None:
    shown = spans(f"{hidden}evidence")
    assert "evidence" in shown
    ink = re.search(r"(?<!-)color:(#\w{6})", shown)
    paper = re.search(r"background:(#\w{6})", shown)
    mine = bytes.fromhex(ink[1][1:]) if ink else bytes(INK)
    theirs = bytes.fromhex(paper[1][1:]) if paper else bytes(PAPER)
    assert max(abs(one - other) for one, other in zip(mine, theirs, strict=True)) > 60


def test_the_page_needs_nothing_from_elsewhere_and_runs_nothing() -> None:
    page = render(report_of(told(*ran("check")), {1: b"ok\n"}), "html")
    assert "default-src 'none'" in page
    assert not re.findall(r"https?:|url\(|@import|<script|<link|<img", page)
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page


def cast_of(*events: tuple[float, str, str]) -> list[bytes]:
    """As it comes: several lines in one piece, and pieces without any."""
    header = json.dumps({"version": 2, "width": 40, "height": 5}).encode() + b"\n"
    return [header + b"".join(json.dumps(event).encode() + b"\n" for event in events), b""]


SAID = (
    (0.1, "m", '▶ Look {"oncue":"step_started","id":"look","attempt":1}'),
    (0.2, "B", "bm90IHNob3du"),
    (0.3, "o", "disk \x1b[31mfull\x1b[m\r\n"),
    (9.0, "o", f"{HOSTILE}</script><!--<script>\u2028"),
)


def test_the_page_plays_its_recording_and_lets_no_other_script_run() -> None:
    page = render(report_of(told(*ran("check")), {1: b"ok\n"}), "html", cast_of(*SAID))
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL)
    assert [attributes for attributes, _ in scripts] == [' type="application/json" id="recording"', ""]
    digest = b64encode(sha256(scripts[1][1].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in page
    assert "'unsafe-inline'" not in page[page.index("script-src") :].partition(";")[0]
    played = json.loads(scripts[0][1])
    assert played == {
        "columns": 40,
        "rows": 5,
        "events": [[0.1, "m", "▶ Look"], *([at, kind, data] for at, kind, data in SAID[2:])],
    }
    assert "<" not in scripts[0][1]
    assert not re.findall(r"https?:|url\(|@import|<link|<img|\bfetch\(|XMLHttp|innerHTML|eval\(", page)


def test_without_a_recording_no_script_may_run() -> None:
    page = render(report_of(told(*ran("check"))), "html")
    assert "script-src 'none';" in page
    assert 'id="player"' not in page


def test_a_recording_that_is_too_long_for_a_page_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.report.player.MOST_BYTES", 50)
    page = render(report_of(told(*ran("check"))), "html", cast_of(*SAID))
    assert "script-src 'none';" in page
    assert "too long for a page: <code>oncue export 20260108-031200-aaaaaa &gt; run.cast</code> writes it" in page


@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM, reason="chromium is not installed")
def test_a_browser_without_a_network_shows_the_recording_at_its_beginning(tmp_path: Path) -> None:
    moved = "\x1b[5;38Hend\x1b[3;1H\x1b[?1049hvim\x1b[?1049l!"
    screen = (0.0, "o", f"\x1b[2Jgone\rdisk \x1b[1;31mfull\x1b[m é漢\r\nnext\b\b\x1b[K{moved}")
    (tmp_path / "report.html").write_text(render(report_of(told(*ran("check"))), "html", cast_of(screen, *SAID)))
    options = ("--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/profile", "--dump-dom")
    done = subprocess.run(
        [CHROMIUM, *options, (tmp_path / "report.html").as_uri()],
        env={**os.environ, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    section = done.stdout[done.stdout.index('<section id="player"') :].partition("</section>")[0]
    assert "hidden" not in section.partition(">")[0]
    pre = re.search(r"<pre[^>]*>(.*?)</pre>", section, re.DOTALL)
    assert pre
    rows = [row.rstrip() for row in re.sub(r"<[^>]*>", "", pre[1]).split("\n")]
    assert rows == ["disk full é漢", "ne", "!", "", " " * 37 + "end", ""]
    assert "font-weight: 700" in section
    assert "▶ Look</button>" in section


def test_the_picture_has_a_bar_for_each_attempt_and_a_line_for_each_milestone() -> None:
    recorded = told(*ran("check"), *ran("flush", 2, "failed"), *ran("flush", 3), e.Noted(text="restored: now"))
    drawn = picture(report_of(recorded))
    assert re.findall(r'<rect class="(\w+)"', drawn) == ["succeeded", "failed", "succeeded"]
    assert drawn.count('<line class="milestone') == 2
    assert drawn.count('class="note"') == 1


def test_the_picture_is_bounded() -> None:
    plan = tuple(PLAN[1].model_copy(update={"id": f"s{number}"}) for number in range(100))
    events = [event for number in range(100) for event in ran(f"s{number}", number + 1)]
    drawn = picture(report_of(told(*events, plan=plan)))
    assert drawn.count("<rect") == 60
    assert "and 40 more steps" in drawn


def test_a_trail_that_does_not_verify_is_said_first() -> None:
    broken = Verification(False, ("event 3 was changed",), "5 events")
    for format_ in ("md", "html"):
        page = render(report_of(told(), verification=broken), format_)  # type: ignore[arg-type]
        assert page.index("does not verify") < page.index("Milestones")
        assert "event 3 was changed" in page
        assert "does not verify" not in render(report_of(told(), verification=WHOLE), format_)  # type: ignore[arg-type]


def test_the_json_has_exact_texts_and_no_looks() -> None:
    report = report_of(told(e.Noted(text="a\tb\x1b\u202e"), *ran("check")), {1: b"\x1b[31mred\x1b[m\n"})
    said = json.loads(render(report, "json"))
    assert said == json.loads(json.dumps(to_json(report)))
    assert said["notes"][0]["text"] == "a\tb\x1b\u202e"
    assert said["steps"][0]["attempts"][0]["output"] == {"bytes": 12, "text": "red", "left_out": ""}
    assert said["run"]["started_at"] == "2026-01-08T03:12:00+00:00"


# Templates.


def by_template(folder: Path, source: str, name: str = "ours.md") -> str:
    (folder / name).write_text(source)
    return render_with(report_of(told(*ran("check"), e.Noted(text="a <b>"))), folder / name)


def test_a_team_has_its_own_template(tmp_path: Path) -> None:
    source = "{{ run.title }} by {{ people[0].login }}, {{ steps[0].attempts[0].duration_ms | took }}"
    assert by_template(tmp_path, source) == "Redis is full by alice, 310 ms"


def test_a_template_may_replace_a_part_of_the_built_in_one(tmp_path: Path) -> None:
    written = by_template(tmp_path, '{% extends "report.md" %}{% block impact %}OURS\n{% endblock %}')
    assert "OURS" in written
    assert "## Impact" not in written
    assert "## Timeline" in written


def test_a_template_named_html_is_escaped_and_another_is_not(tmp_path: Path) -> None:
    assert by_template(tmp_path, "{{ notes[0].text }}", "ours.html.j2") == "a &lt;b&gt;"
    assert by_template(tmp_path, "{{ notes[0].text }}") == "a <b>"


@pytest.mark.parametrize("format_", ["md", "html"])
def test_the_built_in_template_printed_and_given_back_makes_the_same_report(tmp_path: Path, format_: str) -> None:
    report = report_of(told(*ran("check")), {1: b"ok\n"})
    ours = tmp_path / f"ours.{format_}"
    ours.write_text(built_in(format_))
    assert render_with(report, ours) == render(report, format_)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("source", "line", "says"),
    [
        ("\n{{ run.titel }}", 2, "titel"),
        ("\n\n{% for x in %}", 3, "Expected an expression"),
        ("{{ 1 / 0 }}", 1, "division by zero"),
        ("a\n{{ ''.__class__.__mro__ }}", 2, "unsafe"),
        ("{{ run.__init__ }}", 1, "unsafe"),
        ("{{ 'x' * 100000000 }}", 1, "too much"),
        ("{{ [1] * 100000000 }}", 1, "too much"),
        ("{{ 9 ** 9 ** 9 }}", 1, "too much"),
        ("{% for n in range(1000000) %}x{% endfor %}", 1, "Range too big"),
        ("{{ people.append(1) }}", 1, "unsafe"),
        ('{% include "/etc/passwd" %}', 1, "/etc/passwd"),
        ('{% include "../rendering.py" %}', 1, "rendering.py"),
        ("{{ notes | nothing }}", 1, "No filter named"),
        ("{{ run.started_at | took }}", 1, "unsupported operand"),
    ],
)
def test_a_mistake_in_a_template_is_named_with_its_line(tmp_path: Path, source: str, line: int, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        by_template(tmp_path, source)
    assert str(caught.value).startswith(f"{tmp_path / 'ours.md'}:{line}: ")
    assert says in str(caught.value)


@pytest.mark.parametrize(("content", "says"), [(None, "No such file"), (b"\xff\xfe", "not UTF-8")])
def test_a_template_that_cannot_be_read_is_a_sentence(tmp_path: Path, content: bytes | None, says: str) -> None:
    path = tmp_path / "ours.md"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=says):
        render_with(report_of(told()), path)


def described(kind: Any) -> set[str]:
    return {name for one in fields(kind) for name in (one.name, *_inner(get_type_hints(kind)[one.name]))}


def _inner(hint: Any) -> set[str]:
    found = {name for kind in get_args(hint) for name in _inner(kind)}
    return found | (described(hint) if is_dataclass(hint) else set())


def test_every_field_of_a_report_is_documented() -> None:
    assert {name for name in described(Report) if f"`{name}`" not in README} == set()


def test_every_block_and_filter_is_documented() -> None:
    for format_ in ("md", "html"):
        for block in re.findall(r"{% block (\w+) %}", built_in(format_)):
            assert f"`{block}`" in README
        for name in set(re.findall(r"\| (\w+)", built_in(format_))) & {
            "md",
            "fenced",
            "clock",
            "day",
            "took",
            "size",
            "sign",
            "words",
            "coloured",
        }:
            assert f"`{name}`" in README


@pytest.mark.parametrize(
    ("event", "is_live", "words"),
    [
        (e.RunLeft(reason=""), False, "not finished, left open"),
        (e.Noted(text="so far"), True, "not finished, between two steps"),
    ],
)
def test_a_run_without_an_outcome_is_said_not_to_be_finished(event: e.Event, is_live: bool, words: str) -> None:
    report = report_of(told(event), is_live=is_live)
    assert f"| Outcome | {words}" in render(report, "md", ())
    assert words in render(report, "html", ())
