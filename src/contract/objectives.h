// What a contract promises as a service (slaProperties), as values that can be measured; what
// cannot be says why.
#pragma once

#include <string_view>
#include <vector>

#include "contract/odcs.h"
#include "model/slo.h"

namespace hansa::contract {

// In the order of the contract, at most objectives_max.
std::vector<Objective> objectives_of(const DataContract& contract);

}  // namespace hansa::contract
