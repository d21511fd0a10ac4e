// Which commit made a snapshot of a port: the mesh knows of the last ones, the audit of all.
#pragma once

#include <map>
#include <set>

#include "service/authority/live.h"
#include "world/store/store.h"

namespace hansa::service {

struct Made {
  Seq seq;
  PrincipalId by;
};

// Of these snapshots, by their ids; what neither knows is missing.
Result<std::map<std::int64_t, Made>> commits_of(const Live& live, store::Store& store, PortId port,
                                                std::set<std::int64_t> snapshots);

}  // namespace hansa::service
