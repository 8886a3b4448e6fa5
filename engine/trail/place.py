"""Where the trail lies, and that nobody else can reach it: modes, owners and links of every file beside it.

An existing file is looked at and never opened here: closing a descriptor would drop the locks that another
connection of this process holds on it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from ..errors import TrailUnusable

COMPANIONS = ("-wal", "-shm", ".lock", ".reserve")
"""Files that stand beside the database; the first two are SQLite's own."""


def default_path(environ: Mapping[str, str]) -> Path:
    """`$ONCUE_AUDIT`, else `oncue/audit.db` in the user's state directory."""
    if named := environ.get("ONCUE_AUDIT"):
        return Path(named).expanduser()
    if (state := environ.get("XDG_STATE_HOME")) and Path(state).is_absolute():
        return Path(state) / "oncue" / "audit.db"
    home = environ.get("HOME")
    return (Path(home) if home else Path.home()) / ".local" / "state" / "oncue" / "audit.db"


def companion(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def prepare(path: Path) -> Path:
    """The path with its directory resolved; the directory and the file exist afterwards, and are ours alone.

    TrailUnusable when they cannot be made so.
    """
    path = Path(os.path.abspath(path))  # noqa: PTH100 - Path.resolve would follow a link in the last part
    try:
        _make_directory(path.parent)
        _check_directory(path.parent)
        place = path.parent.resolve() / path.name
        for suffix in ("", *COMPANIONS):
            _check_file(companion(place, suffix))
        _make_file(place)
    except OSError as error:
        raise unusable(path, error) from error
    return place


def unusable(path: Path, error: OSError) -> TrailUnusable:
    return TrailUnusable(f"The audit trail {path} cannot be used: {(error.strerror or str(error)).lower()}.")


def make_private(path: Path) -> int:
    """A descriptor for a file of ours beside the database, made if need be, 0600 under any umask."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, 0o600)
    os.fchmod(descriptor, 0o600)
    return descriptor


def _make_directory(directory: Path) -> None:
    if directory.exists():
        return
    _make_directory(directory.parent)
    try:
        directory.mkdir(mode=0o700)
    except FileExistsError:
        return
    directory.chmod(0o700)
    _sync_directory(directory.parent)


def _check_directory(directory: Path) -> None:
    found = directory.stat()
    if not stat.S_ISDIR(found.st_mode):
        raise TrailUnusable(f"The audit trail cannot lie in {directory}: it is not a directory.")
    if found.st_mode & stat.S_IWOTH and not found.st_mode & stat.S_ISVTX:
        raise TrailUnusable(
            f"The audit trail cannot lie in {directory}: everybody may write there. "
            f"Take that away with `chmod o-w`, or name another place with ONCUE_AUDIT."
        )
    if found.st_uid not in (0, os.geteuid()):
        raise TrailUnusable(
            f"The audit trail cannot lie in {directory}: it belongs to another user (uid {found.st_uid}). "
            f"Name another place with ONCUE_AUDIT."
        )


def _check_file(path: Path) -> None:
    """Refuse what is not a plain file of ours with one name; take away access that others have."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    if wrong := _what_is_wrong(found):
        raise TrailUnusable(f"The audit trail cannot use {path}: it {wrong}.")
    if stat.S_IMODE(found.st_mode) != 0o600:
        path.chmod(0o600)


def _what_is_wrong(found: os.stat_result) -> str | None:
    if not stat.S_ISREG(found.st_mode):
        return f"is {_KINDS.get(stat.S_IFMT(found.st_mode), 'not a plain file')}"
    if found.st_nlink > 1:
        return f"has {found.st_nlink} names (hard links)"
    if found.st_uid != os.geteuid():
        return f"belongs to another user (uid {found.st_uid})"
    return None


_KINDS = {
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFDIR: "a directory",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def _make_file(path: Path) -> None:
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags, 0o600)
    except FileExistsError:
        return
    try:
        os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)
    _sync_directory(path.parent)


def _sync_directory(directory: Path) -> None:
    """Else the name of a new file can be gone after a power cut, with everything that was durable in it."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
