#include "query/functions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <string>

#include "base/text.h"

namespace hansa::query {
namespace {

// Every function of the engine, as tools/duckdb_corpus wrote it: "scalar abs".
std::multimap<std::string, std::string> engine_functions() {
  std::ifstream file("test/corpus/query/functions.txt");
  std::multimap<std::string, std::string> functions;
  for (std::string line; std::getline(file, line);)
    functions.emplace(line.substr(0, line.find(' ')), lower_ascii(line.substr(line.find(' ') + 1)));
  return functions;
}

bool is_table(std::string_view type) { return type == "table" || type == "table_macro"; }

bool is_denied(bool table, std::string_view name) {
  if (!table && std::ranges::any_of(denied_prefixes(), [&](std::string_view prefix) {
        return name.starts_with(prefix);
      }))
    return true;
  return std::ranges::any_of(denied_functions(), [&](const DeniedGroup& group) {
    return (group.call == Call::table) == table && std::ranges::binary_search(group.names, name);
  });
}

bool is_allowed(bool table, std::string_view name) {
  return std::ranges::any_of(allowed_functions(), [&](const FunctionGroup& group) {
    return (group.call == Call::table) == table && std::ranges::binary_search(group.names, name);
  });
}

TEST(Functions, EveryFunctionOfTheEngineIsDecidedOnce) {
  const auto functions = engine_functions();
  ASSERT_GT(functions.size(), 800U);
  for (const auto& [type, name] : functions) {
    EXPECT_TRUE(is_allowed(is_table(type), name) || is_denied(is_table(type), name))
        << type << " " << name << ": decide about it";
    EXPECT_FALSE(is_allowed(is_table(type), name) && is_denied(is_table(type), name))
        << type << " " << name;
  }
}

TEST(Functions, NothingIsListedThatTheEngineLacks) {
  const auto functions = engine_functions();
  const auto known = [&](bool table, std::string_view name) {
    return std::ranges::any_of(
        functions, [&](const auto& f) { return is_table(f.first) == table && f.second == name; });
  };
  for (const FunctionGroup& group : allowed_functions())
    for (const std::string_view name : group.names)
      EXPECT_TRUE(known(group.call == Call::table, name) || name == "unnest") << name;
  for (const DeniedGroup& group : denied_functions())
    for (const std::string_view name : group.names)
      EXPECT_TRUE(known(group.call == Call::table, name)) << name;
}

TEST(Functions, AllAggregatesAreAllowedSinceListAggregateTakesThemByName) {
  for (const auto& [type, name] : engine_functions())
    if (type == "aggregate") {
      EXPECT_TRUE(check_function(Call::window, name)) << name;
    }
}

TEST(Functions, RefusesTheKnownEscapes) {
  for (const char* name :
       {"read_csv", "READ_CSV", "read_text", "glob", "parquet_metadata", "sniff_csv", "query",
        "query_table", "histogram", "json_execute_serialized_sql", "enable_logging",
        "duckdb_settings", "pragma_table_info", "arrow_scan", "which_secret"})
    EXPECT_EQ(check_function(Call::table, name).error().code, Code::denied) << name;
  for (const char* name :
       {"current_setting", "getvariable", "stats", "json_serialize_plan", "pg_get_viewdef",
        "write_log", "error", "setseed", "nextval", "sleep_ms", "icu_collate_de",
        "__internal_compress_string_ubigint", "read_csv", "query"})
    EXPECT_EQ(check_function(Call::scalar, name).error().code, Code::denied) << name;
}

TEST(Functions, SuggestsNearNames) {
  const auto refused = check_function(Call::scalar, "uper");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::invalid);
  EXPECT_TRUE(refused.error().next.contains("upper")) << refused.error().next;
  EXPECT_TRUE(check_function(Call::table, "ranges").error().next.contains("range"));
  EXPECT_TRUE(check_function(Call::scalar, "row_number").error().next.contains("OVER"));
  EXPECT_FALSE(check_function(Call::scalar, ""));
  EXPECT_FALSE(check_function(Call::scalar, std::string(1 << 20, 'x')));
}

TEST(Functions, KnowsTheTypesOfTheEngine) {
  for (const char* name : {"INTEGER", "enum", "Json", "TIMESTAMP WITH TIME ZONE", "uuid"})
    EXPECT_TRUE(check_type(name)) << name;
  for (const char* name : {"", "pointer", "regclass", "mytype", "any"})
    EXPECT_FALSE(check_type(name)) << name;
}

TEST(Functions, KnowWhatIsNotTheSameTwice) {
  for (const char* name : {"now", "CURRENT_DATE", "random", "uuid", "age", "today"})
    EXPECT_TRUE(is_moving(name)) << name;
  for (const char* name : {"sum", "date_trunc", "day", "nowhere", ""})
    EXPECT_FALSE(is_moving(name)) << name;
}

}  // namespace
}  // namespace hansa::query
