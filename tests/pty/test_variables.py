"""Inputs as an operator meets them: one page before the first step, changed at any later one, remembered by the run."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from support.terminal import Operator, oncue, run_id_in, shown

from engine.trail import TrailReader

DOCUMENT = """\
---
kind: procedure
variables:
  ns:
    default: prod
    choices: [prod, test]
    description: the namespace
  pod:
    from: printf 'web-0\\nweb-1\\n'
  zone:
    from: echo eu-1
---

# Move a pod

## One

```bash
printf '%s\\n' "ns=<ns>" 'pod=<pod>'
```

## Two

```bash
printf '%s\\n' zone=<zone> "again=<pod>" '<reason>'
```
"""
LOGIN = """\
---
variables:
  api key: {secret: true}
---

# Log in

```bash
printf '%s' "<api key>" | sha256sum; printf 'with <api key>\\n'
```

```bash
cat <<< '<api key>'
```
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], str]:
    def write_runbook(text: str) -> str:
        (tmp_path / "move.md").write_text(text)
        return "move.md"

    return write_runbook


def events(home: Path) -> list[tuple[str, dict[str, object]]]:
    """Kind and payload of every event, as the trail has them."""
    with sqlite3.connect(next((home / "state").rglob("*.db"))) as trail:
        rows = trail.execute("SELECT action, payload FROM event ORDER BY seq").fetchall()
    trail.close()
    return [(kind, json.loads(payload)) for kind, payload in rows]


def outputs(home: Path) -> list[str]:
    return [step["attempts"][0]["output"] for step in shown(home)["steps"]]


def test_all_inputs_stand_on_one_page_and_what_lacks_is_asked(tmp_path: Path, write) -> None:
    operator = Operator(tmp_path, "run", write(DOCUMENT), "--plain")
    operator.sees("Inputs")
    operator.sees("1  ns = prod   default · the namespace · prod / test · line 19")
    operator.sees("2  pod = ?")
    operator.sees("4  reason = ?")
    operator.sees("1  web-0")
    operator.sees("2  web-1")
    operator.sees("pod:")
    operator.says("2")
    operator.sees("zone [eu-1]:")
    operator.says("")
    operator.sees("reason:")
    operator.says('it\'s "late" $(now)')
    operator.answers("", "")
    assert operator.ends() == 0
    assert outputs(tmp_path) == ["ns=prod\r\npod=web-1\r\n", 'zone=eu-1\r\nagain=web-1\r\nit\'s "late" $(now)\r\n']
    sources = {one["name"]: one["source"] for kind, one in events(tmp_path) if kind == "variable_set"}
    assert sources == {"ns": "default", "pod": "typed", "zone": "echo eu-1", "reason": "typed"}


def test_values_change_one_by_one(tmp_path: Path, write) -> None:
    given = ["--var", "pod=web-7", "--var", "reason=x", "--var", "zone=z"]
    operator = Operator(tmp_path, "run", write(DOCUMENT), "--plain", *given)
    operator.sees("2  pod = web-7   --var")
    operator.sees("number to change one, Enter to go on:")
    operator.says("1")
    operator.sees("ns [prod]:")
    operator.says("dev")
    operator.sees("is none of prod, test")
    operator.says("test")
    operator.sees("1  ns = test   typed")
    operator.sees("Enter to go on:")
    operator.says("9")
    operator.sees("a number from 1 to 4")
    operator.says("")
    operator.answers("v")
    operator.sees("2  pod = web-7")
    operator.says("2")
    operator.sees("pod [web-7]:")
    operator.says("web-8")
    operator.sees("pod = web-8")
    operator.says("")
    operator.answers("y")
    operator.sees("pod=web-8")
    operator.answers("q")
    operator.answers("l")
    operator.ends()
    resumed = Operator(tmp_path, "resume", "--plain")
    resumed.answers("y")
    resumed.sees("again=web-8")
    assert resumed.ends() == 0
    assert resumed.seen.count("number to change one") == 0


def test_a_command_that_is_not_proved_safe_is_shown_before_it_proposes_anything(tmp_path: Path, write) -> None:
    (tmp_path / "list-pods").write_text("#!/bin/sh\necho api-0; date > ran\n")
    (tmp_path / "list-pods").chmod(0o755)
    front = "---\nvariables:\n  pod: {from: ./list-pods}\n---\n"
    operator = Operator(tmp_path, "run", write(f"{front}# T\n\n```bash\necho <pod>\n```\n"), "--plain")
    operator.sees("./list-pods")
    operator.sees("run it?")
    assert not (tmp_path / "ran").exists()
    operator.says("")
    operator.sees("pod:")
    assert not (tmp_path / "ran").exists()
    operator.says("")
    operator.answers("v")
    operator.sees("run it?")
    operator.says("y")
    operator.sees("pod [api-0]:")
    operator.says("")
    operator.answers("y")
    assert operator.ends() == 0
    assert (tmp_path / "ran").exists()
    probes = [(kind, one) for kind, one in events(tmp_path) if kind.startswith("probe")]
    assert [kind for kind, _ in probes] == ["probe_started", "probe_ended"]
    assert (probes[0][1]["command"], probes[0][1]["approval"]) == ("./list-pods", "asked")
    assert (probes[1][1]["output"], probes[1][1]["exit_status"]) == ("api-0\n", 0)


def test_what_a_look_up_needs_is_asked_before_it(tmp_path: Path, write) -> None:
    front = "---\nvariables:\n  pod: {from: 'echo <ns>-0'}\n---\n"
    operator = Operator(tmp_path, "run", write(f"{front}# T\n\n```bash\necho at-<pod>\n```\n"), "--plain")
    operator.sees("1  ns = ?")
    operator.sees("2  pod = ?")
    operator.sees("ns:")
    operator.says("prod")
    operator.sees("pod [prod-0]:")
    operator.says("")
    operator.answers("y")
    operator.sees("at-prod-0")
    assert operator.ends() == 0


def test_a_look_up_sees_what_the_steps_have_exported(tmp_path: Path, write) -> None:
    front = '---\nkind: procedure\nvariables:\n  b: {from: \'echo "$A" "$PWD"\'}\n---\n'
    text = f"{front}# T\n\n## One\n\n```bash\nexport A=$'x \"y\"\\n'; cd /\n```\n\n## Two\n\n```bash\necho <b>\n```\n"
    operator = Operator(tmp_path, "run", write(text), "--plain")
    operator.sees("b [")
    operator.says("")
    operator.answers("y")
    operator.answers("v")
    operator.sees('1  x "y"')
    operator.sees("2  /")
    operator.interrupts()
    operator.answers("q")
    operator.answers("l")
    operator.ends()


def test_a_secret_is_nowhere_but_in_the_step(tmp_path: Path, write) -> None:
    operator = Operator(tmp_path, "run", write(LOGIN), "--plain")
    operator.sees("api key:")
    operator.says("hunter2-is-long")
    operator.answers("v")
    operator.sees("api key [secret]:")
    operator.says("")
    operator.answers("y")
    operator.sees("with ")
    operator.answers("q")
    operator.answers("l")
    operator.ends()
    assert "hunter2" not in operator.seen
    run_id = run_id_in(operator.seen)
    again = Operator(tmp_path, "resume", "--plain")
    again.sees("1  api key = ?")
    again.sees("api key:")
    again.says("another-secret")
    again.answers("y")
    again.sees("succeeded")
    assert again.ends() == 0
    assert "another-secret" not in again.seen
    trail = next((tmp_path / "state").rglob("*.db"))
    with TrailReader.open(trail) as reader:
        first = b"".join(chunk.data for chunk in reader.output(run_id, 1))
    assert first.startswith(sha256(b"hunter2-is-long").hexdigest().encode())
    assert b"with [secret:" in first
    for file in (tmp_path / "state").rglob("*"):
        assert not file.is_file() or b"hunter2-is-long" not in file.read_bytes()
    texts = [one["text"] for kind, one in events(tmp_path) if kind == "step_started"]
    assert re.fullmatch(r"cat <<< ''\"\$\{ONCUE_SECRET_api_key_\w{8}\}\"''", str(texts[1]))


def test_without_a_terminal_files_and_the_environment_give_the_values(tmp_path: Path, write) -> None:
    (tmp_path / "prod.env").write_text("pod='web 1'\nreason=planned\nspare=1\n")
    arguments = ("run", write(DOCUMENT), "--yes", "--var-file", "prod.env")
    held = oncue(tmp_path, *arguments)
    assert (held.returncode, "zone has no value" in held.stderr) == (3, True)
    done = oncue(tmp_path, *arguments, ONCUE_VAR_zone="eu-2", ONCUE_VAR_ns="test")
    assert done.returncode == 0, done.stderr
    assert "no input of this runbook: spare" in done.stdout
    assert outputs(tmp_path) == ["ns=test\r\npod=web 1\r\n", "zone=eu-2\r\nagain=web 1\r\nplanned\r\n"]
    sources = {one["name"]: one["source"] for kind, one in events(tmp_path) if kind == "variable_set"}
    assert sources == {"ns": "$ONCUE_VAR_ns", "pod": "prod.env:1", "reason": "prod.env:2", "zone": "$ONCUE_VAR_zone"}


def test_what_is_given_to_inputs_is_not_handed_on_to_the_steps(tmp_path: Path, write) -> None:
    text = "# T\n\n```bash\nenv | grep -c ^ONCUE_VAR_; echo <x>\n```\n"
    done = oncue(tmp_path, "run", write(text), "--yes", ONCUE_VAR_x="1")
    assert done.returncode == 0, done.stderr
    assert outputs(tmp_path) == ["0\r\n1\r\n"]


def test_a_value_that_cannot_stand_in_its_place_is_said_and_can_be_changed(tmp_path: Path, write) -> None:
    operator = Operator(tmp_path, "run", write("# T\n\n```bash\nls <x>\n```\n"), "--plain")
    operator.sees("x:")
    operator.says("--all")
    operator.sees("begins with - and would be read as an option")
    operator.answers("v")
    operator.sees("x [--all]:")
    operator.says("/")
    operator.answers("y")
    assert operator.ends() == 0


def test_a_mistake_of_the_front_matter_is_said_with_its_line(tmp_path: Path, write) -> None:
    front = "---\nvariables:\n  x:\n    pattern: '[a-z'\n---\n"
    operator = Operator(tmp_path, "run", write(f"{front}# T\n\n```bash\necho <x>\n```\n"), "--plain")
    operator.sees("move.md:4: x: the pattern [a-z cannot be used")
    operator.sees("x:")
    operator.says("abc")
    operator.sees("cannot be checked against its pattern")
    operator.says("")
    operator.answers("q")
    operator.answers("l")
    assert operator.ends() == 3


HOSTILE = 'it\'s "$(id)" `id` \\ $HOME !! !-1 ^a^b * ? ~ {a,b} # \t é漢\u2028🤷 ;&|<> -n'


def test_in_the_run_s_own_shell_every_place_gets_exactly_the_value(tmp_path: Path, write) -> None:
    places = ["<x>", '"<x>"', "'<x>'", "$'<x>'", '"$(printf %s "<x>")"']
    lines = [f"printf '%s\\n' {place}" for place in places]
    block = "\n".join([*lines, "cat <<EOF", "<x>", "EOF", "cat <<'EOF'", "<x>", "EOF", "X=<x>", 'echo "$X"'])
    sql = "```sql {db=here}\nSELECT hex('<x>') AS \"<x>\";\n```\n"
    front = "---\nkind: procedure\ndatabases: {here: 'sqlite://'}\n---\n"
    write(f"{front}# T\n\n## A\n\n```bash\n{block}\n```\n\n## B\n\n{sql}")
    (tmp_path / "x.json").write_text(json.dumps({"x": HOSTILE.replace("\\", "")}))
    done = oncue(tmp_path, "run", "move.md", "--yes", "--var-file", "x.json")
    assert done.returncode == 0, done.stderr + done.stdout
    shell, database = outputs(tmp_path)
    assert shell == f"{HOSTILE.replace(chr(92), '')}\r\n" * 8
    heading, _, value, *_ = database.split("\n")
    assert bytes.fromhex(value.strip()).decode() == HOSTILE.replace("\\", "")
    assert heading.strip() == HOSTILE.replace("\\", "").replace("\t", "^I").replace("\u2028", "<U+2028>")
    backslash = oncue(tmp_path, "run", "move.md", "--yes", "--section", "A", "--var", f"x={HOSTILE}")
    assert backslash.returncode == 0, backslash.stderr
    assert outputs(tmp_path)[0] == f"{HOSTILE}\r\n" * 8


def test_a_value_too_long_for_any_argument_is_refused_before_anything_runs(tmp_path: Path, write) -> None:
    write("# T\n\n```bash\necho <x>\n```\n")
    (tmp_path / "x.env").write_text("x=" + "a" * 200_000)
    done = oncue(tmp_path, "run", "move.md", "--yes", "--var-file", "x.env")
    assert (done.returncode, "longer than 100,000 bytes" in done.stderr) == (2, True)
    assert not list((tmp_path / "state").rglob("*.db"))
