// What a version is read from that is served as a view over the next one: decided with its reader's
// own rights and on the same mesh. The reader needs none to the next version: what of it the old
// one shows is what its owner set (doc/decisions/bridges.md).
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "model/bridge.h"
#include "query/plan.h"
#include "service/authority/authorize.h"

namespace hansa::service {

struct PlannedBridge {
  std::shared_ptr<const Deprecation> old;
  std::string ref;                  // domain/port@1
  std::string next_ref;             // domain/port@2
  std::string owner;                // whom to ask
  Schema columns;                   // of the old version's contract
  query::Relation next;             // without its files
  std::optional<TableState> state;  // of the next version; none: nothing is published yet
  // Of all that its rows depend on. Equal keys, equal rows.
  std::string key;
};

// `old` as it is or is about to be. Errors: blocked: what it is made of is gone, or does not fit
// any more (check_bridge, check_protected), to be told to its owner only.
Result<PlannedBridge> plan_bridge(const View& view, const Port& port,
                                  std::shared_ptr<const Deprecation> old, Time now);

// All rows of the next version, as the bridge's SQL names them; without files.
query::Relation relation_of_next(const View& view, const Port& next, const Contract& contract);

// What a reader is told where a version cannot be served.
Error does_not_answer(std::string_view ref, std::string_view owner);

// Errors: blocked: reads of the port are served from another version, so nobody would see what is
// written here.
Result<void> check_not_bridged(const View& view, PortId port);

// The noun as it is, or that there is none, for what must not be bridged meanwhile.
Noun deprecation_or_none(const View& view, PortId port);

}  // namespace hansa::service
