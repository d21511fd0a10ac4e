#include "service/authority/record.h"

#include "base/json.h"
#include "policy/explain.h"
#include "world/store/store.h"
#include "world/world.h"

namespace hansa::service {
namespace {

std::string_view name_of(Action action) {
  switch (action) {
    case Action::know: return "know";
    case Action::read: return "read";
    case Action::request: return "request";
    case Action::decide: return "decide";
    case Action::revoke: return "revoke";
    case Action::publish: return "publish";
    case Action::manage: return "manage";
    case Action::administer: return "administer";
  }
  return "?";
}

}  // namespace

Result<void> record_refusals(const Context& context, World& world) {
  for (const Decision& decision : context.trail.take()) {
    Json body{Json::Object{{"action", std::string(name_of(decision.ask.what))},
                           {"rule", std::string(policy::name_of(decision.reason.rule))},
                           {"epoch", decision.epoch.number},
                           {"door", context.who.door},
                           {"client", context.who.client},
                           {"request", to_text(context.request)}}};
    HANSA_CHECK(world.store.record({.kind = "refused",
                                    .who = context.who.id,
                                    .at = context.now,
                                    .subject = decision.ask.on.id,
                                    .body = to_text(body)}));
  }
  return {};
}

}  // namespace hansa::service
