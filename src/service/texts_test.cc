// CSV and NDJSON on their way into a port: what is kept of them, for whom and how long.
#include "base/text_limits.h"
#include "service/publish_house_test.h"
#include "service/rejects.h"

namespace hansa::service {
namespace {

class Texts : public Publish {
 protected:
  // Uploads a text and publishes it.
  Result<api::Published> text(std::string_view who, const std::string& id, std::string bytes,
                              std::string max_rejects = "0", bool dry_run = false) {
    Bytes body(std::move(bytes));
    HANSA_TRY(const auto done,
              upload_file(
                  context(who), live, world, tables,
                  {.publish = id, .file = 0, .port = "shows/plays", .kind = api::UploadKind::text},
                  body));
    return publish_files(
        context(who), live, world, tables,
        {.publish = id,
         .port = "shows/plays",
         .files = 1,
         .locations = {},
         .made_by = {},
         .text = api::FromText{.max_rejects = std::move(max_rejects), .names = {"plays.csv"}},
         .dry_run = dry_run});
  }
  std::size_t objects_below(std::string_view folder) {
    const auto at = live.read([](const View& view) {
      const Port* port = view.mesh.port(*parse_port_ref("shows/plays"));
      return view.mesh.find<Table>(port->id.ulid)->location;
    });
    return objects.list(at.bucket(), at.key() + "/" + std::string(folder) + "/", {}, 100)
        ->objects.size();
  }
  Result<api::RejectList> rejects(std::string_view who, const std::string& id,
                                  std::uint32_t limit = 100, std::string after = {}) {
    return list_rejects(context(who), live, world,
                        {.publish = id,
                         .port = "shows/plays",
                         .paging = {.limit = limit, .after = std::move(after)}});
  }
  static std::string line(std::uint64_t number) {
    Json json{Json::Object{}};
    json.set("line", number);
    json.set("last_line", number);
    json.set("column", "id");
    json.set("reason", "it is wrong");
    json.set("text", "x");
    return to_text(json) + "\n";
  }
};

TEST_F(Texts, AreConvertedByTheContractAndGo) {
  const auto done = text("olga", new_publish(), "id\n1\n");
  ASSERT_TRUE(done) << done.error().text;
  EXPECT_EQ(done->added_rows, 10U);
  EXPECT_EQ(rows(), 10U);
  ASSERT_EQ(engine.conversions.size(), 1U);
  EXPECT_EQ(engine.conversions[0].file.label, "plays.csv");
  EXPECT_EQ(engine.conversions[0].columns.columns.size(), engine.schema.columns.size());
  EXPECT_EQ(objects_below("text"), 0U);
  EXPECT_EQ(objects_below("data"), 1U);
}

TEST_F(Texts, RejectsRefuseAllUnlessTheyAreAccepted) {
  engine.rejected = 2;
  engine.report = line(7) + line(9);
  const std::string id = new_publish();
  const auto refused = text("olga", id, "id\n", "1");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::invalid);
  EXPECT_TRUE(refused.error().text.contains("2 of 12 records")) << refused.error().text;
  EXPECT_TRUE(refused.error().text.contains("plays.csv: line 7: wrong")) << refused.error().text;
  EXPECT_EQ(rows(), 0U);
  EXPECT_EQ(objects_below("text") + objects_below("data"), 0U);
  EXPECT_FALSE(text("olga", new_publish(), "id\n", "16%"));
  EXPECT_FALSE(text("olga", new_publish(), "id\n", "many"));
  const auto done = text("olga", id, "id\n", "17%");
  ASSERT_TRUE(done) << done.error().text;
  EXPECT_EQ(done->rejected, 2U);
  const auto again = text("olga", id, "id\n", "17%");
  ASSERT_TRUE(again) << again.error().text;
  EXPECT_TRUE(again->repeated);
  EXPECT_EQ(again->rejected, 2U);
  EXPECT_EQ(objects_below("text"), 0U);
}

TEST_F(Texts, TheReportIsForWhoeverMayPublishThereAPageAtATime) {
  engine.rejected = 3;
  engine.report = line(2) + line(3) + line(4);
  const std::string id = new_publish();
  ASSERT_FALSE(text("olga", id, "id\n"));
  const auto first = rejects("olga", id, 2);
  ASSERT_TRUE(first) << first.error().text;
  ASSERT_EQ(first->items.size(), 2U);
  EXPECT_EQ(first->items[1].line, 3U);
  const auto second = rejects("olga", id, 2, first->next);
  ASSERT_TRUE(second);
  ASSERT_EQ(second->items.size(), 1U);
  EXPECT_EQ(second->items[0].line, 4U);
  EXPECT_EQ(second->next, "");
  EXPECT_FALSE(rejects("olga", id, 2, "1"));
  EXPECT_EQ(rejects("olga", new_publish()).error().code, Code::not_found);
  EXPECT_EQ(rejects("ada", id).error().code, Code::denied);
}

TEST_F(Texts, ADryRunLeavesOnlyItsReport) {
  const std::string id = new_publish();
  const auto done = text("olga", id, "id\n", "0", true);
  ASSERT_TRUE(done) << done.error().text;
  EXPECT_EQ(done->added_rows, 10U);
  EXPECT_EQ(done->columns.size(), engine.schema.columns.size());
  EXPECT_EQ(rows(), 0U);
  EXPECT_EQ(objects_below("text") + objects_below("data"), 0U);
  EXPECT_EQ(objects_below("rejects"), 1U);
}

TEST_F(Texts, ForgottenTextsAndOldReportsAreSwept) {
  Bytes body("id\n1\n");
  ASSERT_TRUE(upload_file(
      context("olga"), live, world, tables,
      {.publish = new_publish(), .file = 0, .port = "shows/plays", .kind = api::UploadKind::text},
      body));
  ASSERT_TRUE(text("olga", new_publish(), "id\n"));
  swept(SystemClock().now() + limits::upload_kept + std::chrono::hours(1));
  EXPECT_EQ(objects_below("text"), 0U);
  EXPECT_EQ(objects_below("rejects"), 1U);
  EXPECT_EQ(objects_below("data"), 1U);
  swept(SystemClock().now() + limits::report_kept + std::chrono::hours(1));
  EXPECT_EQ(objects_below("rejects"), 0U);
}

}  // namespace
}  // namespace hansa::service
