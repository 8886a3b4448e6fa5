"""Which runbooks there are, what each says about itself, and how its last runs went."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import events as e
from engine.config.finding import read_settings
from engine.errors import UsageError
from engine.library import finding
from engine.library.dates import Cared, Worked, cared_for, staleness
from engine.library.entry import Entry, Worst
from engine.library.finding import Found, Unreadable, find
from engine.library.matching import Name, folded, score
from engine.library.news import (
    AllFound,
    AllRead,
    Glanced,
    Judged,
    LeftOut,
    LookedIn,
    LookupRefused,
    News,
    from_line,
    to_line,
)
from engine.library.places import Place, places_of
from engine.library.process import Reading
from engine.library.reader import Library
from engine.library.reading import Situation, entry_of, worst_of
from engine.library.runs import past_runs
from engine.library.shelf import Shelf
from engine.library.titles import glance
from engine.trail import TrailReader, TrailWriter

REDIS = """\
# Redis is full

**Service**: redis
**Severity**: SEV2
**Owner**: data team
**Last Tested**: 2026-01-05

## Alerts

| Alert | Section |
|---|---|
| RedisMemoryHigh | Flush |

## Look

```bash
redis-cli info memory
```

## Flush

```bash
redis-cli FLUSHALL
```
"""
PROSE = "# About us\n\nWe are the data team.\n"


def write(path: Path, text: str = REDIS) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def names(found: Iterator[Found | Unreadable], below: Path) -> list[str]:
    return [str(Path(one.path).relative_to(below)) for one in found if isinstance(one, Found)]


# Where it is looked.


def test_a_stranger_finds_the_projects_runbooks_this_folder_and_his_own(tmp_path: Path) -> None:
    (tmp_path / "shop" / ".git").mkdir(parents=True)
    (tmp_path / "shop" / "runbooks").mkdir()
    below = tmp_path / "shop" / "api" / "src"
    below.mkdir(parents=True)
    assert places_of((), below, {"HOME": str(tmp_path)}) == (
        Place(str(tmp_path / "shop" / "runbooks")),
        Place(str(below), depth=1),
        Place(str(tmp_path / ".config" / "oncue" / "runbooks")),
    )


@pytest.mark.parametrize("border", ["repository", "home"])
def test_the_search_for_runbooks_goes_no_further_up_than_the_project_or_home(tmp_path: Path, border: str) -> None:
    (tmp_path / "runbooks").mkdir()
    here = tmp_path / "shop"
    here.mkdir()
    if border == "repository":
        (here / ".git").mkdir()
    home = str(here) if border == "home" else "/nowhere"
    assert places_of((), here, {"HOME": home})[0] == Place(str(here / "runbooks"))


def test_whoever_names_folders_is_looked_in_those_and_no_others(tmp_path: Path) -> None:
    own = write(tmp_path / ".config" / "oncue" / "oncue.toml", 'library = ["ops", "/srv/runbooks"]\n')
    write(tmp_path / "shop" / "oncue.toml", 'library = ["docs"]\n')
    settings = read_settings({"HOME": str(tmp_path)}, tmp_path / "shop" / "oncue.toml")
    assert settings.library == (str(own.parent / "ops"), "/srv/runbooks", str(tmp_path / "shop" / "docs"))
    assert places_of(settings.library, tmp_path, {}) == tuple(Place(one, named=True) for one in settings.library)
    said = [(one.text, one.origin.line) for one in settings.values if one.key == "library"]
    assert said == [(folder, 1) for folder in settings.library]


def test_a_folder_in_nobodys_home_is_refused_with_its_line(tmp_path: Path) -> None:
    write(tmp_path / "oncue.toml", '# mine\nlibrary = ["~nobody-at-all/ops"]\n')
    with pytest.raises(UsageError, match=r"oncue.toml:2: `~nobody-at-all/ops` names a home that is not there"):
        read_settings({"HOME": str(tmp_path)}, tmp_path / "oncue.toml")


# What is found there.


def test_documents_are_found_below_a_named_folder_and_hidden_or_foreign_ones_are_not(tmp_path: Path) -> None:
    for name in ("a.md", "b.markdown", "README.md", "db/redis.md", "db/deep/er/c.MD"):
        write(tmp_path / name)
    for name in ("notes.txt", ".hidden.md", ".git/x.md", "node_modules/y.md", "vendor/z.md"):
        write(tmp_path / name)
    assert names(find([Place(str(tmp_path), named=True)]), tmp_path) == [
        "README.md", "a.md", "b.markdown", "db/redis.md", "db/deep/er/c.MD",
    ]  # fmt: skip


def test_a_folder_that_nobody_named_is_looked_into_one_level_deep_and_without_the_projects_own_pages(
    tmp_path: Path,
) -> None:
    for name in ("a.md", "README.md", "Changelog.md", "ops/b.md", "ops/deep/c.md"):
        write(tmp_path / name)
    assert names(find([Place(str(tmp_path), depth=1)]), tmp_path) == ["a.md", "ops/b.md"]


def test_a_document_is_found_once_whatever_paths_lead_to_it(tmp_path: Path) -> None:
    write(tmp_path / "runbooks" / "a.md")
    (tmp_path / "runbooks" / "link.md").symlink_to("a.md")
    (tmp_path / "runbooks" / "round").symlink_to(tmp_path / "runbooks")
    places = [Place(str(tmp_path / "runbooks")), Place(str(tmp_path), depth=1)]
    assert names(find(places), tmp_path) == ["runbooks/a.md"]


def test_what_cannot_be_read_is_named_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "big.md").write_bytes(b"#" * (finding.LARGEST + 1))
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "gone.md").symlink_to("nowhere.md")
    places = [Place(str(tmp_path), named=True), Place(str(tmp_path / "ops"), named=True), Place(str(tmp_path / "nil"))]
    assert [(Path(one.path).name, one.reason) for one in find(places) if isinstance(one, Unreadable)] == [
        ("big.md", "is larger than 5 MB"),
        ("gone.md", "cannot be read: no such file or directory"),
        ("pipe.md", "is not an ordinary file"),
        ("ops", "cannot be read: no such file or directory"),
    ]


def test_a_folder_without_end_is_cut_and_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "AT_MOST", 2)
    for name in "abc":
        write(tmp_path / f"{name}.md")
    *found, last = find([Place(str(tmp_path), named=True)])
    assert len(found) == 2
    assert last == Unreadable(str(tmp_path), "holds more than 2 documents; the rest is passed over")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# Redis is full #\n", "Redis is full"),
        ("\ufeff# Redis is full\n", "Redis is full"),
        ("---\ntitle: 'Redis is full'\n---\n\n# Other\n", "Redis is full"),
        ("---\nlayout: docs\n---\n\n# Redis is full\n", "Redis is full"),
        ("```bash\n# not this\n```\n", "a"),
        ("", "a"),
    ],
)
def test_a_glance_finds_the_title(tmp_path: Path, text: str, title: str) -> None:
    assert glance(str(write(tmp_path / "a.md", text))) == title


def test_a_glance_at_what_is_gone_is_its_name() -> None:
    assert glance("/nowhere/redis.md") == "redis"


# What a document says about itself.


def test_an_entry_tells_what_the_metadata_says(tmp_path: Path) -> None:
    path = write(tmp_path / "redis.md")
    entry = entry_of(str(path))
    assert entry == Entry(
        path=str(path),
        title="Redis is full",
        is_read=True,
        sha256=sha256(REDIS.encode()).hexdigest(),
        shape="catalogue",
        service="redis",
        severity="SEV2",
        owner="data team",
        cared=Cared("tested", date(2026, 1, 5)),
        n_steps=2,
        alerts=(("RedisMemoryHigh", ("Flush",)),),
    )


def test_a_document_with_nothing_to_walk_is_no_entry(tmp_path: Path) -> None:
    assert entry_of(str(write(tmp_path / "about.md", PROSE))) is None


def test_a_document_that_cannot_be_used_is_an_entry_that_says_so(tmp_path: Path) -> None:
    gone = entry_of(str(tmp_path / "gone.md"))
    assert gone is not None
    assert gone.unreadable == f"{tmp_path / 'gone.md'}: cannot be read: no such file or directory"


def test_problems_come_with_their_lines(tmp_path: Path) -> None:
    entry = entry_of(str(write(tmp_path / "a.md", "# A\n\n```bash\ntrue\n")))
    assert entry is not None
    assert entry.problems == tuple(one for one in entry.problems if one.startswith("line 3: "))
    assert entry.problems


def test_the_gravest_step_decides(tmp_path: Path) -> None:
    worst = worst_of(str(write(tmp_path / "redis.md")), Situation({}))
    assert (worst.level, worst.step, worst.line) == ("dangerous", "Flush", 23)


def test_a_document_in_which_nothing_runs_has_no_verdict(tmp_path: Path) -> None:
    path = write(tmp_path / "call.md", "# Call\n\n- [ ] call the DBA\n")
    assert worst_of(str(path), Situation({})) == Worst(None)


def test_the_documents_own_settings_decide_about_its_verdict(tmp_path: Path) -> None:
    path = write(tmp_path / "a.md", "# A\n\n```bash\nshopctl frobnicate\n```\n")
    before = worst_of(str(path), Situation({}))
    write(
        tmp_path / "oncue.toml",
        '[[rules]]\ntool = "shopctl"\nwhat = "frobnicate"\nlevel = "dangerous"\n'
        'category = "availability"\nwhy = "drains"\n',
    )
    after = worst_of(str(path), Situation({}))
    assert (before.level, after.level, after.why) == ("unknown", "dangerous", "drains")


def test_settings_with_a_mistake_make_a_verdict_unknown_and_say_where(tmp_path: Path) -> None:
    path = write(tmp_path / "a.md")
    write(tmp_path / "oncue.toml", "colour = 1\n")
    worst = worst_of(str(path), Situation({}))
    assert worst.level == "unknown"
    assert worst.why.startswith(f"{tmp_path / 'oncue.toml'}:1: `colour` is not a setting")


# Whether it is stale.


@pytest.mark.parametrize(
    ("metadata", "cared"),
    [
        ({"last tested": "2026-01-05"}, Cared("tested", date(2026, 1, 5))),
        ({"Last_Reviewed_On": "2025-07-15"}, Cared("reviewed", date(2025, 7, 15))),
        ({"last updated": "July 3rd, 2025"}, Cared("updated", date(2025, 7, 3))),
        ({"last-tested": "15 Jul 2025 (bob)"}, Cared("tested", date(2025, 7, 15))),
        ({"last-tested": "2025-07-15 (bob)"}, Cared("tested", date(2025, 7, 15))),
        ({"last tested": "2025-07-15T10:00:00Z"}, Cared("tested", date(2025, 7, 15))),
        ({"last tested": "03/04/2026"}, None),
        ({"last tested": "YYYY-MM-DD"}, None),
        ({"created": "2026-01-05"}, None),
        ({"last tested": "2024-01-01", "last reviewed": "2025-01-01"}, Cared("reviewed", date(2025, 1, 1))),
    ],
)
def test_a_date_of_care_is_read_where_it_means_one_day(metadata: dict[str, str], cared: Cared | None) -> None:
    assert cared_for(metadata) == cared


@pytest.mark.parametrize(
    ("cared", "worked", "sentence"),
    [
        (None, None, ""),
        (Cared("tested", date(2026, 1, 1)), None, ""),
        (Cared("tested", date(2025, 7, 5)), None, ""),
        (Cared("reviewed", date(2025, 7, 4)), None, "last reviewed on 2025-07-04, 181 days ago"),
        (Cared("reviewed", date(2025, 1, 1)), Worked(date(2025, 12, 1), "same"), ""),
        (None, Worked(date(2025, 1, 1), "same"), "last worked on 2025-01-01, 365 days ago"),
        (None, Worked(date(2025, 12, 1), "other"), "changed since it last worked on 2025-12-01"),
        (Cared("tested", date(2025, 12, 2)), Worked(date(2025, 12, 1), "other"), ""),
    ],
)
def test_a_document_is_stale_when_nothing_recent_proves_it(
    cared: Cared | None, worked: Worked | None, sentence: str
) -> None:
    assert staleness(cared, worked, "same", date(2026, 1, 1)) == sentence


# How its runs went.

ACTOR = e.Actor(login="alice", uid=1000, euid=1000, host="bastion", pid=1)


def stamp(day: int) -> e.Stamp:
    return e.Stamp(at=datetime(2026, 1, day, 12, tzinfo=UTC), mono_ns=day, boot_id="boot", actor=ACTOR)


def began(text: str, path: str, directory: str) -> e.RunStarted:
    digest = sha256(text.encode()).hexdigest()
    return e.RunStarted(
        title="Redis", path=path, document_sha256=digest, version="0", plan=(), shell_name="bash",
        directory=directory, columns=80, rows=24,
    )  # fmt: skip


def add_run(writer: TrailWriter, day: int, started: e.RunStarted, text: str, outcome: e.RunOutcome | None) -> None:
    writer.start_run(f"run-{day}", text.encode(), started, stamp(day))
    if outcome:
        writer.append(f"run-{day}", (e.RunEnded(outcome=outcome),), stamp(day))


@contextmanager
def trail_of(path: Path) -> Iterator[TrailWriter]:
    with closing(TrailWriter.open(path, floor_bytes=0)) as writer:
        yield writer


def test_runs_belong_to_the_document_they_were_started_on_however_it_was_named(tmp_path: Path) -> None:
    with trail_of(tmp_path / "audit.db") as writer:
        add_run(writer, 1, began("old", "redis.md", "/srv/runbooks"), "old", "done")
        add_run(writer, 2, began("new", "../runbooks/redis.md", "/srv/app"), "new", "failed")
        add_run(writer, 3, began("new", "/srv/runbooks/redis.md", "/"), "new", None)
        add_run(writer, 4, began("new", "redis.md", "/elsewhere"), "new", None)
        with TrailReader.open(tmp_path / "audit.db") as reader:
            runs = past_runs(reader, {"run-3"})
    here = runs.of("/srv/runbooks/redis.md", "")
    assert here.last is not None
    assert (here.last.run.run_id, here.last.is_live, here.last.is_open) == ("run-3", True, True)
    assert here.worked == Worked(date(2026, 1, 1), sha256(b"old").hexdigest())
    assert [one.run.run_id for one in here.left_open] == ["run-3"]
    assert [(one.run.run_id, one.is_live) for one in runs.left_open] == [("run-4", False), ("run-3", True)]


def test_a_document_that_moved_keeps_the_runs_of_its_text(tmp_path: Path) -> None:
    with trail_of(tmp_path / "audit.db") as writer:
        add_run(writer, 1, began("text", "redis.md", "/home/alice/checkout"), "text", "done")
        with TrailReader.open(tmp_path / "audit.db") as reader:
            runs = past_runs(reader, ())
    moved = runs.of("/srv/runbooks/redis.md", sha256(b"text").hexdigest())
    assert moved.last is not None
    assert moved.last.run.run_id == "run-1"
    assert runs.of("/srv/runbooks/redis.md", "another").last is None


# What is shown of it.

TODAY = date(2026, 1, 1)


def shelf_with(*news: News) -> Shelf:
    shelf = Shelf()
    for one in news:
        shelf.take(one)
    return shelf


def entry(name: str, **more: object) -> Entry:
    return Entry(f"/srv/{name}.md", name, is_read=True, sha256=name, **more)  # type: ignore[arg-type]


def titles(shelf: Shelf, query: str = "") -> list[str]:
    return [row.alert or row.title for row in shelf.rows(query, TODAY)]


def test_what_a_new_search_does_not_find_is_gone_once_it_has_ended() -> None:
    shelf = shelf_with(LookedIn(()), Glanced({"/srv/a.md": "a", "/srv/b.md": "b"}), entry("a"), entry("b"), AllFound())
    shelf.take(LookedIn(()))
    assert titles(shelf) == ["a", "b"]
    shelf.take(Glanced({"/srv/b.md": "b as it is glanced at"}))
    shelf.take(AllFound())
    assert titles(shelf) == ["b"]


def test_a_document_that_changes_loses_its_verdict_and_one_that_does_not_keeps_it() -> None:
    shelf = shelf_with(entry("a"), Judged("/srv/a.md", Worst("safe")))
    shelf.take(entry("a"))
    assert shelf.worst == {"/srv/a.md": Worst("safe")}
    shelf.take(Entry("/srv/a.md", "a", is_read=True, sha256="new"))
    assert shelf.worst == {}


def test_what_was_left_out_comes_back_when_it_holds_a_step() -> None:
    shelf = shelf_with(Glanced({"/srv/a.md": "a"}), LeftOut("/srv/a.md"), Glanced({"/srv/a.md": "a"}))
    assert titles(shelf) == []
    shelf.take(entry("a"))
    assert (titles(shelf), shelf.left_out) == (["a"], set())


def test_a_few_open_runs_stand_on_top_live_ones_first_and_typing_finds_all(tmp_path: Path) -> None:
    with trail_of(tmp_path / "audit.db") as writer:
        for day in range(1, 6):
            add_run(writer, day, began("text", f"run{day}.md", "/srv"), "text", None)
        with TrailReader.open(tmp_path / "audit.db") as reader:
            shelf = shelf_with(entry("a"))
            shelf.past = past_runs(reader, {"run-2"})
    assert [row.key for row in shelf.rows("", TODAY)] == ["run run-2", "run run-5", "run run-4", "/srv/a.md"]
    assert [row.key for row in shelf.rows("run1", TODAY)] == ["run run-1"]
    assert len(shelf.rows("redis", TODAY)) == 5


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("redis", "redis full"),
        ("full", "redis full"),
        ("full redis", "redis full"),
        ("REDIS", "redis full"),
        ("high", "HighErrorRate"),
        ("orders high", "HighErrorRate"),
        ("hger", "HighErrorRate"),
        ("orders", "orders api"),
        ("dis", "disk"),
    ],
)
def test_the_best_fit_comes_first(query: str, best: str) -> None:
    alerts = (("HighErrorRate", ("Errors",)),)
    shelf = shelf_with(entry("redis full"), entry("disk"), entry("orders api", service="orders", alerts=alerts))
    assert titles(shelf, query)[0] == best


@given(st.text(max_size=12), st.lists(st.text(max_size=20), max_size=4))
def test_any_query_finds_only_what_fits_every_word(query: str, names: list[str]) -> None:
    words = folded(query).split()
    found = score(words, [Name(folded(name), 1, is_loose=False) for name in names])
    fits = all(any(word in folded(name) for name in names) for word in words)
    assert (found > 0) == fits


@given(st.text(alphabet="ab ", min_size=1, max_size=40), st.text(alphabet="ab", min_size=3, max_size=20))
def test_letters_in_order_are_looked_for_without_going_back_and_forth(text: str, word: str) -> None:
    fits = score([word], [Name(folded(text), 1, is_loose=True)])
    left = iter(folded(text))
    assert not fits or all(letter in left for letter in word)


# The process that reads.


def reading(directory: Path, **environ: str) -> Reading:
    return Reading(directory, Situation({"HOME": str(directory), **environ}))


def everything(one: Reading, **asked: object) -> list[News]:
    told = list(one.take(asked))
    while news := list(one.go_on()):
        told += news
    return told


def test_titles_come_before_any_document_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "runbooks" / "redis.md")
    about = write(tmp_path / "runbooks" / "about.md", PROSE)
    told = everything(reading(tmp_path), look=True)
    assert [type(one) for one in told] == [LookedIn, Glanced, AllFound, LeftOut, Entry, AllRead]
    assert told[1] == Glanced({str(about): "About us", str(path): "Redis is full"})
    assert told[3] == LeftOut(str(about))


def test_looking_again_reads_only_what_has_changed(tmp_path: Path) -> None:
    path = write(tmp_path / "runbooks" / "redis.md")
    write(tmp_path / "runbooks" / "other.md")
    one = reading(tmp_path)
    everything(one, look=True)
    assert [type(told) for told in everything(one, look=True)] == [LookedIn, Glanced, AllFound, AllRead]
    write(path, REDIS.replace("full", "slow"))
    changed = [told for told in everything(one, look=True) if isinstance(told, Entry)]
    assert [entry.title for entry in changed] == ["Redis is slow"]


def test_what_is_looked_at_is_judged_before_the_rest_is_read(tmp_path: Path) -> None:
    paths = [str(write(tmp_path / "runbooks" / f"{name}.md")) for name in "abc"]
    one = reading(tmp_path)
    list(one.take({"look": True}))
    list(one.take({"judge": [paths[2], paths[0]]}))
    told = [*one.go_on(), *one.go_on(), *one.go_on()]
    assert [type(news) for news in told] == [Judged, Judged, Entry]
    assert [news.path for news in told if isinstance(news, Judged)] == [paths[2], paths[0]]


def test_a_document_that_breaks_the_reader_hides_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, _ = (str(write(tmp_path / "runbooks" / f"{name}.md")) for name in ("bad", "good"))

    def explode(path: str, *_: object) -> Entry:
        if path == bad:
            raise RecursionError("too deep")
        return entry("good")

    for name in ("entry_of", "worst_of"):
        monkeypatch.setattr(f"engine.library.process.{name}", explode)
    told = everything(reading(tmp_path), look=True)
    assert [one.unreadable for one in told if isinstance(one, Entry)] == [
        "cannot be understood: RecursionError('too deep')",
        "",
    ]
    (judged,) = [one for one in everything(reading(tmp_path), judge=[bad]) if isinstance(one, Judged)]
    assert judged.worst == Worst("unknown", "cannot be judged: RecursionError('too deep')")


def test_settings_with_a_mistake_are_told_instead_of_a_library(tmp_path: Path) -> None:
    write(tmp_path / "oncue.toml", "library = 3\n")
    told = everything(reading(tmp_path), look=True)
    assert told == [LookupRefused(f"{tmp_path / 'oncue.toml'}:1: `library` wants a list, not a number")]


@pytest.mark.parametrize(
    "news",
    [
        LookedIn((Place("/srv", 1), Place("/ops", named=True))),
        Glanced({"/srv/\udcff.md": "[red]x"}),
        Entry("/a.md", "A", True, "0", "procedure", cared=Cared("tested", date(2026, 1, 1)), alerts=(("X", ("Y",)),)),
        LeftOut("/a.md"),
        Judged("/a.md", Worst("caution", "why", "step", 3)),
        Unreadable("/a.md", "is larger than 5 MB"),
        AllFound(),
        AllRead(),
        LookupRefused("no"),
    ],
)
def test_news_arrive_as_they_were_told(news: News) -> None:
    assert from_line(to_line(news)) == news


def test_a_library_is_read_in_a_process_of_its_own(tmp_path: Path) -> None:
    path = str(write(tmp_path / "runbooks" / "redis.md"))
    library = Library(tmp_path, {**os.environ, "HOME": str(tmp_path)})
    library.look()
    library.judge([path])
    told = []
    for news in library.news():
        told.append(news)
        if {AllRead, Judged} <= {type(one) for one in told}:
            break
    assert library.status is None
    library.close()
    library.close()
    assert library.status is not None
    (judged,) = [one for one in told if isinstance(one, Judged)]
    assert (judged.path, judged.worst.level) == (path, "dangerous")


def test_the_process_ends_with_whoever_started_it(tmp_path: Path) -> None:
    library = Library(tmp_path, {**os.environ, "HOME": str(tmp_path)})
    library._process.stdin.close()  # type: ignore[union-attr]
    assert list(library.news()) == []
    assert library._process.wait(20) == 0
