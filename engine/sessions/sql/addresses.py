"""Which database a step means, and what of its address may be seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...errors import UsageError
from .link import Dialect

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

DIALECTS: Mapping[str, Dialect] = {
    "sqlite": "sqlite",
    "postgres": "postgres",
    "postgresql": "postgres",
    "pgsql": "postgres",
    "mysql": "mysql",
    "mariadb": "mysql",
}
"""A URL's scheme, without the driver behind its `+` → the dialect."""
DRIVERS: Mapping[Dialect, str] = {"postgres": "postgresql+psycopg", "mysql": "mysql+pymysql"}
"""The drivers there are extras for; a URL that names another one gets these too."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is. Its password is in `url` only, which is never shown."""

    url: str
    dialect: Dialect
    name: str = ""
    """What the run calls it; empty for one that is given as a URL."""


def find_address(named: str | None, default: str, databases: Mapping[str, str]) -> Address:
    """Raises `UsageError` where nobody can tell which is meant."""
    name, url = _url(named, default, databases)
    scheme = url.partition(":")[0].partition("+")[0].lower()
    if scheme not in DIALECTS:
        kind = f"{scheme} databases" if scheme.isalnum() else "what is no URL"
        raise UsageError(f"{kind} cannot be used; SQLite, PostgreSQL, MySQL and MariaDB can")
    return Address(url, DIALECTS[scheme], name)


def _url(named: str | None, default: str, databases: Mapping[str, str]) -> tuple[str, str]:
    if named and "://" in named:
        return "", named
    if name := named or default:
        if name not in databases:
            raise UsageError(f"no database is called {name!r}; name it with --db {name}=URL")
        return name, databases[name]
    if len(databases) != 1:
        known = ", ".join(databases) or "none"
        raise UsageError(f"which database is meant? Known are: {known}; name one with --db NAME=URL")
    return next(iter(databases.items()))


def parsed(address: Address) -> URL:
    """With the driver there is an extra for. Raises `UsageError` without the URL in it."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(address.url)
    except (ArgumentError, ValueError):
        # Not chained: the cause has the text, and the text has a password.
        raise UsageError(f"the URL of {address.name or 'the database'} cannot be read") from None
    return url.set(drivername=DRIVERS[address.dialect])


def shown(url: URL, **known: str) -> str:
    """`app@db.internal:5432/orders`: who, where, which; what the URL leaves open is as the server `known`s it."""
    user, host = known.get("user") or url.username or "", known.get("host") or url.host or "localhost"
    place = f"{host}:{url.port}" if url.port else host
    return f"{user}{'@' if user else ''}{place}/{known.get('database') or url.database or ''}"


def driver_missing(dialect: Dialect) -> UsageError:
    kind, extra = {"postgres": ("PostgreSQL", "postgres"), "mysql": ("MySQL and MariaDB", "mysql")}[dialect]
    return UsageError(f"{kind} needs a driver that is not installed; install it with: pip install 'oncue[{extra}]'")
