// What a query reads, and the record each read leaves: one a port, whatever becomes of the query.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "service/authority/context.h"
#include "service/authority/running.h"
#include "service/step/plan_view.h"
#include "service/step/recorded.h"
#include "world/store/store.h"

namespace hansa::service {

// A query as its records tell of it.
struct ReadBy {
  QueryId query;
  RequestId request;
  Caller who;
  std::string kind;  // check, replay or preview, as the server knows by itself; empty: any other
  std::string said;  // what the caller calls it: noted, and believed of an owner alone
  RecordedStatement asked;
  std::string makes;  // the port whose rows are made of what is read; empty: nobody's
  PortId makes_port;
  PrincipalId asked_by;  // who has it run in this name; zero: nobody else
  Time started;
  std::int64_t started_us = 0;
};

class Reads {
 public:
  // `figures` count the query; null: it is a part of another, which is counted.
  Reads(store::Store& store, QueryFigures* figures, ReadBy by);
  // Those of an account that makes a view for this query.
  std::shared_ptr<Reads> behind(const PlannedView& made_of) const;

  const QueryId& query() const { return by_.query; }

  // The ports and what was decided about each; the last one may be a refusal. The latest call
  // counts.
  void decided(const std::vector<PlannedPort>& ports);
  // The columns that the bound plan reads.
  void bound(const query::Bound& bound);

  // What is on its way to disk, and must be there before rows leave: the decisions about restricted
  // data before the first, the counts of use before the last.
  struct Tickets {
    std::vector<std::unique_ptr<store::Ticket>> opened, counted;
    // Waits for all of it.
    Result<void> durable() const;
  };
  // Once the columns are known. Errors: exhausted: the store cannot take them: then the rows must
  // not flow either.
  Result<Tickets> open(Time now);

  // It runs: what fails from here on has seen rows, and the words of its error may show some.
  void runs() { runs_ = true; }

  // What a brown-out refused counts as a read: whoever wanted it needs the version.
  void tried() const;

  // How it ended: once, later calls do nothing. A statement that failed before a port was decided
  // leaves one record too: hostile ones end here.
  void end(const Ending& ending);

 private:
  struct Read {
    PlannedPort port;
    std::vector<std::string> columns;
  };
  store::Record record(std::string_view kind, const Read* read, Time at, Json body) const;
  Json facts(const Read& read) const;
  std::string kind_of(const Read& read) const;
  store::Uses uses(Time now) const;

  store::Store& store_;
  QueryFigures* figures_;
  ReadBy by_;
  Json asked_;        // what the records say of the statement besides its text
  std::string text_;  // of the statement
  std::vector<Read> reads_;
  store::Uses counted_;
  bool runs_ = false;
  bool ended_ = false;
};

// How a query ended that never gave a row. `gone`: its client is no longer there.
Ending ending_of(const Error& error, bool gone);

}  // namespace hansa::service
