#include "service/step/turns.h"

namespace hansa::service {

bool Turns::is_free(PrincipalId who, const std::string& name, bool placed) const {
  if (names_.contains(name)) return false;
  const auto mine = each_.find(who);
  return placed || (places_ < all_max && (mine == each_.end() || mine->second < each_max));
}

Turns::Turn Turns::taken(PrincipalId who, const std::string& name, bool placed) {
  names_.insert(name);
  if (!placed) {
    ++places_;
    ++each_[who];
  }
  return Turn(this, [this, name, who, placed](void*) {
    {
      const std::lock_guard again(mutex_);
      names_.erase(name);
      if (!placed) {
        --places_;
        if (--each_[who] == 0) each_.erase(who);
      }
    }
    bell_.notify_all();
  });
}

Result<Turns::Turn> Turns::take(const Context& context, const std::string& name,
                                const Waiting& how) {
  const PrincipalId who = context.who.id;
  std::unique_lock lock(mutex_);
  bool done = false;
  const bool turn = bell_.wait_for(lock, context.stop, context.deadline - context.now, [&] {
    done = how.done && how.done();
    return done || is_free(who, name, how.placed);
  });
  if (done) return Turn();
  if (!turn)
    return context.stop.stop_requested()
               ? unavailable("the caller left")
               : exhausted("too many others have the like done, and the time is over", "try again");
  return taken(who, name, how.placed);
}

Turns::Turn Turns::try_take(PrincipalId who, const std::string& name) {
  const std::lock_guard lock(mutex_);
  return is_free(who, name, false) ? taken(who, name, false) : Turn();
}

}  // namespace hansa::service
