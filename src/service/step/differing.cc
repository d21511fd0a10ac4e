#include "service/step/differing.h"

#include <fmt/format.h>

#include <algorithm>

#include "service/step/shifts.h"

namespace hansa::service {
namespace {

constexpr std::size_t kPairsKept = 64;

std::shared_ptr<const Contract> contract_of(const View& view, const Port& port) {
  const auto noun = view.mesh.noun("contract", port.contract.ulid);
  return noun ? std::get<std::shared_ptr<const Contract>>(*noun) : nullptr;
}

std::string in_words(const contract::Shift& shift, const Deprecation& deprecation) {
  const auto renamed = std::ranges::find(deprecation.renamed, shift.column, &Renamed::from);
  if (shift.sign == "-" && renamed != deprecation.renamed.end())
    return fmt::format("column {} is called {}", renamed->from, renamed->to);
  return words(shift) + (shift.why.empty() ? "" : ": " + shift.why);
}

}  // namespace

std::optional<Differing::Pair> Differing::pair_of(const View& view, PortId from,
                                                  const std::optional<PortId>& to) {
  const auto* old_port = view.mesh.find<Port>(from);
  const auto* new_port = to ? view.mesh.find<Port>(*to) : nullptr;
  if (old_port == nullptr || new_port == nullptr) return std::nullopt;
  Pair out{contract_of(view, *old_port), contract_of(view, *new_port), old_port->name,
           new_port->name};
  if (out.before == nullptr || out.after == nullptr) return std::nullopt;
  return out;
}

const Differing::Known& Differing::known(Pair pair) {
  const std::pair key{pair.before.get(), pair.after.get()};
  if (const auto found = known_.find(key); found != known_.end()) return found->second;
  if (known_.size() >= kPairsKept) known_.clear();
  Known& out = known_[key];
  out.pair = std::move(pair);
  ++compared_;
  for (const Column& each : out.pair.after->schema.columns) out.columns.insert(each.name);
  const auto was = promise_of(*out.pair.before, out.pair.from);
  const auto is = promise_of(*out.pair.after, out.pair.to);
  if (!was || !is) return out;
  out.shifts = shifts_for(*was, *is, {});
  for (std::size_t i = 0; i < out.shifts.size(); ++i)
    out.by_column[out.shifts[i].column].push_back(i);
  return out;
}

const Differing::Known* Differing::known(const View& view, const Deprecation& deprecation) {
  auto pair = pair_of(view, deprecation.id, deprecation.use);
  return pair ? &known(*std::move(pair)) : nullptr;
}

void Differing::look(const Live& live, PortId from, const std::optional<PortId>& to) {
  auto pair = live.read([&](const View& view) { return pair_of(view, from, to); });
  if (pair) (void)known(*std::move(pair));
}

void Differing::look(const Live& live, PortId deprecated) {
  look(live, deprecated, live.read([&](const View& view) {
    const auto* found = view.mesh.find<Deprecation>(deprecated);
    return found ? found->use : std::nullopt;
  }));
}

std::vector<std::string> Differing::words(const View& view, const Deprecation& deprecation,
                                          const std::set<std::string>& columns, std::size_t max) {
  std::vector<std::string> out;
  const Known* const all = known(view, deprecation);
  if (all == nullptr) return out;
  std::vector<std::size_t> hits;
  const auto add = [&](const std::string& column) {
    if (const auto found = all->by_column.find(column); found != all->by_column.end())
      hits.insert(hits.end(), found->second.begin(), found->second.end());
  };
  if (columns.empty()) {
    for (std::size_t i = 0; i < all->shifts.size(); ++i) hits.push_back(i);
  } else {
    add("");
    for (const std::string& column : columns) add(column);
    std::ranges::sort(hits);
  }
  const std::size_t count = std::min(max, hits.size());
  for (std::size_t i = 0; i < count; ++i)
    out.push_back(in_words(all->shifts[hits[i]], deprecation));
  if (count < hits.size()) out.push_back(fmt::format("and {} more", hits.size() - count));
  return out;
}

std::vector<std::string> Differing::names(const View& view, const Deprecation& deprecation,
                                          const std::set<std::string>& columns, std::size_t max) {
  std::vector<std::string> out;
  const Known* const all = known(view, deprecation);
  if (all == nullptr) return out;
  std::unordered_map<std::string_view, std::string_view> renamed;
  for (const Renamed& each : deprecation.renamed) renamed.emplace(each.from, each.to);
  for (const std::string& column : columns) {
    if (out.size() == max) break;
    const auto found = renamed.find(column);
    const std::string_view now = found != renamed.end() ? found->second : column;
    if (all->columns.contains(now)) out.emplace_back(now);
  }
  return out;
}

}  // namespace hansa::service
