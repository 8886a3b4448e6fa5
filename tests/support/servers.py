"""Real database servers on loopback, each with its data in a temporary folder, started once for a whole test run.

`postgres_server()` and `mariadb_server()` answer a `Server`, or a sentence on why there is none.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

START_SECONDS = 60
PASSWORD = "s3cret-öß/@:%"  # noqa: S105 - of servers that live as long as the tests
"""With what a URL, a shell and a careless message would trip over."""


@dataclass
class Server:
    name: str
    port: int
    folder: Path
    command: Sequence[str]
    user: str
    answers: Callable[[Server], bool]
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command, stdout=log, stderr=log, user=_id_of(self.user), group=_group_of(self.user), cwd="/",
                extra_groups=[] if os.getuid() == 0 else None, env={**os.environ, **self.environment},
            )  # fmt: skip
        until = time.monotonic() + START_SECONDS
        while not self.answers(self):
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{self.name} does not start: {(self.folder / 'server.log').read_text()[-2000:]}")
            select_briefly()

    def url(self, user: str = "app", password: str = PASSWORD) -> str:
        scheme, database = ("postgresql", "postgres") if self.name == "PostgreSQL" else ("mysql", "app")
        secret = f":{quote(password, safe='')}" if password else ""
        return f"{scheme}://{user}{secret}@127.0.0.1:{self.port}/{database}"

    def stop(self) -> None:
        """At once, as in a crash."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


def select_briefly() -> None:
    """Nothing tells when a server is ready, so it is asked again and again."""
    time.sleep(0.02)


@contextmanager
def postgres_server(*more: str) -> Iterator[Server | str]:
    """With `more` settings, as `name=value`."""
    programs = _postgres_programs()
    if programs is None:
        yield "no PostgreSQL server is installed (Debian: postgresql)"
        return
    user = _unprivileged("postgres")
    with _folder(user) as folder:
        secret = folder / "password"
        secret.write_text(PASSWORD)
        os.chown(secret, _id_of(user) or -1, -1)
        initialise = [programs / "initdb", "-D", folder / "data", "-U", "app", "-E", "UTF8", "--locale=C.UTF-8",
                      "--auth=scram-sha-256", f"--pwfile={secret}", "--no-sync"]  # fmt: skip
        _run_as(user, initialise)
        port = free_port()
        settings = [f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}", "fsync=off",
                    "max_prepared_transactions=4", "autovacuum=off", "shared_buffers=16MB", *more]  # fmt: skip
        command = [str(programs / "postgres"), "-D", str(folder / "data"), *(f"--{one}" for one in settings)]
        with _started(Server("PostgreSQL", port, folder, command, user, _postgres_answers)) as server:
            yield server


@contextmanager
def mariadb_server() -> Iterator[Server | str]:
    program, installer = _find("mariadbd"), _find("mariadb-install-db")
    if program is None or installer is None:
        yield "no MariaDB server is installed (Debian: mariadb-server-core)"
        return
    user = _unprivileged("mysql")
    with _folder(user) as folder:
        data, port = folder / "data", free_port()
        _run_as(user, [installer, "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal",
                       "--skip-test-db", "--skip-name-resolve", f"--tmpdir={folder}"])  # fmt: skip
        setup = folder / "setup.sql"
        setup.write_text(
            f"SET NAMES utf8mb4;\nCREATE USER app@'%' IDENTIFIED BY '{PASSWORD}';\n"
            "GRANT ALL ON *.* TO app@'%' WITH GRANT OPTION;\n"
            "CREATE DATABASE app CHARACTER SET utf8mb4;\n"
        )
        os.chown(setup, _id_of(user) or -1, -1)
        command = [program, "--no-defaults", f"--datadir={data}", f"--port={port}", "--bind-address=127.0.0.1",
                   f"--socket={folder}/sock", f"--pid-file={folder}/pid", f"--tmpdir={folder}", "--skip-name-resolve",
                   "--innodb-buffer-pool-size=16M", "--innodb-flush-log-at-trx-commit=0"]  # fmt: skip
        server = Server("MariaDB", port, folder, [*command, f"--init-file={setup}"], user, _mariadb_answers)
        with _started(server):
            server.command = command  # the next start finds the user there
            yield server


@contextmanager
def silent_server() -> Iterator[int]:
    """Accepts connections and says nothing. Answers its port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _started(server: Server) -> Iterator[Server]:
    try:
        server.start()
        yield server
    finally:
        server.stop()


@contextmanager
def _folder(user: str) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="oncue-db-", dir="/tmp"))
    try:
        if os.getuid() == 0:
            os.chown(folder, _id_of(user) or -1, _group_of(user) or -1)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _postgres_programs() -> Path | None:
    there = [Path(found).resolve().parent] if (found := _find("initdb")) else []
    there += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((one for one in there if (one / "initdb").exists() and (one / "postgres").exists()), None)


def _postgres_answers(server: Server) -> bool:
    import psycopg

    try:
        psycopg.connect(host="127.0.0.1", port=server.port, user="app", password=PASSWORD, dbname="postgres").close()
    except psycopg.OperationalError:
        return False
    return True


def _mariadb_answers(server: Server) -> bool:
    import pymysql

    known = {"host": "127.0.0.1", "port": server.port, "user": "app", "password": PASSWORD.encode()}
    try:
        pymysql.connect(**known, database="app").close()
    except pymysql.Error:
        return False
    return True


def _find(program: str) -> str | None:
    return shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")


def _run_as(user: str, command: Sequence[object]) -> None:
    done = subprocess.run(
        [str(one) for one in command], user=_id_of(user), group=_group_of(user), capture_output=True, cwd="/",
        extra_groups=[] if os.getuid() == 0 else None, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {(done.stdout + done.stderr).decode(errors='replace')[-2000:]}")


def _unprivileged(preferred: str) -> str:
    """Database servers refuse to run as root."""
    if os.getuid() != 0:
        return ""
    names = {one.pw_name for one in pwd.getpwall()}
    return preferred if preferred in names else "nobody"


def _id_of(user: str) -> int | None:
    return pwd.getpwnam(user).pw_uid if user else None


def _group_of(user: str) -> int | None:
    return pwd.getpwnam(user).pw_gid if user else None
