// Counts of use against the open transaction of the writer. Those of one group are put together
// first: a count that many reads share is written once.
#pragma once

#include "world/store/sqlite/sqlite.h"
#include "world/store/use.h"

namespace hansa::store::sqlite {

// As Apply: all calls inside a transaction, on the writer's thread. Errors: as Connection, and the
// transaction must be given up.
class ApplyUses {
 public:
  static Result<ApplyUses> prepare(Connection& connection);

  // A transaction begins: what was gathered for one that was given up is forgotten.
  void begin();
  void add(const Uses& uses) { store::add(changes_, uses); }
  // Writes what was gathered.
  Result<void> write();
  // All reads of a port, with those that were gathered.
  Result<std::uint64_t> reads_of(PortId port);
  // Drops counts of hours before this one, a piece of them at a time, and sets of columns that no
  // count has any more.
  Result<void> drop(std::int64_t hour);

 private:
  struct Statements {
    Statement put_set, more, fewer, drop_none, drop_old, any_old, drop_sets, sum;
  };
  explicit ApplyUses(Statements statements) : sql_(std::move(statements)) {}
  Result<void> write(const UseKey& key, const UseChange& change);

  Statements sql_;
  UseChanges changes_;
};

}  // namespace hansa::store::sqlite
