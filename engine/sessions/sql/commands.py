"""What stands in for psql's and mysql's own commands: a query of the catalogue, or a sentence on what to write.

A row is a command, what it needs, and what is asked of the server. A name goes along as a value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ...databases import Dialect

COMMAND = re.compile(r"\\([a-zA-Z]+|[!?])([+S]*)[ \t]*(.*)", re.DOTALL)
VISIBLE = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
BY_NAME = """coalesce(c.relname LIKE split_part(v.name, '.', -1), true)
  AND coalesce(n.nspname LIKE nullif(split_part(v.name, '.', -2), ''), true)"""
RELATIONS = """SELECT n.nspname AS "Schema", c.relname AS "Name",
  CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view' WHEN 'i' THEN 'index'
    WHEN 'I' THEN 'partitioned index' WHEN 'S' THEN 'sequence' WHEN 'm' THEN 'materialized view'
    WHEN 'f' THEN 'foreign table' END AS "Type",
  pg_get_userbyid(c.relowner) AS "Owner", pg_size_pretty(pg_table_size(c.oid)) AS "Size"
FROM (SELECT $1::text AS name) v, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ({kinds}) AND {visible} AND {by_name} ORDER BY 1, 2"""
COLUMNS = """SELECT a.attname AS "Column", format_type(a.atttypid, a.atttypmod) AS "Type",
  CASE WHEN a.attnotnull THEN 'not null' END AS "Nullable", pg_get_expr(d.adbin, d.adrelid) AS "Default"
FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"""
INDEXES = """SELECT i.relname AS "Index", pg_get_indexdef(x.indexrelid) AS "Definition"
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid WHERE x.indrelid = $1::regclass ORDER BY 1"""
DATABASES = """SELECT d.datname AS "Name", pg_get_userbyid(d.datdba) AS "Owner", pg_encoding_to_char(d.encoding)
  AS "Encoding" FROM (SELECT $1::text AS name) v, pg_database d
WHERE coalesce(d.datname LIKE v.name, true) ORDER BY 1"""
ROLES = """SELECT r.rolname AS "Role", r.rolsuper AS "Superuser", r.rolcanlogin AS "Login", r.rolreplication
  AS "Replication" FROM (SELECT $1::text AS name) v, pg_roles r
WHERE r.rolname !~ '^pg_' AND coalesce(r.rolname LIKE v.name, true) ORDER BY 1"""
SCHEMAS = """SELECT n.nspname AS "Name", pg_get_userbyid(n.nspowner) AS "Owner" FROM (SELECT $1::text AS name) v,
  pg_namespace n WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND coalesce(n.nspname LIKE v.name, true) ORDER BY 1"""
EXTENSIONS = """SELECT e.extname AS "Name", e.extversion AS "Version", n.nspname AS "Schema"
FROM (SELECT $1::text AS name) v, pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
WHERE coalesce(e.extname LIKE v.name, true) ORDER BY 1"""
FUNCTIONS = """SELECT n.nspname AS "Schema", c.proname AS "Name", pg_get_function_result(c.oid) AS "Result",
  pg_get_function_arguments(c.oid) AS "Arguments" FROM (SELECT $1::text AS name) v, pg_proc c
JOIN pg_namespace n ON n.oid = c.pronamespace WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND coalesce(c.proname LIKE split_part(v.name, '.', -1), true) ORDER BY 1, 2"""
CONNECTION = """SELECT current_database() AS "Database", current_user AS "User", inet_server_addr() AS "Host",
  inet_server_port() AS "Port" """


def _relations(*kinds: str) -> str:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    return RELATIONS.format(kinds=listed, visible=VISIBLE, by_name=BY_NAME)


QUERIES: Mapping[str, str] = {
    "d": _relations("r", "p", "v", "m", "S", "f"),
    "dt": _relations("r", "p"),
    "di": _relations("i", "I"),
    "dv": _relations("v"),
    "dm": _relations("m"),
    "ds": _relations("S"),
    "l": DATABASES,
    "list": DATABASES,
    "du": ROLES,
    "dg": ROLES,
    "dn": SCHEMAS,
    "dx": EXTENSIONS,
    "df": FUNCTIONS,
    "conninfo": CONNECTION,
}
NAMED = (COLUMNS, INDEXES)
"""What `\\d NAME` asks."""
INSTEAD: Mapping[str, str] = {
    "c": "a step is connected to the database its fence names, as in `{database=NAME}`",
    "connect": "a step is connected to the database its fence names, as in `{database=NAME}`",
    "copy": "it reads or writes a file of the client's; use a shell step with psql, or write SELECT or INSERT",
    "i": "write the file's statements into the runbook, where they are judged and shown before they run",
    "ir": "write the file's statements into the runbook, where they are judged and shown before they run",
    "o": "a step's output is recorded; use a shell step with psql to have it in a file",
    "!": "write it as a shell step",
    "set": "inputs are written as placeholders, such as `{name}`",
    "watch": "run the step again instead",
    "gexec": "write the statements themselves, so that they are judged before they run",
    "e": "write the statement itself",
    "s": "write the catalogue's or `SHOW` query instead",
    "u": "a step is connected to the database its fence names; `USE NAME` changes it",
}
DONE: Mapping[str, str] = {
    "timing": "every step is timed",
    "pset": "results are shown in one form",
    "a": "results are shown in one form",
    "q": "the connection is kept until the run ends",
    "quit": "the connection is kept until the run ends",
    "g": "",
    "p": "the step's text is above",
}
"""Nothing has to be done for them; why is said."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a command comes to."""

    queries: tuple[str, ...] = ()
    values: tuple[str | None, ...] = ()
    """For `$1`, …"""
    said: str = ""
    refusal: str = ""
    expanded: bool | None = None
    """How results are shown from now on; `None` leaves that as it is."""


def reaction(command: str, dialect: Dialect, *, expanded: bool) -> Reaction:
    found = COMMAND.match(command)
    if found is None:
        return Reaction(refusal=f"{command.split(maxsplit=1)[0]} is a command of the client program; write it as SQL")
    name, argument = found[1], found[3].strip().rstrip(";").strip()
    if name == "x":
        wanted = {"on": True, "off": False}.get(argument, not expanded)
        return Reaction(said=f"expanded display is {'on' if wanted else 'off'}", expanded=wanted)
    if name in ("echo", "qecho"):
        return Reaction(said=argument.strip("'"))
    if name in DONE:
        return Reaction(said=DONE[name])
    if dialect == "postgres" and name == "d" and argument and not set("*?") & set(argument):
        return Reaction(NAMED, (argument,))
    if dialect == "postgres" and name in QUERIES:
        query = QUERIES[name]
        return Reaction((query,), (_like(argument),) if "$1" in query else ())
    instead = INSTEAD.get(name, "it belongs to the client program; write it as SQL")
    return Reaction(refusal=f"\\{name} cannot be used here: {instead}")


def _like(pattern: str) -> str | None:
    """psql's pattern as one of LIKE; None for all."""
    if not pattern:
        return None
    escaped = pattern.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped.replace("*", "%").replace("?", "_").replace('"', "")
