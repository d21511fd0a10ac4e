#include "world/engine/shelf.h"

#include <poll.h>

#include <algorithm>
#include <utility>

namespace hansa::engine {
namespace {

bool is_kept(const Idle& idle) { return idle.state == Idle::State::kept; }

// Of taking this one for that principal.
int cost(const Idle& idle, PrincipalId who) {
  // What others used is no use to nobody, and is ended: those that wait least for it go first.
  if (!who && idle.worker->has_met_caller()) return 6;
  switch (idle.state) {
    case Idle::State::kept: return idle.last == who ? 0 : 5;
    case Idle::State::fresh: return 1;
    case Idle::State::soiled: return 4;
    case Idle::State::wiping: break;
  }
  pollfd poll{idle.worker->socket(), POLLIN, 0};
  return ::poll(&poll, 1, 0) == 1 ? 2 : 3;
}

}  // namespace

std::optional<Idle> Shelf::take(PrincipalId who) {
  const auto found =
      std::ranges::min_element(idle_, {}, [&](const Idle& idle) { return cost(idle, who); });
  if (found == idle_.end()) return std::nullopt;
  Idle idle = std::move(*found);
  idle_.erase(found);
  if (is_kept(idle) && idle.last != who) idle.state = Idle::State::soiled;
  return idle;
}

std::size_t Shelf::ready() const {
  return idle_.size() - static_cast<std::size_t>(std::ranges::count_if(idle_, is_kept));
}

bool Shelf::soil_longest_kept() {
  const auto kept = std::ranges::find_if(idle_, is_kept);
  if (kept == idle_.end()) return false;
  kept->state = Idle::State::soiled;
  return true;
}

std::vector<Idle> Shelf::take_soiled() {
  std::vector<Idle> soiled;
  std::erase_if(idle_, [&](Idle& idle) {
    if (idle.state != Idle::State::soiled) return false;
    soiled.push_back(std::move(idle));
    return true;
  });
  return soiled;
}

void Shelf::weighed(const Idle& idle) {
  const auto found = std::ranges::find(idle_, idle.worker, &Idle::worker);
  if (found == idle_.end() || found->since_us != idle.since_us) return;
  found->bytes = idle.bytes;
  const auto count = std::ranges::count_if(idle_, [](const Idle& each) { return each.bytes > 0; });
  typical_bytes_ = bytes() / static_cast<std::uint64_t>(std::max<std::ptrdiff_t>(count, 1));
}

std::uint64_t Shelf::bytes() const {
  std::uint64_t bytes = 0;
  for (const Idle& idle : idle_) bytes += idle.bytes;
  return bytes;
}

std::vector<Worker> Shelf::take_ended(std::int64_t oldest_us, std::size_t ready_min) {
  std::vector<Worker> ended;
  std::size_t have = ready();
  std::erase_if(idle_, [&](Idle& idle) {
    const bool old = idle.since_us < oldest_us;
    const bool kept = is_kept(idle);
    if (!idle.worker->exited()) {
      if (!old) return false;
      if (kept && have < ready_min) {
        idle.state = Idle::State::soiled;
        ++have;
        return false;
      }
      if (!kept && have <= ready_min) return false;
    }
    have -= kept ? 0 : 1;
    ended.push_back(std::move(idle.worker));
    return true;
  });
  return ended;
}

std::vector<Worker> Shelf::take_heavy(std::uint64_t bytes_max, std::size_t ready_min) {
  std::vector<Worker> ended;
  std::uint64_t have = bytes();
  const auto drop = [&](auto goes) {
    std::erase_if(idle_, [&](Idle& idle) {
      if (have <= bytes_max || !goes(idle)) return false;
      have -= idle.bytes;
      ended.push_back(std::move(idle.worker));
      return true;
    });
  };
  drop(is_kept);
  std::size_t spare = idle_.size() - std::min(idle_.size(), ready_min);
  drop([&](const Idle&) { return spare > 0 && spare-- > 0; });
  return ended;
}

}  // namespace hansa::engine
