#include "service/step/outbox.h"

#include "base/fields.h"
#include "model/spelling.h"

namespace hansa::service {

store::Message message_to(const Context& context, const Grantee& to, Ulid about,
                          std::string_view type, Json facts) {
  return {.id = new_ulid(context.now),
          .to_kind = std::string(name_of(to.kind)),
          .to = to.id,
          .about = about,
          .type = std::string(type),
          .at = context.now,
          .facts = to_text(facts)};
}

store::Message message_to_told(const Context& context, PortId port, Ulid about,
                               std::string_view type, Json facts) {
  store::Message out =
      message_to(context, {GranteeKind::team, port.ulid}, about, type, std::move(facts));
  out.to_kind = told_kind;
  return out;
}

}  // namespace hansa::service
