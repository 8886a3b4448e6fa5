"""Which database a step means, and what of its address may be seen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...databases import Dialect, database_url, dialect_of
from ...errors import UsageError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

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
    url = database_url(named, databases, default)
    name = next((name for name, known in databases.items() if known == url), "")
    return Address(url, dialect_of(url), name)


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


def without(secret: str, said: str) -> str:
    """What a driver said, where the secret stands in it as a word of its own: a letter of every other word is none."""
    return re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", "***", said) if secret else said


def driver_missing(dialect: Dialect) -> UsageError:
    kind, extra = {"postgres": ("PostgreSQL", "postgres"), "mysql": ("MySQL and MariaDB", "mysql")}[dialect]
    return UsageError(f"{kind} needs a driver that is not installed; install it with: pip install 'oncue[{extra}]'")
