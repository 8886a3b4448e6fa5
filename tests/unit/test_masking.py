"""What a run keeps secret is masked in output, events and texts, and what is held back comes out by itself."""

from __future__ import annotations

import io
import queue
import threading

import pytest

from engine import events as e
from engine.danger import DryRun, Verdict
from engine.masking import MaskedErrors, Masking, holds_mask
from engine.preparing import Prepared
from engine.redact import Redactor, pattern
from engine.redact.events import masked
from engine.sessions.contract import TerminalMode, Waiting

SECRET = "hunter22-Xy"  # noqa: S105 - invented
MODE = TerminalMode()
HIDING = TerminalMode(echo=False)
EDITOR = TerminalMode(echo=False, canonical=False)
PLANNED = e.PlannedStep(id=f"a/{SECRET}", kind="shell", title=f"Log in as {SECRET}", section=("A",), lines=(1, 2))


class Shown:
    """Where output is delivered to."""

    def __init__(self) -> None:
        self.pieces: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self.failures: queue.SimpleQueue[Exception] = queue.SimpleQueue()
        self.breaks = False

    def take(self, data: bytes, mode: TerminalMode) -> None:
        if self.breaks:
            raise OSError("the disk is full")
        self.pieces.put(data)

    @property
    def all(self) -> bytes:
        out = b""
        while not self.pieces.empty():
            out += self.pieces.get()
        return out


@pytest.fixture
def masking() -> Masking:
    return Masking(Redactor({"PW": SECRET}))


def test_what_may_become_a_secret_is_shown_when_nothing_follows(masking: Masking) -> None:
    shown = Shown()
    with masking.output(shown.take, shown.failures.put) as output:
        output.take(b"name: hu", MODE)
        assert shown.pieces.get(timeout=20) == b"name: "
        assert shown.pieces.get(timeout=20) == b"hu"
        output.take(b"nter22-Xy\n", MODE)
    assert shown.all == b"[secret:PW]\n"
    masking.close()


def test_the_end_of_a_step_shows_what_is_held_back(masking: Masking) -> None:
    shown = Shown()
    with masking.output(shown.take, shown.failures.put) as output:
        output.take(b"hun", MODE)
    assert shown.all == b"hun"
    assert output.redactions == {}
    masking.close()


def test_a_write_that_fails_while_nobody_reads_is_heard_of(masking: Masking) -> None:
    shown = Shown()
    with masking.output(shown.take, shown.failures.put) as output:
        output.take(b"hu", MODE)
        shown.breaks = True
        assert str(shown.failures.get(timeout=20)) == "the disk is full"
        shown.breaks = False
    masking.close()


def test_redactions_are_counted_for_each_step_alone(masking: Masking) -> None:
    shown = Shown()
    for count in (1, 3):
        with masking.output(shown.take, shown.failures.put) as output:
            output.take(f"{SECRET} ".encode() * count, MODE)
        assert output.redactions == {"PW": count}


def test_a_secret_learned_while_a_step_runs_is_masked_in_it(masking: Masking) -> None:
    shown = Shown()
    with masking.output(shown.take, shown.failures.put) as output:
        assert masking.learn("NEW", "learned-55") == ""
        output.take(b"learned-55 ", MODE)
    assert shown.all == b"[secret:NEW] "
    assert "shorter" in masking.learn("PIN", "1234")


def type_hidden(masking: Masking, mode: TerminalMode, *keys: bytes) -> str:
    shown = Shown()
    with masking.output(shown.take, shown.failures.put) as output:
        output.take(b"? ", mode)
        for data in keys:
            with masking.typing(data) as typing:
                typing.hide()
    return masking.text("typed-99-secret typed-99")


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ((b"typed-99-secret\n",), "[secret:typed] typed-99"),
        ((b"typed", b"-99-secret", b"\r"), "[secret:typed] typed-99"),
        ((b"typed-99-secretXX\x7f\x7f\r",), "[secret:typed] typed-99"),
        ((b"wrong-one\x15typed-99\n",), "[secret:typed]-secret [secret:typed]"),
        ((b"typed-99\x03", b"other-thing\n"), "typed-99-secret typed-99"),
        ((b"typed-99-secret",), "typed-99-secret typed-99"),
        ((b"yes\n",), "typed-99-secret typed-99"),
    ],
)
def test_a_line_typed_without_echo_is_a_secret(masking: Masking, keys: tuple[bytes, ...], text: str) -> None:
    assert type_hidden(masking, HIDING, *keys) == text


def test_keys_of_an_editor_are_none(masking: Masking) -> None:
    assert type_hidden(masking, EDITOR, b"typed-99-secret\r") == "typed-99-secret typed-99"


def test_no_output_passes_between_typing_and_knowing_the_secret(masking: Masking) -> None:
    shown = Shown()
    with masking.output(shown.take, shown.failures.put) as output:
        output.take(b"? ", HIDING)
        with masking.typing(b"typed-99-secret\n") as typing:
            answer = threading.Thread(target=output.take, args=(b"typed-99-secret\r\n", HIDING))
            answer.start()
            typing.hide()
        answer.join(20)
    assert shown.all == b"? [secret:typed]\r\n"


def test_what_is_held_back_counts_as_printed_before_what_is_typed(masking: Masking) -> None:
    shown = Shown()
    with masking.typing(b"y") as typing:
        assert typing.after_bytes is None
    with masking.output(shown.take, shown.failures.put) as output, masking.typing(b"x"):  # nothing passes by itself
        output.take(b"say hunter2", MODE)
        with masking.typing(b"y") as typing:
            assert (typing.after_bytes, shown.all) == (11, b"say ")
        output.take(b"!", MODE)
        with masking.typing(b"y") as typing:
            assert typing.after_bytes == 12
    assert shown.all == b"hunter2!"
    masking.close()


def test_an_event_is_masked_in_its_texts_and_not_in_its_references(masking: Masking) -> None:
    started = e.RunStarted(
        title=SECRET,
        path="a.md",
        document_sha256="0" * 64,
        version="1",
        plan=(PLANNED,),
        shell_name="bash",
        directory=f"/srv/{SECRET}",
        columns=80,
        rows=24,
    )
    event = masking.event(started)
    assert (event.title, event.directory) == ("[secret:PW]", "/srv/[secret:PW]")
    assert (event.plan[0].id, event.plan[0].title) == (PLANNED.id, "Log in as [secret:PW]")
    assert masking.event(event) is event


@pytest.mark.parametrize("secret", ['quo"te\\d-1', "žluťoučký-7", "tab\tand\x01-control", "slash/</&>-9"])
def test_a_secret_that_json_writes_otherwise_is_found_in_an_event(secret: str) -> None:
    event = e.Noted(text=f"it is {secret}!")
    assert masked(event, Redactor({"S": secret})).text == "it is [secret:S]!"


def test_an_event_without_secrets_is_the_same_object(masking: Masking) -> None:
    event = e.Noted(text="see https://example.com/a?token=1 and password: unknown")
    assert masking.event(event) is event


def test_a_pattern_of_the_settings_is_masked_in_events() -> None:
    redactor = Redactor(patterns=[pattern("badge", r"badge (\d{4,9})")])
    assert masked(e.Noted(text="badge 12345"), redactor).text == "badge [secret:badge]"


def test_a_prepared_step_is_shown_masked_with_its_whole_text_marked(masking: Masking) -> None:
    verdict = Verdict("caution", "network", "r", f"why {SECRET}", (5, 10), SECRET, DryRun(f"x -n {SECRET}", "native"))
    prepared = masking.prepared(
        Prepared("a", f"x {SECRET} y", "shell", verdict, warnings=(SECRET,), ran_before=(SECRET,))
    )
    assert prepared.text == "x [secret:PW] y"
    assert prepared.verdict.span == (0, len(prepared.text))
    assert (prepared.verdict.why, prepared.verdict.target) == ("why [secret:PW]", "[secret:PW]")
    assert prepared.verdict.dry_run is not None
    assert prepared.verdict.dry_run.form == "x -n [secret:PW]"
    assert prepared.warnings == prepared.ran_before == ("[secret:PW]",)


def test_what_a_waiting_step_says_is_masked(masking: Masking) -> None:
    assert masking.waiting(Waiting(f"{SECRET}? ")).last_line == "[secret:PW]? "


def test_errors_of_the_process_are_masked(masking: Masking) -> None:
    log = io.StringIO()
    errors = MaskedErrors(log, masking)
    print(f"failed with {SECRET}", file=errors)
    assert log.getvalue() == "failed with [secret:PW]\n"


def test_a_text_that_holds_a_mask_is_known() -> None:
    assert holds_mask("psql -p [secret:DB_PW]")
    assert not holds_mask("[secret] [secret:]")
