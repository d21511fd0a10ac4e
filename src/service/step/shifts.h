// What differs between two versions of a port, for those who read the one and shall read the other.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "api/deprecation.h"
#include "contract/compatible.h"
#include "model/product.h"
#include "service/authority/authorize.h"

namespace hansa::service {

// The promise of a contract that was applied, from its manifest, for the port of that name. Errors:
// as contract::promise_of; corrupt.
Result<contract::Promise> promise_of(const Contract& held, const std::string& port);

// The shifts that hit somebody who reads these columns; with none, all of them.
std::vector<contract::Shift> shifts_for(const contract::Promise& before,
                                        const contract::Promise& after,
                                        const std::set<std::string>& columns);

// "column plays goes", "column id changes from int to long".
std::string words(const contract::Shift& shift);

// Columns that are called otherwise in the version that replaces another. Errors: invalid: one of
// them is not there, or is renamed twice; more than 500.
Result<std::vector<Renamed>> renamed_columns(const View& view, const Port& port, const Port* use,
                                             const std::vector<api::RenamedView>& wanted);

}  // namespace hansa::service
