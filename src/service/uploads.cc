#include "service/uploads.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "base/text.h"
#include "model/mesh.h"
#include "service/step/staged.h"
#include "world/object/object_store.h"

namespace hansa::service {
namespace {

Result<std::uint64_t> staged_bytes(const Live& live, World& world, Tables& tables,
                                   const std::string& bucket) {
  const auto all = live.read([&](const View& view) {
    std::vector<std::shared_ptr<const Table>> out;
    for (const auto& [id, entry] : view.mesh.all<Table>())
      if (entry.noun->location.bucket() == bucket) out.push_back(entry.noun);
    return out;
  });
  std::uint64_t bytes = 0;
  for (const auto& table : all) {
    HANSA_TRY(const auto files, unpublished(world, tables, *table));
    for (const object::ObjectInfo& file : files) bytes += file.bytes;
    HANSA_TRY(const auto lists, reports(world, *table));
    for (const object::ObjectInfo& list : lists) bytes += list.bytes;
  }
  return bytes;
}

// What the account's quota leaves.
Result<std::uint64_t> room_in(const Live& live, World& world, Tables& tables,
                              const Target& target) {
  if (target.quota_bytes == 0) return UINT64_MAX;
  HANSA_TRY(const std::uint64_t staged, staged_bytes(live, world, tables, target.bucket));
  const std::uint64_t used = target.other_bytes + (target.state ? target.state->bytes : 0) + staged;
  return used < target.quota_bytes ? target.quota_bytes - used : 0;
}

Result<Location> place_of(const Target& target, const api::Upload& ask) {
  switch (ask.kind) {
    case api::UploadKind::parquet: return upload_location(target, ask.publish, ask.file);
    case api::UploadKind::text: return text_location(target, ask.publish, ask.file);
    case api::UploadKind::trial: return trial_location(target, ask.publish, ask.file);
  }
  return upload_location(target, ask.publish, ask.file);
}

std::unexpected<Error> no_room(const Target& target) {
  return exhausted(fmt::format("the account would hold more than its quota of {}",
                               human_bytes(target.quota_bytes)),
                   "ask an administrator for a larger quota, or publish less; what was uploaded "
                   "and not published counts for a week");
}

}  // namespace

Result<api::Uploaded> upload_file(const Context& context, const Live& live, World& world,
                                  Tables& tables, const api::Upload& ask, Source& body) {
  HANSA_TRY(const Target target,
            live.read([&](const View& view) { return find_open_target(context, view, ask.port); }));
  HANSA_TRY(const Location at, place_of(target, ask));
  HANSA_TRY(const std::uint64_t room, room_in(live, world, tables, target));
  auto writing = world.objects.write(at, object::Taken::refuse);
  if (!writing && writing.error().code != Code::conflict) return std::unexpected(writing.error());
  api::Uploaded out{.publish = ask.publish, .file = ask.file, .bytes = 0, .sha256 = {}};
  Digest digest;
  for (;;) {
    HANSA_TRY(const std::optional<Chunk> chunk, body.next(Want{}));
    if (!chunk) break;
    digest.add(chunk->bytes);
    out.bytes += chunk->bytes.size();
    if (!writing) continue;
    if (out.bytes > room) return no_room(target);
    HANSA_CHECK((*writing)->write(chunk->bytes));
  }
  out.sha256 = to_hex(digest.finish());
  if (writing) {
    // Others have uploaded meanwhile.
    HANSA_TRY(const std::uint64_t left, room_in(live, world, tables, target));
    if (out.bytes > left) return no_room(target);
    const auto finished = (*writing)->finish();
    if (finished) return out;
    if (finished.error().code != Code::conflict) return std::unexpected(finished.error());
  }
  // It was uploaded before: the same bytes are fine, others would change what may be visible
  // already.
  HANSA_TRY(const auto before, world.objects.read(at, 0, 0));
  Digest old;
  for (;;) {
    HANSA_TRY(const std::optional<Chunk> chunk, before->next(Want{}));
    if (!chunk) break;
    old.add(chunk->bytes);
  }
  if (to_hex(old.finish()) == out.sha256) return out;
  return conflict(fmt::format("file {} of publish {} was uploaded before with other content",
                              ask.file, ask.publish),
                  "use a new publish id");
}

}  // namespace hansa::service
