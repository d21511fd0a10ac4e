#include "iceberg/metadata_json.h"

// What is read is written so that it reads back the same.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const auto table = hansa::iceberg::parse_metadata({reinterpret_cast<const char*>(data), size});
  if (!table) return 0;
  const auto again = hansa::iceberg::parse_metadata(hansa::iceberg::write_metadata(*table));
  HANSA_ASSERT(again.has_value());
  HANSA_ASSERT(*again == *table);
  return 0;
}
