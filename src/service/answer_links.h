// Answers to notices by a link out of a mail (step/answer_link.h), without signing in.
#pragma once

#include <optional>
#include <string>

#include "base/seal.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "world/world.h"

namespace hansa::service {

// What the page of a link shows before it is used.
struct LinkShown {
  Answer answer = Answer::none;
  std::string port;
  std::string consumer;
  Time until;  // the version is read until then
  std::string why;
};

// Changes nothing. Errors: not_found: no link of this installation; blocked: it was used, is over,
// or is not for its recipient any more, or the version is retired.
Result<LinkShown> look_at_link(const Context& context, const Live& live, const Sealer& sealer,
                               const std::string& token);
// Once. Errors: as look_at_link; invalid.
Result<LinkShown> use_link(const Context& context, Live& live, World& world, const Sealer& sealer,
                           const std::string& token, std::optional<Time> until,
                           const std::string& text);

}  // namespace hansa::service
