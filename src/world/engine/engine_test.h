// What the tests of the engine share: a pool over the real worker, and Parquet files that it made
// itself.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/text.h"
#include "world/engine/pool.h"

namespace hansa {

// Stands for policy, which world may not know: these tests are about what follows a decision.
struct PermitMaker {
  static Permit make(PortId port, bool restricted) {
    Decision decision;
    decision.allowed = true;
    decision.restricted = restricted;
    decision.ask.what = Action::read;
    decision.ask.on = {ResourceKind::port, port.ulid};
    return Permit(decision);
  }
};

namespace engine {

namespace fs = std::filesystem;

inline PrincipalId person(std::uint64_t number) { return PrincipalId{{number, 7}}; }

inline Type type(TypeKind kind) { return {.kind = kind, .fields = {}}; }

inline Column column(std::string name, Type type, std::int32_t id = 0) {
  return {.id = id, .name = std::move(name), .type = std::move(type), .description = {}};
}

class EngineTest : public testing::Test {
 public:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("hansa-engine-" + to_hex(random_bytes(6)));
    fs::create_directories(folder_);
  }
  void TearDown() override {
    pool_.reset();
    fs::remove_all(folder_);
  }

  // HANSA_BUILD says where the programs are; else they lie beside the folder of the tests.
  static std::string worker_path() {
    if (const char* build = std::getenv("HANSA_BUILD"))
      return (fs::path(build) / "hansa-worker").string();
    return (fs::read_symlink("/proc/self/exe").parent_path().parent_path() / "hansa-worker")
        .string();
  }
  PoolOptions options() const {
    return {.worker_path = worker_path(),
            .run_folder = (folder_ / "run").string(),
            .workers_min = 1,
            .memory_bytes = std::uint64_t{1} << 30,
            .spill_bytes = std::uint64_t{256} << 20};
  }
  void open(PoolOptions options) {
    auto opened = Pool::open(std::move(options), clock_);
    ASSERT_TRUE(opened) << opened.error().text;
    pool_ = *std::move(opened);
  }
  Time soon(Seconds after = Seconds(60)) { return clock_.now() + after; }
  std::unique_ptr<Lease> lease(PrincipalId who = person(1)) {
    if (!pool_) open(options());
    auto leased = pool_->lease(who, soon(), {});
    EXPECT_TRUE(leased) << leased.error().text;
    return leased ? *std::move(leased) : nullptr;
  }

  static query::Plan plan(std::string sql, std::vector<query::Relation> relations = {}) {
    query::Plan plan;
    plan.relations = std::move(relations);
    plan.statement = {std::move(sql), {}, "mesh", "shows"};
    return plan;
  }
  static query::ClosedPlan close(query::Plan plan, bool restricted = false) {
    std::vector<Permit> permits;
    for (const query::Relation& relation : plan.relations)
      permits.push_back(PermitMaker::make(relation.port, restricted));
    auto closed = query::ClosedPlan::close(std::move(plan), permits);
    EXPECT_TRUE(closed);
    return *std::move(closed);
  }
  // All of a plan's bytes.
  static Result<std::string> all(Lease& lease, query::Plan plan, bool restricted = false) {
    HANSA_TRY(Opened opened, lease.run(close(std::move(plan), restricted)));
    return drain(*opened.rows, std::size_t{1} << 30);
  }
  static Result<std::string> all(Lease& lease, std::string sql,
                                 std::vector<query::Relation> relations = {}) {
    return all(lease, plan(std::move(sql), std::move(relations)));
  }
  std::string rows_of(std::string sql, std::vector<query::Relation> relations = {}) {
    const auto leased = lease();
    auto rows = all(*leased, std::move(sql), std::move(relations));
    EXPECT_TRUE(rows) << rows.error().text;
    return rows ? *rows : "";
  }
  Error failure_of(std::string sql, std::vector<query::Relation> relations = {}) {
    const auto leased = lease();
    auto rows = all(*leased, std::move(sql), std::move(relations));
    EXPECT_FALSE(rows);
    return rows ? Error{} : rows.error();
  }

  // The result of a statement as a Parquet file.
  query::PlanFile file(const std::string& name, std::string sql) {
    auto making = plan(std::move(sql));
    making.output.format = query::Format::parquet;
    const auto leased = lease();
    const auto bytes = all(*leased, std::move(making));
    EXPECT_TRUE(bytes) << bytes.error().text;
    return file_of(name, bytes ? *bytes : "");
  }
  query::PlanFile file_of(const std::string& name, const std::string& bytes) {
    const std::string path = (folder_ / name).string();
    std::ofstream(path, std::ios::binary) << bytes;
    fs::permissions(path, fs::perms::owner_read | fs::perms::group_read | fs::perms::others_read);
    return {.path = path, .label = "s3://bucket/" + name, .bytes = bytes.size()};
  }
  static query::Relation relation(std::string name, std::vector<Column> columns,
                                  std::vector<query::PlanFile> files) {
    query::Relation relation;
    relation.catalog = "mesh";
    relation.schema = "shows";
    relation.name = std::move(name);
    relation.port = PortId{{9, 9}};
    relation.columns.columns = std::move(columns);
    relation.files = std::move(files);
    return relation;
  }
  query::Relation numbers(std::uint64_t count) {
    return relation(
        "numbers", {column("id", type(TypeKind::int64))},
        {file("numbers.parquet", "SELECT range AS id FROM range(" + std::to_string(count) + ")")});
  }

  SystemClock clock_;
  fs::path folder_;
  std::unique_ptr<Pool> pool_;
};

}  // namespace engine
}  // namespace hansa
