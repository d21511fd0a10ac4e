// How long things are kept that readers do not need any more.
#pragma once

#include "base/keeping_limits.h"
#include "base/limits.h"
#include "base/time.h"

namespace hansa::service {

struct HouseRules {
  Seconds snapshots_kept = limits::snapshot_kept;  // after they ceased to be current
  Seconds expired_kept = limits::expiry_kept;      // what was dropped can be taken back
  Seconds uploads_kept = limits::upload_kept;      // what nothing refers to
  Seconds sweep_every = std::chrono::hours(1);
  // Versions on their way out.
  Seconds notice = limits::deprecation_notice;  // the least between an announcement and its date
  Seconds quiet = limits::deprecation_quiet;    // nobody may have read it for so long
  Seconds answer = limits::access_answer;       // requests for access are answered within; 0: never
  Seconds measure_every = std::chrono::seconds(30);  // what ports promise
};

}  // namespace hansa::service
