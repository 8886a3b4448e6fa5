"""A home with a database of orders, and runbooks about it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from .terminal import Operator, oncue, shown

UPDATE = "UPDATE orders SET state = 'late' WHERE id = 1"
READ = "SELECT id, state, note FROM orders ORDER BY id"


class Desk:
    """A home with a database of orders and a runbook of statements, one step each."""

    def __init__(self, home: Path) -> None:
        self.home = home
        with closing(sqlite3.connect(home / "orders.db", isolation_level=None)) as database:
            database.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, state TEXT, note TEXT)")
            database.execute("INSERT INTO orders VALUES (1, 'open', NULL), (2, 'paid', ''), (3, 'a,\"b', 'NULL')")

    def write(self, *blocks: str, attributes: str = "") -> None:
        fences = [f"## Part {number}\n\n```sql{attributes}\n{block}\n```" for number, block in enumerate(blocks, 1)]
        front = "kind: procedure\ndatabases:\n  orders: sqlite:///orders.db"
        (self.home / "book.md").write_text(f"---\n{front}\n---\n\n# Orders\n\n" + "\n\n".join(fences) + "\n")

    def walk(self, *blocks: str, attributes: str = "") -> Operator:
        self.write(*blocks, attributes=attributes)
        return Operator(self.home, "run", "book.md", "--plain")

    def open(self, *blocks: str) -> Operator:
        """In the cockpit."""
        self.write(*blocks)
        return Operator(self.home, "run", "book.md")

    def run(self, *options: str) -> Any:
        return oncue(self.home, "run", "book.md", *options)

    @property
    def state(self) -> str:
        with closing(sqlite3.connect(self.home / "orders.db")) as database:
            return str(database.execute("SELECT state FROM orders WHERE id = 1").fetchone()[0])

    def attempt(self) -> dict[str, Any]:
        found: dict[str, Any] = shown(self.home)["steps"][0]["attempts"][0]
        return found
