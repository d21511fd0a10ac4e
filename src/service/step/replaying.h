// A reader's own statement, tried on another version of a port: as that reader, by its rights now.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "model/replay.h"
#include "service/authority/running.h"
#include "service/step/opening.h"

namespace hansa::service {

struct ReadersQuery {
  PrincipalId who;
  query::Statement statement;
  std::string place;                 // HowToOpen::place
  std::vector<std::string> columns;  // that it read of the old version
  PortId makes;                      // the port that it makes; zero: none
};

struct Trial {
  ReplayVerdict verdict = ReplayVerdict::not_run;
  std::string why;
  std::string rewrite;  // the statement for the new version; empty: none that was found to work
};

// What is tried, the same for all statements.
struct ReplayJob {
  Instead instead;
  std::string to;                // the new version, as references have it
  std::string table;             // and as SQL names it
  std::vector<Renamed> renamed;  // columns
  // What the new version's contract lacks of the old one.
  std::vector<std::string> missing;
  bool run = false;
};

// In the name of the statement's reader, with the time and patience of `asker`. Whoever asks learns
// of rows only that they differ, and that only where it may read all that the statement reads
// besides: else it could ask what others see by changing what they compare with.
Trial try_query(const Context& asker, const Shelves& from, Running& running, const ReplayJob& job,
                const ReadersQuery& query);

// The same for whoever wrote it, without trying it again: empty if it cannot be said any more.
// Errors: as Engine::lease and Lease::parse.
Result<std::string> rewrite_again(const Context& context, const Shelves& from, const ReplayJob& job,
                                  const query::Statement& statement);

// The statement for the new version, as its author would write it. Nothing: it names nothing that
// could be found in its text.
std::optional<std::string> rewrite_of(const Live& live, const ReplayJob& job,
                                      const query::Statement& statement,
                                      const std::optional<query::Places>& places);

}  // namespace hansa::service
