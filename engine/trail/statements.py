"""Every SQL statement of the trail that is not part of its schema. Values are always bound."""

from __future__ import annotations

from .layout import CHUNK, DOCUMENT, EVENT, LEDGER, Layout

RUN_COLUMNS = ("no", "run_id", "title", "path", "document_sha256", "incident", "operator", "started_at")


def _insert(table: str, columns: tuple[str, ...]) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608


def _select(layout: Layout) -> str:
    return f"SELECT {', '.join(layout.stored)} FROM {layout.table}"  # noqa: S608


INSERT_RUN = _insert("run", RUN_COLUMNS)
INSERT_EVENT = _insert(EVENT.table, EVENT.stored)
INSERT_CHUNK = _insert(CHUNK.table, CHUNK.stored)
INSERT_LEDGER = _insert(LEDGER.table, LEDGER.stored)
INSERT_DOCUMENT = _insert(DOCUMENT.table, (*DOCUMENT.hashed, "hash"))

# What the writer asks.
HAS_RUN = "SELECT 1 FROM run WHERE run_id = ?"
HAS_DOCUMENT = "SELECT 1 FROM document WHERE sha256 = ?"
RUN_PATH = "SELECT path FROM run WHERE run_id = ?"
LAST_EVENT = "SELECT seq, hash FROM event WHERE run_id = ? ORDER BY seq DESC LIMIT 1"
LAST_LEDGER = "SELECT no, hash FROM ledger ORDER BY no DESC LIMIT 1"
LAST_CHUNK = """
SELECT idx, byte_off + n_bytes, hash FROM chunk WHERE run_id = ? AND attempt = ? ORDER BY idx DESC LIMIT 1"""
ATTEMPTS = "SELECT attempt, step_id FROM event WHERE run_id = ? AND action = 'step_started'"

# What readers ask.
RAW_EVENTS = """
SELECT seq, action, payload, at, mono_ns, boot_id,
  actor, actor_uid, run_as, origin
FROM event WHERE run_id = ? AND seq > ? ORDER BY seq"""
CHUNKS_FROM = """
SELECT idx, byte_off, n_bytes, t0_mono_ns, codec, times, data FROM chunk
WHERE run_id = ? AND attempt = ? AND idx >= ? ORDER BY idx LIMIT ?"""
CHUNK_AT = """
SELECT idx FROM chunk WHERE run_id = ? AND attempt = ? AND byte_off <= ? ORDER BY byte_off DESC LIMIT 1"""
CHUNK_PLACES = """
SELECT idx, byte_off, n_bytes, t0_mono_ns FROM chunk
WHERE run_id = ? AND attempt = ? AND idx > ? ORDER BY idx LIMIT ?"""
CHUNK_READS = "SELECT times, t0_mono_ns FROM chunk WHERE run_id = ? AND attempt = ? AND idx = ?"
STORED_DOCUMENT = """
SELECT n_bytes, codec, data FROM document
WHERE sha256 = (SELECT document_sha256 FROM run WHERE run_id = ?)"""
DOCUMENT_RUNS = """
SELECT run_id FROM run WHERE (title = ? OR path = ?) AND run_id <> ? AND EXISTS (
  SELECT 1 FROM event
  WHERE event.run_id = run.run_id AND seq = 1 AND instr(payload, CAST('"mode":"live"' AS BLOB)))
ORDER BY no DESC LIMIT ?"""
"""Those that were real; inside a text of the payload a quotation mark is escaped."""
ATTEMPTS_OF = """
SELECT attempt, step_id, at, actor, CASE action WHEN 'step_ended' THEN payload END,
  instr(payload, CAST('"suggestion":true' AS BLOB)) OR instr(payload, CAST('"dry_run":true' AS BLOB))
FROM event
WHERE run_id = ? AND (action = 'step_started' OR (action = 'step_ended' AND outcome = 'success'))
ORDER BY seq LIMIT ?"""
"""Inside a text of the payload a quotation mark is escaped, so that the last column is about its fields alone."""
INCIDENT_RUNS = "SELECT run_id FROM run WHERE incident = ? ORDER BY no"
RUN_ORIGINS = """
SELECT run.run_id, run.document_sha256,
  CASE WHEN json_valid(CAST(event.payload AS TEXT)) THEN json_extract(CAST(event.payload AS TEXT), '$.directory') END,
  CASE WHEN json_valid(CAST(event.payload AS TEXT)) THEN json_extract(CAST(event.payload AS TEXT), '$.mode') END
FROM run JOIN event ON event.run_id = run.run_id AND event.seq = 1
ORDER BY run.no DESC LIMIT ?"""
"""Of the newest runs: the digest of the document, the folder which its path counts from, the mode."""
RUN_IDS = "SELECT run_id FROM run ORDER BY no DESC"
_RUNS = """
SELECT run.run_id, run.title, run.path, run.started_at, run.incident, run.operator,
  tail.seq, tail.hash, mark.action, mark.at, mark.outcome, mark.n_events, mark.n_steps_done, mark.output_bytes
FROM run
JOIN event AS tail ON tail.run_id = run.run_id
  AND tail.seq = (SELECT max(seq) FROM event WHERE event.run_id = run.run_id)
LEFT JOIN ledger AS mark ON mark.no = (
  SELECT max(no) FROM ledger
  WHERE ledger.run_id = run.run_id AND action IN ('run_left', 'run_ended', 'recording_failed'))"""
RUNS = f"{_RUNS} ORDER BY run.no DESC"
"""One row per run with its newest event and, where it was ever closed, the ledger's newest mark of that."""
OPEN_RUNS = f"{_RUNS} WHERE mark.action IS NULL OR mark.action <> 'run_ended' ORDER BY run.no DESC"
STEPS_DONE = """
SELECT count(*) FROM (
  SELECT outcome, max(seq) FROM event
  WHERE run_id = ? AND action IN ('step_ended', 'step_done', 'step_settled', 'step_unknown')
  GROUP BY step_id)
WHERE outcome = 'success'"""
OUTPUT_BYTES = """
SELECT coalesce(sum((
  SELECT byte_off + n_bytes FROM chunk
  WHERE chunk.run_id = event.run_id AND chunk.attempt = event.attempt ORDER BY idx DESC LIMIT 1)), 0)
FROM event WHERE run_id = ? AND action = 'step_started'"""

# What verification asks.
IS_KNOWN = "SELECT 1 FROM run WHERE run_id = ? UNION ALL SELECT 1 FROM ledger WHERE run_id = ?"
EVENT_CHAINS = _select(EVENT) + " ORDER BY run_id, seq"
EVENT_CHAIN = _select(EVENT) + " WHERE run_id = ? ORDER BY seq"
SIGNED_EVENTS = "SELECT run_id, seq FROM event WHERE (key_id IS NOT NULL OR sig IS NOT NULL)"
SIGNED_EVENT = f"{SIGNED_EVENTS} AND run_id = ?"
CHUNK_CHAINS = _select(CHUNK) + " ORDER BY run_id, attempt, idx"
CHUNK_CHAIN = _select(CHUNK) + " WHERE run_id = ? ORDER BY attempt, idx"
CHUNK_CHAIN_OF = _select(CHUNK) + " WHERE run_id = ? AND attempt = ? ORDER BY idx"
LEDGER_CHAIN = _select(LEDGER) + " ORDER BY no"
SIGNED_LEDGER = "SELECT no FROM ledger WHERE key_id IS NOT NULL OR sig IS NOT NULL"
DOCUMENT_ROWS = f"SELECT {', '.join((*DOCUMENT.hashed, 'hash'))} FROM document ORDER BY sha256"  # noqa: S608
RUN_ROWS = f"SELECT {', '.join(RUN_COLUMNS)} FROM run ORDER BY no"  # noqa: S608
