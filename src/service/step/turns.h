// Work of which only so much may go on at once, and of one name only one.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "service/authority/context.h"

namespace hansa::service {

struct Waiting {
  bool placed = false;  // a part of work that has a turn: of its name only one, and that is all
  std::function<bool()> done = {};  // somebody else has done it: it is not waited for any more
};

class Turns {
 public:
  // A turn ends when it is dropped; empty: there is none.
  using Turn = std::shared_ptr<void>;

  // Waits until nobody works under this name, at most `all_max` do at all and at most `each_max`
  // for this caller. Empty only if it is done. Errors: exhausted (the deadline), unavailable (the
  // caller left).
  Result<Turn> take(const Context& context, const std::string& name, const Waiting& how = {});
  // The same without waiting: empty if it is not its turn.
  Turn try_take(PrincipalId who, const std::string& name);

  static constexpr std::size_t all_max = 4;
  static constexpr std::size_t each_max = 2;

 private:
  bool is_free(PrincipalId who, const std::string& name, bool placed) const;
  Turn taken(PrincipalId who, const std::string& name, bool placed);

  std::mutex mutex_;
  std::condition_variable_any bell_;
  std::set<std::string> names_;
  std::size_t places_ = 0;
  std::map<PrincipalId, std::size_t> each_;
};

}  // namespace hansa::service
