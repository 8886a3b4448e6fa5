"""What the engine refuses: one small family, each error one sentence an operator can act on."""

from __future__ import annotations


class OncueError(Exception):
    """Anything Oncue refuses. `str()` is the sentence shown; `exit_code` is what the command line answers."""

    exit_code = 2


class DocumentError(OncueError):
    """The whole document cannot be used: `path` and, where there is one, its 1-based `line`."""

    def __init__(self, path: str, message: str, line: int | None = None) -> None:
        self.path = path
        self.line = line
        place = path if line is None else f"{path}:{line}"
        super().__init__(f"{place}: {message}")


class UsageError(OncueError):
    """The command line asks for something that is not there or does not fit together."""


class Refused(OncueError):
    """The machine does not allow this command now. Nothing has changed."""

    exit_code = 3


class TrailUnusable(OncueError):
    """The trail cannot be opened at all: not writable, not ours, from a newer version, locked. Nothing has run."""


class TrailWriteError(OncueError):
    """A write to an open trail failed. Nothing more may run, because nothing more can be recorded."""

    exit_code = 4


class HostUnreachable(OncueError):
    """The process that owns the run does not answer on its socket."""

    exit_code = 5
