#include "service/step/plan_bridge.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "base/text.h"
#include "model/lineage.h"
#include "service/step/derived.h"
#include "service/step/measure.h"
#include "service/step/plan_view.h"

namespace hansa::service {
namespace {

std::string key_of(const PlannedBridge& planned) {
  Digest digest;
  digest.add(fmt::format("bridge {} {} {} {} {} ", to_text(planned.old->id),
                         planned.old->bridge->sql.size(), planned.old->bridge->sql,
                         to_text(planned.next.port),
                         planned.state ? std::to_string(planned.state->snapshot) : "none"));
  add_columns(digest, planned.columns);
  add_columns(digest, planned.next.columns);
  return to_hex(digest.finish());
}

}  // namespace

query::Relation relation_of_next(const View& view, const Port& next, const Contract& contract) {
  query::Relation out = relation_for_checks(view, next, contract.schema);
  out.name = kNext;
  return out;
}

Result<PlannedBridge> plan_bridge(const View& view, const Port& port,
                                  std::shared_ptr<const Deprecation> old, Time now) {
  const auto* next = old->use ? view.mesh.find<Port>(*old->use) : nullptr;
  const auto* contract = view.mesh.find<Contract>(port.contract);
  const auto* product = view.mesh.find<Product>(port.product);
  const auto* promised = next ? view.mesh.find<Contract>(next->contract) : nullptr;
  const auto* table = next ? view.mesh.find<Table>(next->id.ulid) : nullptr;
  if (contract == nullptr || product == nullptr || promised == nullptr || table == nullptr)
    return blocked("the version that its bridge reads is gone",
                   fmt::format("take the bridge away: hansa deprecate bridge {} --none",
                               view.mesh.ref_of(port)));
  // A version may be bridged while those that are served from it are retired.
  if (bridged(view.mesh, next->id) != nullptr)
    return blocked(fmt::format("{} is served by a bridge itself", view.mesh.ref_of(*next)),
                   "bridges stand on data: end one of them");
  HANSA_CHECK(check_bridge(*old->bridge, *contract, *promised));
  HANSA_CHECK(check_protected(*contract, *product, protection_of(made_of(view, next->id, now))));
  PlannedBridge out{.old = old,
                    .ref = view.mesh.ref_of(port),
                    .next_ref = view.mesh.ref_of(*next),
                    .owner = owner_of(view, port),
                    .columns = contract->schema,
                    .next = relation_of_next(view, *next, *promised),
                    .state = {},
                    .key = {}};
  if (table->current() != nullptr) out.state = *table->current();
  out.key = key_of(out);
  return out;
}

Error does_not_answer(std::string_view ref, std::string_view owner) {
  return {Code::denied,
          fmt::format("{} does not answer: what it is made of cannot be read any more", ref),
          fmt::format("ask its owner, {}", owner)};
}

Noun deprecation_or_none(const View& view, PortId port) {
  return view.mesh.noun("deprecation", port.ulid)
      .value_or(share(Deprecation{.id = port, .by = {}, .why = {}, .renamed = {}}));
}

Result<void> check_not_bridged(const View& view, PortId port) {
  const Deprecation* old = bridged(view.mesh, port);
  if (old == nullptr) return {};
  const auto* at = view.mesh.find<Port>(port);
  const auto* next = view.mesh.find<Port>(*old->use);
  const std::string ref = at == nullptr ? "?" : view.mesh.ref_of(*at);
  return blocked(fmt::format("{} is served from {} by a bridge, and nobody would read what is "
                             "written into it",
                             ref, next == nullptr ? "the next version" : view.mesh.ref_of(*next)),
                 fmt::format("write into the next version, or end that: hansa deprecate bridge {} "
                             "--none",
                             ref));
}

}  // namespace hansa::service
