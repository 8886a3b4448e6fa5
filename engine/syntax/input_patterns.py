"""The regular expressions of front matter: whether they are some, and matching one without waiting for ever.

Python's `re` may take longer than anybody lives. A pattern that cannot is matched at once; any other gets a process
of its own and a second, and a value that is not done by then does not fit.
"""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

SECONDS = 1.0
LONGEST_PATTERN = 1_000
QUICK_LENGTH = 1_000
"""Characters of a value that two repetitions beside each other go through in some hundredths of a second."""
_TRIAL = "import re, sys; sys.exit(not re.fullmatch(sys.argv[1], sys.argv[2]))"
_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})
_OPEN_ENDED = 64
"""A repetition of so many or more counts as one without end."""


def maybe_fault(pattern: str) -> str | None:
    """Why this is no pattern for an input; None when it is one."""
    if len(pattern) > LONGEST_PATTERN:
        return f"it is longer than {LONGEST_PATTERN:,} characters"
    try:
        parsed = _parsed(pattern)
        _compiled(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        return f"it is not a regular expression: {error}"
    if any(_repeats_inside(inner) for inner in _repeated(parsed)):
        return "it repeats a repetition, which can take for ever"
    return None


@lru_cache(maxsize=256)
def fits_pattern(pattern: str, value: str) -> bool:
    """Whether the whole value matches. What cannot be told in a second does not."""
    if maybe_fault(pattern) is not None:
        return False
    if len(value) <= QUICK_LENGTH and _is_quick(pattern):
        return _compiled(pattern).fullmatch(value) is not None
    import subprocess  # few patterns need it, and it costs milliseconds

    try:
        tried = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _TRIAL, pattern, value],
            timeout=SECONDS,
            capture_output=True,
            check=False,
        )
    except (subprocess.TimeoutExpired, OSError, ValueError):
        return False
    return tried.returncode == 0


def _compiled(pattern: str) -> re.Pattern[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return re.compile(pattern)


def _is_quick(pattern: str) -> bool:
    parsed = _parsed(pattern)
    return len(list(_repeated(parsed))) <= 2 and not any(name == "GROUPREF" for name, _ in _nodes(parsed))


def _parsed(pattern: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # `[[` may mean something else one day; today it does not
        return re._parser.parse(pattern)  # type: ignore[attr-defined] # there is no public form of it


def _repeated(parsed: Any) -> Iterator[Any]:
    """What each repetition without an end repeats."""
    return (arguments[2] for name, arguments in _nodes(parsed) if name in _REPEATS and _is_open(arguments))


def _is_open(arguments: Any) -> bool:
    least, most, _ = arguments
    return bool(most != least and most >= _OPEN_ENDED)


def _repeats_inside(inner: Any) -> bool:
    """Of any kind that leaves a choice: `(a?)*` and `(a|aa)*` go wrong as `(a+)*` does."""
    return any(
        (name in _REPEATS and arguments[0] != arguments[1]) or name == "BRANCH" for name, arguments in _nodes(inner)
    )


def _nodes(parsed: Any) -> Iterator[tuple[str, Any]]:
    """Every operation at any depth."""
    for operation, arguments in parsed:
        yield str(operation), arguments
        for inner in _inner(arguments):
            yield from _nodes(inner)


def _inner(arguments: Any) -> Iterator[Any]:
    """Patterns within an operation's arguments, which are tuples and lists of anything."""
    for one in arguments if isinstance(arguments, tuple | list) else ():
        if hasattr(one, "getwidth"):
            yield one
        elif isinstance(one, tuple | list):
            yield from _inner(one)
