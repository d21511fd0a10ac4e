// Keeping house in a port: old snapshots leave its table, shown first, and can be taken back until
// their files go.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/product.h"
#include "api/route.h"

namespace hansa::api {

struct OldSnapshot {
  std::string snapshot;
  Time at;
  std::uint64_t rows = 0;
};
void describe(Fields& f, OldSnapshot& v);

// An expiry that can be taken back.
struct ExpiryView {
  Time at;
  std::string by;
  Time until;
  std::uint64_t snapshots = 0;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};
void describe(Fields& f, ExpiryView& v);

struct LeftoverView {
  std::string location;
  std::uint64_t bytes = 0;
  Time at;
};
void describe(Fields& f, LeftoverView& v);

struct HousekeepingPlan {
  std::string port;
  Time before;
  std::uint64_t snapshots = 0;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::vector<OldSnapshot> sample;
  std::map<std::string, std::uint64_t> kept;
  std::vector<ExpiryView> expiries;
  std::uint64_t leftovers = 0;
  std::uint64_t leftover_bytes = 0;
  std::uint64_t leftovers_due = 0;
  std::vector<LeftoverView> leftover_sample;
  std::uint64_t small_files = 0;
  std::uint64_t small_bytes = 0;
  std::uint64_t joined_files = 0;
};
void describe(Fields& f, HousekeepingPlan& v);
inline constexpr Route<GetPort, HousekeepingPlan> plan_housekeeping{
    Method::get, "/api/v1/ports/{domain}/{port}/housekeeping", "planHousekeeping",
    "What of a port's storage could go, and why the rest stays", "publish"};

struct ExpireSnapshots {
  std::string domain;
  std::string port;
  Time before;
};
void describe(Fields& f, ExpireSnapshots& v);
struct Expired {
  std::string port;
  std::uint64_t snapshots = 0;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::optional<Time> until = {};
  std::uint64_t seq = 0;
};
void describe(Fields& f, Expired& v);
inline constexpr Route<ExpireSnapshots, Expired> expire_snapshots{
    Method::post, "/api/v1/ports/{domain}/{port}/housekeeping", "expireSnapshots",
    "Drop the snapshots that a plan names; their files go later", "publish"};

struct BroughtBack {
  std::string port;
  std::uint64_t snapshots = 0;
  std::uint64_t seq = 0;
};
void describe(Fields& f, BroughtBack& v);
inline constexpr Route<GetPort, BroughtBack> undo_expiry{
    Method::delete_, "/api/v1/ports/{domain}/{port}/housekeeping", "undoExpiry",
    "Take back all dropped snapshots whose files have not gone yet", "publish"};

struct Compacted {
  std::string port;
  std::string snapshot;
  std::uint64_t seq = 0;
  std::uint64_t removed_files = 0;
  std::uint64_t added_files = 0;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
};
void describe(Fields& f, Compacted& v);
inline constexpr Route<GetPort, Compacted> compact_files{
    Method::post, "/api/v1/ports/{domain}/{port}/compaction", "compactFiles",
    "Put a port's small files together: the same rows in few files", "publish"};

}  // namespace hansa::api
