// Files on their way into a port: uploaded, and not visible until they are published.
#pragma once

#include "api/publish.h"
#include "base/stream.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "service/step/tables.h"
#include "world/world.h"

namespace hansa::service {

// Streams one file into the table's storage, of any size in bounded memory. Write-once: the same
// bytes again give the same answer, others are a conflict. Errors: exhausted: the account's quota,
// which counts what was uploaded and not published yet.
Result<api::Uploaded> upload_file(const Context& context, const Live& live, World& world,
                                  Tables& tables, const api::Upload& ask, Source& body);

}  // namespace hansa::service
