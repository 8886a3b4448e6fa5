"""`oncue test`: a runbook tested like code, by the scenarios beside it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from support.terminal import oncue

from engine.events import CommitAnswered
from engine.trail import TrailReader

ROOM = Path(__file__).resolve().parents[2] / "runbooks"
RUNBOOKS = sorted(set(ROOM.glob("*.md")) - {ROOM / "README.md"})
BOOK = """---
kind: procedure
---

# Redis is full

```bash
# Look
kubectl get pods

# Remove
kubectl delete ns app
```

## Tell

- [ ] The team knows
- [ ] The page is closed
"""
ANSWERS = """
[[answers]]
step = "Look"
output = "web-1 Running"

[[answers]]
step = "Remove"
"""
LOOK = '\n[[path]]\nstep = "Look"\n'
REMOVE = '\n[[path]]\nstep = "Remove"\ntype = "app"\n'
TELL = '\n[[path]]\nstep = "Tell"\n'
WHOLE = ANSWERS + LOOK + REMOVE + TELL
HALF = ANSWERS + LOOK + '\n[expect]\noutcome = "abandoned"\n'
MISSES = [
    ("", "at the end: abandoned; expected rehearsed; still to do: Look, Remove, Tell"),
    (ANSWERS + REMOVE, "turn 1, “Remove”: the run stands on “Look”"),
    (ANSWERS + LOOK + LOOK, "turn 2, “Look”: the run stands on “Remove”"),
    (
        LOOK,
        "turn 1, “Look”: failed (nothing answers this text, and a strict rehearsal asks nobody); expected suc",
    ),
    (ANSWERS + LOOK + 'level = "caution"', "); expected caution"),
    (ANSWERS + LOOK + 'output = "CrashLoop"', "“CrashLoop” does not stand in its output"),
    (ANSWERS + LOOK + REMOVE.replace("app", "web"), "it is dangerous, and its target 'app' has to stand in `type`"),
    (ANSWERS + LOOK + REMOVE + TELL + "items = 3", "held by 2 items; expected 3"),
    (ANSWERS + LOOK + 'choose = ["Option A"]', "nothing is to be chosen before it"),
    (ANSWERS + LOOK + 'refused = "no"', "it was let through; expected to be refused with “no”"),
    (ANSWERS + LOOK + 'do = "skip"', "turn 1, “Look”: refused: a reason is needed to skip a step"),
    (ANSWERS + LOOK + 'type = "app"', "), and no target has to be typed for it"),
    (WHOLE + 'level = "safe"', "path.level counts for nothing where the step is said to be done"),
    (ANSWERS + LOOK + 'reason = "x"', ".scenario.toml:11: path.reason counts for nothing where the step is run"),
    ('inject = ["fail:Remove", "hang:Look"]\n' + WHOLE, "interrupted; expected succeeded"),
    (
        'inject = ["fail:Remove"]\n'
        + ANSWERS
        + LOOK
        + '\n[[path]]\nstep = "Remove"\ndo = "skip"\nreason = "x"\n'
        + TELL,
        "fail:Remove was never reached",
    ),
    (WHOLE + LOOK, "turn 4, “Look”: nothing is left to do before it"),
    (WHOLE + '\n[expect]\nunreached = ["Look"]', "never reached: nothing; expected Look"),
    (HALF + 'unreached = ["Remove", "Tell"]', "never reached: Tell; expected Remove, Tell"),
    (ANSWERS.replace("Look", "Lok"), "the answer for 'Lok' names no step that runs"),
    ('inject = ["fail:Lok"]', "the failure fail for 'Lok' names no step that runs"),
    ('section = "Gone"', "book.md: no section 'Gone'"),
    ('from = "gone.cast"', "the recording gone.cast cannot be read"),
    ('[inputs]\nhost = "x"\n' + WHOLE, "book.md has no input host"),
    (ANSWERS + '\n[[path]]\nstep = "Lok"', "the turn 'Lok' names no step; name one by"),
]


class Place:
    def __init__(self, home: Path) -> None:
        self.home = home
        (home / "book.md").write_text(BOOK)

    def scenario(self, text: str, name: str = "book") -> None:
        (self.home / f"{name}.scenario.toml").write_text(text)

    def test(self, *options: str) -> Any:
        return oncue(self.home, "test", *(options or ("book.md",)))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_every_runbook_that_comes_with_oncue_goes_as_its_scenarios_say(tmp_path: Path) -> None:
    done = oncue(tmp_path, "test", *map(str, RUNBOOKS))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("✔") >= len(RUNBOOKS)


def test_all_scenarios_beside_a_runbook_are_tested_and_nothing_is_left_behind(place: Place) -> None:
    place.scenario(WHOLE)
    place.scenario(f'title = "it fails once"\ninject = ["fail:Look"]\n{ANSWERS}{LOOK}outcome = "failed"\n'
                   f"{LOOK}{REMOVE}{TELL}", "book.once")  # fmt: skip
    place.scenario(f'{HALF}unreached = ["Tell"]', "book.half")
    place.scenario("titel = 'of another runbook'", "bookshop")
    done = place.test()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "it fails once  (book.once.scenario.toml)" in done.stdout
    assert done.stdout.splitlines()[-1] == "3 of 3 scenarios went as expected"
    assert not (place.home / "state").exists()


@pytest.mark.parametrize(("text", "sentence"), MISSES[:4])
def test_what_does_not_go_as_expected_is_said_with_its_turn(place: Place, text: str, sentence: str) -> None:
    place.scenario(text)
    done = place.test()
    assert (done.returncode, done.stderr) == (1, "")
    assert re.search(rf"(?m)^    book\.scenario\.toml(:\d+)?: {re.escape(sentence)}", done.stdout), done.stdout
    assert done.stdout.splitlines()[-1] == "0 of 1 scenarios went as expected"


def test_every_kind_of_miss_has_its_sentence_and_its_case_in_the_report(place: Place) -> None:
    for number, (text, _) in enumerate(MISSES[4:], 10):
        place.scenario(text, f"book.{number}")
    done = place.test("book.md", "--junit", "report.xml")
    assert done.returncode == 1, done.stderr
    suite = ET.parse(place.home / "report.xml").getroot()[0]  # noqa: S314 - ours
    assert (suite.get("tests"), suite.get("failures")) == (str(len(MISSES) - 4),) * 2
    said = [str(case[0].text) for case in suite]
    assert [sentence for (_, sentence), text in zip(MISSES[4:], said, strict=True) if sentence not in text] == []


SQL_BOOK = """---
databases:
  shop: sqlite:////nowhere/shop.db
---

# Orders wait

```sql {expect_rows=1}
-- Close one
UPDATE orders SET state = 'done' WHERE id = 7;
```

```sql
-- Close them
UPDATE orders SET state = 'done' WHERE state = 'open';
```

```bash
# Look
kubectl get pods
```
"""
TOLD = """
[[answers]]
step = "Close one"
output = "{rows} row(s) affected"

[[answers]]
step = "Close them"
output = "5 row(s) affected"

[[answers]]
step = "Look"

[[path]]
step = "Close one"
{one}
[[path]]
step = "Close them"
{them}
[[path]]
step = "Look"
{look}
"""
DECIDED = [
    ({}, None),
    ({"them": "decision = 'commit'"}, None),
    ({"them": "decision = 'roll_back'"}, "turn 2, “Close them”: failed (rolled back); expected succeeded"),
    (
        {"them": "decision = 'roll_back'\noutcome = 'failed'\n[[path]]\nstep = 'Close them'"},
        None,
    ),
    ({"rows": 5}, "turn 1, “Close one”: failed (rolled back: 5 row(s) affected, and 1 expected); expected succeeded"),
    ({"look": "decision = 'commit'"}, "turn 3, “Look”: nobody was asked whether to commit, and `decision` answers"),
    (
        {"rows": 5, "one": "decision = 'commit'\noutcome = 'failed'\n[[path]]\nstep = 'Close one'"},
        "turn 1, “Close one”: nobody was asked whether to commit",
    ),
]


def test_what_writes_is_committed_or_rolled_back_as_the_turn_decides(place: Place) -> None:
    (place.home / "book.md").write_text(SQL_BOOK)
    for number, (said, _) in enumerate(DECIDED):
        place.scenario(TOLD.format(**{"rows": 1, "one": "", "them": "", "look": "", **said}), f"book.{number}")
    place.test("book.md", "--junit", "report.xml", "--audit", "kept.db")
    suite = ET.parse(place.home / "report.xml").getroot()[0]  # noqa: S314 - ours
    failures = [case.find("failure") for case in suite]
    told = [None if one is None else str(one.text) for one in failures]
    assert [(sentence, text) for (_, sentence), text in zip(DECIDED, told, strict=True)
            if (text is None) != (sentence is None) or (sentence or "") not in (text or "")] == []  # fmt: skip
    with TrailReader.open(place.home / "kept.db") as reader:
        run = min(reader.runs(), key=lambda one: one.started_at).run_id
        answered = [one.event.decision for one in reader.events(run) if isinstance(one.event, CommitAnswered)]
    assert answered == ["commit", "commit"]


def test_a_scenario_can_be_named_itself_and_its_trail_kept(place: Place) -> None:
    place.scenario(WHOLE)
    done = place.test("book.scenario.toml", "--audit", "kept.db")
    assert done.returncode == 0, done.stdout
    with TrailReader.open(place.home / "kept.db") as reader:
        assert [run.outcome for run in reader.runs()] == ["rehearsed"]


def test_a_folder_is_tested_with_all_that_lies_below_it(place: Place) -> None:
    place.scenario(WHOLE)
    (place.home / "more").mkdir()
    (place.home / "more" / "book.md").write_text(BOOK)
    (place.home / "more" / "book.scenario.toml").write_text(WHOLE)
    done = place.test(".")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "(book.scenario.toml)" in done.stdout
    assert "(more/book.scenario.toml)" in done.stdout
    assert done.stdout.splitlines()[-1] == "2 of 2 scenarios went as expected"


def test_a_scenario_that_cannot_be_read_is_one_failed_case_and_the_others_are_tested(place: Place) -> None:
    place.scenario("titel = 1", "book.broken")
    place.scenario(WHOLE)
    done = place.test(".", "--junit", "report.xml")
    assert (done.returncode, done.stderr) == (1, "")
    assert re.search(r"✘ .* book\.broken\.scenario\.toml\n    book\.broken\.scenario\.toml:1: ", done.stdout)
    assert done.stdout.splitlines()[-1] == "1 of 2 scenarios went as expected"
    suite = ET.parse(place.home / "report.xml").getroot()[0]  # noqa: S314 - ours
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    [broken] = [case for case in suite if len(case)]
    assert (broken.get("name"), broken.get("file")) == ("book.broken.scenario.toml",) * 2


@pytest.mark.parametrize(
    ("named", "sentence"),
    [
        ("gone.md", "gone.md: there is no such file"),
        ("gone.scenario.toml", "gone.scenario.toml: there is no such file"),
        ("empty", "empty: no scenario lies in this folder or below it"),
        ("", "a file has to be named"),
    ],
)
def test_what_is_not_there_is_a_sentence(place: Place, named: str, sentence: str) -> None:
    (place.home / "empty").mkdir()
    done = place.test(named)
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr


def test_the_report_is_well_formed_whatever_stands_in_the_scenario(place: Place) -> None:
    title = "\\u001b]0;x\\u0007 \\u202e ]]> <&\\u0000\\uFFFE é"
    place.scenario(f'title = "{title}"\n{ANSWERS}{LOOK}output = "<&]]>\\u0001"')
    done = place.test("book.md", "--junit", "report.xml")
    assert done.returncode == 1, done.stderr
    assert "\x1b" not in done.stdout
    [case] = ET.parse(place.home / "report.xml").getroot().iter("testcase")  # noqa: S314 - ours
    assert "]]> <&" in str(case.get("name"))
    assert "“<&]]>" in str(case[0].text)


def test_a_runbook_without_a_scenario_is_not_tested_in_silence(place: Place) -> None:
    done = place.test()
    assert done.returncode == 2
    assert "book.md has no scenario beside it; book.scenario.toml would be one" in done.stderr
