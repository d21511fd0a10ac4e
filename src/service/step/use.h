// Who really reads a port, and what of it: counted, not declared (world/store/use.h). The team that
// owns it, checks, replays and previews are not among them.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "model/ids.h"
#include "service/authority/live.h"
#include "world/store/store.h"

namespace hansa::service {

// What one reader has read of a port, all in all.
struct UseBy {
  PrincipalId who;
  PortId makes;  // the port that is made of it, as that account; zero: it reads for itself
  std::vector<std::string> columns;  // their names when they were read; sorted, each once
  std::uint64_t reads = 0;
  Time first, last;
  std::string client;  // what it called itself last
};

// Whether it read this column; a name is as it was when it was read.
bool reads_column(const UseBy& use, std::string_view column);

// Everybody who read `port` (one major version) since then, to the hour; who read last comes first.
// Errors: as Store::uses.
Result<std::vector<UseBy>> readers_of(store::Store& store, PortId port, Time since);

// How much each product is read, as search ranks by it (search/document.h). Errors: as Store::uses.
Result<std::unordered_map<Ulid, std::uint8_t>> use_of_products(store::Store& store,
                                                               const Live& live, Time since);

}  // namespace hansa::service
