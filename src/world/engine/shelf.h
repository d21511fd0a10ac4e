// The workers that nobody holds: who is given which, and which has to go. Of whoever holds the
// pool's lock.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "model/ids.h"
#include "world/engine/process.h"

namespace hansa::engine {

using Worker = std::shared_ptr<Process>;

struct Idle {
  enum class State {
    fresh,   // never served: there is nothing to wipe
    kept,    // as its last principal left it, and for that one alone
    soiled,  // to be wiped: by the tender, or by whoever takes it before that
    wiping,  // asked to forget; whoever takes it waits for the answer
  };
  Worker worker;
  PrincipalId last;
  State state = State::fresh;
  std::int64_t since_us = 0;
  std::uint64_t bytes = 0;  // of memory of its own; 0: not weighed since it served
};

class Shelf {
 public:
  void put(Idle idle) { idle_.push_back(std::move(idle)); }
  std::size_t size() const { return idle_.size(); }
  bool empty() const { return idle_.empty(); }
  auto begin() const { return idle_.begin(); }
  auto end() const { return idle_.end(); }

  // The worker that this principal left; else one that knows nobody; else one that is being wiped;
  // else the one that was left longest ago, for the taker to wipe.
  std::optional<Idle> take(PrincipalId who);
  // Those that the next principal can have without waiting long.
  std::size_t ready() const;
  // Whether there was one that is kept: the one of the longest is to be wiped.
  bool soil_longest_kept();
  std::vector<Idle> take_soiled();

  // As it was weighed without the lock: it may be gone by now, or have served again.
  void weighed(const Idle& idle);
  std::uint64_t bytes() const;
  // What one holds, by the last that were weighed; 0: none was yet.
  std::uint64_t typical_bytes() const { return typical_bytes_; }

  // Takes out those that have to go; `ready_min` stay ready for whoever comes. Of those idle since
  // before `oldest_us` the kept are wiped where too few are ready.
  std::vector<Worker> take_ended(std::int64_t oldest_us, std::size_t ready_min);
  // Ends the longest kept, then others, until the rest holds no more than that.
  std::vector<Worker> take_heavy(std::uint64_t bytes_max, std::size_t ready_min);

 private:
  std::vector<Idle> idle_;  // the longest idle come first
  std::uint64_t typical_bytes_ = 0;
};

}  // namespace hansa::engine
