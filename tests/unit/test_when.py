"""Times as a person reads them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tui.when import ago, lasted

NOW = datetime(2026, 1, 8, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "now"),
        (0, "now"),
        (59, "now"),
        (60, "1 min ago"),
        (3599, "59 min ago"),
        (3600, "1 h ago"),
        (86399, "23 h ago"),
        (86400, "1 d ago"),
        (59 * 86400, "59 d ago"),
        (60 * 86400, "2 months ago"),
        (719 * 86400, "23 months ago"),
        (720 * 86400, "24 months ago"),
        (731 * 86400, "2 years ago"),
    ],
)
def test_how_long_ago(seconds: int, words: str) -> None:
    assert ago(NOW - timedelta(seconds=seconds), NOW) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(-1, "0 s"), (59, "59 s"), (60, "1 min"), (3599, "59 min"), (11_100, "3 h 05 min")]
)
def test_how_long_it_lasted(seconds: int, words: str) -> None:
    assert lasted(NOW, NOW + timedelta(seconds=seconds)) == words
