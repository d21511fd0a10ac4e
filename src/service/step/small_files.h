// Small files of a table that would be better as one.
#pragma once

#include <cstdint>
#include <vector>

#include "service/step/tables.h"

namespace hansa::service {

// A query opens each file by itself: below this, opening costs more than reading.
inline constexpr std::uint64_t small_file_bytes = std::uint64_t{16} << 20;
// What small files are joined to: enough for a scan, little enough for one worker at a time.
inline constexpr std::uint64_t joined_file_bytes = std::uint64_t{128} << 20;
// Files written by one compaction; a larger table takes several.
inline constexpr std::size_t joined_files_max = 16;

struct SmallFiles {
  std::vector<TableFile> files;  // at least two, in the table's order
  std::uint64_t bytes = 0;
  std::uint64_t rows = 0;
};

// Files registered in place are their team's and never among them.
inline std::vector<SmallFiles> small_files(const TableFiles& all) {
  std::vector<SmallFiles> out(1);
  for (const TableFile& file : all.files) {
    if (file.registered || file.bytes >= small_file_bytes) continue;
    if (out.back().bytes + file.bytes > joined_file_bytes) out.emplace_back();
    SmallFiles& last = out.back();
    last.files.push_back(file);
    last.bytes += file.bytes;
    last.rows += file.rows;
  }
  std::erase_if(out, [](const SmallFiles& each) { return each.files.size() < 2; });
  if (out.size() > joined_files_max) out.resize(joined_files_max);
  return out;
}

}  // namespace hansa::service
