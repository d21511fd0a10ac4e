#include "world/engine/engine_test.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <iterator>

namespace hansa::engine {
namespace {

using Engine = EngineTest;

const Type kLong = type(TypeKind::int64);
const Type kText = type(TypeKind::string);

TEST_F(Engine, RefusesWhatIsNotOneSelect) {
  const auto leased = lease();
  for (const char* sql : {"",
                          "  ",
                          ";",
                          "-- nothing",
                          "select 1; select 2",
                          "create table t (a int)",
                          "insert into t values (1)",
                          "drop table t",
                          "set threads = 8",
                          "pragma version",
                          "copy (select 1) to 'spill/x'",
                          "attach ':memory:' as m",
                          "explain select 1",
                          "call enable_logging()",
                          "install httpfs",
                          "prepare p as select 1",
                          "export database 'x'",
                          "checkpoint",
                          "use mesh",
                          "delete from t"}) {
    const auto tree = leased->parse(sql);
    ASSERT_FALSE(tree) << sql;
    EXPECT_EQ(tree.error().code, Code::invalid) << sql << ": " << tree.error().text;
  }
  EXPECT_TRUE(leased->parse("select 1;"));
}

TEST_F(Engine, SaysWhereASyntaxErrorStands) {
  const auto tree = lease()->parse("select a\nfrom t where\n  x ==== 3 group group");
  ASSERT_FALSE(tree);
  EXPECT_TRUE(tree.error().text.starts_with("line 3, column ")) << tree.error().text;
}

TEST_F(Engine, RefusesAStatementOfTooManyBytes) {
  const auto leased = lease();
  EXPECT_EQ(leased->parse(std::string(limits::sql_bytes_max + 1, ' ')).error().code,
            Code::exhausted);
  std::string wide = "select 1";
  while (wide.size() < limits::sql_bytes_max - 10) wide += "+1";
  EXPECT_FALSE(leased->parse(wide));
}

TEST_F(Engine, RunsAStatementOverAFile) {
  const auto people = relation(
      "people", {column("id", kLong), column("name", kText)},
      {file("p.parquet", "SELECT range AS id, 'n' || range AS name, 7 AS other FROM range(5)")});
  EXPECT_EQ(rows_of("select name, id from people where id > 2 order by id -- done;", {people}),
            "[\"n3\",3],\n[\"n4\",4]");
}

TEST_F(Engine, TellsTheColumnsOfTheResultAndThoseThatWereRead) {
  const auto people =
      relation("people", {column("id", kLong), column("name", kText), column("age", kLong)},
               {file("p.parquet", "SELECT 1::BIGINT AS id, 'a' AS name, 3::BIGINT AS age")});
  const auto more =
      relation("more", {column("id", kLong)}, {file("m.parquet", "SELECT 1::BIGINT AS id")});
  const auto leased = lease();
  auto asked = plan("select upper(name) as big from people where id = $1", {people, more});
  asked.statement.parameters = {Json(1)};
  const auto opened = leased->run(close(asked));
  ASSERT_TRUE(opened) << opened.error().text;
  EXPECT_EQ(opened->bound.columns, (std::vector<query::Column>{{"big", "VARCHAR"}}));
  ASSERT_EQ(opened->bound.reads.size(), 1U);
  EXPECT_EQ(opened->bound.reads[0].relation, 0U);
  EXPECT_EQ(opened->bound.reads[0].columns, (std::vector<std::string>{"id", "name"}));
  EXPECT_EQ(*drain(*opened->rows, 1000), "[\"A\"]");
  EXPECT_EQ(opened->counters->look().rows, 1U);
}

TEST_F(Engine, ReadsSeveralFilesByNameAndMissingColumnsAsNull) {
  const auto people = relation(
      "people", {column("id", kLong), column("name", kText), column("late", type(TypeKind::date))},
      {file("a.parquet", "SELECT 'x' AS name, 1::INTEGER AS id"),
       file("b.parquet", "SELECT 2::BIGINT AS id, 'y' AS name, DATE '2026-11-22' AS late")});
  EXPECT_EQ(rows_of("from people order by id", {people}),
            "[1,\"x\",null],\n[2,\"y\",\"2026-11-22\"]");
}

TEST_F(Engine, ShowsTheShapeOfWhatMayNotBeRead) {
  auto shape =
      relation("secret", {column("id", kLong), column("pay", {TypeKind::decimal, 9, 2, {}})}, {});
  shape.content = query::Content::shape;
  EXPECT_EQ(rows_of("select column_name, column_type from (describe secret)", {shape}),
            "[\"id\",\"BIGINT\"],\n[\"pay\",\"DECIMAL(9,2)\"]");
  EXPECT_EQ(rows_of("from secret", {shape}), "");
}

TEST_F(Engine, AnswersInformationSchemaWithTheServersRows) {
  auto tables = relation("tables", {column("table_name", kText), column("rows", kLong)}, {});
  tables.schema = "information_schema";
  tables.content = query::Content::inline_rows;
  for (int i = 0; i < 1'200; ++i) tables.rows.push_back({Json("t'" + std::to_string(i)), Json(i)});
  for (const char* sql :
       {"select count(*), max(rows) from information_schema.tables",
        "select count(*), max(rows) from mesh.information_schema.tables",
        "select count(*), max(tables.rows) from /* x */ \"MESH\" . Information_Schema . \"TABLES\"",
        "with x as (from information_schema.tables t) select count(*), max(x.rows) from x"})
    EXPECT_EQ(rows_of(sql, {tables}), "[1200,1199]") << sql;
}

TEST_F(Engine, FindsNothingThatIsNotInThePlan) {
  for (const char* sql : {"from nothing", "from read_text('/etc/passwd')",
                          "from read_csv('/etc/passwd')", "from '/etc/passwd'", "from glob('/*')",
                          "from read_blob('../../*')", "from 'in/../../x.parquet'",
                          "select getenv('HOME')", "from sniff_csv('/proc/self/environ')"})
    EXPECT_FALSE(failure_of(sql).text.empty()) << sql;
}

TEST_F(Engine, NamesFilesByTheirLabelsOnly) {
  const auto broken = relation("broken", {column("id", kLong)},
                               {file_of("broken.parquet", "not Parquet at all, no")});
  const Error error = failure_of("from broken", {broken});
  EXPECT_EQ(error.code, Code::corrupt);
  EXPECT_TRUE(error.text.contains("s3://bucket/broken.parquet")) << error.text;
  EXPECT_FALSE(error.text.contains("in/")) << error.text;
  EXPECT_FALSE(error.text.contains(folder_.string())) << error.text;
}

TEST_F(Engine, RefusesAFileOfAnotherType) {
  const auto wrong =
      relation("wrong", {column("id", kLong)}, {file("w.parquet", "SELECT 'x' AS id")});
  const Error error = failure_of("from wrong", {wrong});
  EXPECT_EQ(error.code, Code::corrupt) << error.text;
  EXPECT_TRUE(error.text.contains("w.parquet")) << error.text;
}

TEST_F(Engine, TellsAMissingFile) {
  query::PlanFile gone{.path = (folder_ / "gone").string(), .label = "s3://bucket/gone.parquet"};
  EXPECT_EQ(failure_of("from t", {relation("t", {column("id", kLong)}, {gone})}),
            (Error{Code::corrupt, "s3://bucket/gone.parquet: the file is missing", ""}));
}

TEST_F(Engine, TakesParametersAndRefusesAWrongNumber) {
  const auto leased = lease();
  auto asked = plan("select $1 as a, $2 + 1 as b, $3 is null as c");
  asked.statement.parameters = {Json("it's"), Json(41), Json(nullptr)};
  EXPECT_EQ(*all(*leased, asked), "[\"it's\",42,true]");
  asked.statement.parameters.pop_back();
  const auto fewer = all(*leased, asked);
  ASSERT_FALSE(fewer);
  EXPECT_EQ(fewer.error().text, "the statement takes 3 parameters, not 2");
}

TEST_F(Engine, CountsRowsToTheEdge) {
  const auto leased = lease();
  for (const auto format : {query::Format::json, query::Format::csv, query::Format::parquet}) {
    auto asked = plan("select range from range(5000)");
    asked.output.format = format;
    asked.bounds.rows_max = 5000;
    EXPECT_TRUE(all(*leased, asked));
    asked.bounds.rows_max = 4999;
    const auto more = all(*leased, asked);
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().code, Code::exhausted);
    EXPECT_TRUE(more.error().text.contains("4999 rows")) << more.error().text;
  }
}

TEST_F(Engine, GivesNoMoreRowsThanWanted) {
  const auto leased = lease();
  const auto opened = leased->run(close(plan("select range from range(10)")));
  ASSERT_TRUE(opened);
  std::string text;
  std::vector<std::uint32_t> sizes;
  for (;;) {
    const auto chunk = opened->rows->next({.rows_max = 4});
    ASSERT_TRUE(chunk);
    if (!*chunk) break;
    sizes.push_back((*chunk)->rows);
    text += (*chunk)->bytes;
  }
  EXPECT_EQ(sizes, (std::vector<std::uint32_t>{4, 4, 2}));
  EXPECT_EQ(text, "[0],\n[1],\n[2],\n[3],\n[4],\n[5],\n[6],\n[7],\n[8],\n[9]");
}

TEST_F(Engine, WritesCsvWithAHeaderEvenWithoutRows) {
  const auto leased = lease();
  auto asked = plan("select 1 as a, 'x\"y' as \"b,c\", '' as d, null as e where $1");
  asked.output.format = query::Format::csv;
  asked.statement.parameters = {Json(true)};
  EXPECT_EQ(*all(*leased, asked), "a,\"b,c\",d,e\r\n1,\"x\"\"y\",\"\",\r\n");
  asked.statement.parameters = {Json(false)};
  EXPECT_EQ(*all(*leased, asked), "a,\"b,c\",d,e\r\n");
}

TEST_F(Engine, PassesPiecesOfAnySizeAsTheyAre) {
  for (const std::size_t size : {1UZ, 1000UZ, 262'144UZ, 400'000UZ, 3'000'000UZ}) {
    const std::string sql = "select repeat('x', " + std::to_string(size) + ") from range(2)";
    const std::string row = "[\"" + std::string(size, 'x') + "\"]";
    EXPECT_TRUE(rows_of(sql) == row + ",\n" + row) << size;
  }
}

TEST_F(Engine, ReadsFooters) {
  const auto made =
      file("f.parquet",
           "SELECT 3::UINTEGER AS a, 4::UBIGINT AS b, 1.5::DECIMAL(9,2) AS c, [1] AS d, {x: 1, y: "
           "[{z: 'q'}]} AS e, MAP {'k': 1.5::FLOAT} AS f, TIMESTAMPTZ '2020-01-01 00:00:00+00' "
           "AS g, TIMESTAMP '2020-01-01' AS h, uuid() AS i, 1::TINYINT AS j FROM range(3)");
  const auto leased = lease();
  const auto footers = leased->inspect(query::ClosedPlan::inspect({.files = {made}, .bounds = {}}));
  ASSERT_TRUE(footers) << footers.error().text;
  EXPECT_EQ(footers->at(0).rows, 3U);
  EXPECT_EQ(footers->at(0).bytes, made.bytes);
  std::string types;
  for (const Column& found : footers->at(0).schema.columns)
    types += found.name + " " + to_text(found.type) + "; ";
  EXPECT_EQ(types,
            "a long; b decimal(20,0); c decimal(9,2); d list<int>; e struct<x: int, y: "
            "list<struct<z: string>>>; f "
            "map<string, float>; g timestamptz; h timestamp; i uuid; j int; ");
}

TEST_F(Engine, NamesTheFileAndColumnThatNoTableCanHold) {
  const auto made =
      file("n.parquet", "SELECT 1 AS a, TIMESTAMP_NS '2020-01-01 00:00:00.123456789' AS b");
  const auto broken = file_of("broken.parquet", "PAR1 but not really PAR1");
  const auto leased = lease();
  const auto nanos = leased->inspect(query::ClosedPlan::inspect({.files = {made}, .bounds = {}}));
  ASSERT_FALSE(nanos);
  EXPECT_TRUE(nanos.error().text.starts_with("s3://bucket/n.parquet: column b: "))
      << nanos.error().text;
  const auto corrupt =
      leased->inspect(query::ClosedPlan::inspect({.files = {broken}, .bounds = {}}));
  ASSERT_FALSE(corrupt);
  EXPECT_EQ(corrupt.error().code, Code::corrupt);
  EXPECT_TRUE(corrupt.error().text.contains("s3://bucket/broken.parquet")) << corrupt.error().text;
}

TEST_F(Engine, RefusesAVariantAtTheFooterAlready) {
  const auto made =
      file("v.parquet", "SELECT 1 AS a, [{x: 1}] AS b, {'k': [1, 'x'::VARIANT]}::VARIANT AS c");
  const auto leased = lease();
  const auto footers = leased->inspect(query::ClosedPlan::inspect({.files = {made}, .bounds = {}}));
  ASSERT_FALSE(footers);
  EXPECT_TRUE(footers.error().text.starts_with("s3://bucket/v.parquet: column c: the type VARIANT"))
      << footers.error().text;
}

// The file's VARIANT lacks its first part: the engine finds that an assertion of its own fails, and
// gives up on its database.
TEST_F(Engine, NeverUsesAWorkerAgainWhoseEngineGaveUp) {
  auto one = options();
  one.workers_max = 1;
  open(one);
  std::string bytes;
  {
    const auto made = file("v.parquet", "SELECT 1::BIGINT AS id, {'a': 1}::VARIANT AS v");
    std::ifstream in(made.path, std::ios::binary);
    bytes = std::string(std::istreambuf_iterator<char>(in), {});
  }
  constexpr std::string_view kPart = "metadata";
  ASSERT_TRUE(bytes.contains(kPart));
  for (std::size_t at = 0; (at = bytes.find(kPart, at)) != std::string::npos;)
    bytes.replace(at, kPart.size(), "metadatb");
  const auto broken =
      relation("t", {column("id", kLong), column("v", kText)}, {file_of("broken.parquet", bytes)});
  const auto before = pool_->counts();
  const Error error = failure_of("from t", {broken});
  EXPECT_EQ(error.code, Code::corrupt) << error.text;
  EXPECT_TRUE(error.text.contains("s3://bucket/broken.parquet")) << error.text;
  EXPECT_EQ(pool_->counts().died, before.died + 1);
  EXPECT_EQ(rows_of("select 1"), "[1]");
}

TEST_F(Engine, LeavesThePlansFilesAsTheyWere) {
  auto one = options();
  one.workers_max = 1;
  open(one);
  const auto made = file("kept.parquet", "SELECT 1::BIGINT AS id");
  rows_of("from t", {relation("t", {column("id", kLong)}, {made})});
  lease(person(2));  // has it wiped
  struct stat status{};
  ASSERT_EQ(stat(made.path.c_str(), &status), 0);
  EXPECT_EQ(status.st_nlink, 1U);
  EXPECT_EQ(status.st_mode & 0777U, 0444U);
  EXPECT_EQ(static_cast<std::uint64_t>(status.st_size), made.bytes);
}

// The server's allow-list keeps this from a worker; the worker must not need it.
TEST_F(Engine, WhatOneStatementLoggedNobodyElseReads) {
  auto one = options();
  one.workers_max = 1;
  open(one);
  rows_of("select * from enable_logging('QueryLog')");
  rows_of("select 'word of the first'");
  const auto theirs = lease(person(2));
  const auto seen = all(*theirs, "select count(*) from duckdb_logs()");
  ASSERT_TRUE(seen) << seen.error().text;
  EXPECT_TRUE(seen->contains("[0]")) << *seen;
}

TEST_F(Engine, StartsThoughSomethingInItsFolderCannotBeRemoved) {
  const std::string mounted = (folder_ / "run" / "mounted").string();
  fs::create_directories(mounted);
  if (::mount("none", mounted.c_str(), "tmpfs", 0, nullptr) != 0)
    GTEST_SKIP() << "only root may mount";
  EXPECT_EQ(rows_of("select 1"), "[1]");
  EXPECT_TRUE(fs::exists(mounted));
  ::umount(mounted.c_str());
}

}  // namespace
}  // namespace hansa::engine
