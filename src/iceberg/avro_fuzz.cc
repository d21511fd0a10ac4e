#include "iceberg/avro.h"

// Whatever the bytes: an error or values, in bounded memory.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  auto reader = hansa::iceberg::avro::Reader::open({reinterpret_cast<const char*>(data), size});
  while (reader) {
    const auto record = reader->next();
    if (!record || !*record) break;
  }
  return 0;
}
