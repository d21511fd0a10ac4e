// The house itself, which nobody asked: what the server sees and does by the clock.
#pragma once

#include <string_view>

#include "service/authority/context.h"

namespace hansa::service {

// `client`: which part of it. `trail` outlives it.
inline Context house_context(Time now, std::string_view client, Trail& trail) {
  return {.who = {.id = {},
                  .credential = {},
                  .door = "system",
                  .client = std::string(client),
                  .peer = {}},
          .request = new_id<RequestId>(now),
          .now = now,
          .deadline = now + std::chrono::minutes(1),
          .stop = {},
          .trail = trail};
}

}  // namespace hansa::service
