#include "service/step/one_port.h"

#include <fmt/format.h>

#include "base/text.h"
#include "policy/decide.h"
#include "service/step/find.h"

namespace hansa::service {

Result<OnePort> one_port(const Context& context, const View& view, std::string_view domain,
                         std::string_view port) {
  HANSA_TRY(const Port* found, find_port(context, view, fmt::format("{}/{}", domain, port)));
  const auto* owner = view.mesh.find<Domain>(found->domain);
  const auto* contract = view.mesh.find<Contract>(found->contract);
  OnePort out{.id = found->id, .ref = view.mesh.ref_of(*found)};
  if (contract == nullptr) return invalid(fmt::format("{} cannot be queried", out.ref));
  out.table = fmt::format("{}.{}", sql_identifier(owner->name),
                          sql_identifier(fmt::format("{}_v{}", found->name, found->major)));
  out.columns = contract->schema;
  const Decision decision = policy::judge(
      view.rights, view.mesh, {context.who.id, Action::read, on(*found), context.now}, view.seq);
  out.readable = decision.allowed;
  if (const auto part = policy::visible(view.rights, view.mesh, decision))
    out.columns = shown(*part, out.columns);
  return out;
}

Result<void> still_readable(const OnePort& port) {
  if (port.readable) return {};
  return unavailable(fmt::format("the access to {} changed meanwhile", port.ref), "try again");
}

}  // namespace hansa::service
