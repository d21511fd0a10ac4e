// Questions about counts of use.
#pragma once

#include <functional>

#include "world/store/sqlite/sqlite.h"
#include "world/store/use.h"

namespace hansa::store::sqlite {

// Errors: as Connection; corrupt.
Result<void> uses(Connection& connection, const UseQuestion& question,
                  const std::function<void(const UseKey&, const UseCount&)>& each);

}  // namespace hansa::store::sqlite
