// Data into a port: staged first, visible in one commit, entirely or not at all.
#pragma once

#include "api/publish.h"
#include "base/stream.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "service/step/tables.h"
#include "world/world.h"

namespace hansa::service {

// Streams one file into the table's storage, of any size in bounded memory. Write-once: the same
// bytes again give the same answer, others are a conflict.
Result<api::Uploaded> upload_file(const Context& context, const Live& live, World& world,
                                  const api::Upload& ask, Source& body);

// Checks what was staged against the contract (footers are read in a worker) and commits a new
// snapshot.
Result<api::Published> publish_files(const Context& context, Live& live, World& world,
                                     Tables& tables, const api::Publish& ask);

Result<api::Snapshots> list_snapshots(const Context& context, const Live& live, World& world,
                                      const api::ListSnapshots& ask);
Result<api::Published> rollback_port(const Context& context, Live& live, World& world,
                                     Tables& tables, const api::Rollback& ask);

}  // namespace hansa::service
