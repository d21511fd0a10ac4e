#include "iceberg/scan.h"

// Read as a manifest list and as a manifest; a list that reads can be written again, unless it came
// without the counts of version 2.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace hansa::iceberg;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  static const hansa::Location at = hansa::Location::parse("s3://lake/m.avro").value();
  const ManifestFile from{.path = at,
                          .sequence_number = 1,
                          .added_files = {},
                          .existing_files = {},
                          .deleted_files = {},
                          .added_rows = {},
                          .existing_rows = {},
                          .deleted_rows = {},
                          .partitions = {},
                          .key_metadata = {}};
  if (const auto list = read_manifest_list(bytes)) {
    if (const auto written = write_manifest_list({}, *list)) {
      const auto again = read_manifest_list(*written);
      HANSA_ASSERT(again.has_value());
      HANSA_ASSERT(*again == *list);
    }
  }
  (void)read_manifest(bytes, from, Statistics::keep);
  Scan scan;
  (void)scan.add(from, bytes);
  return 0;
}
