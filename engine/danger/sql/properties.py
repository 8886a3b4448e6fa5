"""What a row may ask of a statement beside its words: `@everything`, `@powerful`, `@scratch`."""

from __future__ import annotations

import re
from collections.abc import Callable

from ...expressions import expression
from .part import Part
from .where import condition, limits_nothing

POWERFUL = frozenset(
    """
    SUPERUSER CREATEROLE BYPASSRLS SUPER SYSADMIN ACCOUNTADMIN SECURITYADMIN ORGADMIN DBA SYSDBA SYSOPER DB_OWNER
    CONTROL IMPERSONATE RDS_SUPERUSER RDSADMIN CLOUDSQLSUPERUSER AZURE_PG_ADMIN PG_EXECUTE_SERVER_PROGRAM
    PG_READ_SERVER_FILES PG_WRITE_SERVER_FILES PG_WRITE_ALL_DATA PG_READ_ALL_DATA PG_SIGNAL_BACKEND
    PG_DATABASE_OWNER PG_CREATE_SUBSCRIPTION SYSTEM_USER ROLE_ADMIN SYSTEM_VARIABLES_ADMIN CONNECTION_ADMIN
    SET_USER_ID BINLOG_ADMIN FILE POSTGRES ROOT ADMIN SYS ADMINISTRATOR ADMINISTRATORS
    """.split()  # noqa: SIM905
)
"""Rights and roles that are as good as all of them."""
POWERFUL_NAME = expression(r"(?:^|[_-])(?:super\w*|admin\w*|root|owner|dba)(?:$|[_-])", re.IGNORECASE)
LOCKING = frozenset({"READ_ONLY", "SUPER_READ_ONLY", "OFFLINE_MODE", "REQUIRE_SECURE_TRANSPORT",
                     "DEFAULT_TRANSACTION_READ_ONLY",
                     "TRANSACTION_READ_ONLY", "INNODB_READ_ONLY_COMPRESSED"})  # fmt: skip
SERVER_WIDE = frozenset({"GLOBAL", "PERSIST", "PERSIST_ONLY", "CLUSTER"})
ON = expression(r"(?:1|on|true|yes|'(?:1|on|true|yes)')", re.IGNORECASE)
OFF = expression(r"(?:0|off|false|no|'(?:0|off|false|no)')", re.IGNORECASE)
PRAGMA_READS = expression(
    r"(?:\w+list|table_x?info|index_x?info|integrity_check|quick_check|foreign_key_check|compile_options|page_count"
    r"|freelist_count|data_version|collation_list|stats|function_list|module_list|table_list|database_list|busy_timeout"
    r"|cache_size|foreign_keys|query_only|case_sensitive_like|temp_store|defer_foreign_keys|recursive_triggers"
    r"|reverse_unordered_selects|cell_size_check|mmap_size|read_uncommitted|threads|analysis_limit|cache_spill"
    r"|automatic_index|legacy_alter_table|trusted_schema|count_changes|full_column_names|short_column_names"
    r"|hard_heap_limit|soft_heap_limit|parser_trace|vdbe_\w+|show_tables|database_size|version|table_info)",
    re.IGNORECASE,
)
HARMFUL_PROCEDURE = re.compile(
    r"(?:^|[._])(?:sp_(?:addsrvrolemember|addrolemember|drop\w*|delete\w*|detach\w*|remove\w*|rename\w*|oacreate|purge\w*)"
    r"|rds_(?:reset_external\w*|purge\w*)|kill_all\w*)",
    re.IGNORECASE,
)
KEY_OF_ONE = frozenset({"QUERY_ID", "MUTATION_ID", "PID", "ID", "TRANSACTION_ID", "SESSION_ID"})


def on(part: Part, place: int) -> bool:
    """The setting is switched on: `= 1`, `TO on`, `true`."""
    return ON.fullmatch(_value(part, place)) is not None


def off(part: Part, place: int) -> bool:
    return OFF.fullmatch(_value(part, place)) is not None


def zero(part: Part, place: int) -> bool:
    return _value(part, place) == "0"


def _value(part: Part, place: int) -> str:
    while part.word(place) in ("=", "TO", ":=", "IS"):
        place += 1
    return part.text(place, place + 1)


def scratch(part: Part, place: int) -> bool:
    """The name just taken is a temporary one: in `pg_temp` or `temp`, or `#name`."""
    start = place - 1
    while part.word(start - 1) == ".":
        start -= 2
    name = part.text(start, place).lower()
    return name.startswith(("pg_temp.", "pg_temp_", "temp.", "tempdb.", "#")) and part.word(place) != ","


def catalog(part: Part, place: int) -> bool:
    """The name just taken is a table of the database's own, which says what tables and logins there are."""
    return CATALOG.fullmatch(part.text(place - 1, place).strip('"`').lower()) is not None


CATALOG = re.compile(
    r"pg_(?:class|database|attribute|authid|index|proc|type|constraint|trigger|depend|auth_members|tablespace|namespace|shadow"
    r"|extension|enum|rewrite|statistic|subscription|publication\w*|replication_origin)|sqlite_(?:master|schema|sequence)"
)


def powerful(part: Part, place: int) -> bool:
    """A word from here on gives every right, or one that leads there."""
    return any(token.kind == "word" and token.word in POWERFUL for token in part.since(place))


def widely(part: Part, place: int) -> bool:
    """Rights that reach far: all of them, on everything, for everyone, to be passed on, or of an administrator."""
    end = part.level_word(frozenset({"TO", "FROM"}), place) or len(part)
    on_what = part.level_word(frozenset({"ON"}), place)
    rights = part.between(place, end if on_what is None else min(on_what, end))
    scope, who = part.between(rights_end(place, rights), end), part.since(end)
    words = {token.word for token in rights if token.kind == "word"}
    if part.verb == "REVOKE":
        return _revoked(words, scope)
    passed_on = any(who.word(i) in ("GRANT", "ADMIN") and who.word(i + 1) == "OPTION" for i in range(len(who)))
    everyone = any(token.word == "PUBLIC" and token.kind == "word" for token in who)
    return (
        passed_on
        or "ALL" in words
        or bool(words & POWERFUL)
        or _names_power(rights, on_what)
        or (everyone and not words <= {"CONNECT", "USAGE", "TEMPORARY", "TEMP", "EXECUTE", ","})
        or (_everywhere(scope) and not words <= READING)
    )


READING = frozenset({"SELECT", "USAGE", "PROCESS", "REPLICATION", "CLIENT", "SHOW", "DATABASES", "VIEW",
                     "BACKUP_ADMIN", "SLAVE",
                     "MONITOR", "LOCK", "TABLES", "EVENT", "TRIGGER", "RELOAD"})  # fmt: skip


def rights_end(place: int, rights: Part) -> int:
    return place + len(rights)


def _revoked(words: set[str], scope: Part) -> bool:
    if words >= {"OPTION", "FOR"}:
        return False
    everything = {"ALL", "TABLES"} <= {token.word for token in scope} or _everywhere(scope)
    return "ALL" in words or "CONNECT" in words or "LOGIN" in words or everything or _locks_schema(words, scope)


def _locks_schema(words: set[str], scope: Part) -> bool:
    return "USAGE" in words and scope.word(1) == "SCHEMA"


def _everywhere(scope: Part) -> bool:
    return scope.text().replace(" ", "").endswith("*.*")


def _names_power(rights: Part, on_what: int | None) -> bool:
    """A role whose name says it may do everything; only where roles are given, not rights on a thing."""
    if on_what is not None:
        return False
    return any(POWERFUL_NAME.search(rights.text(i, i + 1).strip("'\"`")) for i in range(len(rights)))


def server_wide(part: Part, place: int) -> bool:
    if any(piece.verb in SERVER_WIDE for piece in part.pieces(place)):
        return True
    return any(
        token.kind == "value" and re.match(r"@@(?:global|persist)", part.source[token.start : token.end], re.IGNORECASE)
        for token in part
    )


def locking(part: Part, place: int) -> bool:
    """A setting that makes writes or logins fail is switched on."""
    for here in range(place, len(part)):
        name = part.text(here, here + 1).upper().rpartition(".")[2]
        if name in LOCKING and on(part, here + 1):
            return True
    return False


def one(part: Part, place: int) -> bool:
    """One thing, named by a number or a value: nothing follows it."""
    return place == len(part) - 1 and part.at(place).kind in ("number", "string", "value", "hole")


def by_id(part: Part, place: int) -> bool:
    """The condition is `id = …` or `id IN (…)` with constants, and nothing that widens it."""
    found = condition(part) or part.since(place)
    words = [token.word for token in found]
    if not {"=", "IN"} & set(words) or {"OR", "SELECT", "LIKE", "NOT", "!=", "<>"} & set(words):
        return False
    return any(
        word in KEY_OF_ONE and found.word(i + 1) in ("=", "IN") and found.at(i + 2).kind != "word"
        for i, word in enumerate(words)
    )


def pragma_read(part: Part, place: int) -> bool:
    """Asks, or sets what ends with the session."""
    end = part.name_end(place) or place
    name = part.text(max(end - 1, place), end)
    writes = part.word(end) == "=" or (part.word(end) == "(" and end + 1 < len(part))
    return PRAGMA_READS.fullmatch(name) is not None or (
        not writes and name.lower() not in ("wal_checkpoint", "optimize", "incremental_vacuum", "shrink_memory", "")
    )


def pragma_harm(part: Part, place: int) -> bool:
    text = part.text(place).lower()
    return re.search(r"\b(?:writable_schema|schema_version)\s*[=(]\s*(?!off|0|false|no)", text) is not None


def repairing(part: Part, place: int) -> bool:
    return "REPAIR_" in part.text(place).upper()


def harmful_procedure(part: Part, place: int) -> bool:
    end = part.name_end(place) or place
    name = part.text(place, end).replace('"', "").replace("[", "").replace("]", "")
    rest = part.text(end).lower()
    return HARMFUL_PROCEDURE.search(name) is not None or ("sp_configure" in name.lower() and "xp_cmdshell" in rest)


PROPERTIES: dict[str, Callable[[Part, int], bool]] = {
    "everything": limits_nothing,
    "on": on,
    "off": off,
    "zero": zero,
    "scratch": scratch,
    "catalog": catalog,
    "powerful": powerful,
    "widely": widely,
    "server_wide": server_wide,
    "locking": locking,
    "one": one,
    "by_id": by_id,
    "pragma_read": pragma_read,
    "pragma_harm": pragma_harm,
    "repairing": repairing,
    "harmful_procedure": harmful_procedure,
}
