"""What stands in for psql's own commands: queries of the catalogue, to which a name goes along as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...databases import Dialect
from ...syntax.client_commands import DONE, DONE_FOR_PSQL, RELATIONS, SAYING, STOPS, parts, refusal_of_command

PATTERN = "(SELECT $1::text AS schema, $2::text AS name) v"
FOUND = """CASE WHEN v.schema IS NOT NULL THEN n.nspname LIKE v.schema AND {name} LIKE v.name
  WHEN v.name IS NOT NULL THEN {visible} AND {name} LIKE v.name
  ELSE {visible} AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' END"""
"""What psql lists: without a schema what is on the search path, and what belongs to the server when it is named."""
KINDS: Mapping[str, str] = {"t": "rp", "v": "v", "m": "m", "s": "S", "i": "iI", "E": "f"}
ALL_KINDS = "rpvmSf"
LISTED = """SELECT n.nspname AS "Schema", c.relname AS "Name",
  CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view' WHEN 'i' THEN 'index'
    WHEN 'I' THEN 'partitioned index' WHEN 'S' THEN 'sequence' WHEN 'm' THEN 'materialized view'
    WHEN 'f' THEN 'foreign table' END AS "Type",
  pg_get_userbyid(c.relowner) AS "Owner", pg_size_pretty(pg_table_size(c.oid)) AS "Size"
FROM {pattern}, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ({kinds}) AND {found} ORDER BY 1, 2"""
COLUMNS = """SELECT a.attname AS "Column", format_type(a.atttypid, a.atttypmod) AS "Type",
  CASE WHEN a.attnotnull THEN 'not null' END AS "Nullable", pg_get_expr(d.adbin, d.adrelid) AS "Default"
FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"""
INDEXES = """SELECT i.relname AS "Index", pg_get_indexdef(x.indexrelid) AS "Definition"
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid WHERE x.indrelid = $1::regclass ORDER BY 1"""
DATABASES = """SELECT d.datname AS "Name", pg_get_userbyid(d.datdba) AS "Owner", pg_encoding_to_char(d.encoding)
  AS "Encoding" FROM {pattern}, pg_database d WHERE d.datname LIKE coalesce(v.name, '%') ORDER BY 1"""
ROLES = """SELECT r.rolname AS "Role", r.rolsuper AS "Superuser", r.rolcanlogin AS "Login", r.rolreplication
  AS "Replication" FROM {pattern}, pg_roles r
WHERE CASE WHEN v.name IS NULL THEN r.rolname !~ '^pg_' ELSE r.rolname LIKE v.name END ORDER BY 1"""
SCHEMAS = """SELECT n.nspname AS "Name", pg_get_userbyid(n.nspowner) AS "Owner" FROM {pattern}, pg_namespace n
WHERE CASE WHEN v.name IS NULL THEN n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  ELSE n.nspname LIKE v.name END ORDER BY 1"""
EXTENSIONS = """SELECT e.extname AS "Name", e.extversion AS "Version", n.nspname AS "Schema"
FROM {pattern}, pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
WHERE e.extname LIKE coalesce(v.name, '%') ORDER BY 1"""
FUNCTIONS = """SELECT n.nspname AS "Schema", c.proname AS "Name", pg_get_function_result(c.oid) AS "Result",
  pg_get_function_arguments(c.oid) AS "Arguments" FROM {pattern}, pg_proc c
JOIN pg_namespace n ON n.oid = c.pronamespace WHERE {found} ORDER BY 1, 2"""
CONNECTION = """SELECT current_database() AS "Database", current_user AS "User", inet_server_addr() AS "Host",
  inet_server_port() AS "Port" """
RELATION_FOUND = FOUND.format(name="c.relname", visible="pg_table_is_visible(c.oid)")
FUNCTION_FOUND = FOUND.format(name="c.proname", visible="pg_function_is_visible(c.oid)")
LISTS: Mapping[str, str] = {
    "l": DATABASES,
    "list": DATABASES,
    "du": ROLES,
    "dg": ROLES,
    "dn": SCHEMAS,
    "dx": EXTENSIONS,
    "df": FUNCTIONS.replace("{found}", FUNCTION_FOUND),
}
NAMED = (COLUMNS, INDEXES)
"""What `\\d NAME` asks."""


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
    found = parts(command)
    refusal = refusal_of_command(command, dialect)
    if found is None or refusal:
        return Reaction(refusal=refusal)
    name, argument = found
    if name == "x":
        wanted = {"on": True, "off": False}.get(argument, not expanded)
        return Reaction(said=f"expanded display is {'on' if wanted else 'off'}", expanded=wanted)
    if name in SAYING:
        return Reaction(said=argument.strip("'"))
    if (said := {**DONE, **DONE_FOR_PSQL, "set": STOPS}.get(name)) is not None:
        return Reaction(said=said)
    return _looking(name, argument)


def _looking(name: str, argument: str) -> Reaction:
    if name == "conninfo":
        return Reaction((CONNECTION,))
    if name == "d" and argument and not set("*?") & set(argument):
        return Reaction(NAMED, (argument,))
    query = LISTS[name] if name in LISTS else LISTED.replace("{found}", RELATION_FOUND)
    kinds = "".join(KINDS[letter] for letter in name[1:]) if RELATIONS.fullmatch(name) else ALL_KINDS
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    return Reaction((query.format(pattern=PATTERN, kinds=listed),), patterns(argument))


def patterns(argument: str) -> tuple[str | None, str | None]:
    """psql's pattern for names as two of LIKE, for the schema and for the name; None where it says nothing of one."""
    if not argument:
        return None, None
    found = [""]
    is_quoted = False
    for sign in argument:
        if sign == '"':
            is_quoted = not is_quoted
        elif sign == "." and not is_quoted:
            found.append("")
        else:
            found[-1] += _liked(sign, is_quoted=is_quoted)
    schema = found[-2] if len(found) > 1 else None
    return schema, found[-1] or "%"


def _liked(sign: str, *, is_quoted: bool) -> str:
    if sign in "\\%_":
        return f"\\{sign}"
    return sign if is_quoted else {"*": "%", "?": "_"}.get(sign, sign.lower())
