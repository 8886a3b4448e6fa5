"""What differs between any two runs and says nothing: times, ids, durations, numbers of processes. Rows of data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

WORD_BREAK = r"(?<![\w.])"
WORD_END = r"(?!\w)"
_DIGITS = re.compile(r"[0-9]|-[b-z]{5}")
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")


class Row(NamedTuple):
    name: str
    pattern: str
    same: tuple[tuple[str, str], ...]
    """Pairs between which it sees no difference."""
    different: tuple[tuple[str, str], ...] = ()
    """Pairs that are near it and differ all the same."""


_UNIT = r"(?:ns|us|µs|μs|ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_DAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*"
_CLOCK = r"\d{1,2}:\d\d:\d\d(?:[.,]\d{1,9})?"
_ZONE = r"(?: ?(?:Z|UTC|GMT|CES?T|[+-]\d\d:?\d\d))?"
ROWS = (
    Row(
        "time",
        rf"\d{{4}}[-/]\d\d[-/]\d\d(?:[T ]{_CLOCK}{_ZONE}|[T ]\d\d:\d\d{_ZONE})?",
        (
            ("at 2026-01-05T03:12:40.123Z ok", "at 2026-02-06T04:00:00Z ok"),
            ("2026-01-05 03:12:40,5 GET /", "2026/01/06 09:00:01 GET /"),
            ("since 2026-01-05", "since 2025-12-31"),
        ),
        (("3 of 2026", "4 of 2026"), ("version 1.2-3", "version 1.2-4")),
    ),
    Row(
        "time",
        rf"(?:{_DAY},? )?(?:\d{{1,2}} {_MONTH}|{_MONTH} +\d{{1,2}})(?:,? \d{{4}})?(?:,? {_CLOCK}{_ZONE}(?: \d{{4}})?)",
        (
            ("Jan  5 03:12:40 db1 kernel:", "Nov 21 07:00:00 db1 kernel:"),
            ("Mon, 05 Jan 2026 03:12:40 GMT", "Sat, 21 Nov 2026 07:32:00 GMT"),
            ("Mon Jan 5 03:12:40 UTC 2026", "Sat Nov 21 07:32:00 UTC 2026"),
        ),
        (("May 3 pods", "May 4 pods"),),
    ),
    Row("time", rf"{_CLOCK}{_ZONE}", (("03:12:40 up", "14:00:01.25 up"),), (("10.0.0.1:6379", "10.0.0.2:6379"),)),
    Row(
        "uuid",
        r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}",
        (("id=6f1d0c2e-98aa-4a2b-8f3e-0123456789ab", "id=00000000-1111-2222-3333-444444444444"),),
    ),
    Row("address", r"0x[0-9a-fA-F]{4,16}", (("at 0x7f3a00ff10", "at 0x55d0c0ffee"),), (("mode 0x1f", "mode 0x2f"),)),
    Row(
        "temporary",
        r"/(?:var/)?tmp/(?:[\w-]+\.)+(?=[a-z0-9]*[A-Z])[A-Za-z0-9]{6,10}",
        (("in /tmp/orders-demo.X0SLzr/log", "in /tmp/orders-demo.yw3J2V/log"),),
        (("cd /tmp/a.sqlite3", "cd /tmp/b.sqlite3"), ("cd /tmp/one.XML", "cd /tmp/two.XML")),
    ),
    Row(
        "pod",
        r"(?<=-)[bcdf-hj-np-tv-z2456789]{8,10}-[bcdf-hj-np-tv-z2456789]{5}",
        (("pod/web-6d4cf56db6-x7k2p Running", "pod/web-7c9b8d5f4c-2xbqz Running"),),
        (("pod/web-0 Running", "pod/web-1 Running"),),
    ),
    Row(
        "hex",
        r"(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{7,64}",
        (("commit 3fa94c1d", "commit 00b1eaf22"), ("sha256:9f86d081884c7d65", "sha256:2c26b46b68ffc68f")),
        (("1234567 rows", "1234568 rows"), ("deface", "facade"), ("3 abc", "4 abc")),
    ),
    Row(
        "duration",
        rf"\d+(?:\.\d+)?(?: ?{_UNIT})(?:\d+(?:\.\d+)?{_UNIT})*",
        (("took 310 ms", "took 4.2 s"), ("AGE 5d3h", "AGE 12m"), ("real 0m0.310s", "real 1m12.004s")),
        (("3 pods", "4 pods"), ("5 GB", "6 GB"), ("v1.2", "v1.3")),
    ),
    Row(
        "pid",
        r"(?i:\bpid[ =:#]{1,3}|\bprocess[ =:#]{1,2}|\bpid\b.{0,3}?[\[(])\d{1,7}",
        (
            ("Main PID: 3302 (nginx)", "Main PID: 17 (nginx)"),
            ("pid=12", "pid=4711"),
            ("process 12 died", "process 7 died"),
        ),
        (("port 80", "port 81"),),
    ),
    Row("pid", r"^\[\d+\] \d+$", (("[1] 3302", "[1] 4711"),), (("[1] 3302 rows", "[2] 4711 rows"),)),
    Row("pid", r"(?<=[a-z])\[\d{1,7}\](?=:)", (("sshd[812]: ok", "sshd[9041]: ok"),), (("a[1] = 2", "a[2] = 2"),)),
)
"""Where two could begin at the same place, the first one counts."""


def quiet(line: str) -> str:
    """The line with everything that says nothing made the same."""
    if not _DIGITS.search(line):
        return line
    return _rows().sub(_name_of, line)


def pieces(line: str) -> Iterator[tuple[str, str]]:
    """The line in words, each as it stands and as it counts; what says nothing is one word."""
    at = 0
    for match in _rows().finditer(line):
        yield from _words(line[at : match.start()])
        yield match[0], _name_of(match)
        at = match.end()
    yield from _words(line[at:])


def words(line: str) -> Iterator[tuple[str, str]]:
    """As `pieces`, where everything counts."""
    yield from _words(line)


def _words(text: str) -> Iterator[tuple[str, str]]:
    yield from ((word, word) for word in _WORDS.findall(text))


def _name_of(match: re.Match[str]) -> str:
    return f"⟨{ROWS[int((match.lastgroup or 'r0')[1:])].name}⟩"


@cache
def _rows() -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<r{number}>{_bounded(row.pattern)})" for number, row in enumerate(ROWS)))


def _bounded(pattern: str) -> str:
    """A row stands between two words; one that begins or ends by looking around says so itself."""
    begin = "" if pattern.startswith(("(?<", "^", "(?i")) else WORD_BREAK
    end = "" if pattern.endswith(("$", "(?=:)")) else WORD_END
    return f"{begin}(?:{pattern}){end}"
