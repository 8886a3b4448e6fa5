"""The checks behind `verify`, table by table, over one connection in one read transaction."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from ..errors import UsageError
from . import statements
from .chain import CHUNKS, DOCUMENTS, EVENTS, LEDGER_GENESIS, LEDGERS, Row, output_genesis, run_genesis
from .chunks import CHUNK_BYTES, Codec, unpack_times
from .damage import TrailDamaged
from .entries import CLOSING
from .finding import Finding, Tampering, to_sentence
from .layout import CHUNK, DOCUMENT, EVENT, LEDGER, Layout
from .migrations import table_statements
from .reader import DOCUMENT_LIMIT
from .walk import Break, Walk


def _columns(layout: Layout) -> dict[str, int]:
    return {name: number for number, name in enumerate(layout.stored)}


E, C, L, D = _columns(EVENT), _columns(CHUNK), _columns(LEDGER), _columns(DOCUMENT)
EVENT_WALK = Walk(EVENTS, E["seq"])
CHUNK_WALK = Walk(CHUNKS, C["idx"])
LEDGER_WALK = Walk(LEDGERS, L["no"])
SIGNED = len(EVENT.stored), len(LEDGER.stored)
"""Where `key_id` and `sig` follow."""

UNKNOWN_SIGNATURE = "It carries a signature, which this version never writes."
CLAIMING = frozenset({"step_ended", "step_unknown"})
"""Kinds that state how much output an attempt has."""
NOTED = CLAIMING | CLOSING | {"run_started", "step_started"}


class Mark(NamedTuple):
    """What the ledger says about a run at one moment."""

    no: int
    action: str
    n_events: int
    head: bytes


class Claim(NamedTuple):
    """What an event says about an attempt's output."""

    seq: int
    n_bytes: int
    head: str | None


@dataclass(slots=True)
class RunFacts:
    """Collected from a run's events for the checks of other tables."""

    intact: bool = False
    first: Row | None = None
    started: set[int] = field(default_factory=set)
    closings: list[tuple[str, int]] = field(default_factory=list)
    """Kind and number of each event that the ledger notes too."""
    claims: dict[int, Claim] = field(default_factory=dict)


class Audit:
    def __init__(self, connection: sqlite3.Connection, run_id: str | None) -> None:
        self.findings: list[Finding] = []
        self.n_runs = self.n_events = self.n_chunks = 0
        self._connection = connection
        self._only = run_id
        self._ledger_intact = True
        self._codec = Codec()
        self._marks: dict[str, list[Mark]] = defaultdict(list)
        self._facts: dict[str, RunFacts] = {}

    def check(self) -> None:
        if not self._check_schema():
            return
        if self._only is None:
            self._check_pages()
        elif not self._is_known(self._only):
            raise UsageError(f"There is no run {self._only}.")
        self._check_ledger()
        for run_id, rows in groupby(self._rows(statements.EVENT_CHAIN, statements.EVENT_CHAINS), _event_run):
            self._check_events(run_id, rows)
        self._check_runs()
        self._check_output()
        self._check_documents()

    def damaged(self, why: str) -> None:
        self._find("damaged", "database", None, "the database file", f"SQLite says: {why}.")

    def _is_known(self, run_id: str) -> bool:
        known = self._connection.execute(statements.IS_KNOWN, (run_id, run_id)).fetchone()
        return known is not None

    def _find(self, kind: Tampering, table: str, run_id: str | None, place: str, detail: str = "") -> None:
        self.findings.append(Finding(kind, table, run_id, place, to_sentence(kind, place, detail)))

    def _rows(self, of_run: str, of_all: str) -> Iterator[Row]:
        if self._only is None:
            return self._connection.execute(of_all)
        return self._connection.execute(of_run, (self._only,))

    # -- the database itself -------------------------------------------------------------------------------

    def _check_schema(self) -> bool:
        """Whether the tables are there, so that the other checks have something to read."""
        found, expected = _schema(self._connection), _expected_schema()
        for key in sorted(expected.keys() - found.keys()):
            self._find("removed", "schema", None, f"the {key[0]} {key[1]}")
        for key in sorted(found.keys() - expected.keys()):
            self._find("foreign", "schema", None, f"the {key[0]} {key[1]}")
        for key in sorted(found.keys() & expected.keys()):
            if found[key] != expected[key]:
                self._find("changed", "schema", None, f"the {key[0]} {key[1]}")
        return all(found.get(key) == sql for key, sql in expected.items() if key[0] == "table")

    def _check_pages(self) -> None:
        for (said,) in self._connection.execute("PRAGMA integrity_check(1)"):
            if said != "ok":
                self.damaged(str(said))

    # -- the ledger ----------------------------------------------------------------------------------------

    def _check_ledger(self) -> None:
        rows = self._connection.execute(statements.LEDGER_CHAIN).fetchall()
        if broken := LEDGER_WALK.first_break(LEDGER_GENESIS, rows):
            self._find(broken.kind, "ledger", None, f"ledger row {broken.position}")
            rows = rows[: broken.position - 1]
            self._ledger_intact = False
        for row in rows:
            if any(value is not None for value in row[SIGNED[1] :]):
                self._find("changed", "ledger", None, f"ledger row {row[L['no']]}", UNKNOWN_SIGNATURE)
            if row[L["run_id"]]:
                mark = Mark(row[L["no"]], row[L["action"]], row[L["n_events"]], row[L["head"]])
                self._marks[row[L["run_id"]]].append(mark)

    # -- events --------------------------------------------------------------------------------------------

    def _check_events(self, run_id: str, rows: Iterable[Row]) -> None:
        facts = self._facts[run_id] = RunFacts()
        heads, facts.intact = EVENT_WALK.intact(_genesis(run_id), self._noting(facts, rows))
        self.n_events += len(heads)
        if facts.intact:
            self._check_marks(run_id, heads)
            self._check_closings(run_id, facts)
        else:
            self._explain_events(run_id)

    def _noting(self, facts: RunFacts, rows: Iterable[Row]) -> Iterator[Row]:
        """Pass the rows on, remembering what other checks need."""
        action_at, signed = E["action"], SIGNED[0]
        for row in rows:
            if row[signed] is not None or row[signed + 1] is not None:
                self._find("changed", "event", row[E["run_id"]], _event_place(row), UNKNOWN_SIGNATURE)
            if row[action_at] in NOTED:
                with suppress(KeyError, TypeError, ValueError, RecursionError):  # then nothing is known from it
                    _note(facts, row)
            yield row

    def _explain_events(self, run_id: str) -> None:
        rows = self._connection.execute(statements.EVENT_CHAIN, (run_id,)).fetchall()
        broken = EVENT_WALK.first_break(_genesis(run_id), rows) or Break(1, "changed")
        self._find(broken.kind, "event", run_id, f"event {broken.position} of run {run_id}")

    def _check_marks(self, run_id: str, heads: list[bytes]) -> None:
        """The ledger's memory of the run against the run."""
        agreed = 0
        for mark in self._marks.get(run_id, ()):
            if mark.n_events > len(heads):
                place = f"event {len(heads) + 1} of run {run_id}"
                self._find("truncated", "event", run_id, place, f"There were {mark.n_events}.")
                return
            if mark.n_events and heads[mark.n_events - 1] != mark.head:
                place = f"event {agreed + 1} of run {run_id}"
                self._find("replaced", "event", run_id, place, f"The ledger's row {mark.no} has another hash.")
                return
            agreed = max(agreed, mark.n_events)

    def _check_closings(self, run_id: str, facts: RunFacts) -> None:
        noted = {(mark.action, mark.n_events) for mark in self._marks.get(run_id, ())}
        for action, seq in facts.closings:
            if self._ledger_intact and (action, seq) not in noted:
                place = f"the ledger's row for {action} of run {run_id}"
                self._find("removed", "ledger", run_id, place)

    # -- runs ----------------------------------------------------------------------------------------------

    def _check_runs(self) -> None:
        rows = {row[1]: row for row in self._connection.execute(statements.RUN_ROWS)}
        for run_id in self._run_ids(rows):
            self.n_runs += 1
            if found := self._wrong_run(run_id, rows.get(run_id)):
                self._find(found, "run", run_id, f"run {run_id}")

    def _run_ids(self, rows: dict[str, Row]) -> list[str]:
        known = [*rows, *self._facts, *self._marks]
        return list(dict.fromkeys(run_id for run_id in known if self._only in (None, run_id)))

    def _wrong_run(self, run_id: str, row: Row | None) -> Tampering | None:
        facts = self._facts.get(run_id)
        opened = [mark.no for mark in self._marks.get(run_id, ()) if mark.action == "run_started"]
        if row is None or facts is None:
            return "removed" if opened or facts is None else "inserted"
        if self._ledger_intact and row[0] not in opened:
            return "inserted"
        return "changed" if facts.intact and tuple(row[2:]) != _described(facts.first) else None

    # -- output --------------------------------------------------------------------------------------------

    def _check_output(self) -> None:
        ends: dict[tuple[str, int], tuple[int, int, str]] = {}
        rows = self._rows(statements.CHUNK_CHAIN, statements.CHUNK_CHAINS)
        for (run_id, attempt), chunks in groupby(rows, itemgetter(C["run_id"], C["attempt"])):
            ends[run_id, attempt] = self._check_attempt(run_id, attempt, chunks)
        for run_id, facts in self._facts.items():
            if facts.intact:
                self._check_claims(run_id, facts, ends)
        for run_id, attempt in ends:
            facts = self._facts.get(run_id, RunFacts(intact=True))
            if facts.intact and attempt not in facts.started:
                self._find("inserted", "chunk", run_id, f"the output of attempt {attempt} of run {run_id}")

    def _check_attempt(self, run_id: str, attempt: int, rows: Iterable[Row]) -> tuple[int, int, str]:
        """Bytes, chunks and head of the attempt as far as its chain holds; -1 bytes when it breaks."""
        genesis = output_genesis(str(run_id), attempt)
        sound = _Sound(self._codec)
        heads, intact = CHUNK_WALK.intact(genesis, sound.passing(rows))
        self.n_chunks += len(heads)
        if intact and sound.wrong_at is None:
            return sound.n_bytes, len(heads), (heads[-1] if heads else genesis).hex()
        if intact:
            broken = Break(sound.wrong_at or 1, "changed")
        else:
            stored = self._connection.execute(statements.CHUNK_CHAIN_OF, (run_id, attempt)).fetchall()
            broken = CHUNK_WALK.first_break(genesis, stored) or Break(1, "changed")
        self._find(broken.kind, "chunk", run_id, _chunk_place(run_id, attempt, broken.position))
        return -1, len(heads), ""

    def _check_claims(self, run_id: str, facts: RunFacts, ends: dict[tuple[str, int], tuple[int, int, str]]) -> None:
        for attempt, claim in facts.claims.items():
            nothing = (0, 0, output_genesis(run_id, attempt).hex())
            n_bytes, n_chunks, head = ends.get((run_id, attempt), nothing)
            if n_bytes >= 0 and (found := _against(claim, n_bytes, head)):
                said = f"Event {claim.seq} says {claim.n_bytes} bytes, {n_bytes} are stored."
                place = _chunk_place(run_id, attempt, n_chunks + (found == "truncated"))
                self._find(found, "chunk", run_id, place, said)

    # -- documents -----------------------------------------------------------------------------------------

    def _check_documents(self) -> None:
        runs = self._connection.execute(statements.RUN_ROWS).fetchall()
        wanted = {row[4]: row[1] for row in runs if self._only in (None, row[1])}
        stored = set()
        for row in self._connection.execute(statements.DOCUMENT_ROWS):
            digest = row[D["sha256"]]
            stored.add(digest)
            if digest in wanted and not self._is_document(row):
                self._find("changed", "document", wanted[digest], f"document {digest}")
            elif digest not in wanted and self._only is None:
                self._find("inserted", "document", None, f"document {digest}")
        for digest in wanted.keys() - stored:
            self._find("removed", "document", wanted[digest], f"document {digest}")

    def _is_document(self, row: Row) -> bool:
        n_bytes, digest, codec, data, sealed = row
        try:
            text = self._codec.expand(codec, data, n_bytes, DOCUMENT_LIMIT)
            return bool(sha256(text).hexdigest() == digest and DOCUMENTS.digest(b"", row) == sealed)
        except (TrailDamaged, TypeError, ValueError):
            return False


class _Sound:
    """Checks what the hash of a chunk does not: that it expands to what it declares and joins the one before it."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self.n_bytes = 0
        self.wrong_at: int | None = None

    def passing(self, rows: Iterable[Row]) -> Iterator[Row]:
        for number, row in enumerate(rows, 1):
            if self.wrong_at is None and not self._is_sound(row):
                self.wrong_at = number
            yield row

    def _is_sound(self, row: Row) -> bool:
        n_bytes = row[C["n_bytes"]]
        try:
            data = self._codec.expand(row[C["codec"]], row[C["data"]], n_bytes, CHUNK_BYTES)
            reads = unpack_times(row[C["times"]], row[C["t0_mono_ns"]])
        except (TrailDamaged, TypeError, ValueError):
            return False
        joins = row[C["byte_off"]] == self.n_bytes
        self.n_bytes += n_bytes
        whole = sum(read.n_bytes for read in reads) == n_bytes
        return bool(joins and whole and sha256(data).digest() == row[C["sha256"]])


def _against(claim: Claim, n_bytes: int, head: str) -> Tampering | None:
    if n_bytes != claim.n_bytes:
        return "truncated" if n_bytes < claim.n_bytes else "inserted"
    return "replaced" if claim.head not in (None, head) else None


def _note(facts: RunFacts, row: Row) -> None:
    action, seq, attempt = row[E["action"]], row[E["seq"]], row[E["attempt"]]
    if action == "run_started" and seq == 1:
        facts.first = row
    elif action == "step_started":
        facts.started.add(attempt)
    elif action in CLAIMING:
        said = json.loads(row[E["payload"]])
        facts.claims[attempt] = Claim(seq, int(said["output_bytes"]), said.get("output_head"))
    elif action in CLOSING:
        facts.closings.append((action, seq))


def _described(first: Row | None) -> tuple[Any, ...] | None:
    """The run's row from `title` on, as its first event tells it."""
    if first is None:
        return None
    try:
        said = json.loads(first[E["payload"]])
        told = (said["title"], said["path"], said["document_sha256"], said["incident"])
    except (KeyError, TypeError, ValueError, RecursionError):
        return None
    return (*told, first[E["actor"]], first[E["at"]])


def _genesis(run_id: object) -> bytes:
    return run_genesis(run_id) if isinstance(run_id, str) else b""


def _event_run(row: Row) -> Any:
    return row[E["run_id"]]


def _event_place(row: Row) -> str:
    return f"event {row[E['seq']]} of run {row[E['run_id']]}"


def _chunk_place(run_id: str, attempt: int, position: int) -> str:
    return f"output chunk {position} of attempt {attempt} of run {run_id}"


def _schema(connection: sqlite3.Connection) -> dict[tuple[str, str], str]:
    """Statements by kind and name; indexes that SQLite made by itself have none."""
    found = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {(kind, name): sql for kind, name, sql in found}


def _expected_schema() -> dict[tuple[str, str], str]:
    connection = sqlite3.connect(":memory:")
    try:
        for statement in table_statements():
            connection.execute(statement)
        return _schema(connection)
    finally:
        connection.close()
