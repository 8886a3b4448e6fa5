"""A host that nobody is attached to any more: it waits for hours where something real may go on, and else not long."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from support.cockpit import ACTOR, RUN_ID, Desk
from support.runs import recorded, started

from engine import events as e
from engine.serving import ORPHAN_SECONDS, REHEARSAL_SECONDS, Host, given_up_after
from engine.sessions.recorded import Answers, RecordedSession
from engine.state import fold
from engine.trail import TrailReader

DOCUMENT = "# Look\n\n## Ask\n\n```bash\nuptime\n```\n"
RUNNING = e.StepStarted(step_id="check", attempt=1, session="shell", text="uptime")


@pytest.mark.parametrize("events", [(), (RUNNING,)], ids=["idle", "running"])
@pytest.mark.parametrize(("mode", "idle"), [("live", ORPHAN_SECONDS), ("rehearsal", REHEARSAL_SECONDS)])
def test_only_what_is_real_goes_on_by_itself(mode: e.Mode, idle: float, events: tuple[e.Event, ...]) -> None:
    begun = started().model_copy(update={"mode": mode})
    state = fold(recorded([begun, *events]))
    is_real = bool(events) and mode == "live"
    assert given_up_after(state, attended=False) == (None if is_real else idle)
    assert given_up_after(state, attended=True) is None


def test_a_rehearsal_that_nobody_is_attached_to_ends_whatever_its_step_waits_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.serving.REHEARSAL_SECONDS", 0.05)
    monkeypatch.setattr(Host, "_catch_signals", lambda _host: None)  # those of the tests stay theirs
    session = RecordedSession("shell", Answers(e.Rehearsal(), None, str))
    desk = Desk(tmp_path, DOCUMENT, session=session, mode="rehearsal")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "other.sock"))
    listener.listen()
    desk.start("Ask")  # nothing answers it, so it waits for whoever leads the rehearsal
    Host(desk.runner, listener, ACTOR, desk.trail).serve()
    with TrailReader.open(desk.trail) as reader:
        told = [one.event for one in reader.events(RUN_ID)]
    assert [event.outcome for event in told if isinstance(event, e.StepEnded)] == ["interrupted"]
    assert told[-1] == e.RunLeft(reason="nobody came back to the rehearsal within 0.05 s")
    desk.close()
