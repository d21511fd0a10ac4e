// What nothing refers to any more goes away in time: uploads that nobody published, what a crash
// left, files of expired snapshots.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <stop_token>
#include <string>

#include "base/time.h"
#include "model/ids.h"
#include "model/location.h"
#include "service/authority/live.h"
#include "service/step/house_rules.h"
#include "service/step/tables.h"
#include "world/world.h"

namespace hansa::service {

// A round over all ports at an interval, a few of them at each call.
struct Sweep {
  Time began;
  std::string after;  // the last port looked at, as the mesh orders them; empty: the round is over
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  // What a table was like when nothing of it was due: then only time, or a change, makes it so.
  struct Quiet {
    Location metadata;
    std::size_t expiries = 0;
    std::set<std::string> held;  // publishes that wait in quarantine
    std::size_t files = 0;
    Time until;  // when the first file of it is due, if it stays like this
  };
  std::map<PortId, Quiet> quiet;
};

struct Sweeper {
  const Live& live;
  World& world;
  Tables& tables;
  Clock& clock;
  std::function<bool()> held;  // nothing may be removed now; asked under Tables::sweeping()
  HouseRules rules;
};

// Whoever publishes goes first, and nothing is removed beside a backup: then the next round does. A
// table of which an object is missing is left as it is. Errors: none of a single table.
Result<void> sweep(const Sweeper& with, Sweep& sweep, const std::stop_token& stop = {});

}  // namespace hansa::service
