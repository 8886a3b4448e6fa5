"""`NAME=VALUE` options."""

from __future__ import annotations

from ..config.secrets import holds_password
from ..databases import url_problem
from ..errors import UsageError


def pairs(texts: list[str], option: str) -> dict[str, str]:
    parts = [text.partition("=") for text in texts]
    for text, (name, sign, _) in zip(texts, parts, strict=True):
        if not sign or not name:
            raise UsageError(f"{option} {text}: write it as NAME=VALUE")
    return {name: value for name, _, value in parts}


def database_pairs(texts: list[str]) -> dict[str, str]:
    """Of `--db`. What it says of a mistake has nothing of a URL in it, which may hold a password."""
    found: dict[str, str] = {}
    for text in texts:
        name, sign, url = text.partition("=")
        if not sign or not name or "://" in name:
            raise UsageError("--db: write it as NAME=URL")
        if "://" in url and (problem := url_problem(url)):
            raise UsageError(f"--db {name}: its URL {problem}")
        if holds_password(url):
            raise UsageError(
                f"--db {name}: its URL holds a password, which every list of processes shows; "
                f"write ${{NAME}} in its place, between single quotes, and set $NAME"
            )
        found[name] = url
    return found
