#include "service/mailbox.h"

#include "service/authority/authorize.h"

namespace hansa::service {

Result<std::vector<CaughtMail>> list_caught_mail(const Context& context, const Live& live,
                                                 const Mailbox& mailbox) {
  HANSA_CHECK(live.read([&](const View& view) {
    return authorize(context, view, Action::administer, on_organisation(), "caught mail");
  }));
  auto all = mailbox();
  if (!all) return not_found("no mail is caught here", "set mail_catcher in the configuration");
  return *std::move(all);
}

}  // namespace hansa::service
