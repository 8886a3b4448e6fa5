"""A team's own patterns, from its configuration: regular expressions over single lines, after everything else."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ..errors import UsageError

LINE_LIMIT = 1024
"""A longer line is looked at in pieces of this length, so a line without an end is no harm; what lies across two
pieces is missed."""
OPEN_LIMIT = 2
"""Open-ended repetitions in one pattern: with more of them a single line can take minutes."""
MIN_NAME = re.compile(r"[A-Za-z0-9_.-]{1,40}")
TOKEN = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|(?P<open>\((?:\?(?:P<\w+>|[a-zA-Z:=!<-]+:?))?)|(?P<close>\))"
    r"|(?P<repeat>[*+?]|\{\d*,?\d*\})[?+]?|.",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Pattern:
    name: str
    expression: re.Pattern[bytes]
    """Its group `secret` is masked, or its first group, or all of it."""


def pattern(name: str, text: str) -> Pattern:
    """UsageError, with a sentence that names the pattern, when it cannot be used."""
    if not MIN_NAME.fullmatch(name):
        raise UsageError(f"redaction pattern {name!r}: a name has letters, digits and _.- only, at most 40")
    try:
        expression = re.compile(text.encode())
    except re.error as error:
        raise UsageError(f"redaction pattern {name!r} is not a regular expression: {error}") from error
    if expression.match(b"") is not None:
        raise UsageError(f"redaction pattern {name!r} matches nothing at all, so it would be found everywhere")
    if reason := _costly(text):
        raise UsageError(f"redaction pattern {name!r} {reason}")
    return Pattern(name, expression)


def _costly(text: str) -> str:
    """Why looking for it could take for ever, or nothing. Strict: what is repeated may not hold a repetition."""
    inside = [False]
    last_group = False
    open_ended = 0
    for token in TOKEN.finditer(text):
        if token["open"]:
            inside.append(False)
        elif token["close"] and len(inside) > 1:
            last_group = inside.pop()
            inside[-1] = inside[-1] or last_group
            continue
        elif repeat := token["repeat"]:
            if last_group:
                return "repeats something that repeats, which can take for ever; write it without the outer repetition"
            open_ended += _is_open(repeat)
            inside[-1] = True
        last_group = False
    if open_ended > OPEN_LIMIT:
        return f"has more than {OPEN_LIMIT} open repetitions, which can take minutes; bound them, as in {{1,80}}"
    return ""


def _is_open(repeat: str) -> bool:
    """Without an upper bound, or with one that is as good as none."""
    if repeat in "*+":
        return True
    upper = repeat.strip("{}").rpartition(",")[2]
    return repeat != "?" and (not upper or int(upper) > 128)


class LineRedactor:
    """Takes what the secrets have been masked in. Holds back an unfinished line until it is flushed."""

    def __init__(self, patterns: tuple[Pattern, ...], mask: Callable[[str], bytes]) -> None:
        self._patterns = patterns
        self._mask = mask
        self._held = b""

    @property
    def holding(self) -> bool:
        return bool(self._held)

    @property
    def held_bytes(self) -> int:
        return len(self._held)

    def feed(self, data: bytes) -> bytes:
        if not self._patterns:
            return data
        *lines, last = (self._held + data).splitlines(keepends=True) or [b""]
        if last.endswith(b"\n"):
            lines, last = [*lines, last], b""
        pieces = [piece for line in lines for piece in _cut(line)]
        *full, self._held = _cut(last) or [b""]
        if len(self._held) == LINE_LIMIT:
            full, self._held = [*full, self._held], b""
        return b"".join(map(self._masked, [*pieces, *full]))

    def flush(self) -> bytes:
        held, self._held = self._held, b""
        return self._masked(held) if held else b""

    def _masked(self, line: bytes) -> bytes:
        for one in self._patterns:
            line = one.expression.sub(partial(self._replaced, one.name), line)
        return line

    def _replaced(self, name: str, match: re.Match[bytes]) -> bytes:
        groups = match.re.groupindex
        group: str | int = "secret" if "secret" in groups else min(1, match.re.groups)
        if match.start(group) < 0:
            group = 0
        whole, at = match[0], match.start()
        return whole[: match.start(group) - at] + self._mask(name) + whole[match.end(group) - at :]


def _cut(line: bytes) -> list[bytes]:
    return [line[at : at + LINE_LIMIT] for at in range(0, len(line), LINE_LIMIT)]
