"""A connection of the kind an address is for. The drivers are imported when the first one is opened."""

from __future__ import annotations

from ...limits import Limits
from .addresses import Address, parsed, shown
from .link import Ask, Link, Say
from .sqlite import SqliteLink, path_of


def open_link(address: Address, directory: str, *, read_only: bool, say: Say, ask: Ask, limits: Limits) -> Link:
    """Raises `DatabaseError` or `UsageError`. `directory` is where a relative path of SQLite starts."""
    if address.dialect == "sqlite":
        return SqliteLink(path_of(address.url, directory), read_only=read_only, say=say, limits=limits)
    if address.dialect == "postgres":
        from .postgres import open_postgres

        return open_postgres(address, read_only=read_only, say=say, ask=ask, limits=limits)
    from .mysql import open_mysql

    return open_mysql(address, read_only=read_only, say=say, ask=ask, limits=limits)


def place_of(address: Address, directory: str) -> str:
    """Where a connection goes, in words without a password. The same words, the same database."""
    if address.dialect == "sqlite":
        return path_of(address.url, directory)
    return address.name or shown(parsed(address))
