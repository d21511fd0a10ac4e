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

}  // namespace hansa::service
