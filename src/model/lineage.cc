#include "model/lineage.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/fields.h"
#include "base/limits.h"
#include "base/text.h"
#include "model/bridge.h"
#include "model/spelling.h"
#include "model/states.h"

namespace hansa {
namespace {

Sensitivity declared(const Contract& contract, const std::vector<std::string>& columns) {
  Sensitivity out = Sensitivity::open;
  for (const auto& [column, words] : contract.classified)
    if (std::ranges::find(columns, column) != columns.end()) out = std::max(out, level_of(words));
  return out;
}

// Rows that were there when they were read: of that state, if it is kept, else of any.
std::vector<MadeOf> rows_of(const Table& table, const std::string& state) {
  if (table.current() == nullptr) return {};
  if (state.empty()) return table.current()->made_of;
  for (const TableState& each : table.states)
    if (std::to_string(each.snapshot) == state) return each.made_of;
  std::vector<MadeOf> out = table.earlier;
  for (const TableState& each : table.states)
    out.insert(out.end(), each.made_of.begin(), each.made_of.end());
  return out;
}

// What the bridge of a version reads of the next one, for these columns of the old.
SourceRead read_of(const Mesh& mesh, const Deprecation& old,
                   const std::vector<std::string>* columns) {
  SourceRead out{.port = *old.use};
  const auto* next = mesh.find<Port>(*old.use);
  if (const auto* contract = next ? mesh.find<Contract>(next->contract) : nullptr)
    out.version = contract->version;
  std::set<std::string> read;
  for (const BridgedColumn& made : old.bridge->columns)
    if (columns == nullptr || std::ranges::find(*columns, made.name) != columns->end())
      read.insert(made.from.begin(), made.from.end());
  out.columns.assign(read.begin(), read.end());
  return out;
}

// What a port is made of: what its query reads, or its bridge.
std::vector<SourceRead> sources_below(const Mesh& mesh, PortId port, const SourcesOf& sources,
                                      const std::vector<std::string>* columns = nullptr) {
  std::vector<SourceRead> out;
  if (const auto* derivation = mesh.find<Derivation>(port)) out = sources(*derivation);
  if (const auto* old = bridged(mesh, port)) out.push_back(read_of(mesh, *old, columns));
  return out;
}

// Of one read and of all below it.
Protection demands_of(const Mesh& mesh, const SourceRead& first, const SourcesOf& sources) {
  Protection out;
  std::set<PortId> expanded;
  std::vector<SourceRead> open{first};
  while (!open.empty()) {
    const SourceRead read = std::move(open.back());
    open.pop_back();
    const auto* port = mesh.find<Port>(read.port);
    const auto* contract = port ? mesh.find<Contract>(port->contract) : nullptr;
    const auto* product = port ? mesh.find<Product>(port->product) : nullptr;
    if (contract != nullptr) out.level = std::max(out.level, declared(*contract, read.columns));
    if (product != nullptr) out.closed = std::max(out.closed, closed_of(*product));
    if (const auto* table = mesh.find<Table>(read.port.ulid))
      out = highest(out, protection_of(rows_of(*table, read.state)));
    // The same port may be read for other columns, each of which is made of columns of its own.
    if (expanded.insert(read.port).second || bridged(mesh, read.port) != nullptr)
      std::ranges::move(sources_below(mesh, read.port, sources, &read.columns),
                        std::back_inserter(open));
  }
  return out;
}

// The longest chain of derivations that begins at each port, found once for each.
class Depths {
 public:
  Depths(const Mesh& mesh, PortId made, const SourcesOf& sources)
      : mesh_(mesh), made_(made), sources_(sources) {}

  // Steps below `port`; more than the limit if it leads back to what is made, or goes on too long.
  std::size_t of(PortId port, std::size_t above) {
    if (port == made_) round_ = true;
    if (round_ || above > limits::derivation_depth_max) return above;
    if (const auto known = known_.find(port); known != known_.end()) return known->second;
    std::size_t deepest = 0;
    for (const SourceRead& read : sources_below(mesh_, port, sources_))
      deepest = std::max(deepest, 1 + of(read.port, above + 1));
    known_[port] = deepest;
    return deepest;
  }
  bool is_round() const { return round_; }
  std::vector<PortId> looked_at() const {
    std::vector<PortId> out;
    for (const auto& [port, depth] : known_) out.push_back(port);
    return out;
  }

 private:
  const Mesh& mesh_;
  PortId made_;
  const SourcesOf& sources_;
  bool round_ = false;
  std::map<PortId, std::size_t> known_;
};

// The length of the longest chain of ports that are made of this one; past the limit nobody counts
// on. Derivations are few against ports.
std::size_t height_above(const Mesh& mesh, PortId port, const SourcesOf& sources) {
  std::set<PortId> below{port};
  for (std::size_t height = 0; height <= limits::derivation_depth_max; ++height) {
    std::set<PortId> above;
    for (const auto& [id, entry] : mesh.all<Derivation>())
      if (std::ranges::any_of(sources(*entry.noun),
                              [&](const SourceRead& read) { return below.contains(read.port); }))
        above.insert(entry.noun->id);
    for (const PortId each : below)
      for (const Deprecation* old : bridged_from(mesh, each)) above.insert(old->id);
    if (above.empty()) return height;
    below = std::move(above);
  }
  return limits::derivation_depth_max + 1;
}

}  // namespace

Sensitivity level_of(std::string_view classification) {
  const std::string word = lower_ascii(classification);
  if (word.empty() || word == "public") return Sensitivity::open;
  if (word == "internal") return Sensitivity::internal;
  if (word == "confidential") return Sensitivity::confidential;
  return Sensitivity::restricted;
}

Closed closed_of(const Product& product) {
  if (product.hidden) return Closed::hidden;
  return product.visibility == Visibility::open ? Closed::no : Closed::restricted;
}

std::vector<MadeOf> made_of(const Mesh& mesh, const std::vector<SourceRead>& reads,
                            const SourcesOf& sources) {
  std::vector<MadeOf> out;
  for (const SourceRead& read : reads)
    out.push_back(
        {.port = read.port, .state = read.state, .demands = demands_of(mesh, read, sources)});
  return out;
}

Protection protection_of(const std::vector<MadeOf>& parts) {
  Protection out;
  for (const MadeOf& each : parts) out = highest(out, each.demands);
  return out;
}

std::vector<MadeOf> made_of(const Mesh& mesh, PortId port, Time since, const SourcesOf& sources) {
  std::vector<MadeOf> out;
  if (const auto* table = mesh.find<Table>(port.ulid)) out = readable_rows(*table, since);
  std::ranges::move(made_of(mesh, sources_below(mesh, port, sources), sources),
                    std::back_inserter(out));
  return out;
}

Result<void> check_protected(const Contract& contract, const Product& product,
                             const Protection& demanded) {
  if (closed_of(product) < demanded.closed)
    return blocked(fmt::format("product {} is {}, and what it is made of is {}", product.name,
                               name_of(closed_of(product)), name_of(demanded.closed)),
                   fmt::format("make it {} (custom property `visibility`), or read less",
                               name_of(demanded.closed)));
  for (const auto& [column, words] : contract.classified)
    if (level_of(words) < demanded.level)
      return blocked(
          fmt::format("column {} says that it is {}, and what it is made of is {}", column, words,
                      name_of(demanded.level)),
          fmt::format("classify it as {}, or leave it out: then it inherits, or read less",
                      name_of(demanded.level)));
  return {};
}

Result<Chain> check_acyclic(const Mesh& mesh, PortId port, const std::vector<SourceRead>& reads,
                            const SourcesOf& sources) {
  Depths depths(mesh, port, sources);
  std::size_t deepest = 0;
  for (const SourceRead& read : reads) deepest = std::max(deepest, 1 + depths.of(read.port, 1));
  if (depths.is_round())
    return blocked("the query reads, through others, what it makes",
                   "leave out of it what is made of this port");
  const std::size_t whole = deepest + height_above(mesh, port, sources);
  if (whole > limits::derivation_depth_max)
    return blocked(fmt::format("the chain of products made of products would be {} long; at most "
                               "{} are allowed",
                               whole, limits::derivation_depth_max),
                   "read an earlier product of the chain");
  return Chain{depths.looked_at()};
}

}  // namespace hansa
