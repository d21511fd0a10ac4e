// A batch as it lies in the database: lengths that lie are corrupt, and never make room for
// themselves.
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "world/store/sqlite/batch.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hansa;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto batch = store::sqlite::decode_rows(Seq{7}, bytes);
  if (!batch) HANSA_ASSERT(batch.error().code == Code::corrupt);
  return 0;
}
