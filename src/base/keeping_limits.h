// Limits of keeping house, as limits.h has those of everything else.
#pragma once

#include <chrono>
#include <cstddef>

namespace hansa::limits {

// A snapshot that is not current any more is kept this long for the way back to it, unless the
// configuration says otherwise, and at most that long.
inline constexpr std::chrono::hours snapshot_kept{24 * 7};
inline constexpr std::chrono::hours kept_max{24 * 366};
// What was dropped can be taken back for this long, and only then goes away.
inline constexpr std::chrono::hours expiry_kept{24 * 2};
// Expiries of one table that can be taken back: they lie in its noun.
inline constexpr std::size_t expiries_per_table_max = 32;
// Counts of use: a year, so that what is read once a year is seen, and a month more.
inline constexpr std::chrono::hours use_kept{24 * 400};

// A version is announced to end at least this long before, and goes once nobody has read it for
// that long, unless the configuration says otherwise.
inline constexpr std::chrono::hours deprecation_notice{24 * 30};
inline constexpr std::chrono::hours deprecation_quiet{24 * 14};
// Whoever asks for access has an answer by then; who decides is reminded at half of it.
inline constexpr std::chrono::hours access_answer{24 * 3};

}  // namespace hansa::limits
