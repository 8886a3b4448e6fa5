"""Any event there is, any stamp: for properties that must hold of all of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, get_args, get_origin

from hypothesis import strategies as st
from pydantic import BaseModel

from engine import events as e

TEXT = st.text(max_size=30)
SMALL = st.integers(0, 2**40)
KINDS: tuple[type[BaseModel], ...] = get_args(get_args(e.Event)[0])

st.register_type_strategy(str, TEXT)


def events() -> st.SearchStrategy[Any]:
    """One of every kind but the first, with fields of any value their types allow."""
    return st.one_of(*(fields_of(kind) for kind in KINDS if kind is not e.RunStarted))


def fields_of(kind: type[BaseModel]) -> st.SearchStrategy[Any]:
    fields = {name: value_of(field.annotation) for name, field in kind.model_fields.items() if name != "kind"}
    return st.builds(kind, **fields)


def value_of(annotation: Any) -> st.SearchStrategy[Any]:
    """Numbers that a column of the database holds; models as they are built here."""
    if annotation is int:
        return SMALL
    if annotation is float:
        return st.floats(allow_nan=False, allow_infinity=False)
    if get_origin(annotation) is Mapping:
        return st.dictionaries(TEXT, SMALL, max_size=3)
    if get_origin(annotation) is tuple and isinstance(one := get_args(annotation)[0], type) and issubclass(one, e.Said):
        return st.lists(fields_of(one), max_size=2).map(tuple)
    return st.from_type(annotation)


def stamps() -> st.SearchStrategy[e.Stamp]:
    absent_or_text = st.none() | st.text(min_size=1, max_size=10)
    actors = st.builds(
        e.Actor,
        login=TEXT,
        uid=SMALL,
        euid=SMALL,
        sudo_user=absent_or_text,
        host=TEXT,
        tty=absent_or_text,
        ssh_client=absent_or_text,
        pid=SMALL,
    )
    times = st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC))
    return st.builds(e.Stamp, at=times, mono_ns=SMALL, boot_id=TEXT, actor=actors)
