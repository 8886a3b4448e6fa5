"""What calling a function does: a row for those with effects, a list for those known to only read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import translate
from functools import lru_cache
from typing import Literal

from ...expressions import expression
from ...levels import Level
from ..verdict import Category
from .function_names import reads
from .part import Part


@dataclass(frozen=True, slots=True)
class FunctionRule:
    names: str
    """Globs separated by `|`, in lower case and without a schema."""
    level: Level
    category: Category
    why: str
    target: str = "the server"
    code: Literal["", "sql", "shell"] = ""
    """What its strings are: judged as such on top."""
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()


F = FunctionRule
FUNCTIONS = (
    F("pg_promote", "dangerous", "cluster_scope", "promotes a standby: two primaries if the old one lives",
      "the cluster",
      yes=("SELECT pg_promote()", 'SELECT pg_catalog."pg_promote"()'), no=("SELECT 'pg_promote()'",)),
    F("pg_drop_replication_slot", "dangerous", "data_destruction", "its replica has to be built anew",
      "replication slot", yes=("SELECT pg_drop_replication_slot('s')",)),
    F("pg_replication_origin_drop", "dangerous", "data_destruction", "forgets how far a subscription is",
      "replication origin", yes=("SELECT pg_replication_origin_drop('o')",)),
    F("pg_file_*|lo_export|utl_file*|writefile|xp_delete_file", "dangerous", "privilege",
      "writes or removes files on the server", yes=("SELECT pg_file_unlink('x')",)),
    F("lo_unlink|drop_chunks|remove_node|citus_remove_node|master_remove_node|undistribute_table|truncate_local_data*"
      "|master_drop_*|citus_drop_*|dblink_drop*", "dangerous", "data_destruction", "removes data for good", "the data",
      yes=("SELECT lo_unlink(123)", "SELECT drop_chunks('t', interval '1 day')")),
    F("system$cancel_all_queries|pg_terminate_all*|kill_all*|rds_kill_all*", "dangerous", "process_kill",
      "ends all sessions",
      "all sessions", yes=("SELECT SYSTEM$CANCEL_ALL_QUERIES(1)",)),
    F("sys_exec|sys_eval|xp_cmdshell|shell|executable|dbms_xslprocessor*", "dangerous", "privilege",
      "runs a shell command on the database server", "the database server", "shell", yes=("SELECT sys_exec('ls')",)),
    F("dblink_exec|dblink|dblink_send_query|query_to_xml*|cursor_to_xml*|run_command_on_*|execute_immediate|exec_sql"
      "|cron.schedule|schedule|schedule_in_database|ts_stat|crosstab*|connectby", "caution", "opaque",
      "runs SQL that is handed over as a string", code="sql", yes=("SELECT dblink_exec('SELECT 1')",)),
    F("pg_cancel_backend|system$cancel_query|system$abort_*", "caution", "process_kill", "ends a query",
      yes=("SELECT pg_cancel_backend(12)",)),
    F("pg_reload_conf|pg_rotate_logfile*|pg_switch_wal|pg_switch_xlog|pg_create_restore_point|pg_wal_replay_*"
      "|pg_xlog_replay_*|pg_start_backup|pg_stop_backup|pg_backup_*|pg_create_*|pg_copy_*|pg_replication_slot_advance"
      "|pg_replication_origin_*|pg_logical_slot_get*|pg_logical_emit_message|pg_stat_reset*|pg_stat_statements_reset"
      "|pg_stat_clear_snapshot|pg_import_*|pg_log_backend*|pg_export_snapshot|pg_advisory_*lock*|pg_try_advisory_*lock*"
      "|pg_notify|pg_prewarm|pg_buffercache_evict*|pg_reindex*|pg_sync_replication_slots|pg_extension_config_dump"
      "|pg_nextoid|pg_set_*|pg_restore_*|pg_clear_*|pg_repack*|pg_truncate*|pg_surgery*|heap_force_*|brin_*|gin_clean*",
      "caution", "config_change", "changes how the server works",
      yes=("SELECT pg_reload_conf()", "SELECT pg_switch_wal()")),
    F("setval|nextval|lo_create|lo_creat|lo_import|lo_put|lo_from_bytea|lowrite|lo_truncate*|get_lock|release_*lock*"
      "|load_extension|last_insert_id_set|create_*|add_*|set_integer_now_func|alter_job|run_job|compress_chunk"
      "|decompress_chunk|refresh_*|run_maintenance*|rebalance_*|master_*|citus_*|unschedule|refresh_continuous_aggregate"
      "|move_chunk|reorder_chunk|attach_*|detach_*|system$*|asynccall|aws_s3.*|query_export_to_s3|table_import_from_s3",
      "caution", "config_change", "changes something in the database", yes=("SELECT setval('s', 10)",)),
    F("set_config|setseed|pg_advisory_unlock*|pg_sleep*|sleep|benchmark|waitfor*", "safe", "local_scratch",
      "concerns this session only", yes=("SELECT pg_sleep(1)",)),
)  # fmt: skip

NOT_CALLS = frozenset(
    """
    SELECT FROM WHERE AND OR NOT IN EXISTS ON USING VALUES VALUE OVER FILTER GROUP ANY ALL SOME AS BY CASE WHEN THEN
    ELSE END LIMIT OFFSET UNION EXCEPT INTERSECT DISTINCT INTERVAL BETWEEN LIKE ILIKE RLIKE REGEXP SIMILAR ROW ARRAY
    RETURNING SET LATERAL PARTITION HAVING IS INDEX KEY WITH OPTION SETS ROLLUP CUBE BERNOULLI RECURSIVE SYSTEM
    MATERIALIZED OF TOP FETCH FIRST NEXT ONLY JOIN INNER LEFT RIGHT FULL CROSS OUTER APPLY INTO TABLE PREWHERE
    QUALIFY PIVOT UNPIVOT DIV MOD XOR FOR TO PRIMARY UNIQUE REFERENCES CHECK DEFAULT STDIN STDOUT TYPE ESCAPE
    COLLATE ASC DESC NULLS KEEP DENSE_RANK VARCHAR CHAR NUMERIC DECIMAL NVARCHAR CHARACTER TIMESTAMP TIMESTAMPTZ
    TIME DATETIME BIT VARBINARY BINARY FLOAT DOUBLE SIGNED UNSIGNED TABLESAMPLE WINDOW GROUPING EXPLAIN VERBOSE
    ANALYZE ORDER SEPARATOR FORMAT UNNEST STRUCT
    """.split()  # noqa: SIM905
)
HARMFUL = (
    "delete|drop|purge|truncate|destroy|wipe|remove|erase|kill|terminate|reset|insert|create|update|execute|exec|disable"
    "|archive"
)
TELLING = (
    HARMFUL
    + "|refresh|run|set|stop|start|restart|enable|sync|rebuild|cancel|move|merge|clean|cleanup|clear|process|send"
)
"""Verbs in a function's name that say it changes something."""
CAMEL_HARM = expression(rf"(?:^|(?<=[a-z]))(?i:{HARMFUL})(?:$|(?=[A-Z]))")
SNAKE_HARM = expression(rf"(?:^|_|(?<=[a-z]))(?i:{TELLING})(?:_|$|(?=[A-Z]))")
CAMEL = expression(r"[a-z]+(?:[A-Z0-9]\w*)+")
TERMINATE = "pg_terminate_backend"


@lru_cache(maxsize=4096)
def find_rule(name: str) -> FunctionRule | None:
    short = name.rpartition(".")[2]
    for pattern, rule in _PATTERNS:
        if pattern.fullmatch(short) or ("." in name and pattern.fullmatch(name)):
            return rule
    return None


_PATTERNS = tuple((expression("|".join(map(translate, rule.names.split("|")))), rule) for rule in FUNCTIONS)


def called(part: Part) -> Iterator[tuple[str, int]]:
    """Functions by their name, as written without quotes, and the place of their parenthesis."""
    for place in range(2, len(part)):
        if part.word(place) != "(":
            continue
        token = part.at(place - 1)
        if token.kind not in ("word", "name") or token.word in NOT_CALLS or _names_columns(part, place):
            continue
        start = place - 1
        while start >= 2 and part.word(start - 1) == "." and part.at(start - 2).kind in ("word", "name"):
            start -= 2
        yield re.sub(r'["`\[\]\s]', "", part.text(start, place)), place


def _names_columns(part: Part, place: int) -> bool:
    """An alias with columns, `AS t(a, b)`, a common table, `t(a) AS (`, or a type, `::numeric(10, 2)`."""
    before = part.word(place - 2)
    if before in ("AS", "::", ")", "INTO", "TABLE", "INDEX", "UPDATE") and part.word(place - 3) != "IN":
        return True
    end = part.group_end(place)
    return (
        before in ("WITH", ",", "RECURSIVE")
        and part.word(end) == "AS"
        and part.word(end + 1) in ("(", "MATERIALIZED", "NOT")
    )


def only_reads(name: str, dialect: str) -> bool:
    """Known to read; ClickHouse's own functions have no effects, and there are thousands."""
    short = name.rpartition(".")[2]
    if reads(short.lower()):
        return True
    return dialect in ("clickhouse", "") and CAMEL.fullmatch(short) is not None and not CAMEL_HARM.search(short)


def sounds_harmful(name: str) -> bool:
    return SNAKE_HARM.search(name.rpartition(".")[2]) is not None


def one_session(part: Part, place: int) -> bool:
    """Whether a call that ends sessions, with its parenthesis here, ends one: a number, or `pid = …` behind WHERE."""
    from .properties import by_id

    argument = part.group(place)
    single = len(argument) == 1 and argument.at(0).kind in ("number", "value", "hole")
    if single:
        return True
    if "FROM" not in part.words():
        return len(argument) <= 3
    return by_id(part, place)
