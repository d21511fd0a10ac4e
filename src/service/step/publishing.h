// From files that lie ready to a new snapshot: inspected, checked, staged, committed; or kept
// aside.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "api/publish.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "service/step/staged.h"
#include "service/step/tables.h"
#include "world/store/outbox.h"
#include "world/world.h"

namespace hansa::service {

// A batch on its way out of quarantine: checked anew, by today's contract and beside today's rows.
struct Release {
  std::string despite;  // why it is published although checks fail; empty: it is not
  // Who is told of that, in the same commit.
  std::function<std::vector<store::Message>(const View&)> tells = {};
  // Of one that replaces all rows: those that are there must be older.
  std::optional<Time> unmoved_since = {};
};

// The caller holds Tables::sweeping, and of text a turn. Errors: check_failed: nothing was
// published, and what became of the data; conflict: a batch to be released does not wait any more.
Result<api::Published> published(const Context& context, Live& live, World& world, Tables& tables,
                                 Target target, api::Publish ask, const Release* release);

}  // namespace hansa::service
