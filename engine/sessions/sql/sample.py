"""What a writing statement hits: how many rows match its condition, and some of them by their key, before and after.

All of it is a help for who decides. Where it cannot be had, or not quickly, there is none.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice

from ...plan import Dialect
from ...syntax.sql_readings import READINGS
from ...syntax.sql_tokens import Token, statements
from .grid import kept, table
from .link import Column, DatabaseError, Link, Say

SECONDS = 2.0
"""For each look: who decides is waiting, and the server has other work."""
ROWS = 5
POSTGRES_KEY = """SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid
AND a.attnum = ANY (i.indkey::int2[]) WHERE i.indisprimary AND i.indrelid = $1::regclass
ORDER BY array_position(i.indkey::int2[], a.attnum)"""
MYSQL_KEY = """SELECT column_name FROM information_schema.key_column_usage WHERE constraint_name = 'PRIMARY'
AND table_name = $1 AND table_schema = coalesce($2, database()) ORDER BY ordinal_position"""
SQLITE_KEY = "SELECT name FROM pragma_table_info($1) WHERE pk ORDER BY pk"
QUOTES: Mapping[Dialect, str] = {"postgres": '"', "mysql": "`", "sqlite": '"'}


class Sample:
    """Of one statement. `before` it runs and `after` it did."""

    def __init__(self, link: Link, hit: str, say: Say) -> None:
        """`hit` is what stands behind FROM to find the rows."""
        self._link = link
        self._hit = hit
        self._say = say
        self._table, self._name = _table_of(hit, link.dialect)
        self._keys: Sequence[str] = ()
        self._found: list[tuple[str, ...]] = []
        """Keys of the rows that were shown before."""

    def before(self) -> None:
        """In no transaction, so that a look that fails spoils none."""
        with self._look():
            ((count,),) = self._rows(f"SELECT count(*) FROM {self._hit}")  # noqa: S608 - the step's own words
            self._say(f"{count} row(s) match its condition now")
        with self._look():
            self._keys = self._find_keys()
        if self._keys:
            with self._look():
                columns, rows = self._table_rows(f"SELECT * FROM {self._hit} LIMIT {ROWS}", ())  # noqa: S608 - the step's own words
                self._found = _keys_in(columns, rows, self._keys)
                if self._found:
                    self._show("before, for example:", columns, rows)

    def after(self) -> None:
        """In the statement's transaction."""
        if not self._found:
            return
        values = [value for key in self._found for value in key]
        with self._look(self._unspoilt):
            columns, rows = self._table_rows(f"SELECT * FROM {self._table} WHERE {self._picked()}", values)  # noqa: S608
            if rows:
                self._show("after, the same rows:", columns, rows)
            else:
                self._say("after: none of these rows is there any more")

    def _show(self, title: str, columns: Sequence[Column], rows: Sequence[Sequence[object]]) -> None:
        self._say(title)
        for line in table(columns, rows):
            self._say(line)

    def _find_keys(self) -> Sequence[str]:
        name = self._name
        if not name:
            return ()
        if self._link.dialect == "postgres":
            return _column(self._rows(POSTGRES_KEY, (self._table,)))
        if self._link.dialect == "mysql":
            return _column(self._rows(MYSQL_KEY, (name[-1], name[-2] if len(name) > 1 else None)))
        return _column(self._rows(SQLITE_KEY, (name[-1],)))

    def _picked(self) -> str:
        quote = QUOTES[self._link.dialect]
        names = ", ".join(f"{quote}{name.replace(quote, 2 * quote)}{quote}" for name in self._keys)
        width = len(self._keys)
        numbers = [range(row * width + 1, (row + 1) * width + 1) for row in range(len(self._found))]
        keys = (", ".join(f"${number}" for number in row) for row in numbers)
        if width == 1:
            return f"{names} IN ({', '.join(keys)})"
        picked = ", ".join(f"({key})" for key in keys)
        listed = f"VALUES {picked}" if self._link.dialect == "sqlite" else picked
        return f"({names}) IN ({listed})"

    def _rows(self, query: str, values: Sequence[str | None] = ()) -> list[Sequence[object]]:
        return self._table_rows(query, values)[1]

    def _table_rows(self, query: str, values: Sequence[str | None]) -> tuple[Sequence[Column], list[Sequence[object]]]:
        result = self._link.ask(query, values)
        try:
            rows: list[Sequence[object]] = [[kept(value) for value in row] for row in islice(result.rows(), 100)]
            return result.columns or (), rows
        finally:
            result.close()

    @contextmanager
    def _look(self, around: Callable[[], object] | None = None) -> Iterator[None]:
        """Ended after a while. What comes of it or not, the statement goes on, unless the connection has gone."""
        undo = around() if around else None
        try:
            with limited(self._link, SECONDS):
                yield
        except DatabaseError as error:
            if error.lost:
                raise
            if callable(undo):
                undo()
        except ValueError:
            self._found = []  # no such answer was expected, so nothing is said

    def _unspoilt(self) -> Callable[[], None] | None:
        """An error spoils the whole transaction on PostgreSQL."""
        if self._link.dialect != "postgres":
            return None
        _execute(self._link, "SAVEPOINT oncue_look")
        return lambda: _execute(self._link, "ROLLBACK TO SAVEPOINT oncue_look")


@contextmanager
def limited(link: Link, seconds: float) -> Iterator[None]:
    """What runs inside is ended on the server after a while, and nothing that runs after it."""
    lock, over = threading.Lock(), threading.Event()

    def end() -> None:
        with lock:
            if not over.is_set():
                link.cancel()

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        with lock:
            over.set()


def _execute(link: Link, statement: str) -> None:
    for _ in link.run(statement).rows():
        pass


def _column(rows: Sequence[Sequence[object]]) -> Sequence[str]:
    return [str(row[0]) for row in rows]


def _keys_in(columns: Sequence[Column], rows: Sequence[Sequence[object]], keys: Sequence[str]) -> list[tuple[str, ...]]:
    """Empty where a key's column is missing, or its value is no text that could be written."""
    names = [column.name.lower() for column in columns]
    if not all(names.count(key.lower()) == 1 for key in keys):
        return []
    places = [names.index(key.lower()) for key in keys]
    found = [tuple(row[place] for place in places) for row in rows]
    if any(value is None or isinstance(value, bytes) for key in found for value in key):
        return []
    return [tuple(map(str, key)) for key in found]


def _table_of(hit: str, dialect: Dialect) -> tuple[str, tuple[str, ...]]:
    """The table as it is written, and the parts of its name; both empty where it is none, or cannot be told."""
    read = statements(hit, READINGS[dialect][0])
    if len(read) != 1 or "$" in hit:
        return "", ()
    tokens = read[0].tokens[1:] if read[0].tokens[0].word == "ONLY" else read[0].tokens
    end = _name_end(hit, tokens)
    parts = tokens[0:end:2]
    if not parts or any(one.kind not in ("word", "name") for one in parts):
        return "", ()
    return hit[parts[0].start : parts[-1].end], tuple(_bare(hit, one) for one in parts)


def _name_end(hit: str, tokens: Sequence[Token]) -> int:
    end = 1
    while end + 1 < len(tokens) and hit[tokens[end].start : tokens[end].end] == ".":
        end += 2
    return end


def _bare(text: str, token: Token) -> str:
    written = text[token.start : token.end]
    quote = written[0]
    return written[1:-1].replace(2 * quote, quote) if token.kind == "name" else written
