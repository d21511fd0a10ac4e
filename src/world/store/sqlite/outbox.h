// Questions about the outbox.
#pragma once

#include <vector>

#include "world/store/outbox.h"
#include "world/store/sqlite/sqlite.h"

namespace hansa::store::sqlite {

// As in Outbox. Errors: as Connection; corrupt.
Result<std::vector<Message>> unrouted(Connection& connection, std::size_t max);
Result<std::vector<Delivery>> gathered(Connection& connection, Ulid channel, Time now,
                                       std::size_t max);
Result<std::vector<Delivery>> due(Connection& connection, Time now, std::size_t max,
                                  std::size_t in_row);
Result<std::vector<Delivery>> deliveries(Connection& connection, const DeliveryQuestion& question);
Result<std::uint64_t> waiting(Connection& connection);

}  // namespace hansa::store::sqlite
