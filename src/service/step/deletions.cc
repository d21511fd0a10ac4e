// What is left of what was deleted.
#include <fmt/format.h>

#include "base/text.h"
#include "service/step/doomed.h"
#include "service/step/present.h"

namespace hansa::service {

bool knows(const Context& context, const View& view, const Deletion& deletion) {
  const Resource domain{ResourceKind::domain, deletion.domain.ulid};
  if (may(context, view, Action::manage, domain)) return true;
  return !deletion.hidden && may(context, view, Action::know, domain);
}

std::string words(const View& view, const Deletion& deletion) {
  return fmt::format("{} was deleted by {} on {}{}", deletion.name,
                     name_of_principal(view, deletion.by), to_text(deletion.at).substr(0, 10),
                     deletion.why.empty() ? "" : ": " + deletion.why);
}

// Asked only where there is nothing of that name, so a walk over all is good enough.
const Deletion* find_deletion(const Context& context, const View& view, DeletionKind kind,
                              std::string_view name) {
  const Deletion* last = nullptr;
  for (const auto& [id, entry] : view.mesh.all<Deletion>()) {
    const Deletion& each = *entry.noun;
    const std::string_view whole = each.name;
    const bool means =
        each.kind == kind &&
        (whole == name || (kind == DeletionKind::port && whole.substr(0, whole.find('@')) == name));
    if (means && (last == nullptr || last->at < each.at) && knows(context, view, each))
      last = &each;
  }
  return last;
}

}  // namespace hansa::service
