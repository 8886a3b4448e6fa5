"""The checks behind `verify`, table by table, over one connection in one read transaction."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Any

from ..errors import UsageError
from . import statements
from .chain import CHUNKS, DOCUMENTS, EVENTS, LEDGER_GENESIS, LEDGERS, Row, output_genesis, run_genesis
from .chunks import Codec
from .damage import TrailDamaged
from .facts import Claim, E, Mark, RunFacts
from .finding import Finding, Tampering, to_sentence
from .layout import CHUNK, DOCUMENT, LEDGER, columns_of
from .migrations import expected_schema, schema_of
from .reader import DOCUMENT_LIMIT
from .soundness import Soundness
from .walk import Break, Walk

C, L, D = columns_of(CHUNK), columns_of(LEDGER), columns_of(DOCUMENT)
EVENT_WALK = Walk(EVENTS, E["seq"])
CHUNK_WALK = Walk(CHUNKS, C["idx"])
LEDGER_WALK = Walk(LEDGERS, L["no"])
UNKNOWN_SIGNATURE = "It carries a signature, which this version never writes."


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
        self._check_signatures()
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
        found, expected = schema_of(self._connection), expected_schema()
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
            if row[L["run_id"]]:
                mark = Mark(row[L["no"]], row[L["action"]], row[L["n_events"]], row[L["head"]])
                self._marks[row[L["run_id"]]].append(mark)

    def _check_signatures(self) -> None:
        """Signatures stand outside the chain."""
        for (number,) in self._connection.execute(statements.SIGNED_LEDGER):
            self._find("changed", "ledger", None, f"ledger row {number}", UNKNOWN_SIGNATURE)
        for run_id, seq in self._rows(statements.SIGNED_EVENT, statements.SIGNED_EVENTS):
            self._find("changed", "event", run_id, f"event {seq} of run {run_id}", UNKNOWN_SIGNATURE)

    # -- events --------------------------------------------------------------------------------------------

    def _check_events(self, run_id: str, rows: Iterable[Row]) -> None:
        facts = self._facts[run_id] = RunFacts()
        heads, facts.intact = EVENT_WALK.intact(_genesis(run_id), facts.keeping(rows))
        self.n_events += len(heads)
        if facts.intact:
            self._check_marks(run_id, heads)
            self._check_closings(run_id, facts)
        else:
            self._explain_events(run_id)

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
        return "changed" if facts.intact and tuple(row[2:]) != facts.described() else None

    # -- output --------------------------------------------------------------------------------------------

    def _check_output(self) -> None:
        ends: dict[tuple[str, int], tuple[int, int, str]] = {}
        rows = self._rows(statements.CHUNK_CHAIN, statements.CHUNK_CHAINS)
        for (run_id, attempt), chunks in groupby(rows, itemgetter(C["run_id"], C["attempt"])):
            ends[run_id, attempt] = self._check_attempt(run_id, attempt, chunks)
        for run_id, facts in self._facts.items():
            if facts.intact:
                self._check_claims(run_id, facts, ends)
        broken = {run_id for run_id, facts in self._facts.items() if not facts.intact}
        started = {(run_id, attempt) for run_id, facts in self._facts.items() for attempt in facts.started}
        for run_id, attempt in ends:
            if run_id not in broken and (run_id, attempt) not in started:
                self._find("inserted", "chunk", run_id, f"the output of attempt {attempt} of run {run_id}")

    def _check_attempt(self, run_id: str, attempt: int, rows: Iterable[Row]) -> tuple[int, int, str]:
        """Bytes, chunks and head of the attempt as far as its chain holds; -1 bytes when it breaks."""
        genesis = output_genesis(str(run_id), attempt)
        sound = Soundness(self._codec)
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
        for attempt, claim in facts.claims():
            if not claim.n_bytes and (run_id, attempt) not in ends:
                continue
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


def _against(claim: Claim, n_bytes: int, head: str) -> Tampering | None:
    if n_bytes != claim.n_bytes:
        return "truncated" if n_bytes < claim.n_bytes else "inserted"
    return "replaced" if claim.head not in (None, head) else None


def _genesis(run_id: object) -> bytes:
    return run_genesis(run_id) if isinstance(run_id, str) else b""


def _event_run(row: Row) -> Any:
    return row[E["run_id"]]


def _chunk_place(run_id: str, attempt: int, position: int) -> str:
    return f"output chunk {position} of attempt {attempt} of run {run_id}"
