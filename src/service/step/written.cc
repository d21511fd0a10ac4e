#include "service/step/written.h"

#include <fmt/format.h>

#include "base/text.h"

namespace hansa::service {

Result<object::ObjectInfo> write_object(object::ObjectStore& objects, const Location& at,
                                        Source& rows, std::uint64_t bytes_max) {
  HANSA_TRY(auto writing, objects.write(at, object::Taken::refuse));
  std::uint64_t bytes = 0;
  for (;;) {
    HANSA_TRY(const auto chunk, rows.next({}));
    if (!chunk) return writing->finish();
    bytes += chunk->bytes.size();
    if (bytes > bytes_max)
      return exhausted(fmt::format("the account would hold more than its quota leaves: {}",
                                   human_bytes(bytes_max)),
                       "ask an administrator for a larger quota, or make less");
    HANSA_CHECK(writing->write(chunk->bytes));
  }
}

}  // namespace hansa::service
