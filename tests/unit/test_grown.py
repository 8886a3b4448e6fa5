"""A mapping that shares what it grew from says the same as a copy of it with one entry more."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.grown import FRESH, Grown, grown

ENTRIES = st.lists(st.tuples(st.integers(0, 2 * FRESH), st.integers()), max_size=4 * FRESH)


@given(start=st.dictionaries(st.integers(0, 9), st.integers()), entries=ENTRIES)
def test_it_is_what_a_copied_dictionary_would_be(start: dict[int, int], entries: list[tuple[int, int]]) -> None:
    found: Grown[int, int] = Grown(start)
    copied = dict(start)
    for key, value in entries:
        found, copied = found.plus(key, value), {**copied, key: value}
    assert list(found.items()) == list(copied.items())
    assert len(found) == len(copied)
    assert found == copied
    assert -1 not in found
    assert repr(found) == repr(copied)


def test_what_it_grew_from_is_left_as_it_was() -> None:
    before = {number: str(number) for number in range(3)}
    first = grown(before, 3, "3")
    for number in range(2 * FRESH):
        assert grown(first, number, "other")[number] == "other"
    assert first == {0: "0", 1: "1", 2: "2", 3: "3"}
    assert before == {0: "0", 1: "1", 2: "2"}
