// Requirements and updates as REST clients send them. Errors of all: invalid, naming the member; an
// action or type that is not known here is one of them, since passing it over would lose the
// client's change.
#pragma once

#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "iceberg/update.h"

namespace hansa::iceberg {

// Lists, as they stand under "requirements" and "updates"; null or absent (nullptr) is empty.
Result<std::vector<Requirement>> requirements_from_json(const Json* list);
Result<std::vector<Update>> updates_from_json(const Json* list);

}  // namespace hansa::iceberg
