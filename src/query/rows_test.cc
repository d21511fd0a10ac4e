#include "query/rows.h"

#include <gtest/gtest.h>

namespace hansa::query {
namespace {

Column column(std::string name, TypeKind kind) {
  return {
      .id = 1, .name = std::move(name), .type = {.kind = kind, .fields = {}}, .description = {}};
}

const Schema schema{.columns = {column("id", TypeKind::int64), column("day", TypeKind::date),
                                column("-odd", TypeKind::string), column("row", TypeKind::string),
                                column("tags", TypeKind::list)}};

std::string said(const Result<std::string>& sql) {
  return sql ? *sql : sql.error().text + "|" + sql.error().next;
}

TEST(Rows, AreThoseOfTheTableUnlessSomethingElseIsAsked) {
  EXPECT_EQ(said(rows_sql({.limit = 10}, schema, "d.p")),
            R"(SELECT "id", "day", "-odd", "row", "tags" FROM d.p LIMIT 10 OFFSET 0)");
}

TEST(Rows, AreFilteredInTheTypesOfTheirColumns) {
  EXPECT_EQ(
      said(rows_sql({.columns = {"id"},
                     .filter = *parse_predicate("day >= '2026-01-01' and id in (1, 2)"),
                     .limit = 5,
                     .offset = 10},
                    schema, "d.p")),
      R"(SELECT "id" FROM d.p WHERE (("day" >= DATE '2026-01-01') AND ("id" IN (1, 2))) LIMIT 5 OFFSET 10)");
}

TEST(Rows, ThatAreEqualByTheOrderStandAsInTheFiles) {
  EXPECT_EQ(
      said(rows_sql({.columns = {"id"}, .order = {"-day", "-odd"}, .limit = 5}, schema, "d.p")),
      R"(SELECT "id" FROM d.p )"
      R"(ORDER BY "day" DESC NULLS LAST, "-odd" ASC NULLS LAST, "row'" LIMIT 5 OFFSET 0)");
}

TEST(Rows, HaveAPlaceThatIsNobodysColumn) {
  EXPECT_EQ(place_name(schema), "row'");
  EXPECT_EQ(place_name({.columns = {column("Row", TypeKind::int64)}}), "row'");
  EXPECT_EQ(place_name({}), "row");
}

TEST(Rows, OfColumnsThatAreNotThereAreRefused) {
  EXPECT_EQ(said(rows_sql({.columns = {"rows"}}, schema, "d.p")),
            "there is no column 'rows' here|did you mean row?");
  EXPECT_EQ(said(rows_sql({.columns = {"zzzzzzzz"}}, schema, "d.p")),
            "there is no column 'zzzzzzzz' here|the columns are id, day, -odd, row, tags");
  EXPECT_EQ(said(rows_sql({.order = {"--odd"}}, schema, "d.p")).substr(0, 5), "SELEC");
  EXPECT_FALSE(rows_sql({.order = {"-nothing"}}, schema, "d.p"));
  EXPECT_FALSE(rows_sql({.filter = *parse_predicate("nothing = 1")}, schema, "d.p"));
}

TEST(Rows, OfAColumnNamedTwiceAreRefused) {
  EXPECT_FALSE(rows_sql({.columns = {"id", "id"}}, schema, "d.p"));
  EXPECT_FALSE(rows_sql({.order = {"id", "-id"}}, schema, "d.p"));
}

TEST(Rows, HaveNoOrderByWhatIsNested) {
  EXPECT_EQ(said(rows_sql({.order = {"tags"}}, schema, "d.p")),
            "'tags' is nested and has no order|order by another column");
}

}  // namespace
}  // namespace hansa::query
