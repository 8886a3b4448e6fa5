"""Which configuration files count for a runbook, and their bytes. What is there and cannot be read stops: nothing runs
with half a policy.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

from ..errors import UsageError

NAME = "oncue.toml"
VARIABLES: Mapping[str, str] = {
    "ONCUE_AUDIT": "trail.path",
    "ONCUE_ENVIRONMENT": "environment",
    "ONCUE_STEP_TIMEOUT": "timeouts.step",
}
"""Environment variable → the setting it gives; one that is empty gives none."""
CONFIG = "ONCUE_CONFIG"
"""Names a file as `--config` does."""
Role = Literal["own", "project", "option"]
"""The user's own file, one found beside the runbook, one named on the command line. Who named a file has read it; one
that was only found may have come with somebody else's repository, and may not make anything safe."""


class Named(NamedTuple):
    """A file that has to be read."""

    path: Path
    role: Role
    owners: frozenset[int] = frozenset()
    """Whose it may be; empty for anybody's."""


def own_path(environ: Mapping[str, str]) -> Path | None:
    """`$XDG_CONFIG_HOME/oncue/oncue.toml`; None for somebody without a home."""
    base = environ.get("XDG_CONFIG_HOME", "")
    if not os.path.isabs(base):  # noqa: PTH117 - the empty text is no path
        home = environ.get("HOME", "")
        base = f"{home}/.config" if home else ""
    return Path(base) / "oncue" / NAME if base else None


def find_files(environ: Mapping[str, str], document: Path | None, option: str | None = None) -> list[Named]:
    """Those that are there, later ones outranking earlier ones. `option` is what `--config` names."""
    found: list[Named] = []
    own = own_path(environ)
    if own and _is_there(own):
        found.append(Named(own, "own", _trusted(Path(environ.get("HOME", "/")))))
    project = _project_file(document, environ.get("HOME", "")) if document else None
    if project and not any(_is_same(project, one.path) for one in found):
        found.append(Named(project, "project", _trusted(document)))
    if option := option or environ.get(CONFIG):
        found = [one for one in found if not _is_same(Path(option), one.path)]
        found.append(Named(Path(os.path.abspath(option)), "option"))  # noqa: PTH100 - a link stays what it is called
    return found


def read(named: Named) -> bytes:
    try:
        found = named.path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise UsageError(f"{named.path}: is not an ordinary file")
        _check_owner(named, found)
        return named.path.read_bytes()
    except OSError as error:
        raise UsageError(f"{named.path}: cannot be read: {(error.strerror or str(error)).lower()}") from error


def _check_owner(named: Named, found: os.stat_result) -> None:
    """Somebody else's words must not make a command of yours safe."""
    if named.owners and found.st_uid not in named.owners:
        raise UsageError(
            f"{named.path}: belongs to another user (uid {found.st_uid}), who may not decide what is safe here; "
            f"read it, and name it with --config or take it away"
        )
    if named.role == "own" and found.st_mode & stat.S_IWOTH:
        raise UsageError(f"{named.path}: everybody may write to it; take that away with `chmod o-w`")


def _trusted(owned: Path | None) -> frozenset[int]:
    """Ours, root's, or that of whoever owns the home it lies in or wrote the runbook it lies beside."""
    try:
        owner = {owned.stat().st_uid} if owned else set()
    except OSError:
        owner = set()
    return frozenset({0, os.geteuid()} | owner)


def _project_file(document: Path, home: str) -> Path | None:
    return next((path for path in _candidates(document, home) if _is_there(path)), None)


def _candidates(document: Path, home: str) -> Iterator[Path]:
    """From the document's folder upwards: to the one that holds `.git`, to the user's home, or to the root."""
    start = Path(os.path.abspath(document))  # noqa: PTH100 - a link stands where it stands
    for folder in start.parents:
        yield folder / NAME
        if str(folder) == home or os.path.lexists(folder / ".git"):
            return


def _is_there(path: Path) -> bool:
    """A dangling link is there, and so is a name in a folder that may not be searched: neither can be passed over."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
