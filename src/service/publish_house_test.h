// A house with what publishing needs: uploads, files in the account's bucket, the tables.
#pragma once

#include "service/house_test.h"
#include "service/publish.h"
#include "service/snapshots.h"
#include "service/sweep.h"
#include "service/uploads.h"

namespace hansa::service {

struct Bytes : Source {
  explicit Bytes(std::string text) : text(std::move(text)) {}
  Result<std::optional<Chunk>> next(Want) override {
    if (text.empty()) return std::optional<Chunk>();
    return Chunk{std::exchange(text, {}), 1};
  }
  std::string text;
};

class Publish : public House {
 public:
  Publish() { furnish(); }

  std::string new_publish() { return to_text(new_ulid(clock.now())); }
  Result<api::Uploaded> upload(std::string_view who, const std::string& publish, std::uint32_t file,
                               std::string bytes, std::string port = "shows/plays") {
    Bytes body(std::move(bytes));
    return upload_file(context(who), live, world, tables,
                       {.publish = publish, .file = file, .port = std::move(port)}, body);
  }
  Result<api::Published> publish(std::string_view who, const std::string& id,
                                 std::uint32_t files = 1, std::string port = "shows/plays",
                                 api::PublishMode mode = api::PublishMode::append) {
    return publish_files(context(who), live, world, tables,
                         {.publish = id,
                          .port = std::move(port),
                          .mode = mode,
                          .files = files,
                          .locations = {},
                          .made_by = {}});
  }
  Result<api::Published> in_place(std::vector<std::string> locations,
                                  std::string port = "shows/plays") {
    return publish_files(context("olga"), live, world, tables,
                         {.publish = new_publish(),
                          .port = std::move(port),
                          .mode = api::PublishMode::in_place,
                          .files = 0,
                          .locations = std::move(locations),
                          .made_by = {}});
  }
  void put_object(const std::string& key, const std::string& bytes) {
    ASSERT_TRUE(object::write_all(objects, *Location::make("shows-prod", key), bytes,
                                  object::Taken::replace));
  }
  std::uint64_t rows() {
    return live.read([](const View& view) {
      const Port* port = view.mesh.port(*parse_port_ref("shows/plays"));
      const auto* state = view.mesh.find<Table>(port->id.ulid)->current();
      return state ? state->rows : 0;
    });
  }

  // What a round of the server finds at that time.
  Sweep swept(Time now) {
    ManualClock then(now);
    Sweep out;
    EXPECT_TRUE(sweep({live, world, tables, then, [] { return false; }, rules}, out));
    return out;
  }

  Tables tables;
  HouseRules rules;
};

}  // namespace hansa::service
