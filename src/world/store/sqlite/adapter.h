// The store in SQLite: one file in one folder, for one server. formats: migrate.cc (tables),
// batch.h, world/store/chain.h.
#pragma once

#include <memory>
#include <string>

#include "base/limits.h"
#include "base/result.h"
#include "world/store/store.h"

namespace hansa::store {

struct SqliteOptions {
  // Where anchors of the audit lie, which verify_chain then compares. Empty: none.
  std::string anchor_folder;
  // A follower that is further behind must load again.
  std::uint64_t batches_kept = limits::batches_kept_default;
  // Never set: answers before the commit and never syncs. The kill test proves with it that it can
  // fail.
  bool breaks_promises = false;
};

// Makes the folder if there is none. Errors: conflict if another server has it open; invalid if it
// is another program's or of a newer version; corrupt; exhausted; denied; unavailable.
Result<std::unique_ptr<Store>> open_sqlite(const std::string& folder,
                                           const SqliteOptions& options = {});

}  // namespace hansa::store
