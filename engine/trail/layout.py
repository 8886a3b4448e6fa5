"""The columns of every table, in the order in which they are hashed and in which the driver binds them.

A row is always numbers, then texts, then blobs, then (in a chained table) `prev_hash` and `hash`. Nothing that is
hashed may be NULL: an absent text is empty, an absent number is 0.
"""

from __future__ import annotations

from dataclasses import dataclass

ACTOR_NUMBERS = ("actor_uid", "run_as")
ACTOR_TEXTS = ("actor", "origin")


@dataclass(frozen=True, slots=True)
class Layout:
    """One table. `key` names the columns that tell its rows apart, the position in the chain last."""

    table: str
    key: tuple[str, ...]
    numbers: tuple[str, ...]
    texts: tuple[str, ...]
    blobs: tuple[str, ...]

    @property
    def hashed(self) -> tuple[str, ...]:
        return (*self.numbers, *self.texts, *self.blobs)

    @property
    def stored(self) -> tuple[str, ...]:
        return (*self.hashed, "prev_hash", "hash")


def columns_of(layout: Layout) -> dict[str, int]:
    """Where each stored column stands in its row."""
    return {name: number for number, name in enumerate(layout.stored)}


EVENT = Layout(
    table="event",
    key=("run_id", "seq"),
    numbers=("seq", "attempt", "mono_ns", "redactions", *ACTOR_NUMBERS),
    texts=("run_id", "action", "step_id", "at", "boot_id", "target", "outcome", *ACTOR_TEXTS),
    blobs=("payload",),
)
CHUNK = Layout(
    table="chunk",
    key=("run_id", "attempt", "idx"),
    numbers=("attempt", "idx", "byte_off", "n_bytes", "t0_mono_ns", "redactions"),
    texts=("run_id", "stream", "codec"),
    blobs=("times", "sha256", "data"),
)
LEDGER = Layout(
    table="ledger",
    key=("no",),
    numbers=("no", "n_events", "n_steps_done", "output_bytes", "mono_ns", *ACTOR_NUMBERS),
    texts=("action", "run_id", "outcome", "at", "boot_id", *ACTOR_TEXTS),
    blobs=("head",),
)
DOCUMENT = Layout(
    table="document",
    key=("sha256",),
    numbers=("n_bytes",),
    texts=("sha256", "codec"),
    blobs=("data",),
)
"""Not chained: many runs share one document. Its `hash` seals the row by itself, with an empty `prev`."""
