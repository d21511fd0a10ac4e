#include "service/step/written.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace hansa::service {

std::uint64_t room_of(const Target& target) {
  if (target.quota_bytes == 0) return UINT64_MAX;
  return target.quota_bytes - std::min(target.quota_bytes, target.other_bytes);
}

std::unexpected<Error> over_quota(std::uint64_t room) {
  return exhausted(
      fmt::format("the account would hold more than its quota leaves: {}", human_bytes(room)),
      "ask an administrator for a larger quota, or make less");
}

Result<object::ObjectInfo> write_object(object::ObjectStore& objects, const Location& at,
                                        Source& rows, std::uint64_t bytes_max) {
  HANSA_TRY(auto writing, objects.write(at, object::Taken::refuse));
  std::uint64_t bytes = 0;
  for (;;) {
    HANSA_TRY(const auto chunk, rows.next({}));
    if (!chunk) return writing->finish();
    bytes += chunk->bytes.size();
    if (bytes > bytes_max) return over_quota(bytes_max);
    HANSA_CHECK(writing->write(chunk->bytes));
  }
}

}  // namespace hansa::service
