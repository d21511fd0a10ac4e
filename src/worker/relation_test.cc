#include "worker/relation.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>

namespace hansa::worker {
namespace {

namespace fs = std::filesystem;

// In a folder like a seat, since files are named relative to it.
class RelationsTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "hansa-relation-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    before_ = fs::current_path();
    fs::current_path(name);
    fs::create_directory("in");
  }
  void TearDown() override {
    const fs::path seat = fs::current_path();
    fs::current_path(before_);
    fs::remove_all(seat);
  }
  static Column column(std::string name, TypeKind kind, std::int32_t id) {
    return {
        .id = id, .name = std::move(name), .type = {.kind = kind, .fields = {}}, .description = {}};
  }
  query::Plan plan_of(std::vector<query::PlanFile> files) {
    query::Relation relation;
    relation.catalog = "mesh";
    relation.schema = "s";
    relation.name = "t";
    relation.columns.columns = {column("id", TypeKind::int64, 1),
                                column("title", TypeKind::string, 2)};
    relation.files = std::move(files);
    query::Plan plan;
    plan.relations = {relation};
    plan.statement = {"", {}, "mesh", "s"};
    return plan;
  }

  Result<std::vector<query::ReadColumns>> reads_of(const query::Plan& plan, std::string sql) {
    return Reads().of(beside_, plan, sql, relations_);
  }

  Database database_ = *Database::open();
  Connection connection_ = *database_.connect();
  Connection beside_ = *database_.connect();
  Aside aside_;
  Relations relations_;
  fs::path before_;
};

TEST_F(RelationsTest, MatchColumnsByFieldIdWhereAFileHasThemAndElseByName) {
  // One file is from before `name` became `title`, and holds another `title` that means something
  // else.
  ASSERT_TRUE(connection_.run(
      "COPY (SELECT 1::INTEGER AS id, 'old' AS name, 'wrong' AS title) TO 'in/0.parquet' "
      "(FORMAT parquet, FIELD_IDS {id: 1, name: 2, title: 9})"));
  ASSERT_TRUE(connection_.run(
      "COPY (SELECT 'new' AS title, 2::BIGINT AS id) TO 'in/1.parquet' (FORMAT parquet)"));
  ASSERT_TRUE(Relations().make(connection_, plan_of({{.by_id = true, .number = 0}, {.number = 1}}),
                               beside_, aside_));
  const auto rows = connection_.texts("SELECT id::VARCHAR, title FROM t ORDER BY id");
  ASSERT_TRUE(rows) << rows.error().text;
  EXPECT_EQ(*rows, (Connection::Texts{{"1", "old"}, {"2", "new"}}));
}

TEST_F(RelationsTest, TellAFileThatIsNotThePlans) {
  ASSERT_TRUE(connection_.run("COPY (SELECT 1::BIGINT AS id) TO 'in/0.parquet' (FORMAT parquet)"));
  ASSERT_TRUE(connection_.run("COPY (SELECT 1::BIGINT AS id) TO 'in/1.parquet' (FORMAT parquet)"));
  const query::Plan plan = plan_of({{.number = 0}});
  ASSERT_TRUE(relations_.make(connection_, plan, beside_, aside_));
  EXPECT_TRUE(reads_of(plan, "SELECT id FROM t"));
  for (const char* sql :
       {"SELECT id FROM t UNION ALL FROM 'in/1.parquet'", "FROM read_parquet('in/*.parquet')"}) {
    const auto reads = reads_of(plan, sql);
    ASSERT_FALSE(reads) << sql;
    EXPECT_EQ(reads.error().code, Code::denied);
  }
}

// Few rows are fetched in two steps, which the engine's serialised plans do not know.
TEST_F(RelationsTest, TellTheColumnsOfStatementsThatWantFewRows) {
  ASSERT_TRUE(connection_.run(
      "COPY (SELECT range AS id, range::VARCHAR AS title FROM range(1000)) TO 'in/0.parquet' "
      "(FORMAT parquet)"));
  const query::Plan plan = plan_of({{.number = 0}});
  ASSERT_TRUE(relations_.make(connection_, plan, beside_, aside_));
  for (const char* sql :
       {"SELECT id FROM t LIMIT 7", "SELECT id FROM t LIMIT 7 OFFSET 0",
        "SELECT id FROM t LIMIT 7 OFFSET 100", "SELECT id FROM t ORDER BY id DESC LIMIT 3",
        "SELECT id FROM t ORDER BY id FETCH FIRST 3 ROWS ONLY", "SELECT id FROM t USING SAMPLE 5",
        "SELECT x.id FROM (SELECT id FROM t ORDER BY 1 LIMIT 2 OFFSET 1) x /* limit 3 */"}) {
    const auto reads = reads_of(plan, sql);
    ASSERT_TRUE(reads) << sql;
    EXPECT_EQ(reads->at(0).columns, (std::vector<std::string>{"id"})) << sql;
  }
}

// The engine answers these from what it knows of the file, and its plan reads nothing.
TEST_F(RelationsTest, TellTheColumnsThatAreAnsweredWithoutAScan) {
  ASSERT_TRUE(connection_.run(
      "COPY (SELECT range AS id, range::VARCHAR AS title FROM range(1000)) TO 'in/0.parquet' "
      "(FORMAT parquet)"));
  const query::Plan plan = plan_of({{.number = 0}});
  ASSERT_TRUE(relations_.make(connection_, plan, beside_, aside_));
  using Names = std::vector<std::string>;
  const std::vector<std::pair<std::string, Names>> cases{
      {"SELECT max(id), min(id) FROM t", {"id"}},
      {"SELECT count(id) FROM t WHERE id >= 0", {"id"}},
      {"SELECT id FROM t WHERE id > 99999", {"id"}},
      {"SELECT \"Title\" FROM t WHERE false", {"title"}},
      {"SELECT * FROM t WHERE id > 99999", {"id", "title"}},
      {"FROM t WHERE false", {"id", "title"}},
      {"SELECT columns('i.*') FROM t LIMIT 0", {"id", "title"}},
      {"SELECT count(*) FROM t", {}},
      {"SELECT count ( * ) FROM t", {}}};
  for (const auto& [sql, columns] : cases) {
    const auto reads = reads_of(plan, sql);
    ASSERT_TRUE(reads) << sql;
    ASSERT_EQ(reads->size(), 1U) << sql;
    EXPECT_EQ(reads->at(0).columns, columns) << sql;
  }
}

TEST_F(RelationsTest, CountAllColumnsWhereDuckDbCannotTell) {
  ASSERT_TRUE(connection_.run("COPY (SELECT 1::BIGINT AS id) TO 'in/0.parquet' (FORMAT parquet)"));
  const query::Plan plan = plan_of({{.number = 0}});
  ASSERT_TRUE(relations_.make(connection_, plan, beside_, aside_));
  const auto all = reads_of(plan, "not SQL");
  ASSERT_TRUE(all);
  EXPECT_EQ(all->at(0).columns, (std::vector<std::string>{"id", "title"}));
  const auto none = reads_of(plan, "SELECT count(*) FROM t");
  ASSERT_TRUE(none);
  EXPECT_EQ(none->at(0).columns, std::vector<std::string>{});
}

TEST_F(RelationsTest, StayForTheNextPlanAndFollowTheirFiles) {
  ASSERT_TRUE(connection_.run(
      "COPY (SELECT 1::BIGINT AS id, 'a' AS title) TO 'in/0.parquet' (FORMAT parquet)"));
  ASSERT_TRUE(connection_.run(
      "COPY (SELECT 2::BIGINT AS id, 'b' AS title) TO 'in/1.parquet' (FORMAT parquet)"));
  const auto title = [&] {
    return connection_.texts("SELECT title FROM t")->at(0).at(0).value_or("");
  };
  Relations relations;
  ASSERT_TRUE(relations.make(connection_, plan_of({{.number = 0}}), beside_, aside_));
  EXPECT_EQ(title(), "a");
  const std::uint64_t changes = relations.changes();
  ASSERT_TRUE(relations.make(connection_, plan_of({{.number = 0}}), beside_, aside_));
  EXPECT_EQ(relations.changes(), changes);
  ASSERT_TRUE(relations.make(connection_, plan_of({{.number = 1}}), beside_, aside_));
  EXPECT_NE(relations.changes(), changes);
  EXPECT_EQ(title(), "b");
  // A name may become a table of the server's rows, and a view again.
  query::Plan rows = plan_of({});
  rows.relations[0].content = query::Content::inline_rows;
  rows.relations[0].rows = {{Json(3), Json("c")}};
  ASSERT_TRUE(relations.make(connection_, rows, beside_, aside_));
  EXPECT_EQ(title(), "c");
  ASSERT_TRUE(relations.make(connection_, plan_of({{.number = 0}}), beside_, aside_));
  EXPECT_EQ(title(), "a");
  query::Plan twice = plan_of({{.number = 0}});
  twice.relations.push_back(twice.relations[0]);
  EXPECT_EQ(relations.make(connection_, twice, beside_, aside_).error().code, Code::invalid);
}

TEST_F(RelationsTest, KnowHowManyRowsTheyHaveWhateverTheirFilesAreLike) {
  ASSERT_TRUE(
      connection_.run("COPY (SELECT range::BIGINT AS id, 'a' AS title FROM range(5000)) TO "
                      "'in/0.parquet' (FORMAT parquet)"));
  ASSERT_TRUE(connection_.run(
      "COPY (SELECT range::INTEGER AS id FROM range(5000)) TO 'in/1.parquet' (FORMAT parquet)"));
  for (const std::uint32_t number : {0U, 1U}) {
    ASSERT_TRUE(Relations().make(connection_, plan_of({{.rows = 5000, .number = number}}), beside_,
                                 aside_));
    const auto plan = connection_.texts("EXPLAIN SELECT id FROM t");
    ASSERT_TRUE(plan);
    EXPECT_TRUE(plan->at(0).at(1).value_or("").contains("~5,000 rows"))
        << plan->at(0).at(1).value_or("");
    ASSERT_TRUE(connection_.run("USE memory.main"));
    ASSERT_TRUE(connection_.run("DETACH mesh"));
  }
}

TEST(Messages, NameLabelsInsteadOfTheSeat) {
  const query::PlanFile file{.label = "s3://b/k.parquet", .number = 17};
  const Error error = for_people(
      {Code::invalid, "File 'in/17.parquet' is bad; in/170.parquet, within/3 are not ours", {}},
      {&file});
  EXPECT_EQ(error.text, "File 's3://b/k.parquet' is bad; in/170.parquet, within/3 are not ours");
  EXPECT_EQ(error.code, Code::corrupt);
}

}  // namespace
}  // namespace hansa::worker
