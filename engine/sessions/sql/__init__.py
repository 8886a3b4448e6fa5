"""SQL steps on real databases: SQLite by the standard library, PostgreSQL and MySQL or MariaDB by drivers of their own.

`session.py` performs a step statement by statement. Each kind of database is a `Link` (`link.py`): one connection,
kept for the run. Results are written as bytes of an aligned table (`grid.py`), so that they are recorded and shown
like any other output.
"""

from __future__ import annotations

from .session import Past, SqlSession

__all__ = ["Past", "SqlSession"]
