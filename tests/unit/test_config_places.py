"""The line finder agrees with the standard library's parser about every key, and knows the line of each."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.config.places import Place, places


@pytest.mark.parametrize(
    ("text", "place", "line"),
    [
        ("a = 1\nb = 2\n", ("b",), 2),
        ("# a = 1\n\n  a = 1\n", ("a",), 3),
        ("[t]\na = 1\n", ("t", "a"), 2),
        ("[t]\na = 1\n", ("t",), 1),
        ("[ t . u ] # [x]\na = 1\n", ("t", "u", "a"), 2),
        ("a.b.c = 1\na.d = 2\n", ("a", "d"), 2),
        ("[[r]]\na = 1\n[[r]]\na = 2\n", ("r", 1, "a"), 4),
        ("[[r]]\n[[r]]\n[r.s]\na = 2\n", ("r", 1, "s", "a"), 4),
        ("[[r]]\n[[r.s]]\n[[r]]\n[[r.s]]\na = 1\n", ("r", 1, "s", 0, "a"), 5),
        ("a = { b = 1, c = { d = 2 } }\n", ("a", "c", "d"), 1),
        ("a = [\n  1, # [\n  [2,\n  3],\n]\nb = 1\n", ("a", 1, 1), 4),
        ("a = [\n  1, # [\n  [2,\n  3],\n]\nb = 1\n", ("b",), 6),
        ("a = [\n  { b = 1 },\n  { b = 2 }\n]\n", ("a", 1, "b"), 3),
        ('a = "b = 1 # [c]"\nb = 2\n', ("b",), 2),
        ('a = """\nb = 1\n"""\nb = 2\n', ("b",), 4),
        ('a = """x\\""""\nb = 2\n', ("b",), 2),
        ('a = """""x"""""\nb = 2\n', ("b",), 2),
        ("a = '''\nb = 1\n'''''\nb = 2\n", ("b",), 4),
        ("a = '''''''\nb = 2\n", ("b",), 2),
        ("a = 'C:\\'\nb = 2\n", ("b",), 2),
        ('a = ""\nb = 2\n', ("b",), 2),
        ("a = 1979-05-27 07:32:00 # x\nb = 2\n", ("b",), 2),
        ('"a = 1" = 1\n"\\u00e9.x" = 2\n', ("é.x",), 2),
        ("'a#b'.c = 1\n", ("a#b", "c"), 1),
        ("[a.'b]c']\nd = 1\n", ("a", "b]c", "d"), 2),
    ],
)
def test_a_key_is_found_where_it_stands(text: str, place: Place, line: int) -> None:
    assert places(text)[place] == line
    assert set(places(text)) == set(every_place(tomllib.loads(text)))


def every_place(value: Any, outer: Place = ()) -> Iterator[Place]:
    entries: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        yield (*outer, key)
        yield from every_place(inner, (*outer, key))


KEYS = st.one_of(
    st.from_regex(r"[A-Za-z0-9_-]{1,6}", fullmatch=True), st.text("ab=[]{}#.,'\"\\ é\t", min_size=0, max_size=5)
)
LEAVES = st.one_of(
    st.sampled_from(["1", "-2.5e3", "true", "0x1f", "1979-05-27T07:32:00Z", "1979-05-27 07:32:00", "inf"]),
    st.text("ab=[]{}#.,'\"\\ é", max_size=8).map(lambda text: json.dumps(text, ensure_ascii=False)),
    st.text('ab=[]{}#.,"\\ é\n', max_size=8).map(lambda text: f"'''{text}'''"),
    st.text("ab=[]{}#.,' é\n", max_size=8).map(lambda text: f'"""{text}"""'),
    st.text('ab=[]{}#.,"\\ é', max_size=8).map(lambda text: f"'{text}'"),
)
NESTED = st.recursive(
    LEAVES, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)), max_leaves=6
)
TABLES = st.dictionaries(KEYS, NESTED, max_size=4)


class Writer:
    """Writes tables in ever other forms and notes the line of each key while it does."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.text = ""
        self.lines: dict[Place, int] = {}
        self._draw = draw

    def document(self, top: dict[str, Any], tables: dict[str, Any], rows: dict[str, list[dict[str, Any]]]) -> None:
        self.pairs((), top)
        for name, table in tables.items():
            self.note((name,))
            self.write(f"[{self.space()}{written(name)}{self.space()}]{self.end()}")
            self.pairs((name,), table)
        for name, entries in rows.items():
            for position, entry in enumerate(entries):
                self.note((name,))
                self.note((name, position))
                self.write(f"[[{self.space()}{written(name)}{self.space()}]]{self.end()}")
                self.pairs((name, position), entry)

    def pairs(self, table: Place, content: dict[str, Any]) -> None:
        for key, value in content.items():
            self.write(self._draw(st.sampled_from(["", "\n", "# x = 1 [y]\n", "  ", "\t"])))
            self.pair((*table, key), key, value)
            self.write(self.end())

    def pair(self, place: Place, key: str, value: Any) -> None:
        self.note(place)
        self.write(written(key))
        if isinstance(value, dict) and len(value) == 1 and self._draw(st.booleans()):
            ((inner, leaf),) = value.items()
            self.write(f"{self.space()}.{self.space()}")
            self.pair((*place, inner), inner, leaf)
        else:
            self.write(f"{self.space()}={self.space()}")
            self.value(place, value)

    def value(self, place: Place, value: Any) -> None:
        if isinstance(value, dict):
            self.write("{" + self.space())
            for position, (key, inner) in enumerate(value.items()):
                self.write(", " if position else "")
                self.pair((*place, key), key, inner)
            self.write(self.space() + "}")
        elif isinstance(value, list):
            self.write("[" + self.blank())
            for position, inner in enumerate(value):
                self.note((*place, position))
                self.value((*place, position), inner)
                self.write(f"{self.blank()},{self.blank()}")
            self.write("]")
        else:
            self.write(value)

    def note(self, place: Place) -> None:
        self.lines.setdefault(place, self.text.count("\n") + 1)

    def write(self, text: str) -> None:
        self.text += text

    def space(self) -> str:
        return self._draw(st.sampled_from(["", " ", "\t "]))

    def blank(self) -> str:
        return self._draw(st.sampled_from(["", " ", "\n", " # ], } = '\n", "\n\n  "]))

    def end(self) -> str:
        return self._draw(st.sampled_from(["\n", "  \n", " # a = ']\n", "\n\n"]))


def written(key: str) -> str:
    bare = key.isascii() and key.replace("-", "a").replace("_", "a").isalnum()
    return key if bare else json.dumps(key, ensure_ascii=False)


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, dict[Place, int]]:
    top = draw(TABLES)
    tables = {f"table.{name}": value for name, value in draw(st.dictionaries(KEYS, TABLES, max_size=2)).items()}
    rows = {f"rows {name}": value for name, value in draw(st.dictionaries(KEYS, st.lists(TABLES, max_size=3))).items()}
    writer = Writer(draw)
    writer.document({f"top {key}": value for key, value in top.items()}, tables, rows)
    return writer.text, writer.lines


@given(documents())
def test_every_key_of_any_document_is_found_on_its_line(document: tuple[str, dict[Place, int]]) -> None:
    text, lines = document
    assert set(places(text)) == set(every_place(tomllib.loads(text)))
    assert places(text) == lines
