#include "world/store/use.h"

#include <algorithm>

#include "world/store/bytes.h"

namespace hansa::store {
namespace {

constexpr std::int64_t kHourUs = 3'600'000'000;
// A use without its texts.
constexpr std::size_t kFixedBytes = 96;

}  // namespace

std::int64_t hour_of(Time at) { return std::max<std::int64_t>(at.us, 0) / kHourUs; }

Time start_of_hour(std::int64_t hour) { return Time{hour * kHourUs}; }

UseKey key_of(const Use& use) {
  std::vector<std::string> columns = use.columns;
  std::ranges::sort(columns);
  columns.erase(std::ranges::unique(columns).begin(), columns.end());
  return {use.port, hour_of(use.at), use.who, use.makes, std::move(columns)};
}

std::string encode_columns(const std::vector<std::string>& columns) {
  std::string out;
  for (const std::string& column : columns) append_text(out, column);
  return out;
}

Result<std::vector<std::string>> decode_columns(std::string_view bytes) {
  std::vector<std::string> out;
  for (BytesReader reader(bytes); !reader.at_end();) {
    HANSA_TRY(const std::string_view column, reader.text());
    out.emplace_back(column);
  }
  return out;
}

std::size_t bytes_in(const Uses& uses) {
  std::size_t bytes = 0;
  for (const Use& use : uses.all) {
    bytes += kFixedBytes + use.client.size();
    for (const std::string& column : use.columns) bytes += column.size() + sizeof(std::string);
  }
  return bytes;
}

void add(UseChanges& changes, const Uses& uses) {
  for (const Use& use : uses.all) {
    UseChange& change =
        changes.try_emplace(key_of(use), UseChange{0, use.at, use.at, use.client}).first->second;
    change.reads += uses.taken_back ? -1 : 1;
    if (uses.taken_back) continue;
    change.first = std::min(change.first, use.at);
    if (use.at >= change.last) change.client = use.client;
    change.last = std::max(change.last, use.at);
  }
}

}  // namespace hansa::store
