"""`oncue config`, and what settings do to a run, through the real command in a fresh home."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.terminal import Operator, oncue, shown, statuses

from engine.trail import TrailReader

RUNBOOK = "---\nkind: procedure\n---\n# T\n\n## One\n\n```bash\ntouch made\n```\n"


def own(home: Path, text: str) -> Path:
    path = home / ".config" / "oncue" / "oncue.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def project(home: Path, text: str) -> Path:
    path = home / "oncue.toml"
    path.write_text(text)
    return path


def rows(stdout: str) -> list[list[str]]:
    """The columns of `oncue config`'s table."""
    return [
        [cell.strip() for cell in line.split("  ") if cell.strip()] for line in stdout.split("\n\n", 1)[1].splitlines()
    ]


def test_without_a_file_it_shows_what_is_built_in(tmp_path: Path) -> None:
    done = oncue(tmp_path, "config")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("no oncue.toml was found; what is built in is in force\n\n")
    assert rows(done.stdout) == [
        ["environment", "none", "built in"],
        ["environments.production.match", "prod, prod-*, prod_*, *-prod, *_prod, production*, live", "built in"],
        ["environments.production.raise", "unknown to caution", "built in"],
        ["timeouts.step", "none", "built in"],
        ["timeouts.context", "5s", "built in"],
        ["timeouts.from", "10s", "built in"],
        ["timeouts.lock", "5s", "built in"],
        ["timeouts.statement", "300s", "built in"],
        ["timeouts.commit", "60s", "built in"],
        ["databases.default", "none", "built in"],
        ["trail.path", str(tmp_path / "state" / "oncue" / "audit.db"), "built in"],
        ["theme", "oncue-dark", "built in"],
    ]
    assert not (tmp_path / "state").exists()


def test_it_shows_where_each_value_came_from(tmp_path: Path) -> None:
    mine = own(tmp_path, 'timeouts.step = "1m"\n\n[databases]\norders = "postgresql://app:${PW}@db/orders"\n')
    (tmp_path / "work").mkdir()
    theirs = project(tmp_path / "work", 'timeouts.context = "2s"\n[aliases]\nkk = "kubectl"\n')
    (tmp_path / "work" / "redis.md").write_text("---\nenvironment: prod-eu\n---\n# T\n")
    done = oncue(tmp_path, "config", "work/redis.md", "--audit", "a.db", ONCUE_STEP_TIMEOUT="9s", PW="geheim")
    assert (done.returncode, done.stderr) == (0, "")
    assert "geheim" not in done.stdout
    table = rows(done.stdout)
    for row in (
        ["environment", "production", "work/redis.md:2"],
        ["timeouts.step", "9s", "ONCUE_STEP_TIMEOUT"],
        ["timeouts.context", "2s", f"{theirs}:1"],
        ["aliases.kk", "kubectl", f"{theirs}:3"],
        ["databases.orders", "postgresql://app:${PW}@db/orders", f"{mine}:4"],
        ["trail.path", str(tmp_path / "a.db"), "--audit"],
    ):
        assert row in table
    assert [line.split("  ")[:2] for line in done.stdout.splitlines()[:2]] == [
        [str(mine), f"your own, sha256 {digest(mine)}"],
        [str(theirs), f"found beside the runbook, sha256 {digest(theirs)}"],
    ]


def digest(path: Path) -> str:
    from hashlib import sha256

    return sha256(path.read_bytes()).hexdigest()


def test_json_says_the_same_to_a_program(tmp_path: Path) -> None:
    mine = own(tmp_path, 'environment = "production"\n')
    done = oncue(tmp_path, "config", "--json", "--environment", "production")
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["files"] == [{"path": str(mine), "role": "own", "sha256": digest(mine)}]
    assert told["values"][0] == {
        "key": "environment",
        "value": "production",
        "origin": {"kind": "option", "name": "--environment", "line": None},
    }
    assert {"key": "timeouts.step", "value": None, "origin": {"kind": "built in", "name": "", "line": None}} in told[
        "values"
    ]


def test_what_a_terminal_would_obey_is_made_visible(tmp_path: Path) -> None:
    own(tmp_path, '[aliases]\n"k\\u001b]0;x\\u0007" = "kubectl \\u202e"\n')
    done = oncue(tmp_path, "config")
    assert done.returncode == 0
    assert not {"\x1b", "\x07", "\u202e"} & set(done.stdout)


def refused(home: Path, *arguments: str, **more: str) -> str:
    done = oncue(home, *arguments, **more)
    assert (done.returncode, done.stdout) == (2, "")
    assert not (home / "made").exists()
    assert not (home / "state").exists()
    return done.stderr.removeprefix("oncue: ").rstrip("\n")


@pytest.mark.parametrize("command", [("config", "doc.md"), ("run", "doc.md", "--yes")])
def test_nothing_runs_with_half_a_policy(tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "doc.md").write_text(RUNBOOK)
    path = project(tmp_path, '[timeouts]\nstpe = "5m"\n\n[[rules]]\ntool = "x"\nwhat = "@nonsense"\n')
    assert refused(tmp_path, *command).splitlines() == [
        f"{path}:2: `timeouts.stpe` is not a setting; the nearest is `timeouts.step`",
        f"{path}:4: `rules` lacks `category`",
        f"{path}:4: `rules` lacks `level`",
        f"{path}:4: `rules` lacks `why`",
    ]


def test_nothing_runs_without_what_the_command_line_or_a_variable_names(tmp_path: Path) -> None:
    (tmp_path / "doc.md").write_text(RUNBOOK)
    run = ("run", "doc.md", "--yes")
    missing = tmp_path / "no.toml"
    assert refused(tmp_path, *run, "--config", "no.toml") == f"{missing}: cannot be read: no such file or directory"
    assert refused(tmp_path, *run, "--environment", "x").startswith("--environment: no environment is called `x`")
    assert refused(tmp_path, *run, ONCUE_STEP_TIMEOUT="x").startswith("ONCUE_STEP_TIMEOUT: `x` is no duration")
    mine = own(tmp_path, "environment = \n")
    assert refused(tmp_path, *run) == f"{mine}:1: is not TOML: invalid value"


def test_a_runs_first_event_keeps_what_was_in_force(tmp_path: Path) -> None:
    (tmp_path / "doc.md").write_text(RUNBOOK)
    path = project(tmp_path, 'timeouts.step = "1m"\n[[allow]]\ntool = "touch"\nreason = "ours"\n')
    done = oncue(tmp_path, "run", "doc.md", "--yes", "--audit", "a.db", "--environment", "production")
    assert done.returncode == 0
    assert (tmp_path / "made").exists()
    assert f"environment production (--environment); settings of {path}" in " ".join(done.stdout.split())
    with TrailReader.open(tmp_path / "a.db") as reader:
        started = reader.events(reader.find_run(None))[0].event
    assert started.model_dump()["config"] == (
        f"{path} sha256:{digest(path)}",
        "environment = production (--environment)",
        f"allow = touch is caution: ours ({path}:2)",
        f"timeouts.step = 1m ({path}:1)",
    )


def test_a_step_ends_when_the_configured_time_is_over_unless_its_fence_says_more(tmp_path: Path) -> None:
    steps = "\n## One\n\n```bash {timeout=1m}\nsleep 0.3\n```\n\n## Two\n\n```bash\nsleep 60\n```\n"
    (tmp_path / "doc.md").write_text(f"---\nkind: procedure\n---\n# T\n{steps}")
    project(tmp_path, 'timeouts.step = "200ms"\n')
    assert oncue(tmp_path, "run", "doc.md", "--yes").returncode == 1
    assert statuses(tmp_path) == ["succeeded", "timed_out"]


def test_a_row_of_ones_own_decides_in_a_run_and_is_named_in_the_trail(tmp_path: Path) -> None:
    (tmp_path / "doc.md").write_text(RUNBOOK)
    path = own(tmp_path, '[[rules]]\ntool = "touch"\nlevel = "dangerous"\ncategory = "disk"\nwhy = "never here"\n')
    held = oncue(tmp_path, "run", "doc.md", "--yes")
    assert held.returncode == 3
    assert "never here" in held.stderr
    assert not (tmp_path / "made").exists()
    path.write_text('[[allow]]\ntool = "touch"\nreason = "only a mark"\nlevel = "safe"\n')
    assert oncue(tmp_path, "run", "doc.md", "--yes").returncode == 0
    (attempt,) = shown(tmp_path)["steps"][0]["attempts"]
    assert (attempt["level"], attempt["why"]) == ("safe", "only a mark")


def test_the_environment_of_a_run_raises_its_levels(tmp_path: Path) -> None:
    (tmp_path / "doc.md").write_text(RUNBOOK.replace("touch made", "frobnicate"))
    own(tmp_path, '[environments.production]\nraise = { unknown = "dangerous" }\n')
    for more in (["--environment", "production"], []):
        held = oncue(tmp_path, "run", "doc.md", "--yes", *more, **({} if more else {"ONCUE_ENVIRONMENT": "production"}))
        assert held.returncode == 3
        assert "dangerous" in held.stderr


def test_sql_steps_find_the_configured_databases(tmp_path: Path) -> None:
    import sqlite3

    for name in ("orders", "users"):
        with sqlite3.connect(tmp_path / f"{name}.db") as database:
            database.execute(f"CREATE TABLE {name}(id)")
        database.close()
    select = "SELECT name FROM sqlite_master\n```\n"
    steps = f"\n## One\n\n```sql\n{select}\n## Two\n\n```sql {{database=users}}\n{select}"
    (tmp_path / "doc.md").write_text(f"---\nkind: procedure\n---\n# T\n{steps}")
    databases = 'orders = "sqlite:///${WHERE}.db"\nusers = "sqlite:///users.db"\ndefault = "orders"\n'
    project(tmp_path, f"[databases]\n{databases}")
    assert oncue(tmp_path, "run", "doc.md", "--yes", WHERE="orders").returncode == 0
    assert [step["attempts"][0]["output"].split()[2] for step in shown(tmp_path)["steps"]] == ["orders", "users"]
    assert oncue(tmp_path, "run", "doc.md", "--yes").returncode == 1
    (attempt,) = shown(tmp_path)["steps"][0]["attempts"]
    assert "database 'orders' needs $WHERE, which is not set" in attempt["output"]


def test_what_only_the_document_or_the_command_line_names_needs_no_default(tmp_path: Path) -> None:
    (tmp_path / "doc.md").write_text("---\nkind: procedure\n---\n# T\n\n## One\n\n```sql\nSELECT 1 AS one\n```\n")
    project(tmp_path, '[databases]\norders = "sqlite:///none.db"\nusers = "sqlite:///none.db"\n')
    assert oncue(tmp_path, "run", "doc.md", "--yes", "--db", "mine=sqlite:///:memory:").returncode == 0
    assert oncue(tmp_path, "run", "doc.md", "--yes").returncode == 1


def test_every_command_finds_the_trail_where_ones_own_file_says(tmp_path: Path) -> None:
    (tmp_path / "doc.md").write_text(RUNBOOK)
    own(tmp_path, '[trail]\npath = "elsewhere.db"\n')
    assert oncue(tmp_path, "run", "doc.md", "--yes").returncode == 0
    assert (tmp_path / ".config" / "oncue" / "elsewhere.db").exists()
    assert not (tmp_path / "state").exists()
    assert statuses(tmp_path) == ["succeeded"]
    assert oncue(tmp_path, "verify").returncode == 0
    assert oncue(tmp_path, "runs", ONCUE_AUDIT=str(tmp_path / "none.db")).returncode == 2


def test_a_run_that_is_resumed_under_other_settings_says_so_and_keeps_them(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "doc.md").write_text(RUNBOOK)
    path = project(tmp_path / "folder", 'timeouts.step = "1m"\n')
    first = Operator(tmp_path, "run", "doc.md", "--plain", cwd=tmp_path / "folder")
    first.answers("q", "l")
    assert first.ends() == 3
    same = Operator(tmp_path, "resume", "--plain")
    same.answers("q", "l")
    same.ends()
    assert "settings" not in same.seen
    path.write_text('timeouts.step = "2m"\n')
    other = Operator(tmp_path, "resume", "--plain")
    other.sees("the settings have changed since the run was started")
    other.answers("q", "l")
    other.ends()
    trail = tmp_path / "state" / "oncue" / "audit.db"
    with TrailReader.open(trail) as reader:
        kept = [one.event.config for one in reader.events(reader.find_run(None)) if hasattr(one.event, "config")]
    assert [lines[-1] for lines in kept] == [f"timeouts.step = {time} ({path}:1)" for time in ("1m", "1m", "2m")]


def test_a_run_that_is_resumed_is_where_it_was_begun(tmp_path: Path) -> None:
    (tmp_path / "doc.md").write_text("# T\n\n## One\n\n```bash\nsystemctl restart no-such-unit\n```\n")
    project(tmp_path, '[environments.production]\nraise = { caution = "dangerous" }\n')
    first = Operator(tmp_path, "run", "doc.md", "--plain", "--environment", "production")
    first.answers("q", "l")
    first.ends()
    again = Operator(tmp_path, "resume", "--plain")
    again.answers("q", "l")
    again.ends()
    assert "dangerous" in again.seen
    assert "the settings have changed" not in again.seen
