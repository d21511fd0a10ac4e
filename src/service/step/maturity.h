// How mature a product is, out of what is so now: facts, each with its share of the score and what
// would raise it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "contract/standard.h"
#include "service/authority/live.h"
#include "world/store/store.h"

namespace hansa::service {

struct MaturityFact {
  std::string fact;
  std::uint32_t percent = 0;
  std::uint32_t weight = 0;
  std::string says;
  std::string next;
};

struct MissedRequirement {
  std::string standard;
  Requirement::Kind rule;
  Requirement::Severity severity;
  contract::Miss miss;
};

struct Maturity {
  std::uint32_t score = 0;  // 100 if nothing at all is missing
  std::vector<MaturityFact> facts;
  std::vector<MissedRequirement> misses;  // those that block first
  std::string next;                       // empty: nothing is missing
};

// Pure. `readers`: so many have read it lately who do not own it. `standards`: of its domain
// (step/standards.h).
Maturity maturity_of(const View& view, const Product& product,
                     const std::vector<const Standard*>& standards, contract::Patterns& patterns,
                     std::uint64_t readers, Time now);
// So many read one of these in the last 30 days. Errors: as Store::uses.
Result<std::uint64_t> readers_lately(store::Store& store, const std::vector<PortId>& ports,
                                     Time now);
// The weighted mean, rounded down.
std::uint32_t score_of(const std::vector<MaturityFact>& facts);

}  // namespace hansa::service
