"""A file that cannot be used as a trail is refused with one sentence, and is left as it was."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from unit.trail.books import open_writer, rows_of, start

from engine.errors import TrailUnusable
from engine.trail import TrailReader, migrations
from engine.trail.database import connect_writer
from engine.trail.lock import FileLock
from engine.trail.migrations import APPLICATION_ID, MIGRATIONS

ROOT = Path(__file__).resolve().parents[3]


def refused(place: Path) -> str:
    before = place.read_bytes()
    with pytest.raises(TrailUnusable) as caught:
        open_writer(place)
    assert place.read_bytes() == before
    assert not Path(f"{place}-wal").exists()
    return str(caught.value)


def make_database(place: Path, *statements: str) -> None:
    place.parent.mkdir(exist_ok=True)
    with closing(sqlite3.connect(place)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_a_file_that_is_no_database(place: Path) -> None:
    place.parent.mkdir()
    place.write_bytes(b"notes of mine\n" * 100)
    assert refused(place).endswith("audit.db cannot be used: it is not an SQLite database.")


def test_a_database_of_another_program(place: Path) -> None:
    make_database(place, "CREATE TABLE bookmarks (url)")
    assert refused(place).endswith("is a database of another program, not an audit trail.")


def test_an_empty_database_that_another_program_has_signed(place: Path) -> None:
    make_database(place, "PRAGMA application_id = 77")
    assert "another program" in refused(place)


def test_a_trail_from_a_newer_version(place: Path) -> None:
    open_writer(place).close()
    make_database(place, f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    assert "was written by a newer Oncue (format 2; this one knows 1)" in refused(place)
    with pytest.raises(TrailUnusable, match="newer Oncue"):
        TrailReader.open(place)


def test_a_trail_that_another_program_has_locked(place: Path) -> None:
    open_writer(place).close()
    with closing(sqlite3.connect(place, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(TrailUnusable, match="another program has locked it"):
            open_writer(place)


def test_a_trail_whose_lock_another_writer_keeps(place: Path) -> None:
    open_writer(place).close()
    lock = FileLock(place, 0)
    lock.acquire()
    with pytest.raises(TrailUnusable, match="is locked by another program"):
        open_writer(place)
    lock.close()
    open_writer(place).close()


def test_a_disk_with_too_little_room(place: Path) -> None:
    with pytest.raises(TrailUnusable, match=r"has too little room: \d+ MiB free, 1073741824 MiB needed"):
        open_writer(place, floor_bytes=1 << 50)


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    """As another user, because nothing is forbidden to root."""
    if os.geteuid() == 0:
        pytest.skip("everything can be written by root")
    (tmp_path / "state").mkdir(mode=0o500)
    with pytest.raises(TrailUnusable, match="permission denied"):
        open_writer(tmp_path / "state" / "audit.db")


def test_a_read_only_file_system_is_named() -> None:
    with pytest.raises(TrailUnusable, match=r"The audit trail /proc/oncue/audit.db cannot be used: "):
        open_writer(Path("/proc/oncue/audit.db"))


@pytest.mark.parametrize("content", [b"", None])
def test_there_is_nothing_to_read_where_no_trail_is(place: Path, content: bytes | None) -> None:
    if content is not None:
        place.parent.mkdir()
        place.write_bytes(content)
    with pytest.raises(TrailUnusable, match="There is no audit trail at"):
        TrailReader.open(place)
    assert place.exists() is (content is not None)


def test_a_trail_of_which_only_the_file_was_made_is_completed(place: Path) -> None:
    make_database(place, "PRAGMA journal_mode = WAL")
    with open_writer(place) as writer:
        start(writer)


def test_what_the_file_says_about_itself(place: Path) -> None:
    open_writer(place).close()
    assert rows_of(place, "PRAGMA application_id") == [(APPLICATION_ID,)]
    assert rows_of(place, "PRAGMA user_version") == [(len(MIGRATIONS),)]
    assert rows_of(place, "PRAGMA journal_mode") == [("wal",)]


PRAGMAS = {
    "synchronous": 2,
    "wal_autocheckpoint": 0,
    "foreign_keys": 1,
    "recursive_triggers": 1,
    "secure_delete": 1,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "busy_timeout": 1500,
}


@pytest.mark.parametrize(("pragma", "expected"), PRAGMAS.items())
def test_the_writing_connection_is_set_up(place: Path, pragma: str, expected: int) -> None:
    open_writer(place).close()
    with closing(connect_writer(place, 1.5)) as connection:
        assert connection.execute(f"PRAGMA {pragma}").fetchone() == (expected,)


def test_an_older_trail_is_brought_up_step_by_step(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_writer(place) as writer:
        start(writer)
    steps = (
        *MIGRATIONS,
        lambda connection: connection.execute("CREATE TABLE second (a)"),
        lambda connection: connection.execute("ALTER TABLE second ADD COLUMN b"),
    )
    for module in (migrations, sys.modules["engine.trail.database"]):
        monkeypatch.setattr(module, "MIGRATIONS", steps)
    open_writer(place).close()
    assert rows_of(place, "PRAGMA user_version") == [(3,)]
    assert rows_of(place, "SELECT a, b FROM second") == []
    assert rows_of(place, "SELECT count(*) FROM event") == [(1,)]


def test_a_step_that_fails_leaves_the_older_trail(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_writer(place).close()
    steps = (
        *MIGRATIONS,
        lambda connection: connection.execute("CREATE TABLE second (a)"),
        lambda connection: connection.execute("CREATE TABLE second (a)"),
    )
    for module in (migrations, sys.modules["engine.trail.database"]):
        monkeypatch.setattr(module, "MIGRATIONS", steps)
    with pytest.raises(TrailUnusable, match="table second already exists"):
        open_writer(place)
    assert rows_of(place, "PRAGMA user_version") == [(1,)]
    assert rows_of(place, "SELECT name FROM sqlite_master WHERE name = 'second'") == []


USES = {
    "making a trail": "TrailWriter.open(path, floor_bytes=0).close()",
    "listing runs": "TrailReader.open(path).runs()",
    "verifying": "verify(path)",
}


@pytest.mark.parametrize("use", USES.values(), ids=USES.keys())
def test_no_heavy_library_is_loaded(place: Path, use: str) -> None:
    if "Writer" not in use:
        open_writer(place).close()
    code = f"""
import sys
from pathlib import Path
from engine.trail import TrailReader, TrailWriter, verify
path = Path({str(place)!r})
{use}
print([name for name in ("sqlmodel", "sqlalchemy", "zstandard") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout == "[]\n"
