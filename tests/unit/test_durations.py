"""Durations as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.durations import LONGEST, seconds


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("30s", 30),
        ("30", 30),
        (" 5m ", 300),
        ("1h30m", 5400),
        ("1d2h3m4s5ms", 93784.005),
        ("500ms", 0.5),
        ("1.5h", 5400),
        ("365d", LONGEST),
    ],
)
def test_a_duration_is_a_number_of_seconds(text: str, wanted: float) -> None:
    assert seconds(text) == pytest.approx(wanted)


@pytest.mark.parametrize(
    "text",
    ["", " ", "s", "10x", "30m1h", "1h1h", "-5s", "+5s", "5 m", "1h 30m", ".5h", "5.s", "1e3", "0", "0s", "366d", "٣s"],
)
def test_anything_else_is_no_duration(text: str) -> None:
    assert seconds(text) is None


@given(st.integers(0, 300), st.integers(0, 1000), st.integers(0, 1000), st.integers(1, 1000))
def test_the_parts_of_a_duration_add_up(days: int, hours: int, minutes: int, rest: int) -> None:
    total = days * 86400 + hours * 3600 + minutes * 60 + rest
    assert seconds(f"{days}d{hours}h{minutes}m{rest}s") == (total if total <= LONGEST else None)


@given(st.text(max_size=12))
def test_no_text_breaks_it(text: str) -> None:
    found = seconds(text)
    assert found is None or 0 < found <= LONGEST
