"""A connection of psycopg's, opened so that nothing is waited for too long, with the password that lets it in.

Imports the driver: only for somebody who has it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError

from ...errors import UsageError
from .addresses import without
from .link import CONNECT_SECONDS, DatabaseError, PasswordWanted, Say

Connection = psycopg.Connection[Any]
PASSWORD_STATES = frozenset({"28P01", "28000"})


def connected(url: URL, say: Say, password: Callable[[], str | None]) -> tuple[Connection, dict[str, Any]]:
    """With the details that let it in, by which it can be opened again. `password` asks for one, where it is wanted."""
    details = _details(url)
    try:
        return _attempt(details), details
    except PasswordWanted:
        for unused in _unused_password_files():
            say(unused)
        typed = password()
        if typed is None:
            raise
    details = {**details, "password": typed}
    return _attempt(details), details


def _unused_password_files() -> Iterator[str]:
    """Libpq passes one over without a word to whoever uses it as a library."""
    path = Path(os.environ.get("PGPASSFILE") or Path.home() / ".pgpass")
    with suppress(OSError):
        if path.stat().st_mode & 0o077:
            yield f"{path} is not used: others may read it; `chmod 600` makes it count"


def _details(url: URL) -> dict[str, Any]:

    try:
        positional, details = url.get_dialect()().create_connect_args(url)
    except (ArgumentError, ValueError):
        raise UsageError("the database's URL has an option that cannot be used") from None
    assert not positional  # noqa: S101 - SQLAlchemy's dialect names everything
    return {
        "application_name": "oncue",
        "client_encoding": "UTF8",
        "connect_timeout": CONNECT_SECONDS,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        **details,
        "autocommit": True,
    }


def _attempt(details: dict[str, Any]) -> Connection:
    try:
        return psycopg.connect(**details)
    except (psycopg.Error, ValueError, OSError) as error:
        secret = details.get("password") or ""
        said = " ".join(str(error).split())
        said = without(secret, said)
        state = getattr(error, "sqlstate", None)
        wanted = state in PASSWORD_STATES or "password" in said
    raise (PasswordWanted if wanted else DatabaseError)(f"the database cannot be reached: {said}")
