"""Names of functions that only read or compute, in PostgreSQL, MySQL, SQLite, ClickHouse, SQL Server and others."""

from __future__ import annotations

import re

from ...expressions import expression

_EXACT = """
abs acos acosd age any any_value anylast argmax argmin array arrayjoin ascii asciistr asin asind atan atan2 atand avg
avgif bin binary bit_and bit_length bit_or bit_xor bool_and bool_or boolean bottom box broadcast btrim cardinality
cast cbrt ceil ceiling cell_check center changes char char_length character_length charindex choose chr circle
clock_timestamp cluster clusterallreplicas coalesce col_description collation collect_list collect_set compress concat
concat_ws connection_id conv convert convert_from convert_to convert_tz corr cos cosd cosh cot count count_big countif
counts covar_pop covar_samp crc32 cume_dist cumulative_sum curdate current_catalog current_database current_date
current_role current_schema current_schemas current_setting current_time current_timestamp current_user
currentdatabase currval curtime database datalength date date_add date_bin date_diff date_format date_part date_sub
date_trunc dateadd datediff datename dateof datepart daterange datetime datetrunc day dayname dayofmonth dayofweek
dayofyear dbinfo dblink_get_connections decode degrees dense_rank derivative diameter dictget difference distinct div
elapsed elt encode endswith enum_first enum_last enum_range eomonth erf every exp export_set extract extractvalue
factorial field file fill find_in_set first first_value float floor format format_bytes format_type formatreadablesize
found_rows from_base64 from_days from_unixtime fulltextserviceproperty gcd gen_random_bytes gen_random_uuid
generate_series generate_subscripts get_bit get_byte get_ddl getdate getutcdate getvariable glob greatest group_concat
grouping gtid_subset gtid_subtract hash hashtext hdfs height hex histogram holt_winters host hostmask hostname hour
hstore if iff ifnull iif index_col inet6_aton inet6_ntoa inet_aton inet_client_addr inet_client_port inet_ntoa
inet_server_addr inet_server_port initcap insert instr int4range int8range integral is_free_lock is_ipv4 is_ipv6
is_used_lock isdate isempty isfinite isnan isnull isnumeric jdbc json jsonb julian julianday justify_days
justify_hours justify_interval lag last last_day last_insert_id last_insert_rowid last_observed_time last_value
lastval lcase lcm lead least left len length like likely line list listagg ln load_file local localtime localtimestamp
locate log log10 log2 lower lower_inc lower_inf lpad lseg ltrim make_date make_interval make_set make_time
make_timestamp make_timestamptz makedate maketime map masklen master_pos_wait max max_by maxtimeuuid md5 mean median
merge microsecond mid min min_by mintimeuuid minute mod mode month monthname moving_average multirange mysql
name_const negate netmask network newid newsequentialid nextid non_negative_derivative now now64 nowutc nth_value
ntile nullif num_nonnulls num_nulls numbers numbers_mt numnode numrange nvl nvl2 obj_description object_definition
object_id object_name object_schema_name objectproperty oct octet_length odbc overlay param path patindex percent_rank
percentile percentile_cont percentile_disc period_add period_diff pi plainto_tsquery point polygon popen position
postgresql pow power printf quantile quarter quote quote_ident quote_literal quote_nullable quotename radians radius
rand random random_normal randomblob range range_agg range_merge rank read_csv read_parquet regr_slope remote repeat
replace replacingmergetree replicate reverse right rlike round row_count row_number row_security_active row_to_json
rowcount rowid rpad rtrim s3 s3cluster sample schema schema_name scope_identity sec_to_time second serverproperty
session_user sessionproperty sha sha1 sha2 sha224 sha256 sha384 sha512 shobj_description sign sin sind sinh snippet
soundex source_pos_wait space split split_part splitbychar spread sqlite_compileoption_get sqlite_compileoption_used
sqlite_source_id sqlite_version sqrt starts_with startswith stddev stddev_pop stddev_samp stdev stdevp str str_to_date
strcmp strftime string_agg string_to_array string_to_table strpos stuff subdate substr substring substring_index
subtime sum sumif suser_name suser_sname switchoffset sys_context sysdate sysdatetime sysdatetimeoffset system_user
sysutcdatetime tan tand tanh text time time_bucket time_bucket_gapfill time_format time_to_sec timediff timeofday
timestamp timestamp_add timestamp_diff timestampadd timestampdiff timezone todate todatetime todatetime64 today
toint32 toint64 token top topk tostring total total_changes touint64 tounixtimestamp transaction_timestamp translate
trim trim_array trim_scale trunc truncate try_cast try_convert try_parse tsrange tstzrange ttl tuple txid_current
txid_current_if_assigned txid_current_snapshot txid_status typeof typname ucase uncompress unhex unicode uniq
uniqexact unistr unix_timestamp unixepoch unixtimestampof unlikely unnest updatexml upper upper_inc upper_inf uptime
url user user_id user_name utc_date utc_time utc_timestamp uuid uuid_generate_v1 uuid_generate_v4 uuid_short uuidv4
uuidv7 validate_password_strength values var_pop var_samp variance vector_norm version wait_for_executed_gtid_set
waitforpos websearch_to_tsquery week weekday weekofyear weight_string width width_bucket writetime xmlagg
xmlattributes xmlconcat xmlelement xmlforest xmlparse xmlpi xmlroot xmlserialize xpath xpath_exists year yearweek
yesterday zeroblob zeros
"""
_GLOBS = r"""
pg_stat_get\w*|pg_stat_file|pg_is_\w+|pg_get_\w+|pg_\w*size\w*|pg_size_pretty|pg_current_\w+|pg_last_\w+
|pg_table_is_visible|pg_\w+_is_visible|pg_wal_lsn_diff|pg_xlog_location_diff|pg_walfile_name\w*|pg_xlogfile_name\w*
|pg_backend_pid|pg_blocking_pids|pg_safe_snapshot_blocking_pids|pg_postmaster_start_time|pg_conf_load_time
|pg_my_temp_schema|pg_relation_\w+|pg_total_relation_size|pg_database_size|pg_tablespace_\w+|pg_typeof
|pg_encoding_to_char|pg_char_to_encoding|pg_ls_\w+|pg_read_\w+|pg_show_all_\w+|pg_options_to_table|pg_lock_status
|pg_prepared_\w+|pg_cursor|pg_timezone_\w+|pg_control_\w+|pg_logical_slot_peek\w*|pg_collation_\w+|pg_column_\w+
|pg_describe_object|pg_identify_\w+|pg_index\w*|pg_mcv_\w+|pg_sequence_\w+|pg_snapshot_\w+|pg_visible_in_snapshot
|pg_xact_\w+|pg_trigger_depth|pg_partition_\w+|pg_filenode_\w+|pg_input_\w+|pg_isolation\w+|pg_jit_available
|pg_listening_channels|pg_notification_queue_usage|pg_stat_statements|pg_stat_statements_info
|pg_buffercache\w*(?<!evict)|pg_visibility\w*|pg_freespace\w*|pg_waldump|pgstat\w+|pgrowlocks|pg_hba_file_rules
|pg_file_settings|pg_available_\w+|pg_split_walfile_name|pg_size_bytes|pg_has_role|pg_client_encoding|has_\w+|to_\w+
|from_\w+|is_\w+|array_\w+|list_\w+|map_\w+|json_\w+|jsonb_\w+|regexp_\w+|regexp|ts_rank\w*|ts_headline|ts_lexize
|ts_debug|ts_parse|tsvector_\w+|setweight|querytree|phraseto_tsquery|st_\w+|uuid_generate_\w+|uuid_\w+|crypt|digest
|hmac|date_\w+|time_\w+|timestamp_\w+|datetime_\w+|format_\w+|percentile_\w+|approx_\w+|bit_\w+|string_\w+|try_\w+
|safe_\w+|parse_\w+|get_json_\w+|object_\w+|strip_\w+|xml\w+|xpath\w*|txid_\w+|inet_\w+|aes_\w+|gen_random_\w+
|similarity|word_similarity|levenshtein\w*|metaphone|soundex|dmetaphone\w*|unaccent|generate_\w+|row_\w+|current_\w+
|session_\w+|hypertable_\w*size\w*|chunks_detailed_size|show_chunks|approximate_row_count|chunk_\w+_stats
|citus_\w*size|citus_version|citus_stat\w*|fn_\w+|dm_\w+|sys_\w*xml|ps_\w+|quantile\w*|uniq\w*|group\w*array\w*
|hash\w*|city\w*hash\w*|xx\w*hash\w*|murmur\w*|sip\w*hash\w*|crdb_internal\.\w*|last_\w+|first_\w+|min_\w+|max_\w+
|count_\w+|avg_\w+|sum_\w+|extract_\w+|get_\w+|postgis_\w+|pgstattuple\w*|pgstatindex|bt_index_\w*check|bt_\w+
|heap_page_\w+|amcheck\w*|verify_heapam|page_header|get_raw_page|hll_\w+|stddev_\w+|var_\w+|regr_\w+|covar_\w+|int4
|int8|numeric|varchar|bigint|integer|int|smallint|abbrev|broadcast|family|macaddr\w*|set_masklen|inet_same_family
|inet_merge|timeofday|statement_timestamp|make_\w+|isfinite|format_bytes|format_pico_time|bin_to_uuid|uuid_to_bin
|json|any|all|some|exists|nullif|row|grouping_id|checksum\w*|isjson|openjson|openrowset|opendatasource|string_split
|generate_series|db_name|db_id|file_name|filegroup_name|index_col|col_name|col_length|type_name|databasepropertyex
|databaseproperty|indexproperty|columnproperty|connectionproperty|host_name|app_name|error_\w+|xact_state
|original_login|user
"""
EXACT = frozenset(_EXACT.split())
FAMILIES = expression(re.sub(r"\s+", "", _GLOBS))


def reads(name: str) -> bool:
    """Whether a function of this name, in lower case, only reads or computes."""
    return name in EXACT or FAMILIES.fullmatch(name) is not None
