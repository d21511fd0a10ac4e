// Small files of a port become few: the same rows, written anew by a sealed worker.
#pragma once

#include "api/housekeeping.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "service/authority/running.h"
#include "service/step/tables.h"
#include "world/world.h"

namespace hansa::service {

// The files before stay with the snapshots before: the way back is a rollback. Errors: as
// find_open_target; denied: the caller may not read all of it; conflict: others replaced the same
// files meanwhile; corrupt: a file does not hold what the table says.
Result<api::Compacted> compact_files(const Context& context, Live& live, World& world,
                                     Tables& tables, Running& running, const api::GetPort& ask);

}  // namespace hansa::service
