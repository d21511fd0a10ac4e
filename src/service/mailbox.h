// Mail that was caught instead of sent, where the configuration asks for that.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "service/authority/context.h"
#include "service/authority/live.h"

namespace hansa::service {

struct CaughtMail {
  std::uint64_t number = 0;
  std::string to;
  Time at;
  std::string subject;
  std::string text;
};
// Newest first; nothing: mail is sent, or not at all.
using Mailbox = std::function<std::optional<std::vector<CaughtMail>>()>;

// For administrators: it is everybody's mail. Errors: denied; not_found: no mail is caught.
Result<std::vector<CaughtMail>> list_caught_mail(const Context& context, const Live& live,
                                                 const Mailbox& mailbox);

}  // namespace hansa::service
