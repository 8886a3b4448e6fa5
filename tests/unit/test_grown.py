"""A collection that shares what it grew from says the same as a copy of it with one entry more."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.grown import FRESH, Grown, Row, grown

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


@given(st.lists(st.integers(), max_size=9), st.integers(0, 4 * FRESH), st.integers(-5 * FRESH, 5 * FRESH))
def test_a_row_is_what_a_copied_tuple_would_be(start: list[int], more: int, place: int) -> None:
    found, copied = Row(tuple(start)), tuple(start)
    for number in range(more):
        found, copied = found.plus(number), (*copied, number)
    assert found == copied
    assert (copied, hash(found), repr(found)) == (found, hash(copied), repr(copied))
    assert (list(found), list(reversed(found)), len(found)) == (list(copied), list(reversed(copied)), len(copied))
    assert (found[place:], found[:place]) == (copied[place:], copied[:place])
    assert found.plus(0) != found
    assert found != list(copied)
    if -len(copied) <= place < len(copied):
        assert found[place] == copied[place]
    else:
        with pytest.raises(IndexError):
            found[place]


MANY = 64 * FRESH
FEW = 2 * FRESH
"""A copy with each entry would hold the first one as often as there are entries."""


def test_whoever_keeps_every_row_keeps_few_copies_of_an_item() -> None:
    item = object()
    rows = [Row((item,))]
    for number in range(MANY):
        rows.append(rows[-1].plus(number))
    assert len(rows[-1]) == MANY + 1
    assert sys.getrefcount(item) < FEW


def test_whoever_keeps_every_mapping_keeps_few_copies_of_an_entry() -> None:
    value = object()
    mappings = [grown({-1: value}, 0, None)]
    for number in range(1, MANY):
        mappings.append(mappings[-1].plus(number, None))
    assert len(mappings[-1]) == MANY + 1
    assert sys.getrefcount(value) < FEW
