"""Events to rows and back: what an auditor can query is derived here, by table, from the event and its stamp."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, TypeVar, get_args

from pydantic_core import PydanticSerializationError, from_json

from ..errors import TrailWriteError
from ..events import Actor, Event, Recorded, Said, Stamp
from .damage import TrailDamaged

OUTCOMES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "step_ended": (
        "outcome",
        {
            "succeeded": "success",
            "failed": "failure",
            "timed_out": "failure",
            "interrupted": "interrupted",
            "lost": "unknown",
        },
    ),
    "step_settled": (
        "settlement",
        {"worked": "success", "did_not_work": "failure", "run_again": "unknown"},
    ),
    "probe_ended": ("outcome", {"succeeded": "success", "failed": "failure", "timed_out": "failure"}),
    "run_ended": (
        "outcome",
        {
            "done": "success",
            "rehearsed": "success",
            "failed": "failure",
            "abandoned": "failure",
            "unknown": "unknown",
        },
    ),
}
"""Kinds whose outcome is told by one of their fields."""

FIXED_OUTCOMES = {
    "step_started": "pending",
    "probe_started": "pending",
    "step_unknown": "unknown",
    "recording_failed": "failure",
}
"""Every other kind is something that was done, successfully."""

TARGET_FIELDS = {
    "item_ticked": "item_id",
    "item_unticked": "item_id",
    "item_waived": "item_id",
    "option_chosen": "choice_id",
    "variable_set": "name",
    "probe_started": "name",
    "probe_ended": "name",
}
"""What of the document an event is about, where it is not a step."""

Model = TypeVar("Model", bound=Said)

NAMED = {"login", "uid", "euid"}
"""Of an actor, what has columns of its own; the rest goes into `origin`."""


@dataclass(slots=True)
class RunLog:
    """What has to be known of a run in order to write its next event."""

    run_id: str
    path: str
    seq: int
    head: bytes
    steps: dict[int, str] = field(default_factory=dict)
    """Attempt → step id, for events that name only the attempt."""


def event_row(log: RunLog, seq: int, event: Event, stamp: Stamp) -> tuple[Any, ...]:
    """The hashed columns of layout EVENT. TrailWriteError when the event cannot be put into UTF-8."""
    fields = vars(event)
    attempt = fields.get("attempt") or 0
    step_id = fields.get("step_id") or log.steps.get(attempt, "")
    numbers, texts = actor_columns(stamp.actor)
    return (
        *(seq, attempt, stamp.mono_ns, sum(fields.get("redactions", {}).values()), *numbers),
        *(log.run_id, event.kind, step_id, written_time(stamp.at), stamp.boot_id),
        *(_target(log.path, step_id, event.kind, fields), outcome_of(event), *texts),
        _payload(event),
    )


@lru_cache(maxsize=64)
def actor_columns(actor: Actor) -> tuple[tuple[int, int], tuple[str, str]]:
    """Values of ACTOR_NUMBERS and ACTOR_TEXTS."""
    return (actor.uid, actor.euid), (actor.login, actor.model_dump_json(exclude=NAMED))


def outcome_of(event: Event) -> str:
    if event.kind in OUTCOMES:
        name, words = OUTCOMES[event.kind]
        return words[getattr(event, name)]
    return FIXED_OUTCOMES.get(event.kind, "success")


def written_time(at: datetime) -> str:
    """UTC, RFC 3339, microseconds. ValueError for a time that does not say its zone."""
    if at.tzinfo is None:
        raise ValueError("a stamp's time must carry its zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def read_time(text: str) -> datetime:
    """ValueError or TypeError for anything that is not such a time."""
    return datetime.fromisoformat(text)


def to_recorded(run_id: str, row: Sequence[Any]) -> Recorded:
    """From a row of RAW_EVENTS. TrailDamaged when it does not hold an event."""
    seq, action, payload, at, mono_ns, boot_id, login, uid, euid, origin = row
    if (kind := _kinds().get(action)) is None:
        raise TrailDamaged(f"Event {seq} of run {run_id} is of the unknown kind {action!r}.")
    try:
        actor = _actor(login, uid, euid, origin)
        stamp = _made(Stamp, {"at": read_time(at), "mono_ns": int(mono_ns), "boot_id": str(boot_id), "actor": actor})
        event: Any = kind.model_validate_json(payload)
        return recorded(run_id, seq, stamp, event)
    except (TypeError, ValueError) as error:  # pydantic's ValidationError is a ValueError
        raise TrailDamaged(f"Event {seq} of run {run_id} cannot be read back as {action}.") from error


def recorded(run_id: str, seq: int, stamp: Stamp, event: Event) -> Recorded:
    return _made(Recorded, {"run_id": run_id, "seq": seq, "stamp": stamp, "event": event})


def _made(kind: type[Model], values: dict[str, Any]) -> Model:
    """`model_construct` at a third of its cost, and without building the validator of every event there is (37 ms).

    The values are of the right types already.
    """
    model = kind.__new__(kind)
    put = object.__setattr__
    put(model, "__dict__", values)
    put(model, "__pydantic_fields_set__", set(values))
    put(model, "__pydantic_extra__", None)
    put(model, "__pydantic_private__", None)
    return model


@cache
def _kinds() -> dict[str, type[Said]]:
    """By kind rather than through the union's validator, which takes tens of milliseconds to build."""
    members = get_args(get_args(Event)[0])
    return {member.model_fields["kind"].default: member for member in members}


@lru_cache(maxsize=64)
def _actor(login: str, uid: int, euid: int, origin: str) -> Actor:
    return Actor(login=login, uid=uid, euid=euid, **from_json(origin))


def _target(path: str, step_id: str, kind: str, fields: Mapping[str, Any]) -> str:
    name = step_id or (fields[TARGET_FIELDS[kind]] if kind in TARGET_FIELDS else "")
    return f"{path}#{name}" if name else path


def _payload(event: Event) -> bytes:
    try:
        return event.model_dump_json().encode()
    except (PydanticSerializationError, UnicodeEncodeError) as error:
        raise TrailWriteError(f"An event {event.kind} holds text that is not Unicode: {error}.") from error
