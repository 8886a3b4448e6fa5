"""What was found where a run works, compared with what its runbook expects. What is not known is not as expected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from .events import ContextResult
from .model import Expectation

FOUND_LENGTH = 200
"""Characters of what was found that are shown and kept; a context that takes more is looked at in a terminal."""
ELSEWHERE = frozenset(
    {"host", "hostaddr", "port", "user", "dbname", "database", "service", "servicefile", "unix_socket"}
)
"""Parameters of a URL that outrank what stands before them."""


def compare(expectation: Expectation, found: str) -> ContextResult:
    """`found` is whole: it is compared before it is cut."""
    found = found.strip() or expectation.otherwise
    return _result(expectation, found, ok=any(_fits(found, glob) for glob in expectation.wanted))


def unknown(expectation: Expectation, message: str, found: str = "") -> ContextResult:
    """It could not be found out, so it is not fulfilled. `message` says why."""
    return _result(expectation, found, ok=False, message=message)


def _result(expectation: Expectation, found: str, *, ok: bool, message: str = "") -> ContextResult:
    return ContextResult(
        name=expectation.name,
        command=expectation.command,
        wanted=expectation.wanted,
        found=_short(found, FOUND_LENGTH),
        ok=ok,
        message=message,
    )


def _fits(found: str, glob: str) -> bool:
    """Line by line, so that a `*` never reaches into a line that nobody expects."""
    lines, globs = found.splitlines() or [""], glob.splitlines() or [""]
    return len(lines) == len(globs) and all(map(fnmatchcase, map(str.strip, lines), map(str.strip, globs)))


def of_database(expectation: Expectation, urls: Mapping[str, str], directory: str) -> ContextResult:
    """Compared with the URL the run was given. `directory` is where a relative file counts from."""
    database, part = expectation.database or ("", "")
    if database not in urls:
        return unknown(expectation, f"the run was given no database {database}")
    try:
        found = _part_of(urls[database], part, directory)
    except ValueError:
        return unknown(expectation, "its URL cannot be read")
    if found is None:
        return unknown(expectation, f"its URL does not say for certain what its {part} is")
    return compare(expectation, found) if found else unknown(expectation, f"its URL names no {part}")


def _part_of(url: str, part: str, directory: str) -> str | None:
    """Empty when the URL has no such part, None when it says it in more than one place."""
    parts = urlsplit(url)
    path = unquote(parts.path).removeprefix("/")
    if parts.scheme.partition("+")[0] == "sqlite":
        file = str(Path(directory or ".").absolute() / path) if path not in ("", ":memory:") else ":memory:"
        return {"file": file, "name": file}.get(part, "")
    named = {name.lower() for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    if named & ELSEWHERE or "," in parts.netloc.rpartition("@")[2]:
        return None
    said = {
        "host": parts.hostname or "",
        "port": str(parts.port or ""),
        "role": unquote(parts.username or ""),
        "name": path,
    }
    return said.get(part, "")


def objection(results: Iterable[ContextResult]) -> str:
    """Why nothing that is not safe may run here, in one sentence; empty when all is as expected."""
    return "; ".join(sentence_of(one) for one in results if not one.ok)


def sentence_of(result: ContextResult) -> str:
    wanted = " or ".join(one or "nothing" for one in result.wanted)
    expects = f"this runbook expects {wanted}" if wanted else ""
    if result.message:
        return "; ".join(filter(None, (f"{result.name} is not known: {result.message}", expects)))
    found = f"{result.name} is {result.found or 'empty'}"
    return found if result.ok else f"{found}, {expects}"


def _short(text: str, length: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[: length - 1]}…"
