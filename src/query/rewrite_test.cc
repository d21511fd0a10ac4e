#include "query/rewrite.h"

#include <gtest/gtest.h>

namespace hansa::query {
namespace {

const TableName kOld{TableKind::port, "mesh", "audience", "plays"};

// `at` of a word of the statement, as the tree would say it.
std::string rewrite(std::string_view sql, const std::vector<std::string>& table,
                    std::vector<std::vector<std::string>> columns = {}) {
  Places places;
  places.tables.push_back({kOld, {sql.find(table.front()), table}});
  std::size_t at = 0;
  for (auto& column : columns) {
    at = sql.find(column.front(), at);
    places.columns.push_back({at, column});
    at += column.front().size();
  }
  return rewritten(sql, places,
                   {.tables = {kOld},
                    .to = "audience.plays_v2",
                    .columns = {{"name", "title"}, {"n", "select"}}})
      .value_or("none");
}

TEST(Rewrite, RenamesTablesAndColumnsWhereTheyStand) {
  EXPECT_EQ(
      rewrite("select name, 'name' from audience.plays -- name", {"audience", "plays"}, {{"name"}}),
      "select title, 'name' from audience.plays_v2 -- name");
  EXPECT_EQ(
      rewrite("select NAME from Audience . /* old */ \"plays\"", {"Audience", "plays"}, {{"NAME"}}),
      "select title from audience.plays_v2");
  EXPECT_EQ(rewrite("select p.name from audience.plays p", {"audience", "plays"}, {{"p", "name"}}),
            "select p.title from audience.plays_v2 p");
  EXPECT_EQ(rewrite("select n from plays", {"plays"}, {{"n"}}),
            "select \"select\" from audience.plays_v2");
  EXPECT_EQ(rewrite("select other from plays", {"plays"}, {{"other"}}),
            "select other from audience.plays_v2");
}

TEST(Rewrite, KeepsTheNameByWhichColumnsAreNamed) {
  EXPECT_EQ(
      rewrite("select plays.name from audience.plays", {"audience", "plays"}, {{"plays", "name"}}),
      "select plays.title from audience.plays_v2 as plays");
}

TEST(Rewrite, RefusesPlacesThatAreNotThere) {
  EXPECT_EQ(rewrite("select 1 from audience.other", {"audience", "plays"}), "none");
  EXPECT_EQ(rewrite("select 1 from audience", {"audience", "plays"}), "none");
  EXPECT_EQ(rewrite("select 1 from audience", {"plays"}), "none");  // nowhere
  EXPECT_EQ(rewrite("select 'name' from plays", {"plays"}, {{"name"}}),
            "select 'title' from audience.plays_v2")
      << "what stands there is the tree's to say; it is bound before anybody sees it";
  Places twice;
  twice.tables = {{kOld, {0, {"plays"}}}, {kOld, {0, {"plays"}}}};
  EXPECT_FALSE(rewritten("plays", twice, {.tables = {kOld}, .to = "p", .columns = {}}));
}

TEST(Rewrite, SeesWhatStatementsOfAProgramShare) {
  EXPECT_EQ(shape_of("select a  from b where c = 'x''y' and d > 1.5 -- z"),
            "select a from b where c = ? and d > ?");
  EXPECT_EQ(shape_of("select a from b where c = 'other' and d > 2"),
            shape_of("select a from b where c = 'x' and d > 3"));
  EXPECT_NE(shape_of("select a from b"), shape_of("select c from b"));
  EXPECT_EQ(shape_of("select a1 from t2"), "select a1 from t2");
}

}  // namespace
}  // namespace hansa::query
