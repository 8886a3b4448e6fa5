"""Start a run's own process and hand it what it needs to know. Imports next to nothing, so that the process can be on
its way while its client still reads the document.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .address import Address
from .errors import HostUnreachable, OncueError, TrailUnusable, TrailWriteError, UsageError


class HostProcess:
    """A host that is starting. What it has to complain about later goes to `log`, which it removes when it is empty."""

    def __init__(self, log: Path, document: str | None = None) -> None:
        """`document` is the file that will probably be run: the host reads it while its client is not ready yet."""
        self._log = log
        self._told = False
        with log.open("ab") as complaints:
            log.chmod(0o600)
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "engine.host", *([] if document is None else [document])],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                start_new_session=True,
            )

    def launch(self, request: Mapping[str, Any]) -> Address:
        """Hand over the request (see `host.Launch`) and wait for the socket. Raises what the host refused."""
        answer = self._converse(json.dumps({**request, "log": str(self._log)}).encode())
        if "socket" not in answer:
            raise refusal(answer)
        return Address(str(request["run_id"]), str(answer["socket"]), self._process.pid)

    def abandon(self) -> None:
        """Nothing is to be run after all. A host that was told nothing has opened nothing, and is not waited for."""
        if self._process.returncode is None and not self._told:
            self._process.kill()
            self._process.communicate()
            self._log.unlink(missing_ok=True)

    def _converse(self, request: bytes) -> Mapping[str, Any]:
        process = self._process
        if process.stdin is None or process.stdout is None:
            raise HostUnreachable("the run's own process has no pipes")
        with process.stdin as into, process.stdout as out:
            self._told = True
            into.write(request)
            into.close()
            line = out.readline()
        if not line:
            raise HostUnreachable(
                f"the run's own process ended at once (status {process.wait()}); {self._log} says why"
            )
        process.returncode = 0  # the host lives on by itself; nobody waits for it here
        answer: Mapping[str, Any] = json.loads(line)
        return answer


ERRORS: Mapping[str, type[OncueError]] = {
    kind.__name__: kind for kind in (UsageError, TrailUnusable, TrailWriteError, HostUnreachable)
}


def refusal(answer: Mapping[str, Any]) -> OncueError:
    """What a host answered, as the error it was there."""
    kind = ERRORS.get(str(answer.get("error")))
    sentence = str(answer.get("failed"))
    if kind is not None:
        return kind(sentence)
    error = OncueError(sentence)
    error.exit_code = int(answer.get("exit_code", UsageError.exit_code))
    return error
