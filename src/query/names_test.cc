#include "query/names.h"

#include <gtest/gtest.h>

namespace hansa::query {
namespace {

const NameDefaults defaults{.catalog = "acme", .schema = "home"};

Result<TableName> read(std::string_view catalog, std::string_view schema, std::string_view table) {
  return read_table_name({catalog, schema, table}, defaults);
}

Code code_of(const auto& result) { return result ? Code::internal : result.error().code; }

TEST(Names, RefusesFilesAndWhatNoPortCanBeCalled) {
  for (const char* name : {"f.parquet",
                           "data/*.csv",
                           "s3://b/k",
                           "https://x/y",
                           "/etc/passwd",
                           "../x",
                           "~/x",
                           "x.json.gz",
                           "f.DUCKDB",
                           "",
                           " ",
                           "a b",
                           "1a",
                           "plays@2",
                           "audience/plays",
                           "a.b.c",
                           "a'b",
                           "plays_v0",
                           "plays_v01",
                           "plays_v1000001",
                           "plays_v18446744073709551617",
                           "t\xc3\xa4glich",
                           "a\nb"})
    EXPECT_EQ(code_of(read("", "", name)), Code::invalid) << name;
  for (const char* schema : {"pg_catalog", "system", "temp", "two words", "1x", "../x"})
    EXPECT_FALSE(read("", schema, "plays")) << schema;
  for (const char* catalog : {"system", "temp", "memory", "../x", "x.db", "Two Words"})
    EXPECT_FALSE(read(catalog, "audience", "plays")) << catalog;
  EXPECT_FALSE(read_table_name({"", "", "plays"}, {.catalog = "acme", .schema = ""}));
  EXPECT_FALSE(read("", "information_schema", "x.parquet"));
}

TEST(Names, SaysWhatToWriteInstead) {
  EXPECT_EQ(read("", "", "audience/plays").error().next, "write audience.plays");
  EXPECT_EQ(read("", "", "audience.plays").error().next, "write audience.plays");
  EXPECT_EQ(read("", "", "my-domain/plays@3").error().next, "write \"my-domain\".plays_v3");
  EXPECT_EQ(read_table_name({"", "", "plays"}, {}).error().next, "write domain.plays");
  EXPECT_TRUE(read("", "", "f.csv").error().next.contains("publish"));
}

TEST(Names, FoldsCaseAndFillsInDefaults) {
  EXPECT_EQ(read("", "", "Plays").value(), (TableName{TableKind::port, "acme", "home", "plays"}));
  EXPECT_EQ(read("ACME", "Audience", "PLAYS_V2").value(),
            (TableName{TableKind::port, "acme", "audience", "plays_v2"}));
  EXPECT_EQ(read("", "INFORMATION_SCHEMA", "Tables").value(),
            (TableName{TableKind::information_schema, "acme", "information_schema", "tables"}));
}

TEST(Names, ReadsMajorVersions) {
  struct {
    const char* table;
    const char* port;
    std::optional<std::uint32_t> major;
  } const cases[] = {{"plays", "plays", {}},
                     {"plays_v2", "plays", 2},
                     {"plays_v10", "plays", 10},
                     {"plays_v1000000", "plays", 1'000'000},
                     {"plays_v", "plays_v", {}},
                     {"playsv2", "playsv2", {}},
                     {"v2", "v2", {}},
                     {"plays_2", "plays_2", {}},
                     {"plays_v2_v3", "plays_v2", 3},
                     {"plays-v2", "plays-v2", {}}};
  for (const auto& c : cases) {
    const auto table = read("", "audience", c.table);
    ASSERT_TRUE(table) << c.table;
    EXPECT_EQ(port_of(*table).domain, "audience");
    EXPECT_EQ(port_of(*table).port, c.port);
    EXPECT_EQ(port_of(*table).major, c.major) << c.table;
  }
}

TEST(Names, ReferencesComeBackAsTheyWent) {
  for (const char* text :
       {"audience/plays", "audience/plays@1", "my-domain/daily_plays@12", "a/b@1000000"}) {
    const auto port = parse_port_ref(text);
    ASSERT_TRUE(port) << text;
    EXPECT_EQ(reference_of(*port), text);
  }
  for (const char* text : {"", "/", "a", "a/", "/b", "a/b@", "a/b@0", "a/b@x", "a/b@2@3", "a.b",
                           "A/b", "a/b/c", "a/b@-1"})
    EXPECT_FALSE(parse_port_ref(text)) << text;
}

TEST(Names, SqlNamesComeBackAsTheyWent) {
  for (const char* domain : {"audience", "d1"})
    for (const char* name : {"plays", "plays_v", "v2"})
      for (const std::optional<std::uint32_t> major :
           {std::optional<std::uint32_t>{}, std::optional<std::uint32_t>{7}}) {
        const std::string sql = sql_name_of({domain, name, major});
        const auto dot = sql.find('.');
        const auto table = read("", sql.substr(0, dot), sql.substr(dot + 1));
        ASSERT_TRUE(table) << sql;
        EXPECT_EQ(port_of(*table).port, name);
        EXPECT_EQ(port_of(*table).major, major);
      }
  EXPECT_EQ(sql_name_of({"order", "select", 2}), "\"order\".select_v2");
  EXPECT_EQ(sql_name_of({"my-domain", "daily-plays", {}}), "\"my-domain\".\"daily-plays\"");
}

TEST(Names, ReservesTheSuffixOfVersions) {
  EXPECT_TRUE(check_port_name("plays"));
  EXPECT_TRUE(check_port_name("v2"));
  EXPECT_TRUE(check_port_name("plays-v2"));
  EXPECT_EQ(check_port_name("plays_v2").error().next, "call it 'plays' and give it that version");
  EXPECT_FALSE(check_port_name("plays_v0"));
  EXPECT_FALSE(check_port_name("Plays"));
}

}  // namespace
}  // namespace hansa::query
