"""A run with secrets, through the real host: they are nowhere, and everything else is where it was."""

from __future__ import annotations

import base64
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from support.hosts import Bench, host_dies, run_current, until, until_idle

from engine import commands as c
from engine.client import Client
from engine.errors import Refused
from engine.events import InputSent, StepEnded, StepStarted

SECRET = "tr0ub4dor&3-Xyz"  # noqa: S105 - invented
TYPED = "typed-9-Hidden"
OFFERED = "offered-7-Value"
FORMS = {
    form
    for secret in (SECRET, TYPED, OFFERED)
    for form in (
        secret.encode(),
        base64.b64encode(secret.encode()),
        secret.encode().hex().encode(),
        secret[4:].encode(),
    )
}


class Recorder:
    """Keeps every byte that a client reads from its socket."""

    def __init__(self, client: Client) -> None:
        self._decoder = client._decoder
        self.seen = b""
        client._decoder = self  # type: ignore[assignment]

    def feed(self, data: bytes) -> Iterator[Any]:
        self.seen += data
        return self._decoder.feed(data)


class Operator:
    def __init__(self, bench: Bench, document: str, **more: object) -> None:
        self.bench = bench
        self.address, self.client = bench.start(document, **more)
        self.socket = Recorder(self.client)

    def runs_it(self) -> bytes:
        run_current(self.client)
        return until_idle(self.client)

    def event(self, kind: type[Any]) -> Any:
        from engine.trail import TrailReader

        with TrailReader.open(self.bench.trail) as reader:
            return [one.event for one in reader.events(self.client.run_id) if isinstance(one.event, kind)][-1]

    def nothing_leaked(self) -> None:
        """Neither into the folder with trail, log and write-ahead log, nor to the client, nor into stored output."""
        places = {str(path): path.read_bytes() for path in self.bench.folder.rglob("*") if path.is_file()}
        assert any(path.endswith("audit.db") for path in places)
        places["the socket"] = self.socket.seen
        for attempt in self.client.state.attempts:
            places[f"attempt {attempt}"] = self.bench.output(self.client.run_id, attempt)
        assert [(place, form) for place, data in places.items() for form in FORMS if form in data] == []
        assert self.bench.findings(self.client.run_id) == []


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setenv("APP_PASSWORD", SECRET)
    monkeypatch.setenv("APP_HOST", "db-1.internal")
    bench = Bench(tmp_path)
    yield bench
    bench.close()


def shell(*blocks: str) -> str:
    return "# A\n\n" + "\n".join(f"## Step {number}\n\n```bash\n{text}\n```\n" for number, text in enumerate(blocks))


PRINTING = {
    "raw": 'echo "pw=<$APP_PASSWORD> at $APP_HOST"',
    "base64": 'printf "<%s>\\n" "$(printf %s "$APP_PASSWORD" | base64)"',
    "echo into base64": 'printf "<%s>\\n" "$(echo "$APP_PASSWORD" | base64)"',
    "hex": 'printf "<%s>\\n" "$(printf %s "$APP_PASSWORD" | od -An -tx1 | tr -d " \\n")"',
    "quoted": 'printf "<%q>\\n" "$APP_PASSWORD"',
    "in two writes": 'printf "<%s" "${APP_PASSWORD:0:7}"; printf "%s>\\n" "${APP_PASSWORD:7}"',
    "with a pause": 'printf "<%s" "${APP_PASSWORD:0:7}"; sleep 0.1; printf "%s>\\n" "${APP_PASSWORD:7}"',
    "traced": 'set -x; : "<$APP_PASSWORD>"; set +x',
    "without a newline": 'printf "<%s" "$APP_PASSWORD"',
}


@pytest.mark.parametrize("how", PRINTING)
def test_a_secret_of_the_environment_is_masked_in_output(bench: Bench, how: str) -> None:
    operator = Operator(bench, shell(PRINTING[how]))
    shown = operator.runs_it()
    assert b"<[secret:APP_PASSWORD]" in shown or b"'<[secret:APP_PASSWORD]" in shown, shown
    assert bench.output(operator.client.run_id, 1) == shown
    ended = operator.event(StepEnded)
    assert ended.redactions == {"APP_PASSWORD": shown.count(b"[secret:")}
    assert ended.output_bytes == len(shown)
    operator.nothing_leaked()


def test_what_is_no_secret_stays(bench: Bench) -> None:
    shown = Operator(bench, shell('echo "$APP_HOST 4711 2026-01-01 production"; printf "pass"')).runs_it()
    assert shown == b"db-1.internal 4711 2026-01-01 production\r\npass"


def test_a_prompt_is_shown_although_it_could_be_the_beginning_of_a_secret(bench: Bench) -> None:
    operator = Operator(bench, shell('read -rp "password" answer; echo "<$answer>"'))
    run_current(operator.client)
    seen = b""

    def prompted(_client: Client, told: Any) -> bool:
        nonlocal seen
        seen += getattr(told, "data", b"")
        return b"password" in seen

    until(operator.client, prompted)
    operator.client.keys(b"yes\n")
    assert b"<yes>" in until_idle(operator.client)


def test_what_is_typed_without_echo_is_masked_when_it_is_printed(bench: Bench) -> None:
    operator = Operator(bench, shell('read -rsp "PIN? " pin; echo; echo "<$pin>"; env pin="$pin" printenv pin'))
    run_current(operator.client)
    wait_for_hidden_input(operator.client)
    operator.client.keys(TYPED.encode() + b"\n")
    shown = until_idle(operator.client)
    assert b"<[secret:typed]>" in shown
    assert operator.event(InputSent).text is None
    operator.nothing_leaked()


def wait_for_hidden_input(client: Client) -> None:
    while True:
        waiting = client.ask("waiting")["waiting"]
        if waiting and not waiting["mode"]["echo"]:
            return


def wait_for_a_reader(client: Client) -> Any:
    while not (waiting := client.ask("waiting")["waiting"]):
        continue
    return waiting


def test_a_secret_input_is_masked_from_the_moment_it_is_given(bench: Bench) -> None:
    document = "---\nvariables:\n  KEY:\n    secret: true\n---\n" + shell('echo "<$KEY>"; echo "$KEY" | rev')
    operator = Operator(bench, document)
    operator.client.command(c.SetVariable(name="KEY", value=OFFERED, secret=True))
    shown = operator.runs_it()
    assert shown == b"<[secret:KEY]>\r\n" + OFFERED[::-1].encode() + b"\r\n"
    operator.nothing_leaked()


def test_a_secret_too_short_to_be_masked_is_said_to_be_so(bench: Bench) -> None:
    document = "---\nvariables:\n  PIN:\n    secret: true\n---\n" + shell('echo "<$PIN>"')
    operator = Operator(bench, document)
    operator.client.command(c.SetVariable(name="PIN", value="1234", secret=True))
    until(operator.client, lambda client, _told: bool(client.state.notes))
    assert "PIN stays visible" in operator.client.state.notes[-1].text
    assert "shorter than 6 bytes" in operator.client.state.notes[-1].text
    assert operator.runs_it() == b"<1234>\r\n"


def test_an_edit_with_a_secret_runs_as_it_was_written_and_is_kept_masked(bench: Bench) -> None:
    operator = Operator(bench, shell("echo one", "echo two"))
    edited = f"test '{SECRET}' = \"$APP_PASSWORD\" && echo same"
    operator.client.command(c.Edit(step_id=operator.client.state.current or "", text=edited))
    assert operator.runs_it() == b"same\r\n"
    assert operator.event(StepStarted).text == "test '[secret:APP_PASSWORD]' = \"$APP_PASSWORD\" && echo same"
    operator.nothing_leaked()


def test_an_edit_whose_secret_is_gone_does_not_run(bench: Bench) -> None:
    operator = Operator(bench, shell("echo one"))
    step_id = operator.client.state.current or ""
    operator.client.command(c.Edit(step_id=step_id, text=f"echo '{SECRET}'"))
    with host_dies(operator.client):
        operator.client.command(c.Leave(reason="for now"))
    _, client = bench.resume(operator.client.run_id)
    with pytest.raises(Refused, match="has a mask where a secret was"):
        run_current(client)
    assert client.state.attempts == {}


def test_an_edit_with_a_mask_in_it_does_not_run(bench: Bench) -> None:
    operator = Operator(bench, shell("echo one"))
    text = "echo '[secret:APP_PASSWORD]'"
    operator.client.command(c.Edit(step_id=operator.client.state.current or "", text=text))
    with pytest.raises(Refused, match="has a mask where a secret was"):
        run_current(operator.client)


def test_notes_names_and_typed_lines_are_masked(bench: Bench) -> None:
    operator = Operator(bench, shell('read -r line; echo "${#line}"'))
    operator.client.command(c.Note(text=f"the password is {SECRET}"))
    operator.client.command(c.SetVariable(name="where", value=f"postgres://app:{SECRET}@db/app"))
    run_current(operator.client)
    wait_for_a_reader(operator.client)
    operator.client.keys(SECRET.encode() + b"\n")
    shown = until_idle(operator.client)
    assert shown.endswith(b"%d\r\n" % len(SECRET))
    assert operator.client.state.notes[-1].text == "the password is [secret:APP_PASSWORD]"
    assert operator.client.state.variables["where"] == "postgres://app:[secret:APP_PASSWORD]@db/app"
    assert operator.event(InputSent).text == "[secret:APP_PASSWORD]\n"
    operator.nothing_leaked()


def test_what_a_waiting_step_says_is_masked(bench: Bench) -> None:
    operator = Operator(bench, shell('read -rp "again, $APP_PASSWORD? " line'))
    run_current(operator.client)
    while not (waiting := wait_for_a_reader(operator.client))["last_line"]:
        continue
    assert waiting["last_line"] == "again, [secret:APP_PASSWORD]? "
    operator.client.keys(b"\n")
    until_idle(operator.client)
    operator.nothing_leaked()


def test_a_refusal_does_not_repeat_a_secret(bench: Bench) -> None:
    operator = Operator(bench, shell("echo one"))
    with pytest.raises(Refused, match=re.escape("[secret:APP_PASSWORD]")):
        operator.client.ask("prepare", step_id=f"no-{SECRET}")


def test_a_flood_of_secrets_is_masked_to_the_last_one(bench: Bench) -> None:
    operator = Operator(bench, shell('for i in {1..20000}; do echo "$i $APP_PASSWORD"; done'))
    operator.runs_it()
    stored = bench.output(operator.client.run_id, 1)
    whole, n_paused = re.subn(rb" t(r0?)?\[", b" [", stored)
    assert n_paused < 100  # a busy machine pauses in the middle of some
    assert whole == b"".join(b"%d [secret:APP_PASSWORD]\r\n" % number for number in range(1, 20001))
    assert operator.event(StepEnded).redactions == {"APP_PASSWORD": 20000}
    with closing(sqlite3.connect(bench.trail)) as trail:
        assert trail.execute("SELECT redactions FROM event WHERE action = 'step_ended'").fetchall() == [(20000,)]
    operator.nothing_leaked()


def test_patterns_and_names_of_the_settings_are_masked(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.config.settings import SecretPattern, Settings
    from engine.config.travel import to_json

    monkeypatch.setenv("SITE", OFFERED)
    settings = Settings(secret_patterns=(SecretPattern("badge", r"badge (\d{4,9})"),), secret_names=("SI*",))
    operator = Operator(bench, shell('echo "$SITE badge 12345 x"'), settings=to_json(settings))
    assert operator.runs_it() == b"[secret:SITE] badge [secret:badge] x\r\n"
    assert "SITE" in os.environ
    operator.nothing_leaked()
