// What the server writes for grants that show a part (query/visible), run by the engine and held
// against a plain reading of the same scopes.
#include "query/visible.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/text.h"
#include "worker/duckdb.h"

namespace hansa::worker {
namespace {

Column column(std::string name, TypeKind kind) {
  return {.id = 0,
          .name = std::move(name),
          .type = {.kind = kind, .fields = {}},
          .required = false,
          .description = {}};
}

// --- a plain reading --------------------------------------------------------------------------

using Value = std::optional<std::string>;  // text; numbers in decimal
using Row = std::vector<Value>;

const std::vector<Column> kColumns = {column("country", TypeKind::string),
                                      column("plays", TypeKind::int64),
                                      column("e mail", TypeKind::string)};

enum class Truth { no, unknown, yes };

Truth compared(Predicate::Op op, int order) {
  const bool holds = (op == Predicate::Op::equal && order == 0) ||
                     (op == Predicate::Op::not_equal && order != 0) ||
                     (op == Predicate::Op::less && order < 0) ||
                     (op == Predicate::Op::less_equal && order <= 0) ||
                     (op == Predicate::Op::greater && order > 0) ||
                     (op == Predicate::Op::greater_equal && order >= 0);
  return holds ? Truth::yes : Truth::no;
}

Truth evaluate(const Predicate& p, const Row& row) {
  using Op = Predicate::Op;
  if (p.op == Op::negated) {
    const Truth inner = evaluate(p.parts[0], row);
    return inner == Truth::unknown ? inner : inner == Truth::yes ? Truth::no : Truth::yes;
  }
  if (p.op == Op::all || p.op == Op::any) {
    Truth out = p.op == Op::all ? Truth::yes : Truth::no;
    for (const Predicate& part : p.parts)
      out =
          p.op == Op::all ? std::min(out, evaluate(part, row)) : std::max(out, evaluate(part, row));
    return out;
  }
  const auto at = std::ranges::find(kColumns, p.column, &Column::name) - kColumns.begin();
  const Value& value = row[static_cast<std::size_t>(at)];
  if (p.op == Op::is_null) return value ? Truth::no : Truth::yes;
  if (!value) return Truth::unknown;
  const auto order = [&](const Constant& constant) {
    if (constant.kind == Constant::Kind::text) return value->compare(constant.text);
    const auto left = *parse_int(*value);
    const auto right = *parse_int(constant.text);
    return left < right ? -1 : left > right ? 1 : 0;
  };
  if (p.op == Op::one_of)
    return std::ranges::any_of(p.values, [&](const Constant& each) { return order(each) == 0; })
               ? Truth::yes
               : Truth::no;
  return compared(p.op, order(p.values.front()));
}

Value masked(const Value& value, std::optional<Mask> mask) {
  if (!mask || !value) return value;
  if (*mask == Mask::redact) return "***";
  if (*mask == Mask::last4)
    return value->size() > 8 ? "***" + value->substr(value->size() - 4) : "***";
  return std::nullopt;
}

// The rows that some part shows; of each the cells that a part that shows the row shows, as little
// masked as any of them does.
std::vector<Row> seen(const Visible& visible, const std::vector<Row>& rows) {
  std::vector<Row> out;
  for (const Row& row : rows) {
    Row shown_row;
    bool any = false;
    for (std::size_t c = 0; c < kColumns.size(); ++c) {
      Value best;
      int telling = -1;  // how little it is masked
      bool shown_somewhere = false;
      for (const auto& [grant, scope] : visible.parts) {
        const bool covers =
            scope.columns.empty() ||
            std::ranges::find(scope.columns, kColumns[c].name) != scope.columns.end();
        shown_somewhere = shown_somewhere || covers;
        if (scope.filter && evaluate(*scope.filter, row) != Truth::yes) continue;
        any = true;
        if (!covers) continue;
        const auto mask = scope.masks.find(kColumns[c].name);
        const bool plain = mask == scope.masks.end();
        const int score = plain ? 100 : 10 - static_cast<int>(mask->second);
        if (score <= telling) continue;
        telling = score;
        best = masked(row[c], plain ? std::optional<Mask>{} : mask->second);
      }
      if (shown_somewhere) shown_row.push_back(best);
    }
    if (any) out.push_back(shown_row);
  }
  return out;
}

// --- generated scopes -------------------------------------------------------------------------

struct Dice {
  std::mt19937 engine;
  int roll(int sides) { return static_cast<int>(engine() % static_cast<unsigned>(sides)); }
};

Predicate leaf(Dice& dice) {
  using Op = Predicate::Op;
  static constexpr std::array kOps{Op::equal,   Op::not_equal,     Op::less,   Op::less_equal,
                                   Op::greater, Op::greater_equal, Op::one_of, Op::is_null};
  const Op op = kOps[static_cast<std::size_t>(dice.roll(kOps.size()))];
  const Column& of = kColumns[static_cast<std::size_t>(dice.roll(3))];
  const auto constant = [&] {
    if (of.type.kind == TypeKind::int64)
      return Constant{Constant::Kind::number, std::to_string(dice.roll(5))};
    return Constant{Constant::Kind::text,
                    std::string(1, "ab'"[dice.roll(3)]) + std::string(dice.roll(2) * 9, 'x')};
  };
  Predicate out{.op = op, .parts = {}, .column = of.name, .values = {}};
  if (op == Op::is_null) return out;
  for (int i = 0; i < (op == Op::one_of ? 1 + dice.roll(3) : 1); ++i)
    out.values.push_back(constant());
  return out;
}

Predicate predicate(Dice& dice, int depth) {
  const int kind = depth > 2 ? 3 : dice.roll(5);
  if (kind > 2) return leaf(dice);
  Predicate out{.op = kind == 0   ? Predicate::Op::all
                      : kind == 1 ? Predicate::Op::any
                                  : Predicate::Op::negated,
                .parts = {},
                .column = {},
                .values = {}};
  for (int i = 0; i < (kind == 2 ? 1 : 2); ++i) out.parts.push_back(predicate(dice, depth + 1));
  return out;
}

Scope scope(Dice& dice) {
  Scope out;
  for (const Column& each : kColumns)
    if (dice.roll(2) == 0) out.columns.push_back(each.name);
  if (dice.roll(3) != 0) out.filter = *parse_predicate(to_text(predicate(dice, 0)));
  for (const char* text : {"country", "e mail"}) {
    const bool covered =
        out.columns.empty() || std::ranges::find(out.columns, text) != out.columns.end();
    if (covered && dice.roll(3) == 0)
      out.masks[text] = std::array{Mask::last4, Mask::redact, Mask::null}[dice.roll(3)];
  }
  return out;
}

class VisibleTest : public testing::Test {
 protected:
  Connection::Texts texts(const std::string& sql) {
    auto rows = connection_.texts(sql);
    EXPECT_TRUE(rows) << rows.error().text << "\n" << sql;
    return rows ? *rows : Connection::Texts{};
  }
  Database database_ = *Database::open();
  Connection connection_ = *database_.connect();
};

std::string sorted(std::vector<Row> rows) {
  std::vector<std::string> lines;
  for (const Row& row : rows) {
    std::string line;
    for (const Value& value : row) line += value ? "[" + *value + "]" : "null";
    lines.push_back(line);
  }
  std::ranges::sort(lines);
  return join(lines, "\n");
}

TEST_F(VisibleTest, ShowsExactlyTheRowsAndCellsOfAThousandScopes) {
  const Schema schema{.id = 0, .columns = kColumns};
  std::vector<Row> rows;
  std::string values;
  const std::array<Value, 5> texts_of{std::nullopt, "a", "b", "axxxxxxxxx", "'"};
  for (const Value& country : texts_of)
    for (int plays = -1; plays < 5; ++plays)
      for (const Value& mail : texts_of)
        rows.push_back({country, plays < 0 ? Value{} : Value{std::to_string(plays)}, mail});
  for (const Row& row : rows)
    values += fmt::format("{}({}, {}, {})", values.empty() ? "" : ", ",
                          row[0] ? sql_literal(*row[0]) : "NULL", row[1] ? *row[1] : "NULL",
                          row[2] ? sql_literal(*row[2]) : "NULL");
  ASSERT_TRUE(connection_.run(
      "CREATE TABLE t AS SELECT country::VARCHAR AS country, plays::BIGINT AS plays, mail::VARCHAR "
      "AS \"e mail\" FROM (VALUES " +
      values + ") AS v(country, plays, mail)"));
  Dice dice{std::mt19937(20261122)};
  for (int round = 0; round < 1000; ++round) {
    Visible visible;
    for (int i = 0; i <= dice.roll(3); ++i)
      visible.parts.push_back({GrantId{{1, static_cast<std::uint64_t>(i)}}, scope(dice)});
    for (const VisiblePart& part : visible.parts)
      ASSERT_TRUE(check(part.scope, schema)) << words(part.scope);
    std::string cells;
    for (const Column& each : shown(visible, schema).columns)
      cells += (cells.empty() ? "" : ", ") + sql_identifier(each.name) + "::VARCHAR";
    const std::string sql = query::visible_sql(visible, schema, "t", "key");
    std::vector<Row> found;
    for (const auto& row : texts(fmt::format("SELECT {} FROM ({})", cells, sql)))
      found.emplace_back(row.begin(), row.end());
    ASSERT_EQ(sorted(std::move(found)), sorted(seen(visible, rows))) << sql;
  }
}

TEST_F(VisibleTest, KeepsEveryTypeUnderEveryMaskThatFitsIt) {
  const Schema schema{
      .id = 0,
      .columns = {column("t", TypeKind::string), column("d", TypeKind::date),
                  column("s", TypeKind::timestamp), column("z", TypeKind::timestamptz),
                  column("u", TypeKind::uuid), column("n", TypeKind::int32)}};
  ASSERT_TRUE(connection_.run(
      "CREATE TABLE t AS SELECT 'ada@example.org' AS t, DATE '2026-11-22' AS d, TIMESTAMP "
      "'2026-11-22 09:30:00' AS s, TIMESTAMPTZ '2026-11-22 09:30:00+00' AS z, "
      "'123e4567-e89b-12d3-a456-426614174000'::UUID AS u, 7::INTEGER AS n"));
  const auto under = [&](std::map<std::string, Mask> masks, const std::string& cell,
                         const std::string& key = "key") {
    const Visible visible{
        {{GrantId{{1, 1}},
          {.columns = {}, .filter = {}, .masks = std::move(masks), .conditions = {}}}}};
    return texts(fmt::format("SELECT {0}::VARCHAR, typeof({0}) FROM ({1})", cell,
                             query::visible_sql(visible, schema, "t", key)))
        .at(0);
  };
  using Cell = Connection::Texts::value_type;
  EXPECT_EQ(under({{"d", Mask::year}}, "d"), (Cell{"2026-01-01", "DATE"}));
  EXPECT_EQ(under({{"s", Mask::year}}, "s"), (Cell{"2026-01-01 00:00:00", "TIMESTAMP"}));
  EXPECT_EQ(under({{"z", Mask::year}}, "epoch_us(z)"), (Cell{"1767225600000000", "BIGINT"}));
  EXPECT_EQ(under({{"z", Mask::year}}, "z").at(1), "TIMESTAMP WITH TIME ZONE");
  EXPECT_EQ(under({{"t", Mask::last4}}, "t"), (Cell{"***.org", "VARCHAR"}));
  EXPECT_EQ(under({{"t", Mask::redact}}, "t"), (Cell{"***", "VARCHAR"}));
  for (const char* name : {"t", "d", "s", "z", "u", "n"})
    EXPECT_EQ(under({{name, Mask::null}}, name).at(0), std::nullopt) << name;
  EXPECT_EQ(under({{"n", Mask::null}}, "n").at(1), "INTEGER");
  EXPECT_EQ(under({{"u", Mask::hash}}, "u").at(1), "UUID");
  const auto hashed = under({{"t", Mask::hash}}, "t");
  EXPECT_EQ(hashed.at(0)->size(), 12U);
  EXPECT_EQ(under({{"t", Mask::hash}}, "t"), hashed);
  EXPECT_NE(under({{"t", Mask::hash}}, "t", "another"), hashed);
}

TEST_F(VisibleTest, AsksEachFilterOnceHoweverManyColumnsAndPartsThereAre) {
  Schema schema{.id = 0, .columns = {column("part 0", TypeKind::int64)}};
  std::string columns = "range AS \"part 0\"";
  for (int i = 1; i < 60; ++i) {
    schema.columns.push_back(column(fmt::format("c{}", i), TypeKind::int64));
    columns += fmt::format(", range AS c{}", i);
  }
  ASSERT_TRUE(
      connection_.run(fmt::format("CREATE TABLE t AS SELECT {} FROM range(2000)", columns)));
  Visible visible;
  for (std::uint64_t part = 0; part < 8; ++part) {
    std::string filter = "c1 in (";
    for (std::uint64_t i = 0; i < 100; ++i)
      filter += fmt::format("{}{}", i ? ", " : "", part * 100 + i);
    Scope scope;
    scope.filter = *parse_predicate(filter + ")");
    scope.columns = {"part 0", "c1", fmt::format("c{}", part + 2)};
    visible.parts.push_back({GrantId{{1, part}}, scope});
  }
  const std::string sql = query::visible_sql(visible, schema, "t", "key");
  EXPECT_EQ(sql.find(" IN ("), sql.find("(\"c1\" IN (0, 1,") + 5);
  std::size_t lists = 0;
  for (std::size_t at = sql.find(" IN ("); at != std::string::npos; at = sql.find(" IN (", at + 1))
    ++lists;
  EXPECT_EQ(lists, 8U);
  EXPECT_EQ(
      texts("SELECT count(*)::VARCHAR, count(c2)::VARCHAR, max(c9)::VARCHAR FROM (" + sql + ")"),
      (Connection::Texts{{"800", "100", "799"}}));
}

TEST_F(VisibleTest, ComparesDecimalsToTheLastDigit) {
  Schema schema{.id = 0, .columns = {column("amount", TypeKind::decimal)}};
  schema.columns[0].type.precision = 38;
  schema.columns[0].type.scale = 2;
  ASSERT_TRUE(connection_.run(
      "CREATE TABLE t AS SELECT unnest(['9007199254740994.99', '9007199254740995.00', "
      "'9007199254740995.01'])::DECIMAL(38, 2) AS amount"));
  for (const auto& [filter, rows] : std::vector<std::pair<std::string, std::string>>{
           {"amount < 9007199254740995.00", "1"},
           {"amount <= 9007199254740995", "2"},
           {"amount <> 9007199254740995.01", "2"},
           {"not amount >= 9007199254740994.99", "0"}}) {
    Scope scope;
    scope.filter = *parse_predicate(filter);
    ASSERT_TRUE(check(scope, schema)) << filter;
    const Visible visible{{{GrantId{{1, 1}}, scope}}};
    EXPECT_EQ(texts("SELECT count(*)::VARCHAR FROM (" +
                    query::visible_sql(visible, schema, "t", "key") + ")"),
              (Connection::Texts{{rows}}))
        << filter;
  }
}

TEST_F(VisibleTest, ComparesConstantsInTheColumnsOwnType) {
  const Schema schema{.id = 0,
                      .columns = {column("d", TypeKind::date), column("s", TypeKind::timestamp),
                                  column("z", TypeKind::timestamptz), column("u", TypeKind::uuid)}};
  ASSERT_TRUE(connection_.run(
      "CREATE TABLE t AS SELECT DATE '2026-11-22' AS d, TIMESTAMP '2026-11-22 09:30:00.5' AS s, "
      "TIMESTAMPTZ '2026-11-22 09:30:00+00' AS z, '123e4567-e89b-12d3-a456-426614174000'::UUID AS "
      "u"));
  for (const auto& [filter, rows] : std::vector<std::pair<std::string, std::string>>{
           {"d = '2026-11-22'", "1"},
           {"d in ('2026-11-21', '2026-11-23')", "0"},
           {"s = '2026-11-22T09:30:00.5Z'", "1"},
           {"s > '2026-11-22'", "1"},
           {"z = '2026-11-22T10:30:00+01:00'", "1"},
           {"z > '2026-11-22T09:30:00Z'", "0"},
           {"u = '123E4567-E89B-12D3-A456-426614174000'", "1"}}) {
    Scope scope;
    scope.filter = *parse_predicate(filter);
    ASSERT_TRUE(check(scope, schema)) << filter;
    const Visible visible{{{GrantId{{1, 1}}, scope}}};
    EXPECT_EQ(texts("SELECT count(*)::VARCHAR FROM (" +
                    query::visible_sql(visible, schema, "t", "key") + ")"),
              (Connection::Texts{{rows}}))
        << filter;
  }
}

}  // namespace
}  // namespace hansa::worker
