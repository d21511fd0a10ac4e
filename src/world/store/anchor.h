// Anchors: what the audit's last line was at some time, in a file outside the database (better: on
// another machine's disk), so that a cut or rewritten audit shows.
//
// audit.anchors holds one line an anchor: `1 NUMBER HASH TIME`, the hash in hex, the time in RFC
// 3339.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "world/store/chain.h"

namespace hansa::store {

// Appends an anchor; durable on return. What a crash left of an earlier one is cut off first. One
// writer at a time. Errors: invalid (no hash), exhausted, denied, unavailable.
Result<void> write_anchor(const std::string& folder, const AuditHead& head, Time now);

// All anchors, oldest first; none if the file does not exist. An unfinished last line is ignored.
// Errors: corrupt; unavailable.
Result<std::vector<Anchor>> read_anchors(const std::string& folder);

}  // namespace hansa::store
