// Uploads that nobody published go away in time.
#pragma once

#include <string>

#include "base/time.h"
#include "service/authority/live.h"
#include "service/step/tables.h"
#include "world/world.h"

namespace hansa::service {

// A round over all ports each hour, a few of them at each call: removes what was uploaded
// limits::upload_kept ago and never published.
struct Sweep {
  Time began;
  std::string after;  // the last port looked at, as the mesh orders them; empty: the round is over
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};
Result<void> sweep_uploads(Time now, const Live& live, World& world, Tables& tables, Sweep& sweep);

}  // namespace hansa::service
