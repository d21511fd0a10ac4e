#include "model/schema.h"

#include <gtest/gtest.h>

#include <set>

namespace hansa {
namespace {

Column column(std::string name, Type type, bool required = false) {
  return {.id = 0,
          .name = std::move(name),
          .type = std::move(type),
          .required = required,
          .description = {}};
}
Type primitive(std::string_view text) { return *parse_primitive(text); }
Type structure(std::vector<Column> fields) {
  return {.kind = TypeKind::structure, .fields = std::move(fields)};
}
Type list(Type element) {
  return {.kind = TypeKind::list, .fields = {column("element", std::move(element))}};
}
Type map(Type key, Type value) {
  return {.kind = TypeKind::map,
          .fields = {column("key", std::move(key), true), column("value", std::move(value))}};
}
Schema of(std::vector<Column> columns) { return {.id = 0, .columns = std::move(columns)}; }

TEST(ParsePrimitive, RefusesWhatIsNoType) {
  for (const std::string_view text : {"",
                                      "Int",
                                      "integer",
                                      "bigint",
                                      "decimal",
                                      "decimal()",
                                      "decimal(",
                                      "decimal(9)",
                                      "decimal(0,0)",
                                      "decimal(39,0)",
                                      "decimal(9,10)",
                                      "decimal(9,-1)",
                                      "decimal(9,2,1)",
                                      "decimal(9,2",
                                      "decimal(9,2))",
                                      "fixed",
                                      "fixed[]",
                                      "fixed[0]",
                                      "fixed[-1]",
                                      "fixed[1000001]",
                                      "list<string>",
                                      "string ",
                                      " long"})
    EXPECT_FALSE(parse_primitive(text)) << text;
}

TEST(ParsePrimitive, RoundTripsEveryPrimitive) {
  for (const std::string_view text :
       {"boolean", "int", "long", "float", "double", "date", "time", "timestamp", "timestamptz",
        "string", "uuid", "binary", "decimal(1,0)", "decimal(38,38)", "decimal(9,2)",
        "fixed[16]"}) {
    const auto type = parse_primitive(text);
    ASSERT_TRUE(type) << text;
    EXPECT_EQ(to_text(*type), text);
    EXPECT_FALSE(is_nested(type->kind));
  }
  EXPECT_EQ(to_text(*parse_primitive("decimal( 9 , 2 )")), "decimal(9,2)");
}

TEST(ToText, SpellsNestedTypes) {
  const Type type = structure({column("a", list(primitive("long"))),
                               column("b", map(primitive("string"), primitive("date")))});
  EXPECT_EQ(to_text(type), "struct<a: list<long>, b: map<string, date>>");
}

TEST(Misfits, NameTheColumnAndBothTypes) {
  struct Case {
    Schema contract;
    Schema data;
    std::vector<std::string> says;
  };
  const auto one = [](std::string_view contract, std::string_view data, bool fits) {
    Case out{of({column("a", primitive(contract))}), of({column("a", primitive(data))}), {}};
    if (!fits)
      out.says = {"column a: the contract says " + std::string(contract) + ", the data has " +
                  std::string(data)};
    return out;
  };
  const std::vector<Case> cases{
      one("long", "long", true),
      one("long", "int", true),
      one("int", "long", false),
      one("double", "float", true),
      one("float", "double", false),
      one("double", "int", false),
      one("long", "decimal(18,0)", false),
      one("decimal(9,2)", "decimal(9,2)", true),
      one("decimal(12,2)", "decimal(9,2)", true),
      one("decimal(9,2)", "decimal(12,2)", false),
      one("decimal(9,2)", "decimal(9,3)", false),
      one("timestamp", "timestamptz", false),
      one("timestamptz", "timestamp", false),
      one("string", "binary", false),
      one("uuid", "string", false),
      one("fixed[16]", "fixed[8]", false),
      one("date", "timestamp", false),
      one("boolean", "int", false),
      {of({}), of({}), {}},
      {of({column("a", primitive("long"), true)}),
       of({}),
       {"column a: required by the contract, missing in the data"}},
      {of({column("a", primitive("long"))}), of({}), {}},
      {of({}),
       of({column("a", primitive("long"))}),
       {"column a: in the data (long), not in the contract"}},
      {of({column("a", primitive("long"))}),
       of({column("A", primitive("long"))}),
       {"column A: in the data (long), not in the contract"}},
      {of({column("a", list(primitive("long")))}),
       of({column("a", list(primitive("string")))}),
       {"column a.element: the contract says long, the data has string"}},
      {of({column("a", list(primitive("long")))}),
       of({column("a", primitive("long"))}),
       {"column a: the contract says list<long>, the data has long"}},
      {of({column("a", structure({column("x", primitive("long"), true)}))}),
       of({column("a", structure({column("y", primitive("int"))}))}),
       {"column a.x: required by the contract, missing in the data",
        "column a.y: in the data (int), not in the contract"}},
      {of({column("a", map(primitive("string"), primitive("long")))}),
       of({column("a", map(primitive("string"), primitive("int")))}),
       {}},
      {of({column("a", primitive("long"))}),
       of({column("a", primitive("long")), column("a", primitive("string"))}),
       {"column a: stands twice in the data"}},
  };
  for (const Case& each : cases) EXPECT_EQ(misfits(each.contract, each.data), each.says);
}

TEST(AssignIds, NumbersParentsBeforeChildrenOfOneLevel) {
  Schema schema =
      of({column("a",
                 structure({column("x", primitive("long")), column("y", list(primitive("date")))})),
          column("b", primitive("string"))});
  EXPECT_EQ(assign_ids(schema), 5);
  EXPECT_EQ(last_id(schema), 5);
  EXPECT_EQ(find_column(schema, "a")->id, 1);
  EXPECT_EQ(find_column(schema, "b")->id, 2);
  EXPECT_EQ(find_column(schema, "a.x")->id, 3);
  EXPECT_EQ(find_column(schema, "a.y")->id, 4);
  EXPECT_EQ(find_column(schema, "a.y.element")->id, 5);
  for (const std::string_view path : {"", ".", "c", "a.", "a.z", "b.x", ".a", "a..x"})
    EXPECT_EQ(find_column(schema, path), nullptr) << path;
  Schema empty;
  EXPECT_EQ(assign_ids(empty), 0);
  EXPECT_EQ(last_id(empty), 0);
}

}  // namespace
}  // namespace hansa
