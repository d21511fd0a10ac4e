#include "service/step/turns.h"

namespace hansa::service {

Result<Turns::Turn> Turns::take(const Context& context, const std::string& name) {
  const PrincipalId who = context.who.id;
  std::unique_lock lock(mutex_);
  const bool turn = bell_.wait_for(lock, context.stop, context.deadline - context.now, [&] {
    const auto mine = each_.find(who);
    return !names_.contains(name) && names_.size() < all_max &&
           (mine == each_.end() || mine->second < each_max);
  });
  if (!turn)
    return context.stop.stop_requested()
               ? unavailable("the caller left")
               : exhausted("too many others have files converted", "repeat the same publish");
  names_.insert(name);
  ++each_[who];
  return Turn(nullptr, [this, name, who](void*) {
    {
      const std::lock_guard again(mutex_);
      names_.erase(name);
      if (--each_[who] == 0) each_.erase(who);
    }
    bell_.notify_all();
  });
}

}  // namespace hansa::service
