#include "world/outbound/catcher.h"

namespace hansa::outbound {

Result<void> MailCatcher::mail(const Mail& mail) {
  HANSA_CHECK(check_mail_address(mail.to));
  const std::lock_guard lock(mutex_);
  kept_.push_front({++last_, mail});
  if (kept_.size() > kept_max) kept_.pop_back();
  return {};
}

std::vector<Caught> MailCatcher::all() const {
  const std::lock_guard lock(mutex_);
  return {kept_.begin(), kept_.end()};
}

}  // namespace hansa::outbound
