"""What a writing statement hits: how many rows match its condition, and some of them by their key, before and after.

All of it is a help for who decides. Where it cannot be had, or not quickly, it is said that there is none, and why.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice

from ...databases import Dialect
from .grid import Cut, Hexadecimal, kept, table
from .link import Column, DatabaseError, Link, Say
from .target import Target

SECONDS = 2.0
"""For each look: who decides is waiting, and the server has other work."""
ROWS = 5
POSTGRES_KEY = """SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid
AND a.attnum = ANY (i.indkey::int2[]) WHERE i.indisprimary AND i.indrelid = $1::regclass
ORDER BY array_position(i.indkey::int2[], a.attnum)"""
MYSQL_KEY = """SELECT column_name FROM information_schema.key_column_usage WHERE constraint_name = 'PRIMARY'
AND table_name = $1 AND table_schema = coalesce($2, database()) ORDER BY ordinal_position"""
SQLITE_KEY = "SELECT name FROM pragma_table_info($1) WHERE pk ORDER BY pk"
MYSQL_COUNTED = """SELECT column_name FROM information_schema.columns WHERE extra LIKE '%auto_increment%'
AND table_name = $1 AND table_schema = coalesce($2, database())"""
POSTGRES_COUNTED = """SELECT a.attname, pg_sequence_last_value(pg_get_serial_sequence($1, a.attname)::regclass)
FROM pg_attribute a WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped
AND pg_get_serial_sequence($1, a.attname) IS NOT NULL"""
POSTGRES_INSERTED = """SELECT * FROM {table} WHERE {key} > $1::bigint - 1000 AND {key} <= $1::bigint
AND xmin::text = (txid_current() % 4294967296)::text ORDER BY {key} LIMIT {rows}"""
"""Only rows of this very transaction, whatever else took numbers meanwhile."""
UNTOLD = "neither counted nor shown beforehand: the text alone does not tell which rows it hits"
NO_KEY = "these rows are not shown afterwards: no primary key finds them again"
NO_NUMBER = "the inserted rows are not shown: no number of the database's own finds them; RETURNING would show them"
QUOTES: Mapping[Dialect, str] = {"postgres": '"', "mysql": "`", "sqlite": '"'}


class Sample:
    """Of one statement. `before` it runs and `after` it did."""

    def __init__(self, link: Link, target: Target, say: Say) -> None:
        self._link = link
        self._target = target
        self._say = say
        self._keys: Sequence[str] = ()
        self._found: list[tuple[str, ...]] = []
        """Keys of the rows that were shown before."""
        self._has_failed = False
        """Whatever kept one look is likely to keep the next one too, and the statement waits meanwhile."""

    def before(self) -> None:
        """In no transaction, so that a look that fails spoils none."""
        if self._target.kind != "changes":
            return
        if not self._target.hit:
            self._say(UNTOLD)
            return
        hit = self._target.hit
        with self._look("how many rows match its condition"):
            ((count,),) = self._rows(f"SELECT count(*) FROM {hit}")  # noqa: S608 - the step's own words
            self._say(f"{count} row(s) match its condition now")
        if self._has_failed:
            return
        with self._look("the rows as they are"):
            self._keys = self._find_keys()
            columns, rows = self._table_rows(f"SELECT * FROM {hit} LIMIT {ROWS}", ())  # noqa: S608 - the step's own words
            self._found = _keys_in(columns, rows, self._keys)
            if rows:
                self._show("before, for example:", columns, rows)
                if not self._found:
                    self._say(NO_KEY)

    def after(self, affected: int | None, last_key: int | None) -> None:
        """In the statement's transaction."""
        if self._target.kind == "inserts" and affected and not self._target.answers:
            self._inserted(last_key)
        if not self._found:
            return
        values = [value for key in self._found for value in key]
        with self._look("the rows as they are now", self._unspoilt):
            query = f"SELECT * FROM {self._target.table} WHERE {self._picked()}"  # noqa: S608 - the step's own words
            columns, rows = self._table_rows(query, values)
            if rows:
                self._show("after, the same rows:", columns, rows)
            else:
                self._say("after: none of these rows is there any more")

    def _inserted(self, last_key: int | None) -> None:
        with self._look("the inserted rows", self._unspoilt):
            query, values = self._query_of_inserted(last_key)
            columns, rows = self._table_rows(query, values) if query else ((), [])
            if rows:
                self._show("inserted, for example:", columns, rows)
            else:
                self._say(NO_NUMBER)

    def _query_of_inserted(self, last_key: int | None) -> tuple[str, Sequence[str]]:
        """Empty where none finds them."""
        table = self._target.table
        if not table or self._target.merges:
            return "", ()
        counted, last = self._counted(last_key)
        if not counted or not last:
            return "", ()
        if self._link.dialect == "postgres":
            return POSTGRES_INSERTED.format(table=table, key=self._quoted(counted), rows=ROWS), (last,)
        return f"SELECT * FROM {table} WHERE {self._quoted(counted)} = $1", (last,)  # noqa: S608 - the step's own words

    def _counted(self, last_key: int | None) -> tuple[str, str]:
        """The column whose values the database counts up, and the latest of them; empty where there is none."""
        if self._link.dialect == "sqlite":
            return "rowid", str(last_key or "")
        if self._link.dialect == "mysql":
            columns = _column(self._rows(MYSQL_COUNTED, self._mysql_name))
            return (columns[0], str(last_key or "")) if columns else ("", "")
        found = self._rows(POSTGRES_COUNTED, (self._target.table,))
        return (str(found[0][0]), str(found[0][1] or "")) if len(found) == 1 else ("", "")

    def _show(self, title: str, columns: Sequence[Column], rows: Sequence[Sequence[object]]) -> None:
        self._say(title)
        for line in table(columns, rows):
            self._say(line)

    def _find_keys(self) -> Sequence[str]:
        target = self._target
        if not target.name:
            return ()
        if self._link.dialect == "postgres":
            return _column(self._rows(POSTGRES_KEY, (target.table,)))
        if self._link.dialect == "mysql":
            return _column(self._rows(MYSQL_KEY, self._mysql_name))
        return _column(self._rows(SQLITE_KEY, (target.name[-1],)))

    @property
    def _mysql_name(self) -> tuple[str, str | None]:
        """Table and database; None for the connection's own."""
        name = self._target.name
        return name[-1], name[-2] if len(name) > 1 else None

    def _quoted(self, name: str) -> str:
        quote = QUOTES[self._link.dialect]
        return f"{quote}{name.replace(quote, 2 * quote)}{quote}"

    def _picked(self) -> str:
        names = ", ".join(map(self._quoted, self._keys))
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
    def _look(self, what: str, around: Callable[[], object] | None = None) -> Iterator[None]:
        """Ended after a while. What comes of it or not, the statement goes on, unless the connection has gone."""
        undo = around() if around else None
        try:
            with limited(self._link, SECONDS):
                yield
        except DatabaseError as error:
            if error.lost:
                raise
            self._has_failed = True
            if callable(undo):
                undo()
            self._say(f"{what} could not be looked at: {str(error).splitlines()[0]}")
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
    if not keys or not all(names.count(key.lower()) == 1 for key in keys):
        return []
    places = [names.index(key.lower()) for key in keys]
    found = [tuple(row[place] for place in places) for row in rows]
    if any(value is None or isinstance(value, Hexadecimal | Cut) for key in found for value in key):
        return []
    return [tuple(map(str, key)) for key in found]
