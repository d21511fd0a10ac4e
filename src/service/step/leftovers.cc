#include "service/step/leftovers.h"

#include <algorithm>
#include <set>

#include "base/text_limits.h"
#include "model/held.h"
#include "service/step/references.h"

namespace hansa::service {
namespace {

constexpr std::size_t kUlidBytes = 26;

// The part of its name below the table.
std::string_view below(const Table& table, const Location& at) {
  return std::string_view(at.key()).substr(table.location.key().size() + 1);
}

bool is_metadata(std::string_view name) { return name.ends_with(".metadata.json"); }

bool is_ours(std::string_view name) {
  const auto slash = name.find('/');
  const std::string_view folder = name.substr(0, slash);
  const std::string_view file = slash == std::string_view::npos ? "" : name.substr(slash + 1);
  if (file.contains('/')) return false;
  if (folder == "metadata")
    return file.ends_with(".avro") || file.ends_with(".fingerprints.json") || is_metadata(file);
  return (folder == "data" || folder == "text" || folder == "trial" || folder == "rejects") &&
         parse_ulid(file.substr(0, kUlidBytes)).has_value();
}

// Of a batch that was dropped from quarantine, or that nobody said a word about for too long.
bool is_given_up(const Table& table, std::string_view name, Time now) {
  const auto slash = name.find('/');
  if (slash == std::string_view::npos || name.starts_with("metadata/")) return false;
  const HeldBatch* batch = find_held(table, name.substr(slash + 1, kUlidBytes));
  if (batch == nullptr) return false;
  return batch->dropped ? *batch->dropped <= now : state_of(*batch, now) == HeldState::over;
}

using Found = std::set<Location>;

// What the table had when that metadata was current.
Result<void> add_before(object::ObjectStore& objects, const Table& table, const Location& metadata,
                        Found& out) {
  const auto info = objects.info(metadata);
  if (!info && info.error().code == Code::not_found) return {};  // removed to the end before
  HANSA_CHECK(info);
  const Table then{.id = table.id,
                   .location = table.location,
                   .states = {TableState{.metadata = metadata, .made_by = {}}}};
  // A part of it may be gone already: by a removal that was interrupted.
  return each_reference(objects, then, {}, Gone::pass_over,
                        [&](const Reference& reference) -> Result<void> {
                          out.insert(reference.location);
                          return {};
                        });
}

}  // namespace

Result<std::vector<object::ObjectInfo>> own_files(object::ObjectStore& objects,
                                                  const Table& table) {
  constexpr std::size_t kAtOnce = 1'000;
  std::vector<object::ObjectInfo> out;
  for (std::string after;;) {
    HANSA_TRY(auto listing,
              objects.list(table.location.bucket(), table.location.key() + "/", after, kAtOnce));
    for (object::ObjectInfo& file : listing.objects) {
      after = file.location.key();
      if (is_ours(below(table, file.location))) out.push_back(std::move(file));
    }
    if (!listing.more || listing.objects.empty()) return out;
  }
}

Result<std::vector<Leftover>> leftovers(object::ObjectStore& objects, const Table& table,
                                        Micros uploads_kept, Time now) {
  HANSA_TRY(auto files, own_files(objects, table));
  Found needed;
  HANSA_CHECK(each_reference(objects, table, now, Gone::refuse,
                             [&](const Reference& reference) -> Result<void> {
                               needed.insert(reference.location);
                               return {};
                             }));
  Found expired;
  for (const Expiry& expiry : table.expiries)
    if (expiry.until <= now) HANSA_CHECK(add_before(objects, table, expiry.metadata, expired));
  std::vector<Leftover> out;
  for (object::ObjectInfo& file : files) {
    const bool report = below(table, file.location).starts_with("rejects/");
    // A report goes when it is old, whatever became of its publish.
    if (!report && needed.contains(file.location)) continue;
    const Micros kept = report ? Micros(limits::report_kept) : uploads_kept;
    const bool due = file.modified + kept <= now ||
                     is_given_up(table, below(table, file.location), now) ||
                     (!report && expired.contains(file.location));
    if (report && !due && needed.contains(file.location)) continue;
    out.push_back({std::move(file), due});
  }
  std::ranges::stable_sort(
      out, {}, [&](const Leftover& each) { return is_metadata(below(table, each.file.location)); });
  return out;
}

}  // namespace hansa::service
