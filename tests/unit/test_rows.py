"""What reading statements fetched, as CSV and as JSON."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import UsageError
from engine.events import RowsFetched
from engine.rows import left_out, picked, to_csv, to_json
from engine.sessions.sql.grid import table
from engine.sessions.sql.link import Column

CELLS = st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\0"))


def result(*rows: tuple[str | None, ...], columns: tuple[str, ...] = ("a",), **details: object) -> RowsFetched:
    numeric = tuple(False for _ in columns)
    return RowsFetched(attempt=1, statement=1, columns=columns, numeric=numeric, rows=rows, **details)  # type: ignore[arg-type]


def test_null_is_nothing_and_empty_text_is_quoted() -> None:
    assert b"".join(to_csv(result((None,), ("",), ("NULL",)))) == b'a\r\n\r\n""\r\nNULL\r\n'


def test_a_column_may_be_called_null_and_a_text_is_told_from_nothing() -> None:
    lines = list(table([Column("NULL", numeric=False)], [["NULL"], [None]]))
    assert [line.rstrip() for line in lines] == ["NULL", "------", "'NULL'", "NULL", "(2 rows)"]


@given(st.lists(st.tuples(CELLS, CELLS)))
def test_every_value_comes_back_out_of_its_csv(rows: list[tuple[str | None, str | None]]) -> None:
    written = b"".join(to_csv(result(*rows, columns=("a", "b")))).decode()
    read = list(csv.reader(io.StringIO(written, newline="")))
    assert read == [["a", "b"], *([one or "" for one in row] for row in rows)]


def test_json_has_rows_as_lists_because_names_may_come_twice() -> None:
    (one,) = to_json([result(("1", None), columns=("a", "a"), more=3, more_is_exact=False)])
    assert (one["columns"], one["rows"]) == (["a", "a"], [["1", None]])
    assert (one["more"], one["more_is_exact"]) == (3, False)


def test_of_several_results_one_has_to_be_named() -> None:
    several = (result(("1",)), result(("2",), ("3",), columns=("b",)))
    with pytest.raises(UsageError, match=r"name one with --result \(1: 1 row\(s\) of a, 2: 2 row\(s\) of b\)"):
        picked(several, None)
    assert picked(several, 2).columns == ("b",)
    assert picked(several[:1], None) is several[0]
    with pytest.raises(UsageError, match="no result 3"):
        picked(several, 3)
    with pytest.raises(UsageError, match="fetched no rows"):
        picked((), None)


@pytest.mark.parametrize(
    ("details", "said"),
    [
        ({}, ""),
        ({"more": 5}, "not kept: 5 more row(s)"),
        ({"more": 5, "more_is_exact": False}, "not kept: at least 5 more row(s)"),
        ({"cut": 2, "more": 1}, "not kept: 1 more row(s) and the end of 2 long cell(s)"),
    ],
)
def test_what_is_missing_is_said(details: dict[str, object], said: str) -> None:
    assert left_out(result(("1",), **details)) == said
