// One commit or record against the open transaction of the writer.
#pragma once

#include "base/result.h"
#include "world/store/chain.h"
#include "world/store/sqlite/sqlite.h"
#include "world/store/store.h"

namespace hansa::store::sqlite {

// Where the database stands: number of the last commit, end of the audit.
struct Position {
  Seq seq;
  ChainEnd chain;
};

// Errors: as Connection.
Result<Position> position_of(Connection& connection);

// All calls happen inside a transaction of `connection`, on the writer's thread. `at` moves on with
// each success, and stands still with each failure. Errors: conflict, and nothing was changed; any
// other, and the transaction must be given up.
class Apply {
 public:
  static Result<Apply> prepare(Connection& connection);

  Result<Seq> commit(const Commit& commit, Position& at);
  Result<void> record(const Record& record, Position& at);
  Result<void> fact(std::string_view name, std::string_view value);
  Result<void> forget(Time now);
  // A piece of them at a time.
  Result<void> drop_texts(Time before);
  // Drops batches that lie more than `kept` behind, a few at a time.
  Result<void> prune(Seq head, std::uint64_t kept);

 private:
  struct Statements {
    Statement savepoint, release, roll_back;
    Statement rev, put_row, drop_row;
    Statement names_of, free_name, claim_name, owner_of;
    Statement put_answer, put_line, put_text, put_message, put_batch, put_fact, forget, drop_texts,
        prune;
  };
  explicit Apply(Statements statements) : sql_(std::move(statements)) {}

  Result<void> commit_all(const Commit& commit, Position& at);
  Result<void> check(const Expect& expect);
  Result<void> put(const Write& write, Rev rev);
  Result<void> free_names(const Write& write);
  Result<void> claim_names(const Write& write);
  Result<void> remember(const Remembered& answer);
  Result<void> put_line(Line line, ChainEnd& chain);
  Result<void> put_message(const Message& message);

  Statements sql_;
};

}  // namespace hansa::store::sqlite
