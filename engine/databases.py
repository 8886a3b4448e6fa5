"""The databases that a document and a command line name: which one a step goes to, where it is, of what kind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from .errors import UsageError
from .expressions import expression
from .model import Runbook

Dialect = Literal["postgres", "mysql", "sqlite"]
DIALECTS: Mapping[str, Dialect] = {
    "sqlite": "sqlite",
    "postgres": "postgres",
    "postgresql": "postgres",
    "pgsql": "postgres",
    "mysql": "mysql",
    "mariadb": "mysql",
}
"""A URL's scheme, without the driver behind its `+` → the dialect."""


URL = expression(
    r"""[a-z][\w.+-]*://
        (?:[^@/?\#\[\]\s]*@)? (?:\[[0-9a-f:.]+\]|[^@/:?\#\[\]\s]*) (?::\d*)? (?:/[^@?\#]*)? (?:\?[^@]*)?\Z""",
    re.VERBOSE | re.IGNORECASE,
)
"""RFC 3986, section 3: whoever reads another one may take a part of its password for its host."""
ESCAPES = "in a URL `@ / ? # [ ]` of a name or password are written `%40 %2F %3F %23 %5B %5D`"


def url_problem(url: str) -> str:
    """Why it cannot be read, without a word of it; empty where it can."""
    if "://" not in url or dialect_named(url) == "sqlite" or URL.match(url):
        return ""
    return f"cannot be read; {ESCAPES}"


def dialect_named(url: str) -> Dialect | None:
    return DIALECTS.get(url.partition(":")[0].partition("+")[0].lower())


def databases_of(runbook: Runbook, given: Mapping[str, str]) -> dict[str, str]:
    """Name → URL: those of the front matter, and those given, which come first."""
    return {**written_databases(runbook), **given}


def written_databases(runbook: Runbook) -> dict[str, str]:
    """Those of the front matter."""
    named = runbook.front_matter.get("databases")
    return {str(name): str(url) for name, url in named.items()} if isinstance(named, Mapping) else {}


def default_database(named: Mapping[str, str], configured: str) -> str:
    """The only one that the document or the command line names; else the configured one, unless they name several."""
    if len(named) == 1:
        return next(iter(named))
    return "" if named else configured


def database_url(wanted: str | None, databases: Mapping[str, str], default: str) -> str:
    """Of the database that a step goes to, which says `wanted`: a name, a URL or nothing. Raises `UsageError`."""
    url = _url_of(wanted, databases, default)
    if problem := url_problem(url):
        raise UsageError(f"the URL of {wanted if wanted in databases else 'the database'} {problem}")
    return url


def _url_of(wanted: str | None, databases: Mapping[str, str], default: str) -> str:
    if wanted and "://" in wanted:
        if "${" in wanted:
            raise UsageError("a document gets nothing of your environment: name the database, with --db NAME=URL")
        return wanted
    if wanted := wanted or default:
        if wanted not in databases:
            raise UsageError(f"no database is called {wanted!r}; name it with --db {wanted}=URL")
        return databases[wanted]
    if len(databases) != 1:
        known = ", ".join(databases) or "none"
        raise UsageError(f"which database is meant? Known are: {known}; name one with --db NAME=URL")
    return next(iter(databases.values()))


def place_of(url: str) -> tuple[str, ...]:
    """User, server and database that a URL names, or a file: `("app", "db.internal:5432", "orders")`. No password."""
    from urllib.parse import parse_qs, urlsplit

    scheme, _, behind = url.partition("://")
    if scheme.partition("+")[0] == "sqlite":
        return ("", "", behind.partition("?")[0].removeprefix("/") or ":memory:")
    try:
        parts = urlsplit(url)
        # what the query says comes before what stands in its place
        said = {name: ",".join(values) for name, values in parse_qs(parts.query).items()}
        server, port = said.get("host") or parts.hostname or "localhost", said.get("port") or parts.port
        own = said.get("dbname") or parts.path.strip("/")
        return (said.get("user") or parts.username or "", f"{server}:{port}" if port else server, own)
    except ValueError:
        return ("", "", "")


def dialect_of(url: str) -> Dialect:
    """Raises `UsageError` for one of a kind that cannot be used."""
    known = dialect_named(url)
    if known is None:
        scheme = url.partition(":")[0].partition("+")[0].lower()
        kind = f"{scheme} databases" if scheme.isalnum() else "what is no URL"
        raise UsageError(f"{kind} cannot be used; SQLite, PostgreSQL, MySQL and MariaDB can")
    return known
