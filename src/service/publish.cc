#include "service/publish.h"

#include <fmt/format.h>

#include <shared_mutex>

#include "base/limits.h"
#include "base/text.h"
#include "service/step/converted.h"
#include "service/step/publishing.h"

namespace hansa::service {
namespace {

constexpr std::size_t kMadeByMax = 16;

Result<void> check_made_by(const api::Publish& ask) {
  if (ask.made_by.size() > kMadeByMax)
    return invalid(fmt::format("made_by has at most {} entries", kMadeByMax));
  for (const auto& [name, value] : ask.made_by) {
    HANSA_CHECK(check_name("made_by entry", name));
    HANSA_CHECK(check_text(name, value));
    if (value.size() > 1024)
      return invalid(fmt::format("made_by {} is longer than 1024 bytes", name));
  }
  return {};
}

}  // namespace

Result<api::Published> publish_files(const Context& context, Live& live, World& world,
                                     Tables& tables, const api::Publish& ask) {
  HANSA_CHECK(check_made_by(ask));
  if (!parse_ulid(ask.publish))
    return invalid("the publish id is not a ULID", "26 characters, chosen by the client");
  const std::shared_lock staying(tables.sweeping());  // What was uploaded stays until it is listed.
  const auto find = [&] {
    return live.read([&](const View& view) { return find_open_target(context, view, ask.port); });
  };
  HANSA_TRY(Target target, find());
  std::optional<Turns::Turn> turn;
  if (ask.text) {
    HANSA_TRY(turn, tables.conversions().take(context, to_text(target.port) + ask.publish));
    HANSA_TRY(target, find());  // as it is when the turn has come
  }
  auto done = published(context, live, world, tables, target, ask, nullptr);
  if (done || done.error().code == Code::check_failed) drop_text(world, target, ask);
  drop_trial(world, target, ask);
  return done;
}

}  // namespace hansa::service
