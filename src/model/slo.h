// What a contract promises of a port as a service (ODCS slaProperties), and where each promise
// stands.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/ids.h"

namespace hansa {

// One promise. What Hansa cannot measure says why.
struct Objective {
  enum class Kind {
    latency,       // the newest data is never older than `seconds`
    frequency,     // new data comes every `seconds`, or by each time of `schedule`
    availability,  // new data is there by each time of `schedule`
    retention,     // what came within `seconds` is there still
    other
  };
  std::string property;  // as it is written: "latency", "freshness"
  std::string element;   // what it is of; may be empty
  std::string value;     // in words: "24 h", "95 %"
  Kind kind = Kind::other;
  std::int64_t seconds = 0;  // zero: it has none
  std::string schedule;      // five fields of cron, in UTC; may be empty
  std::string not_measured;  // why; empty: it is measured
  friend bool operator==(const Objective&, const Objective&) = default;
};

enum class SloState {
  kept,
  at_risk,   // kept, and what is known says that it may not stay so
  late,      // silence counts
  recovered  // kept again, since the last data
};

// Where one promise stands, as it was noted last.
struct SloLine {
  std::string property;
  std::string element;
  SloState state = SloState::kept;
  Time since;
  std::optional<PortId> cause = {};  // the late port that it is made of
  friend bool operator==(const SloLine&, const SloLine&) = default;
};

// Of a port, whose id it has. It is written when a line changes, not when it is measured.
struct Slo {
  PortId id;
  std::vector<SloLine> lines;  // of what is measured
  bool told = false;           // its readers know that it is late
  friend bool operator==(const Slo&, const Slo&) = default;
};

inline constexpr std::size_t objectives_max = 50;  // of one contract that are measured

}  // namespace hansa
