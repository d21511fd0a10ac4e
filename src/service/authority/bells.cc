#include "service/authority/bells.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace hansa::service {

Bells::Bell::~Bell() {
  const std::lock_guard lock(bells_.mutex_);
  bells_.all_.erase(at_);
  if (--bells_.each_[who_] == 0) bells_.each_.erase(who_);
}

void Bells::Bell::when(std::function<void()> ring) {
  const std::lock_guard lock(bells_.mutex_);
  ring_ = std::move(ring);
}

Result<std::unique_ptr<Bells::Bell>> Bells::add(PrincipalId who) {
  const std::lock_guard lock(mutex_);
  const auto mine = each_.find(who);
  if (mine != each_.end() && mine->second >= kBellsEachMax)
    return exhausted(fmt::format("you follow changes {} times already", kBellsEachMax),
                     "end one of them first, or ask page by page");
  if (all_.size() >= kBellsMax)
    return exhausted("too many follow the changes of this server already",
                     "try again later, or ask page by page");
  std::unique_ptr<Bell> bell(new Bell(*this, who));
  bell->at_ = all_.insert(all_.end(), bell.get());
  ++each_[who];
  return bell;
}

void Bells::ring() {
  std::vector<std::function<void()>> rings;
  {
    const std::lock_guard lock(mutex_);
    for (Bell* bell : all_)
      if (bell->ring_) rings.push_back(std::exchange(bell->ring_, nullptr));
  }
  // Whoever is rung may go, and take the bell along.
  for (const auto& ring : rings) ring();
}

void Bells::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  ring();
}

bool Bells::closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

std::size_t Bells::count() const {
  const std::lock_guard lock(mutex_);
  return all_.size();
}

}  // namespace hansa::service
