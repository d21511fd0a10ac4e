// From a statement to guarded rows: read, decided, planned, run, recorded. Every job that gives
// rows goes this way.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "api/query.h"
#include "base/stream.h"
#include "query/plan.h"
#include "service/authority/context.h"
#include "service/authority/running.h"
#include "service/step/opening.h"

namespace hansa::service {

struct OpenedQuery {
  QueryId id;
  query::Format format = query::Format::json;
  std::vector<query::Column> columns;
  // Guarded: ends when a right it needs ends. Nothing if `wanted` said that nobody wants them.
  std::unique_ptr<Source> rows;
  std::stop_token cut;                              // requested when it ended that way
  std::shared_ptr<const void> held;                 // until the last row has left
  std::shared_ptr<const query::Counters> counters;  // final once `rows` has ended
  std::vector<VersionEnds> ends = {};               // versions that it reads and that will end
  std::vector<Trouble> troubles = {};               // incidents of what it reads
};

struct HowToOpen {
  std::optional<Pin> pin = {};
  // Of a statement of the server's own: the further column of its relation (query::Relation).
  std::string place = {};
  // The columns of its one port.
  std::vector<std::string> reads = {};
  // Tries the statement on another version than the one it names.
  std::optional<Instead> instead = {};
  // Reads a batch that is kept aside where its port is named.
  std::optional<Aside> aside = {};
  // What it is, where the server knows that by itself (ReadBy).
  std::string kind = {};
  // Who has it run in the caller's name; zero: the caller itself.
  PrincipalId asked_by = {};
  // Asked when everything is decided, before anything runs. False: the rows are not wanted; the
  // decision is recorded as that of a read which gave none, and it counts as one: whoever asks
  // whether there are other rows uses the data.
  std::function<Result<bool>(const Planned&)> wanted = {};
};

// Errors: invalid (syntax, an unknown name, with what the caller may have meant); denied, with
// owner and next action; exhausted; unavailable; not_found: a pinned snapshot that is not kept.
Result<OpenedQuery> open_query(const Context& asked, const Shelves& from, Running& running,
                               const api::RunQuery& ask, const HowToOpen& how = {});

}  // namespace hansa::service
