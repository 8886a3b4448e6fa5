"""Secrets stay out of configuration files: a database's URL names an environment variable where its password goes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from ..databases import url_problem
from ..errors import UsageError

REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
HIDDEN = "***"
TELLING = re.compile(r"pass(word|wd)?$|pwd$|secret|token|api_?key", re.IGNORECASE)


def problem_of(url: str) -> str | None:
    """Why a URL may not stand in a file; None when it may."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        return f"is no URL: {error}"
    if parts.scheme and (problem := url_problem(url)):
        return problem
    if not parts.scheme:
        return "wants a URL, such as `postgresql://app@db.internal/orders`"
    if "$" in REFERENCE.sub("", url):
        return "has a `$` that is not `${NAME}`; write `%24` for the sign itself"
    if holds_password(url):
        return "holds a password; name the environment variable that has it instead, as `${NAME}`"
    return None


def holds_password(url: str) -> bool:
    """In itself, and not by a reference."""
    return any(_is_secret(secret) for secret in _secret_parts(url))


def secret_variables(url: str) -> list[str]:
    """The environment variables that stand where a URL has its secrets."""
    return [name for secret in _secret_parts(url) for name in REFERENCE.findall(secret)]


def _secret_parts(url: str) -> list[str]:
    try:
        parts = urlsplit(url)
    except ValueError:  # it may be anywhere
        return [url]
    found = (parts.password or "", *(value for key, value in parse_qsl(parts.query) if TELLING.search(key)))
    return [secret for secret in found if secret]


def without_secrets(url: str) -> str:
    """The URL with a sign in place of each secret; a reference is none, and stays."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return HIDDEN
    scheme, _, behind = url.partition("://")
    place, behind = parts.netloc, behind[len(parts.netloc) :]
    if "@" not in place and "@" in behind:  # a password that is not written as it ought to be
        return f"{scheme}://{HIDDEN}"
    if _is_secret(parts.password or ""):
        who, _, where = place.rpartition("@")
        place = f"{who.partition(':')[0]}:{HIDDEN}@{where}"
    path, mark, query = behind.partition("?")
    pairs = [f"{pair.partition('=')[0]}={HIDDEN}" if _tells(pair) else pair for pair in query.split("&")]
    return f"{scheme}://{place}{path}{mark}{'&'.join(pairs)}"


def _tells(pair: str) -> bool:
    key, _, value = pair.partition("=")
    return TELLING.search(unquote(key)) is not None and _is_secret(value)


def _is_secret(text: str) -> bool:
    return bool(REFERENCE.sub("", text))


def without_reference(name: str, url: str) -> str:
    """Raises `UsageError` for a document's URL that asks for a variable of the environment."""
    if found := REFERENCE.search(url):
        raise UsageError(
            f"database {name!r} wants {found[0]}, and a document gets nothing of your environment; "
            f"name it in oncue.toml or with --db {name}=URL"
        )
    return url


class Databases(Mapping[str, str]):
    """Name → URL with its references filled in, each at the moment it is asked for, so that a variable which is not
    set stops only what needs it."""

    def __init__(
        self, urls: Mapping[str, str], environ: Mapping[str, str], given: Mapping[str, str] | None = None
    ) -> None:
        """`given` are the document's own: they come first, and get nothing of the environment, which would go to
        whatever server a stranger has written there."""
        self._given = given or {}
        self._urls = {**urls, **self._given}
        self._environ = environ

    def __getitem__(self, name: str) -> str:
        if name in self._given:
            return without_reference(name, self._given[name])

        def value(match: re.Match[str]) -> str:
            if match[1] not in self._environ:
                raise UsageError(f"database {name!r} needs ${match[1]}, which is not set")
            return quote(self._environ[match[1]], safe="")

        return REFERENCE.sub(value, self._urls[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._urls)

    def __len__(self) -> int:
        return len(self._urls)
