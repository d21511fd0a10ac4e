// The part of a difference that is about contracts: what readers of a port would meet.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "contract/checks.h"
#include "contract/compatible.h"
#include "contract/objectives.h"
#include "model/bridge.h"
#include "service/step/difference.h"
#include "service/step/plan_bridge.h"
#include "service/step/shifts.h"

namespace hansa::service {
namespace {

using contract::Verdict;

Shown shown(const Contract& v) {
  return {{"id", v.key}, {"version", v.version}, {"status", v.status}};
}

Shown shown_columns(const Contract& v) {
  Shown out;
  for (const Column& column : v.schema.columns)
    out.emplace_back("column " + column.name,
                     to_text(column.type) + (column.required ? ", required" : ""));
  for (const auto& [column, words] : v.classified)
    out.emplace_back("classification of " + column, words);
  return out;
}

// Gives columns that were there before the ids they had, and new ones fresh ids: readers find by
// id.
void keep_ids(std::vector<Column>& columns, const std::vector<Column>& before, std::int32_t& next) {
  for (Column& column : columns) {
    const auto old = std::ranges::find(before, column.name, &Column::name);
    column.id = old != before.end() ? old->id : ++next;
  }
  for (Column& column : columns) {
    const auto old = std::ranges::find(before, column.name, &Column::name);
    keep_ids(column.type.fields, old != before.end() ? old->type.fields : std::vector<Column>{},
             next);
  }
}

Result<Contract> contract_for(const Draft& draft, const contract::PortFacts& facts,
                              const contract::DataContract& document, const Contract* before,
                              const Port& port, bool published) {
  HANSA_TRY(Schema schema, contract::port_schema(document, facts.name));
  if (schema.columns.empty())
    return invalid(fmt::format("contract {} has no columns for port {}", document.id, facts.name));
  Contract after = before ? *before
                          : Contract{.id = new_id<ContractId>(draft.now),
                                     .port = port.id,
                                     .key = {},
                                     .version = {},
                                     .status = {},
                                     .schema = {},
                                     .manifest = {},
                                     .classified = {}};
  std::int32_t last = before != nullptr && published ? last_id(before->schema) : 0;
  if (before != nullptr && published) keep_ids(schema.columns, before->schema.columns, last);
  else assign_ids(schema);
  after.key = document.id;
  after.version = document.version;
  after.status = document.status;
  after.schema = std::move(schema);
  after.synonyms = contract::synonyms_of(document, facts.name);
  after.manifest = PackedText(contract::to_yaml(document));
  after.classified = contract::classified(document, facts.name);
  after.objectives = contract::objectives_of(document);
  after.tests = contract::tests_of(document, facts.name);
  return after;
}

// The contract a port relies on: of this set, else the one it has already.
Result<const contract::DataContract*> document_for(const Contracts& contracts,
                                                   const std::string& product,
                                                   const contract::PortFacts& port,
                                                   const Contract* before) {
  if (port.contract_id.empty())
    return invalid(fmt::format("port {} of {} names no contract", port.name, product),
                   "add contractId");
  if (const auto* found = contracts.resolve(port.contract_id, port.version)) return found;
  if (before != nullptr && before->key == port.contract_id) return nullptr;
  return invalid(
      fmt::format("contract {} of port {} is not in this set", port.contract_id, port.name),
      "apply the contract's file with the product's");
}

// Whether somebody may rely on its columns already.
bool has_readers(const Mesh& mesh, const Port& port, const Table* table) {
  if (port.kind == PortKind::view) return mesh.find<Derivation>(port.id) != nullptr;
  return table != nullptr && table->current() != nullptr;
}

// The first major of that name that there is not yet.
std::uint32_t next_major(const Draft& draft, const Port& port) {
  std::uint32_t last = port.major;
  for (const Port* each : draft.overlay.view().mesh.majors(port.domain, port.name))
    last = std::max(last, each->major);
  return last + 1;
}

struct Judged {
  std::vector<api::PlannedDetail> details;
  std::vector<contract::Shift> shifts;
  Verdict worst = Verdict::compatible;
};

Result<Judged> judge(Draft& draft, const contract::PortFacts& facts, const Contract& before,
                     const contract::DataContract& document, const Port& port,
                     const std::string& ref) {
  HANSA_TRY(const contract::Promise was, promise_of(before, facts.name));
  HANSA_TRY(const contract::Promise is, contract::promise_of(document, facts.name));
  // A mode cannot be loosened by the very change that needs it.
  const contract::Mode mode = std::min(was.mode, is.mode);
  Judged out;
  std::vector<std::string> refused;
  out.shifts = contract::shifts_between(was, is);
  for (const contract::Shift& shift : out.shifts) {
    out.worst = std::max(out.worst, shift.verdict);
    out.details.push_back({shift.sign, shift.what, shift.from, shift.to,
                           std::string(contract::name_of(shift.verdict)), shift.why});
    if (contract::refused(shift, mode)) refused.push_back(words(shift));
  }
  if (!refused.empty())
    draft.out.blocked.push_back(
        {ref, fmt::format("{}, and {} is read as it is", join(refused, ", "), ref),
         fmt::format("give the changed data a new major version: a second output port {{name: {}, "
                     "version: {}.0.0}} beside this one",
                     facts.name, next_major(draft, port))});
  return out;
}

// The types of these columns stay; all of them where none are named.
bool same_types(const Contract& before, const Contract& after,
                const std::set<std::string>* columns) {
  const auto counts = [&](const Column& column) {
    return columns == nullptr || columns->contains(column.name);
  };
  for (const Column& was : before.schema.columns) {
    const auto is = std::ranges::find(after.schema.columns, was.name, &Column::name);
    if (counts(was) && (is == after.schema.columns.end() || is->type != was.type)) return false;
  }
  return true;
}

// A version that is served from another one, and that other one: neither changes so that the bridge
// between them would give other columns than the old one promises, or show more than it says.
void check_bridges(Draft& draft, const Port& port, const Contract& before, const Contract& after,
                   const std::string& ref) {
  const Mesh& mesh = draft.overlay.view().mesh;
  const auto hold = [&](const Deprecation& old, const Contract& olds, const Contract& nexts,
                        bool same) {
    auto fits = check_bridge(*old.bridge, olds, nexts);
    if (fits && !same)
      fits = blocked("the types of its columns would change", "set the bridge anew");
    if (fits) return;
    const auto* older = mesh.find<Port>(old.id);
    const auto* next = mesh.find<Port>(*old.use);
    draft.out.blocked.push_back(
        {ref,
         fmt::format("{} is served from {} by a bridge: {}", older ? mesh.ref_of(*older) : "?",
                     next ? mesh.ref_of(*next) : "?", fits.error().text),
         fits.error().next});
  };
  const auto contract_of = [&](PortId id) {
    const auto* found = mesh.find<Port>(id);
    return found ? draft.overlay.find<Contract>(found->contract) : nullptr;
  };
  for (const Deprecation* old : bridged_from(mesh, port.id)) {
    std::set<std::string> read;
    for (const BridgedColumn& made : old->bridge->columns)
      read.insert(made.from.begin(), made.from.end());
    if (const Contract* olds = contract_of(old->id))
      hold(*old, *olds, after, same_types(before, after, &read));
  }
  if (const Deprecation* old = bridged(mesh, port.id))
    if (const Contract* nexts = contract_of(*old->use))
      hold(*old, after, *nexts, same_types(before, after, nullptr));
  // Nobody sets a bridge meanwhile.
  for (const Port* each : mesh.majors(port.domain, port.name))
    draft.out.attempt.relies_on.push_back(deprecation_or_none(draft.overlay.view(), each->id));
}

}  // namespace

Contracts::Contracts(const contract::Manifests& manifests) {
  for (const auto& each : manifests.contracts) by_id_[each.value.id].push_back(&each.value);
}

const contract::DataContract* Contracts::resolve(std::string_view id,
                                                 std::string_view version) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : contract::resolve(found->second, id, version);
}

Result<std::optional<Contract>> add_contract(Draft& draft, const Contracts& contracts,
                                             const std::string& product,
                                             const contract::PortFacts& facts, const Port& port,
                                             const std::string& ref) {
  const Mesh& mesh = draft.overlay.view().mesh;
  const auto* before = draft.overlay.find<Contract>(port.contract);
  const auto* table = draft.overlay.find<Table>(port.id);
  HANSA_TRY(const contract::DataContract* document,
            document_for(contracts, product, facts, before));
  if (document == nullptr) return std::optional<Contract>();
  const bool published = before != nullptr && has_readers(mesh, port, table);
  // Whether there are readers to protect must not change before this is written.
  if (table != nullptr)
    if (auto noun = mesh.noun("table", table->id.ulid))
      draft.out.attempt.relies_on.push_back(*std::move(noun));
  HANSA_TRY(Contract after, contract_for(draft, facts, *document, before, port, published));
  if (before != nullptr && *before == after) return std::optional(std::move(after));
  if (before != nullptr) check_bridges(draft, port, *before, after, ref);
  std::vector<api::PlannedDetail> details =
      details_between(before ? shown(*before) : Shown{}, shown(after));
  std::string verdict;
  std::vector<api::PlannedDetail> columns;
  if (published) {
    HANSA_TRY(Judged judged, judge(draft, facts, *before, *document, port, ref));
    columns = std::move(judged.details);
    if (!judged.shifts.empty())
      draft.out.judged.push_back({draft.out.planned.size(), port.id, std::move(judged.shifts)});
    if (!columns.empty()) verdict = contract::name_of(judged.worst);
  } else {
    columns = details_between(before ? shown_columns(*before) : Shown{}, shown_columns(after));
  }
  std::ranges::move(columns, std::back_inserter(details));
  draft.change(before, after, "contract", after.key + " of " + ref, std::move(details),
               std::move(verdict));
  return std::optional(std::move(after));
}

}  // namespace hansa::service
