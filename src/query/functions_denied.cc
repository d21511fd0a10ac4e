// What is refused by name, so that the refusal can say why. Leaving a function out of both lists
// refuses it as well; it stands here to show that somebody decided.
#include <algorithm>

#include "query/functions.h"

namespace hansa::query {
namespace {

// Files are read through ports only.
constexpr std::string_view table_files[] = {
    "arrow_scan",
    "arrow_scan_dumb",
    "glob",
    "parquet_bloom_probe",
    "parquet_file_metadata",
    "parquet_full_metadata",
    "parquet_kv_metadata",
    "parquet_metadata",
    "parquet_scan",
    "parquet_schema",
    "read_blob",
    "read_csv",
    "read_csv_auto",
    "read_duckdb",
    "read_json",
    "read_json_auto",
    "read_json_objects",
    "read_json_objects_auto",
    "read_ndjson",
    "read_ndjson_auto",
    "read_ndjson_objects",
    "read_parquet",
    "read_text",
    "seq_scan",
    "sniff_csv",
};
static_assert(std::ranges::is_sorted(table_files));

// Each takes SQL or a table's name as text and so hides a table from the walk. `histogram` is a
// macro over `query_table`; `summary` is the inside of SUMMARIZE.
constexpr std::string_view table_sql[] = {
    "check_peg_parser",
    "histogram",
    "histogram_values",
    "json_execute_serialized_sql",
    "query",
    "query_table",
    "sql_auto_complete",
    "summary",
};
static_assert(std::ranges::is_sorted(table_sql));

// `enable_logging` and `enable_profiling` write files and pass a locked configuration.
constexpr std::string_view table_engine[] = {
    "checkpoint",          "disable_logging",  "disable_peg_parser", "disable_profiling",
    "duckdb_log_contexts", "duckdb_logs",      "duckdb_logs_parsed", "enable_logging",
    "enable_peg_parser",   "enable_profiling", "force_checkpoint",   "truncate_duckdb_logs",
    "which_secret",
};
static_assert(std::ranges::is_sorted(table_engine));

// The catalog of a worker holds the plan's relations and nothing else; its statistics, settings and
// paths are still nobody's business. information_schema answers for the mesh.
constexpr std::string_view table_catalog[] = {
    "duckdb_approx_database_count",
    "duckdb_columns",
    "duckdb_connection_count",
    "duckdb_constraints",
    "duckdb_coordinate_systems",
    "duckdb_databases",
    "duckdb_dependencies",
    "duckdb_extensions",
    "duckdb_external_file_cache",
    "duckdb_functions",
    "duckdb_indexes",
    "duckdb_keywords",
    "duckdb_memory",
    "duckdb_optimizers",
    "duckdb_prepared_statements",
    "duckdb_profiling_settings",
    "duckdb_schemas",
    "duckdb_secret_types",
    "duckdb_secrets",
    "duckdb_sequences",
    "duckdb_settings",
    "duckdb_table_sample",
    "duckdb_tables",
    "duckdb_temporary_files",
    "duckdb_types",
    "duckdb_variables",
    "duckdb_views",
    "pragma_collations",
    "pragma_database_size",
    "pragma_metadata_info",
    "pragma_platform",
    "pragma_show",
    "pragma_storage_info",
    "pragma_table_info",
    "pragma_user_agent",
    "pragma_version",
};
static_assert(std::ranges::is_sorted(table_catalog));

// `repeat` and `repeat_row` are `range` again.
constexpr std::string_view table_tests[] = {
    "repeat",
    "repeat_row",
    "test_all_types",
    "test_vector_types",
};
static_assert(std::ranges::is_sorted(table_tests));

// `json_serialize_plan` binds and optimises SQL given as text: an oracle on statistics.
constexpr std::string_view scalar_sql[] = {
    "json_deserialize_sql",
    "json_serialize_plan",
    "json_serialize_sql",
};
static_assert(std::ranges::is_sorted(scalar_sql));

// State that outlives the statement, and waiting without end.
constexpr std::string_view scalar_engine[] = {
    "current_connection_id",
    "current_query",
    "current_query_id",
    "current_setting",
    "current_transaction_id",
    "currval",
    "getvariable",
    "in_search_path",
    "nextval",
    "pg_sleep",
    "setseed",
    "sleep_ms",
    "txid_current",
    "write_log",
};
static_assert(std::ranges::is_sorted(scalar_engine));

// A worker knows no principal, so that these would answer wrongly (`current_user` is "duckdb").
// Whatever is read would leave as the text of an error.
constexpr std::string_view scalar_errors[] = {"error"};

constexpr std::string_view scalar_host[] = {
    "current_role",
    "current_user",
    "get_block_size",
    "inet_client_addr",
    "inet_client_port",
    "inet_server_addr",
    "inet_server_port",
    "pg_conf_load_time",
    "pg_postmaster_start_time",
    "session_user",
    "user",
    "version",
};
static_assert(std::ranges::is_sorted(scalar_host));

// `pg_get_viewdef` shows the SQL of views. The PostgreSQL door will bring relations for its
// clients.
constexpr std::string_view scalar_catalog[] = {
    "col_description",
    "format_pg_type",
    "format_type",
    "has_any_column_privilege",
    "has_column_privilege",
    "has_database_privilege",
    "has_foreign_data_wrapper_privilege",
    "has_function_privilege",
    "has_language_privilege",
    "has_schema_privilege",
    "has_sequence_privilege",
    "has_server_privilege",
    "has_table_privilege",
    "has_tablespace_privilege",
    "map_to_pg_oid",
    "obj_description",
    "pg_collation_is_visible",
    "pg_conversion_is_visible",
    "pg_function_is_visible",
    "pg_get_constraintdef",
    "pg_get_expr",
    "pg_get_viewdef",
    "pg_has_role",
    "pg_is_other_temp_schema",
    "pg_my_temp_schema",
    "pg_opclass_is_visible",
    "pg_operator_is_visible",
    "pg_opfamily_is_visible",
    "pg_table_is_visible",
    "pg_ts_config_is_visible",
    "pg_ts_dict_is_visible",
    "pg_ts_parser_is_visible",
    "pg_ts_template_is_visible",
    "pg_type_is_visible",
    "shobj_description",
};
static_assert(std::ranges::is_sorted(scalar_catalog));

// `stats` shows the bounds of rows that a filter hides. The rest serves the engine's own plans and
// is checked less than what people call.
constexpr std::string_view scalar_internal[] = {
    "cast_to_type",
    "combine",
    "constant_or_null",
    "create_sort_key",
    "finalize",
    "get_type",
    "icu_sort_key",
    "make_type",
    "parse_duckdb_log_message",
    "remap_struct",
    "replace_type",
    "st_crs",
    "st_setcrs",
    "stats",
    "timetz_byte_comparable",
    "variant_bytes_to_variant",
    "variant_normalize",
    "variant_to_parquet_variant",
    "vector_type",
};
static_assert(std::ranges::is_sorted(scalar_internal));

}  // namespace

std::span<const DeniedGroup> denied_functions() {
  static constexpr DeniedGroup groups[] = {
      {Call::table, "reads files", table_files},
      {Call::table, "runs or reads SQL given as text", table_sql},
      {Call::table, "changes or reads the engine's state", table_engine},
      {Call::table, "reads the engine's own catalog", table_catalog},
      {Call::table, "serves the engine's own tests", table_tests},
      {Call::scalar, "runs or reads SQL given as text", scalar_sql},
      {Call::scalar, "changes or reads the engine's state", scalar_engine},
      {Call::scalar, "ends a query with a text of its rows", scalar_errors},
      {Call::scalar, "names the engine's user, host or version", scalar_host},
      {Call::scalar, "reads the engine's own catalog", scalar_catalog},
      {Call::scalar, "is internal to the engine", scalar_internal},
  };
  return groups;
}

// Collations are written COLLATE; the compression functions appear in optimised plans only.
std::span<const std::string_view> denied_prefixes() {
  static constexpr std::string_view prefixes[] = {"__internal_", "icu_collate_"};
  return prefixes;
}

}  // namespace hansa::query
