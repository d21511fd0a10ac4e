// Values that stay true, by key, the most recently used ones up to a cost.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace hansa::service {

template <class V>
class Lru {
 public:
  explicit Lru(std::size_t cost_max) : cost_max_(cost_max) {}

  // nullptr: not there (any more).
  std::shared_ptr<const V> find(const std::string& key) {
    const std::lock_guard lock(mutex_);
    const auto found = held_.find(key);
    if (found == held_.end()) return nullptr;
    order_.splice(order_.begin(), order_, found->second);
    return found->second->value;
  }
  // What alone costs more than all may is not kept.
  void put(const std::string& key, std::shared_ptr<const V> value, std::size_t cost) {
    const std::lock_guard lock(mutex_);
    if (const auto old = held_.find(key); old != held_.end()) {
      cost_ -= old->second->cost;
      order_.erase(old->second);
      held_.erase(old);
    }
    if (cost > cost_max_) return;
    order_.push_front({key, std::move(value), cost});
    held_.emplace(key, order_.begin());
    cost_ += cost;
    while (cost_ > cost_max_) {
      cost_ -= order_.back().cost;
      held_.erase(order_.back().key);
      order_.pop_back();
    }
  }
  std::size_t cost() {
    const std::lock_guard lock(mutex_);
    return cost_;
  }

 private:
  struct Held {
    std::string key;
    std::shared_ptr<const V> value;
    std::size_t cost;
  };
  const std::size_t cost_max_;
  std::mutex mutex_;
  std::list<Held> order_;  // most recently used first
  std::unordered_map<std::string, typename std::list<Held>::iterator> held_;
  std::size_t cost_ = 0;
};

}  // namespace hansa::service
