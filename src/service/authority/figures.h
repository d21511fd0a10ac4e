// What became of all queries since the start.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "base/meter.h"
#include "base/result.h"
#include "query/plan.h"

namespace hansa::service {

// How a query can end; doc/records.md says what each means.
inline constexpr std::array<std::string_view, 7> outcomes{"ok",        "refused", "failed", "limit",
                                                          "cancelled", "revoked", "dropped"};

struct QueryFigures {
  std::array<Counter, outcomes.size()> ended{};  // in the order of `outcomes`
  Counter rows = 0, bytes_out = 0, bytes_scanned = 0;
  Histogram took;

  void count(std::string_view outcome, const query::Tally& tally, std::int64_t elapsed_us) {
    const auto found = std::ranges::find(outcomes, outcome);
    HANSA_ASSERT(found != outcomes.end());
    ++ended[static_cast<std::size_t>(found - outcomes.begin())];
    rows += tally.rows;
    bytes_out += tally.bytes_out;
    bytes_scanned += tally.bytes_scanned;
    took.observe(elapsed_us);
  }
};

}  // namespace hansa::service
