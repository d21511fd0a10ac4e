// What those who publish do with data that failed its checks: they look at it, release it, or drop
// it. Nobody else learns that there is any.
#pragma once

#include "api/quarantine.h"
#include "service/authority/running.h"
#include "service/step/open_query.h"

namespace hansa::service {

// Errors of all: as find_port; denied: only the owning team; not_found: no such batch waits.

Result<api::HeldList> list_held(const Context& context, const Live& live, const api::ListHeld& ask);
Result<api::HeldView> get_held(const Context& context, const Live& live, const api::OneHeld& ask);
Result<api::Nothing> drop_held(const Context& context, Live& live, World& world,
                               const api::OneHeld& ask);
// Errors: also as published(); invalid: an override without a why; conflict: it
// replaces rows that came after it, and the ask does not say so.
Result<api::Published> release_held(const Context& context, Live& live, World& world,
                                    Tables& tables, const api::ReleaseHeld& ask);
// The batch is read where the statement names the port, which it does, and nothing else; counted as
// no consumer's. Errors: also as open_query; invalid: it reads something else.
Result<OpenedQuery> query_held(const Context& context, const Shelves& from, Running& running,
                               const api::QueryHeld& ask);

}  // namespace hansa::service
