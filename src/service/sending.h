// Sends what the outbox holds: at least once, in order for each channel and subject, again after a
// growing while where it fails, and given up after a stated time.
#pragma once

#include <stop_token>

#include "base/pool.h"
#include "base/time.h"
#include "service/authority/live.h"
#include "service/step/deliver.h"
#include "service/step/enclosed.h"
#include "world/store/outbox.h"

namespace hansa::service {

struct Persistence {
  Seconds first{5};                         // until the second attempt; then doubled
  Seconds longest{3'600};                   // between two
  Seconds all{std::chrono::hours(24 * 3)};  // since the message was made
};

struct Sender {
  const Live& live;
  store::Outbox& outbox;
  Post post;
  Clock& clock;
  Persistence persistence;
  Pool& pool;  // as many rows are sent beside one another as it has threads
  OwnStatements statements = {};
};

// Decides where new messages go. Returns how many there were. Errors: as Outbox.
Result<std::size_t> route_messages(const Sender& with);
// Tries what is due, once each, and notes what came of it. Returns how many there were. Errors: as
// Outbox: then what was sent may be sent again. Begins no other once `stop` is requested.
Result<std::size_t> send_due(const Sender& with, const std::stop_token& stop);

// How long to wait after so many attempts: doubled each time, less up to a half at random so that
// not all come back at once.
Micros wait_after(const Persistence& persistence, std::uint32_t attempts, std::uint64_t random);

}  // namespace hansa::service
