#include "service/step/present_derived.h"

#include <algorithm>

#include "service/step/derived.h"
#include "service/step/present.h"

namespace hansa::service {
namespace {

// An input port names what it relies on by contract, by reference, or by its own name.
bool means(const View& view, const InputPort& input, const Port& port) {
  const auto* contract = view.mesh.find<Contract>(port.contract);
  const std::string ref = view.mesh.ref_of(port);
  return (contract != nullptr && !input.contract.empty() && contract->key == input.contract) ||
         input.name == port.name || input.name == ref || input.name == ref.substr(0, ref.find('@'));
}

// Against the input ports that the product's manifest declares.
void compare(const Context& context, const View& view, const Derivation& derivation,
             const Product& product, api::DerivationView& out) {
  std::vector<const Port*> read;
  for (const SourceRead& each : sources_now(view, derivation))
    if (const auto* port = view.mesh.find<Port>(each.port)) read.push_back(port);
  for (const Port* port : read)
    if (may(context, view, Action::know, on(*port)) &&
        std::ranges::none_of(product.inputs,
                             [&](const InputPort& input) { return means(view, input, *port); }))
      out.not_declared.push_back(view.mesh.ref_of(*port));
  for (const InputPort& input : product.inputs)
    if (std::ranges::none_of(read, [&](const Port* port) { return means(view, input, *port); }))
      out.not_read.push_back(input.name);
}

// As it was read last.
std::string snapshot_of(const Derivation& derivation, const Port& source) {
  const auto read = std::ranges::find(derivation.sources, source.id, &SourceRead::port);
  return source.kind == PortKind::view || read == derivation.sources.end() ? "" : read->state;
}

}  // namespace

std::string state_of(const View& view, const Derivation& derivation, Time now) {
  if (why_stopped(view, derivation, now)) return "stopped";
  const auto* port = view.mesh.find<Port>(derivation.id);
  const bool made = derivation.snapshot != 0 || (port != nullptr && port->kind == PortKind::view);
  return made ? "ok" : "new";
}

std::string classification_of(const View& view, PortId port, Time now) {
  const auto parts = made_of(view, port, now);
  return parts.empty() ? std::string() : std::string(name_of(protection_of(parts).level));
}

std::vector<std::string> inputs_of(const Context& context, const View& view,
                                   const Derivation& derivation) {
  std::vector<std::string> out;
  for (const SourceRead& read : sources_now(view, derivation))
    if (const auto* port = view.mesh.find<Port>(read.port);
        port != nullptr && may(context, view, Action::know, on(*port)))
      out.push_back(view.mesh.ref_of(*port));
  return out;
}

api::DerivationView derivation_view(const Context& context, const View& view,
                                    const Derivation& derivation) {
  const auto* port = view.mesh.find<Port>(derivation.id);
  api::DerivationView out{
      .port = port ? view.mesh.ref_of(*port) : "?",
      .kind = port ? port->kind : PortKind::table,
      .as = name_of_principal(view, derivation.runs_as),
      .state = state_of(view, derivation, context.now),
      .every_seconds = derivation.every_seconds,
      .ran_at = derivation.ran_at,
      .snapshot = derivation.snapshot ? std::to_string(derivation.snapshot) : "",
      .classification = classification_of(view, derivation.id, context.now),
      .set_by = name_of_principal(view, derivation.set_by),
      .set_at = derivation.set_at};
  for (const SourceRead& read : sources_now(view, derivation)) {
    const auto* source = view.mesh.find<Port>(read.port);
    if (source == nullptr || !may(context, view, Action::know, on(*source))) continue;
    out.sources.push_back({.port = view.mesh.ref_of(*source),
                           .version = read.version,
                           .snapshot = snapshot_of(derivation, *source),
                           .columns = read.columns});
  }
  if (port == nullptr || !may(context, view, Action::publish, on(*port))) return out;
  out.query = derivation.sql;
  if (const auto why = why_stopped(view, derivation, context.now)) {
    out.stopped = why->text;
    out.next = why->next;
  }
  if (const auto* product = view.mesh.find<Product>(port->product))
    compare(context, view, derivation, *product, out);
  return out;
}

}  // namespace hansa::service
