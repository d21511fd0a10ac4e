// What readers' own queries of a version become on the one that shall replace it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/time.h"
#include "model/deprecation.h"
#include "model/ids.h"

namespace hansa {

enum class ReplayVerdict {
  same,     // it ran on both, and gave the same rows
  binds,    // it means something on the new version; it was not run
  differs,  // it ran on both, and gave other rows or other columns
  breaks,   // it fails on the new version, or its reader may not read that
  not_run   // nothing can be said: `why` says why not
};
constexpr auto names_of(std::type_identity<ReplayVerdict>) {
  return std::to_array<std::pair<ReplayVerdict, std::string_view>>(
      {{ReplayVerdict::same, "same"},
       {ReplayVerdict::binds, "binds"},
       {ReplayVerdict::differs, "differs"},
       {ReplayVerdict::breaks, "breaks"},
       {ReplayVerdict::not_run, "not_run"}});
}

// One statement of one reader. Its text is not kept here: it stands in the audit for as long as
// texts are kept, or in the derivation.
struct ReplayedQuery {
  PrincipalId who;
  PortId makes;             // the port that it makes, as that account; zero: it reads for itself
  std::uint64_t line = 0;   // of the audit, the last one with this text; zero: a derivation's
  std::uint64_t reads = 0;  // so many of the lines that were looked at have this text
  Time last;
  ReplayVerdict verdict = ReplayVerdict::not_run;
  std::string why;       // in words that tell nothing of the statement's literals and of its rows
  bool rewrite = false;  // written for the new version it binds, and, if it was run, gives the same
  friend bool operator==(const ReplayedQuery&, const ReplayedQuery&) = default;
};

// The last replay of a version. Its id is the old version's.
struct Replay {
  PortId id;
  PortId on;
  std::vector<Renamed> renamed;  // the columns that rewrites rename
  bool ran = false;              // else the queries were bound only
  PrincipalId by;
  Time at;
  std::uint64_t left_out = 0;  // queries beyond the most that one replay takes
  std::vector<ReplayedQuery> queries;
  friend bool operator==(const Replay&, const Replay&) = default;
};

// The queries that one replay takes, those with the latest reads.
inline constexpr std::size_t replay_queries_max = 1'000;

}  // namespace hansa
