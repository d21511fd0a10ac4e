// Limits of text files that are converted, beside those of base/limits.h.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace hansa::limits {

// One record of a text file that is converted: its reader holds a few of them.
inline constexpr std::size_t record_bytes_max = 16 * 1024 * 1024;
// A compressed text file unpacks to at most so many times its size, past the first of these bytes;
// what people publish stays below 50.
inline constexpr std::uint64_t unpack_ratio_max = 200;
inline constexpr std::uint64_t unpack_free_bytes = 64 * 1024 * 1024;
// Rejected records of one file that its report lists, the first ones, and how much it shows of
// each; all are counted.
inline constexpr std::size_t rejects_kept_max = 100'000;
inline constexpr std::size_t reject_text_bytes_max = 1024;
// A report of rejected records is kept for this long.
inline constexpr std::chrono::hours report_kept{24 * 30};

}  // namespace hansa::limits
