// The schema and its numbered steps, forward only. A step once released is never edited.
#pragma once

#include <functional>

#include "base/result.h"
#include "world/store/sqlite/sqlite.h"

namespace hansa::store::sqlite {

// The newest schema this program knows.
int schema_newest();

// Called before and after every statement of a migration: `step` counts from 0 over all of them.
// The kill test dies here.
using AtStep = std::function<void(int step)>;

// Brings the file to `to` (0: the newest), a step a transaction. An empty file starts at 0. Errors:
// invalid if it is another program's or written by a newer version; as Connection.
Result<void> migrate(Connection& connection, const AtStep& at_step = {}, int to = 0);

}  // namespace hansa::store::sqlite
