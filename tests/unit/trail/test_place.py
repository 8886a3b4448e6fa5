"""Where the trail lies is ours alone, under any umask, and no link is followed to it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from unit.trail.books import open_writer, start, walk_step

from engine.errors import TrailUnusable
from engine.trail import TrailReader, default_path, verify
from engine.trail.place import COMPANIONS, companion

DEFAULTS = [
    ({"ONCUE_AUDIT": "/var/trail.db", "XDG_STATE_HOME": "/s", "HOME": "/h"}, "/var/trail.db"),
    ({"XDG_STATE_HOME": "/s", "HOME": "/h"}, "/s/oncue/audit.db"),
    ({"XDG_STATE_HOME": "relative", "HOME": "/h"}, "/h/.local/state/oncue/audit.db"),
    ({"ONCUE_AUDIT": "", "XDG_STATE_HOME": "", "HOME": "/h"}, "/h/.local/state/oncue/audit.db"),
]


@pytest.mark.parametrize(("environ", "expected"), DEFAULTS)
def test_the_default_place_follows_the_environment(environ: dict[str, str], expected: str) -> None:
    assert default_path(environ) == Path(expected)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o777], ids="{:03o}".format)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


@pytest.mark.usefixtures("umask")
def test_files_and_directories_are_private_under_any_umask(tmp_path: Path) -> None:
    place = tmp_path / "a" / "b" / "audit.db"
    with open_writer(place, floor_bytes=1) as writer:
        start(writer)
        walk_step(writer, "run-1", 1, [b"output\n"])
        beside = {path.name: mode(path) for path in place.parent.iterdir()}
    names = [place.name, *(companion(place, suffix).name for suffix in COMPANIONS)]
    assert beside == dict.fromkeys(names, 0o600)
    assert (mode(place.parent), mode(place.parent.parent)) == (0o700, 0o700)


def test_access_that_others_have_is_taken_away(place: Path) -> None:
    with open_writer(place, floor_bytes=1) as writer:
        start(writer)
        paths = sorted(place.parent.iterdir())
        assert len(paths) == 1 + len(COMPANIONS)
        for path in paths:
            path.chmod(0o644)
        with open_writer(place):
            assert {mode(path) for path in paths} == {0o600}


@pytest.mark.parametrize("suffix", ["", *COMPANIONS])
def test_a_symbolic_link_is_refused_and_not_followed(place: Path, tmp_path: Path, suffix: str) -> None:
    place.parent.mkdir()
    target = tmp_path / "target"
    companion(place, suffix).symlink_to(target)
    with pytest.raises(TrailUnusable, match=r"cannot use .*: it is a symbolic link"):
        open_writer(place)
    assert not target.exists()


@pytest.mark.parametrize("suffix", ["", *COMPANIONS])
def test_a_file_with_a_second_name_is_refused(place: Path, tmp_path: Path, suffix: str) -> None:
    place.parent.mkdir()
    (tmp_path / "target").touch(mode=0o644)
    companion(place, suffix).hardlink_to(tmp_path / "target")
    with pytest.raises(TrailUnusable, match=r"it has 2 names \(hard links\)"):
        open_writer(place)
    assert mode(tmp_path / "target") == 0o644


@pytest.mark.parametrize("suffix", ["", *COMPANIONS])
def test_a_named_pipe_is_refused_at_once(place: Path, suffix: str) -> None:
    place.parent.mkdir()
    os.mkfifo(companion(place, suffix))
    with pytest.raises(TrailUnusable, match="it is a named pipe"):
        open_writer(place)


@pytest.mark.parametrize("suffix", ["", *COMPANIONS])
def test_a_directory_in_its_place_is_refused(place: Path, suffix: str) -> None:
    companion(place, suffix).mkdir(parents=True)
    with pytest.raises(TrailUnusable, match="it is a directory"):
        open_writer(place)


def test_a_directory_where_everybody_writes_is_refused(place: Path) -> None:
    place.parent.mkdir()
    place.parent.chmod(0o777)
    with pytest.raises(TrailUnusable, match="everybody may write there"):
        open_writer(place)
    assert list(place.parent.iterdir()) == []


def test_a_directory_where_everybody_writes_only_their_own_is_accepted(place: Path) -> None:
    place.parent.mkdir()
    place.parent.chmod(0o1777)
    open_writer(place).close()
    assert mode(place) == 0o600


def test_a_file_where_the_directory_should_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(TrailUnusable, match="it is not a directory"):
        open_writer(tmp_path / "file" / "audit.db")


def test_a_linked_directory_is_followed_as_people_link_their_homes(place: Path, tmp_path: Path) -> None:
    place.parent.mkdir()
    (tmp_path / "link").symlink_to(place.parent)
    open_writer(tmp_path / "link" / "audit.db").close()
    assert place.is_file()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory to another user")
def test_what_belongs_to_another_user_is_refused(place: Path) -> None:
    place.parent.mkdir()
    place.touch()
    os.chown(place, 65534, 65534)
    with pytest.raises(TrailUnusable, match=r"audit.db: it belongs to another user \(uid 65534\)"):
        open_writer(place)
    os.chown(place.parent, 65534, 65534)
    with pytest.raises(TrailUnusable, match=r"cannot lie in .*: it belongs to another user"):
        open_writer(place)


@pytest.mark.parametrize("name", ["what?mode=memory", "50%41#x", "with space & more", os.fsdecode(b"caf\xe9")])
def test_any_file_name_will_do(tmp_path: Path, name: str) -> None:
    with open_writer(tmp_path / name) as writer:
        start(writer)
    assert (tmp_path / name).stat().st_size > 0
    assert verify(tmp_path / name).findings == ()
    with TrailReader.open(tmp_path / name) as reader:
        assert len(reader.runs()) == 1
