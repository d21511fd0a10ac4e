#include "service/step/promises.h"

#include <algorithm>
#include <set>

#include "base/limits.h"
#include "model/bridge.h"
#include "service/step/derived.h"

namespace hansa::service {
namespace {

bool is_measured(const View& view, const Port& port) {
  if (port.kind != PortKind::table) return false;
  const auto* deprecation = view.mesh.find<Deprecation>(port.id);
  return deprecation == nullptr || !deprecation->retired_at;
}

std::vector<Promise> alone(const View& view, const Port& port, const Table* table, Time now) {
  std::vector<Promise> out;
  const auto* contract = view.mesh.find<Contract>(port.contract);
  if (contract == nullptr || contract->objectives.empty()) return out;
  const bool measured = is_measured(view, port);
  if (bridged(view.mesh, port.id) != nullptr) table = table_behind(view, port);
  const Deliveries deliveries = deliveries_of(port, table);
  for (const Objective& each : contract->objectives) {
    Promise promise{&each, {.since = {}}, nullptr};
    if (measured) promise.stand = stand_of(each, deliveries, now);
    else
      promise.stand.not_measured = port.kind == PortKind::table
                                       ? "this version is retired"
                                       : "it is as new as what it is made of whenever it is read";
    out.push_back(std::move(promise));
  }
  return out;
}

// What the port is made of, by its query or its bridge.
std::vector<PortId> inputs_of(const View& view, PortId port) {
  std::vector<PortId> out;
  if (const auto* derivation = view.mesh.find<Derivation>(port))
    for (const SourceRead& read : sources_now(view, *derivation)) out.push_back(read.port);
  if (const Deprecation* old = bridged(view.mesh, port)) out.push_back(*old->use);
  return out;
}

// Each port is looked at once, however many ways lead to it: `seen` are those in which nothing was
// found.
const Port* late_input(const View& view, const Port& port, Time now, std::set<PortId>& seen) {
  for (const PortId input : inputs_of(view, port.id)) {
    const auto* source = view.mesh.find<Port>(input);
    if (source == nullptr || !seen.insert(source->id).second) continue;
    if (const Port* root = late_input(view, *source, now, seen)) return root;
    if (is_late(alone(view, *source, view.mesh.find<Table>(source->id.ulid), now))) return source;
  }
  return nullptr;
}

int badness(SloState state) {
  switch (state) {
    case SloState::late: return 3;
    case SloState::at_risk: return 2;
    case SloState::recovered: return 1;
    case SloState::kept: return 0;
  }
  return 0;
}

const SloLine* line_of(const Slo& slo, const Objective& objective) {
  const auto found = std::ranges::find_if(slo.lines, [&](const SloLine& line) {
    return line.property == objective.property && line.element == objective.element;
  });
  return found == slo.lines.end() ? nullptr : &*found;
}

std::string_view event_of(const Slo& before, const Slo& after) {
  const auto worst = [](const Slo& slo) {
    int out = 0;
    for (const SloLine& line : slo.lines) out = std::max(out, badness(line.state));
    return out;
  };
  if (before.lines == after.lines) return "slo.told";
  if (worst(after) == badness(SloState::late)) return "slo.breached";
  if (worst(before) == badness(SloState::late)) return "slo.recovered";
  return worst(after) == badness(SloState::at_risk) ? "slo.at_risk" : "slo.kept";
}

}  // namespace

const Table* table_behind(const View& view, const Port& port) {
  const Deprecation* old = bridged(view.mesh, port.id);
  return view.mesh.find<Table>(old == nullptr ? port.id.ulid : old->use->ulid);
}

std::vector<Promise> promises_of(const View& view, const Port& port, const Table* table, Time now) {
  auto out = alone(view, port, table, now);
  const auto moves = [](const Promise& each) {
    return each.stand.not_measured.empty() && each.objective->kind != Objective::Kind::retention;
  };
  if (std::ranges::none_of(out, moves)) return out;
  const Port* cause = late_input(view, port, now);
  if (cause == nullptr) return out;
  for (Promise& each : out) {
    if (!moves(each)) continue;
    each.cause = cause;
    if (each.stand.state != SloState::late) each.stand.state = SloState::at_risk;
  }
  return out;
}

std::vector<Promise> promises_of(const View& view, const Port& port, Time now) {
  return promises_of(view, port, view.mesh.find<Table>(port.id.ulid), now);
}

bool is_late(const std::vector<Promise>& promises) { return worst(promises) == SloState::late; }

std::optional<SloState> worst(const std::vector<Promise>& promises) {
  std::optional<SloState> out;
  for (const Promise& each : promises)
    if (each.stand.not_measured.empty() && (!out || badness(each.stand.state) > badness(*out)))
      out = each.stand.state;
  return out;
}

const Port* late_input(const View& view, const Port& port, Time now) {
  std::set<PortId> seen{port.id};
  return late_input(view, port, now, seen);
}

std::vector<const Port*> made_from(const View& view, const Port& port) {
  std::vector<std::pair<PortId, PortId>> arrows;  // source, made
  for (const auto& [id, entry] : view.mesh.all<Derivation>())
    for (const SourceRead& read : sources_now(view, *entry.noun))
      arrows.emplace_back(read.port, entry.noun->id);
  for (const auto& [id, entry] : view.mesh.all<Deprecation>())
    if (const Deprecation* old = bridged(view.mesh, entry.noun->id))
      arrows.emplace_back(*old->use, old->id);
  std::vector<PortId> found{port.id};
  for (std::size_t i = 0; i < found.size(); ++i)
    for (const auto& [source, made] : arrows)
      if (source == found[i] && std::ranges::find(found, made) == found.end())
        found.push_back(made);
  std::vector<const Port*> out;
  for (std::size_t i = 1; i < found.size(); ++i)
    if (const auto* made = view.mesh.find<Port>(found[i])) out.push_back(made);
  return out;
}

Slo noted(const View& view, const Port& port) {
  const auto* slo = view.mesh.find<Slo>(port.id);
  return slo != nullptr ? *slo : Slo{.id = port.id, .lines = {}};
}

Slo measured(const View& view, const Port& port, const Table* table, Time now) {
  const Slo before = noted(view, port);
  Slo out{.id = port.id, .lines = {}, .told = before.told};
  for (const Promise& each : promises_of(view, port, table, now)) {
    if (!each.stand.not_measured.empty()) continue;
    SloLine line{.property = each.objective->property,
                 .element = each.objective->element,
                 .state = each.stand.state,
                 .since = each.stand.state == SloState::late ? each.stand.since : now,
                 .cause = each.cause != nullptr ? std::optional(each.cause->id) : std::nullopt};
    const SloLine* known = line_of(before, *each.objective);
    if (known != nullptr && known->state == line.state) line.since = known->since;
    // It was told of with another port, and is late by itself now.
    if (known != nullptr && known->cause && !line.cause && line.state == SloState::late)
      out.told = false;
    // What was always kept needs no note.
    if (known != nullptr || line.state != SloState::kept) out.lines.push_back(std::move(line));
  }
  return out;
}

std::optional<Change> slo_change(const Context& context, const View& view, const Port& port,
                                 Slo after) {
  const Slo before = noted(view, port);
  if (before == after) return std::nullopt;
  Json details{Json::Object{{"port", view.mesh.ref_of(port)}}};
  const auto worst = std::ranges::max_element(
      after.lines, {}, [](const SloLine& line) { return badness(line.state); });
  if (worst != after.lines.end()) {
    details.set("property", worst->property);
    details.set("since", to_text(worst->since));
    details.set("by_input", worst->cause.has_value());
  }
  const std::string_view event = event_of(before, after);
  return change(context, share(std::move(after)), event, std::move(details));
}

}  // namespace hansa::service
