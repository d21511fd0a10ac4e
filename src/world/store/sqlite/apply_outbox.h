// Deliveries against the open transaction of the writer.
#pragma once

#include <map>
#include <vector>

#include "world/store/outbox.h"
#include "world/store/sqlite/sqlite.h"

namespace hansa::store::sqlite {

// As Apply: all calls inside a transaction, on the writer's thread. Errors: as Connection, and the
// transaction must be given up.
class ApplyOutbox {
 public:
  static Result<ApplyOutbox> prepare(Connection& connection);

  Result<void> route(const std::vector<Routed>& routed, Time now);
  Result<void> mark(const std::vector<Marked>& marks);

 private:
  struct Statements {
    Statement number_of, routed, drop_message, waiting, in_row, put, hurry;
    Statement mark, next_in_row, drop_done, drop_messages;
  };
  explicit ApplyOutbox(Statements statements) : sql_(std::move(statements)) {}
  Result<void> route(const Routed& routed, Time now, std::map<Ulid, std::int64_t>& waiting);
  Result<void> deliver(std::int64_t message, std::string_view about, Ulid channel, bool urgent,
                       Time now, std::int64_t& waiting);

  Statements sql_;
};

}  // namespace hansa::store::sqlite
