// Readers' own queries of a version, tried on the one that shall replace it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/deprecation.h"
#include "api/route.h"

namespace hansa::api {

struct ReplayVersion {
  std::string port;  // domain/port@1
  std::string on;    // domain/port@2
  bool run = false;  // else the queries are bound only
  std::vector<RenamedView> renamed;
};
void describe(Fields& f, ReplayVersion& v);

struct ReplayView {
  std::string port;
  std::string on;
  bool ran = false;
  std::string by;
  Time at;
  std::vector<RenamedView> renamed;
  std::uint64_t same = 0;
  std::uint64_t binds = 0;
  std::uint64_t differs = 0;
  std::uint64_t breaks = 0;
  std::uint64_t not_run = 0;
  std::uint64_t left_out = 0;         // queries beyond the most that one replay takes
  std::vector<ReplayedView> queries;  // the caller's own; all of them for the owning team
};
void describe(Fields& f, ReplayView& v);

inline constexpr Route<ReplayVersion, ReplayView> replay_version{
    Method::post, "/api/v1/replays", "replayVersion",
    "Try the queries of a version's readers on another version", "versions"};
inline constexpr Route<OneVersion, ReplayView> get_replay{
    Method::get, "/api/v1/replays/{domain}/{port}", "getReplay",
    "What the last replay found of one's own queries, or of all for the owning team", "versions"};

}  // namespace hansa::api
