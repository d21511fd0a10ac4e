// Where the statements of jobs find what they read.
#pragma once

#include "door/http/bind.h"
#include "service/query.h"

namespace hansa::http {

inline service::Shelves shelves_of(House& house) {
  return {house.live, house.world, house.tables, house.copies, house.clock};
}

}  // namespace hansa::http
