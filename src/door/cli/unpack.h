// Reads a backup (api/backup.h) that may come from anywhere: nothing of it is believed before its
// digests fit.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "api/backup.h"
#include "base/stream.h"

namespace hansa::cli {

struct Unpacked {
  api::BackupHead head;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::uint64_t missing = 0;               // objects that were not there when it was made
  std::vector<std::string> missing_names;  // the first of them
};

// Writes the files below `folder`, which is empty and nobody else's; an empty name only looks.
// Nothing is durable yet. Errors: corrupt: cut off or altered, naming the file; invalid: it names a
// place that no data directory has, or is of a form this program does not know; those of the disk.
Result<Unpacked> unpack(Source& archive, const std::string& folder);

}  // namespace hansa::cli
