"""What a SQL step costs beside the servers' own clients: `python tests/benchmarks/sql.py`.

A server of each kind is started on loopback. Statements go through the real session, without a trail; a table of a
million rows is read by a process of its own, so that its memory is nobody else's.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.servers import PASSWORD, Server, mariadb_server, postgres_server  # noqa: E402

from engine.sessions.contract import Task, TerminalMode  # noqa: E402
from engine.sessions.sql import SqlSession  # noqa: E402

WIDE = {
    "PostgreSQL": "SELECT g, md5(g::text) FROM generate_series(1, {rows}) g",
    "MariaDB": "SELECT seq, md5(seq) FROM seq_1_to_{rows}",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only see that it runs")
    parser.add_argument("--read", metavar="URL", help=argparse.SUPPRESS)
    parser.add_argument("--query", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.read:
        print(json.dumps(read(arguments.read, arguments.query)))
        return
    times, rows = (20, 10_000) if arguments.quick else (500, 1_000_000)
    for open_server in (postgres_server, mariadb_server):
        with open_server() as server:
            if isinstance(server, str):
                print(f"{server}: nothing is measured")
                continue
            print(f"{server.name}")
            for line in (*trivial(server, times), *wide(server, rows)):
                print(f"  {line}")


def trivial(server: Server, times: int) -> Iterator[str]:
    """`SELECT 1`, in turns."""
    with ExitStack() as stack:
        session = SqlSession({"main": server.url()})
        stack.callback(session.close)
        ways: dict[str, Callable[[], object]] = {
            "a session's `SELECT 1`": lambda: session.run(Task("SELECT 1"), _drop),
            "the bare driver": _driver(server, stack),
        }
        measured = {name: [_took(way) for _ in range(times)] for name, way in ways.items()}
    whole = _took(lambda: _client(server, "SELECT 1;\n" * times)) / times
    base = statistics.median(measured["the bare driver"])
    for name, each in {**measured, f"{_name(server)}, one process": [whole]}.items():
        middle = statistics.median(each)
        yield f"{name:<34} {middle * 1e3:8.3f} ms   {middle / base:6.1f} × the driver"
    alone = statistics.median(_took(lambda: _client(server, "SELECT 1;")) for _ in range(max(3, times // 50)))
    yield f"{_name(server) + ', a process each':<34} {alone * 1e3:8.3f} ms   {alone / base:6.1f} × the driver"


def wide(server: Server, rows: int) -> Iterator[str]:
    query = WIDE[server.name].format(rows=rows)
    none = _read_apart(server, "SELECT 1")
    found = _read_apart(server, query)
    yield f"{rows} rows: first row after {found['first'] * 1e3:.0f} ms, over after {found['over'] * 1e3:.0f} ms"
    grown = (found["memory"] - none["memory"]) / 1e6
    yield f"{rows} rows: {found['memory'] / 1e6:.0f} MB at most, {grown:+.1f} MB over one row"
    begun, first, over, memory = _client_reads(server, query)
    times = f"first row after {(first - begun) * 1e3:.0f} ms, over after {(over - begun) * 1e3:.0f} ms"
    yield f"{_name(server)}: {times}, {memory / 1e6:.0f} MB"


def read(url: str, query: str) -> dict[str, float]:
    session = SqlSession({"main": url})
    session.run(Task("SELECT 1"), _drop)
    begun = time.perf_counter()
    first: list[float] = []
    outcome = session.run(Task(query), lambda _data, _mode: first.append(time.perf_counter()) if not first else None)
    over = time.perf_counter()
    session.close()
    assert outcome.status == "succeeded", outcome.message
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"first": first[0] - begun, "over": over - begun, "memory": memory}


def _read_apart(server: Server, query: str) -> dict[str, float]:
    command = [sys.executable, __file__, "--read", server.url(), "--query", query]
    found: dict[str, float] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return found


def _client_reads(server: Server, query: str) -> tuple[float, float, float, int]:
    """Begun, first byte, over, and memory in bytes."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        _command(server), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=_environment(), text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{query};\n")
    process.stdin.close()
    process.stdout.read(1)
    first = time.perf_counter()
    while process.stdout.read(1 << 20):
        continue
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    process.stdout.close()
    return begun, first, time.perf_counter(), usage.ru_maxrss * 1024


def _drop(_data: bytes, _mode: TerminalMode) -> None:
    """What is printed is not looked at."""


def _took(do: Callable[[], object]) -> float:
    begun = time.perf_counter()
    do()
    return time.perf_counter() - begun


def _driver(server: Server, stack: ExitStack) -> Callable[[], object]:
    if server.name == "PostgreSQL":
        import psycopg

        connection = stack.enter_context(psycopg.connect(server.url(), autocommit=True))
        return lambda: connection.execute("SELECT 1").fetchall()
    import pymysql

    other = pymysql.connect(host="127.0.0.1", port=server.port, user="app", password=PASSWORD.encode(), database="app")
    stack.callback(other.close)

    def ask() -> object:
        with other.cursor() as cursor:
            cursor.execute("SELECT 1")
            return cursor.fetchall()

    return ask


def _client(server: Server, text: str) -> None:
    subprocess.run(_command(server), input=text, capture_output=True, env=_environment(), text=True, check=True)


def _name(server: Server) -> str:
    return "psql" if server.name == "PostgreSQL" else "mysql"


def _command(server: Server) -> list[str]:
    port = str(server.port)
    if server.name == "PostgreSQL":
        return [shutil.which("psql") or "psql", "-X", "-h", "127.0.0.1", "-p", port, "-U", "app", "postgres"]
    return [shutil.which("mariadb") or "mysql", "--no-defaults", "-h", "127.0.0.1", "-P", port, "-u", "app", "app"]


def _environment() -> dict[str, str]:
    return {**os.environ, "PGPASSWORD": PASSWORD, "MYSQL_PWD": PASSWORD}


if __name__ == "__main__":
    main()
