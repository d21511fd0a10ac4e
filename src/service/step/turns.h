// Work of which only so much may go on at once, and of one name only one.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "service/authority/context.h"

namespace hansa::service {

class Turns {
 public:
  // A turn ends when it is dropped.
  using Turn = std::shared_ptr<void>;
  // Waits until nobody works under this name, at most `all_max` do at all and at most `each_max`
  // for this caller. Errors: exhausted (the deadline), unavailable (the caller left).
  Result<Turn> take(const Context& context, const std::string& name);

  static constexpr std::size_t all_max = 4;
  static constexpr std::size_t each_max = 2;

 private:
  std::mutex mutex_;
  std::condition_variable_any bell_;
  std::set<std::string> names_;
  std::map<PrincipalId, std::size_t> each_;
};

}  // namespace hansa::service
