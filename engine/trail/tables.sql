CREATE TABLE document (
	sha256 TEXT NOT NULL,
	n_bytes INTEGER NOT NULL,
	codec TEXT NOT NULL,
	hash BLOB NOT NULL,
	data BLOB NOT NULL,
	PRIMARY KEY (sha256)
);

CREATE TABLE run (
	no INTEGER NOT NULL,
	run_id TEXT NOT NULL,
	title TEXT NOT NULL,
	path TEXT NOT NULL,
	document_sha256 TEXT NOT NULL,
	incident TEXT,
	operator TEXT NOT NULL,
	started_at TEXT NOT NULL,
	PRIMARY KEY (no),
	UNIQUE (run_id),
	FOREIGN KEY(document_sha256) REFERENCES document (sha256)
);

CREATE TABLE event (
	run_id TEXT NOT NULL,
	seq INTEGER NOT NULL,
	action TEXT NOT NULL,
	outcome TEXT NOT NULL,
	target TEXT NOT NULL,
	step_id TEXT NOT NULL,
	attempt INTEGER NOT NULL,
	at TEXT NOT NULL,
	mono_ns INTEGER NOT NULL,
	boot_id TEXT NOT NULL,
	actor TEXT NOT NULL,
	actor_uid INTEGER NOT NULL,
	run_as INTEGER NOT NULL,
	origin TEXT NOT NULL,
	payload BLOB NOT NULL,
	redactions INTEGER NOT NULL,
	prev_hash BLOB NOT NULL,
	hash BLOB NOT NULL,
	key_id TEXT,
	sig BLOB,
	PRIMARY KEY (run_id, seq),
	FOREIGN KEY(run_id) REFERENCES run (run_id)
)
 WITHOUT ROWID;

CREATE TABLE chunk (
	run_id TEXT NOT NULL,
	attempt INTEGER NOT NULL,
	idx INTEGER NOT NULL,
	stream TEXT NOT NULL,
	byte_off INTEGER NOT NULL,
	n_bytes INTEGER NOT NULL,
	t0_mono_ns INTEGER NOT NULL,
	redactions INTEGER NOT NULL,
	codec TEXT NOT NULL,
	sha256 BLOB NOT NULL,
	prev_hash BLOB NOT NULL,
	hash BLOB NOT NULL,
	times BLOB NOT NULL,
	data BLOB NOT NULL,
	PRIMARY KEY (run_id, attempt, idx),
	FOREIGN KEY(run_id) REFERENCES run (run_id)
);

CREATE TABLE ledger (
	no INTEGER NOT NULL,
	action TEXT NOT NULL,
	run_id TEXT NOT NULL,
	n_events INTEGER NOT NULL,
	n_steps_done INTEGER NOT NULL,
	output_bytes INTEGER NOT NULL,
	outcome TEXT NOT NULL,
	head BLOB NOT NULL,
	at TEXT NOT NULL,
	mono_ns INTEGER NOT NULL,
	boot_id TEXT NOT NULL,
	actor TEXT NOT NULL,
	actor_uid INTEGER NOT NULL,
	run_as INTEGER NOT NULL,
	origin TEXT NOT NULL,
	prev_hash BLOB NOT NULL,
	hash BLOB NOT NULL,
	key_id TEXT,
	sig BLOB,
	PRIMARY KEY (no)
);

CREATE INDEX chunk_by_offset ON chunk (run_id, attempt, byte_off);

CREATE INDEX ledger_by_run ON ledger (run_id, action, no);

CREATE TRIGGER document_update BEFORE UPDATE ON document
BEGIN SELECT RAISE(ABORT, 'document is append-only'); END;

CREATE TRIGGER document_delete BEFORE DELETE ON document
BEGIN SELECT RAISE(ABORT, 'document is append-only'); END;

CREATE TRIGGER document_insert BEFORE INSERT ON document
WHEN EXISTS (SELECT 1 FROM document WHERE sha256 = NEW.sha256 OR rowid = NEW.rowid)
BEGIN SELECT RAISE(ABORT, 'document is append-only'); END;

CREATE TRIGGER run_update BEFORE UPDATE ON run
BEGIN SELECT RAISE(ABORT, 'run is append-only'); END;

CREATE TRIGGER run_delete BEFORE DELETE ON run
BEGIN SELECT RAISE(ABORT, 'run is append-only'); END;

CREATE TRIGGER run_insert BEFORE INSERT ON run
WHEN NEW.no <= (SELECT max(no) FROM run) OR EXISTS (SELECT 1 FROM run WHERE run_id = NEW.run_id)
BEGIN SELECT RAISE(ABORT, 'run is append-only'); END;

CREATE TRIGGER event_update BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;

CREATE TRIGGER event_delete BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;

CREATE TRIGGER event_insert BEFORE INSERT ON event
WHEN (NEW.seq - 1, NEW.prev_hash) IS NOT
    (SELECT seq, hash FROM event WHERE run_id = NEW.run_id ORDER BY seq DESC LIMIT 1)
  AND (NEW.seq IS NOT 1 OR EXISTS (SELECT 1 FROM event WHERE run_id = NEW.run_id))
BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;

CREATE TRIGGER chunk_update BEFORE UPDATE ON chunk
BEGIN SELECT RAISE(ABORT, 'chunk is append-only'); END;

CREATE TRIGGER chunk_delete BEFORE DELETE ON chunk
BEGIN SELECT RAISE(ABORT, 'chunk is append-only'); END;

CREATE TRIGGER chunk_insert BEFORE INSERT ON chunk
WHEN EXISTS (SELECT 1 FROM chunk WHERE rowid = NEW.rowid)
  OR (NEW.idx - 1, NEW.prev_hash) IS NOT
    (SELECT idx, hash FROM chunk WHERE run_id = NEW.run_id AND attempt = NEW.attempt ORDER BY idx DESC LIMIT 1)
  AND (NEW.idx IS NOT 1 OR EXISTS (SELECT 1 FROM chunk WHERE run_id = NEW.run_id AND attempt = NEW.attempt))
BEGIN SELECT RAISE(ABORT, 'chunk is append-only'); END;

CREATE TRIGGER ledger_update BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'ledger is append-only'); END;

CREATE TRIGGER ledger_delete BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'ledger is append-only'); END;

CREATE TRIGGER ledger_insert BEFORE INSERT ON ledger
WHEN (NEW.no - 1, NEW.prev_hash) IS NOT (SELECT no, hash FROM ledger ORDER BY no DESC LIMIT 1)
  AND (NEW.no IS NOT 1 OR EXISTS (SELECT 1 FROM ledger))
BEGIN SELECT RAISE(ABORT, 'ledger is append-only'); END;
