// Many Parquet files as one table: what their schemas have in common, and what their folders say.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "door/cli/cli.h"
#include "model/schema.h"

namespace hansa::cli {

struct Merged {
  Schema schema;                        // those of the folders last
  std::vector<std::string> partitions;  // columns that lie in folder names, in their order
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
};

// A column that some file lacks, or that may be null in some file, may be null; int and long, float
// and double, and decimals of one scale become the wider one. `paths` are those of the footers,
// relative to the folder that was named: "day=2026-11-01/part-0.parquet" has a column day. Errors:
// invalid, naming each file and column that does not fit with the first file.
Result<Merged> merge_files(const std::vector<Footer>& footers,
                           const std::vector<std::string>& paths);

// The key=value folders of a path, decoded.
std::vector<std::pair<std::string, std::string>> partitions_of(std::string_view path);

}  // namespace hansa::cli
