// The next state of a table: staged first, then the pointer moves in one commit, or nothing of it
// was there.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "api/publish.h"
#include "iceberg/metadata.h"
#include "service/authority/commit.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "service/step/staged.h"
#include "service/step/tables.h"
#include "world/store/store.h"
#include "world/world.h"

namespace hansa::service {

// A number out of a snapshot's summary; 0 if it says nothing.
std::uint64_t summary_number(const iceberg::Snapshot& snapshot, const char* name);
// The snapshot this publish made, whoever sent it and however long ago: the table itself remembers.
const iceberg::Snapshot* snapshot_of(const iceberg::TableMetadata& metadata,
                                     std::string_view publish);

// What the new state of the table is made of, staged and not yet visible.
struct Next {
  TableState state;
  std::uint64_t added_rows = 0;
  std::uint64_t added_bytes = 0;
};

// Writes everything of a new snapshot but the pointer. `have` is what the table has, if it was read
// already. Errors: exhausted: too many files, or the account's quota.
Result<Next> stage(const Context& context, World& world, Tables& tables, const Target& target,
                   std::optional<TableBase> have, const std::vector<iceberg::DataFile>& files,
                   const api::Publish& ask);
// The same where files take the place of others that hold the same rows. Errors: conflict: one of
// `gone` is not in the table any more.
Result<TableState> stage_replacement(const Context& context, World& world, Tables& tables,
                                     const Target& target,
                                     const std::vector<iceberg::DataFile>& files,
                                     const std::set<Location>& gone, const std::string& publish);
// Notes in new metadata which one it follows; the last hundred are noted.
void log_metadata(iceberg::TableMetadata& metadata, const TableState& left);
// Writes a new metadata file and returns the state that points to it.
Result<TableState> write_state(const Context& context, World& world, Tables& tables,
                               const iceberg::TableMetadata& metadata,
                               const iceberg::Snapshot& snapshot, std::string_view operation);

// Errors: conflict: one of the files belongs to another port, named if the caller may know of it.
Result<void> refuse_shared(const Context& context, const View& view, const Target& target,
                           const std::vector<Location>& files);

struct Move {
  TableState state;
  // Files outside the table that the state lists: with an append the new ones, else all.
  std::vector<Location> registers;
  std::function<store::Remembered()> answer;  // none: nothing to repeat
  std::vector<SourceRead> reads = {};         // what a query made its rows of
  // What else changes in the same commit, and what that stands on.
  std::function<Result<Attempt>(const View&)> along = {};
  std::string publish = {};  // which; if it waits in quarantine, it leaves that
  bool releases = false;     // it must wait there
};
// Whether nobody moved the pointer since.
bool same_pointer(const Table& table, const std::optional<TableState>& state);

// Whoever moves a pointer was slower each time. Conflict.
std::unexpected<Error> too_busy(std::string_view ref, std::string next = "try again");
// Moves the pointer, unless somebody else moved it since `target` was read: then nothing is written
// and the answer is no number. Errors: as refuse_shared; conflict: the contract changed, or the
// batch does not wait in quarantine any more.
Result<std::optional<Seq>> move_pointer(const Context& context, Live& live, World& world,
                                        const Target& target, const Move& move);

}  // namespace hansa::service
