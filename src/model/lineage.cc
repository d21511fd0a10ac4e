#include "model/lineage.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/limits.h"
#include "base/text.h"

namespace hansa {
namespace {

Sensitivity declared(const Contract& contract, const std::vector<std::string>& columns) {
  Sensitivity out = Sensitivity::open;
  for (const auto& [column, words] : contract.classified)
    if (std::ranges::find(columns, column) != columns.end()) out = std::max(out, level_of(words));
  return out;
}

std::string_view words_of(Closed closed) {
  switch (closed) {
    case Closed::no: return "open";
    case Closed::restricted: return "restricted";
    case Closed::hidden: return "hidden";
  }
  return "hidden";
}

// The longest chain of derivations that begins at each port, found once for each.
class Depths {
 public:
  Depths(const Mesh& mesh, PortId made) : mesh_(mesh), made_(made) {}

  // Steps below `port`; more than the limit if it leads back to what is made, or goes on too long.
  std::size_t of(PortId port, std::size_t above) {
    if (port == made_) round_ = true;
    if (round_ || above > limits::derivation_depth_max) return above;
    if (const auto known = known_.find(port); known != known_.end()) return known->second;
    std::size_t below = 0;
    if (const auto* derivation = mesh_.find<Derivation>(port.ulid))
      for (const SourceRead& read : derivation->sources)
        below = std::max(below, 1 + of(read.port, above + 1));
    known_[port] = below;
    return below;
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
  bool round_ = false;
  std::map<PortId, std::size_t> known_;
};

// The length of the longest chain of ports that are made of this one; past the limit nobody counts
// on. Derivations are few against ports.
std::size_t height_above(const Mesh& mesh, PortId port) {
  std::set<PortId> below{port};
  for (std::size_t height = 0; height <= limits::derivation_depth_max; ++height) {
    std::set<PortId> above;
    for (const auto& [id, entry] : mesh.all<Derivation>())
      if (std::ranges::any_of(entry.noun->sources,
                              [&](const SourceRead& read) { return below.contains(read.port); }))
        above.insert(entry.noun->id);
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

std::string_view words_of(Sensitivity level) {
  switch (level) {
    case Sensitivity::open: return "public";
    case Sensitivity::internal: return "internal";
    case Sensitivity::confidential: return "confidential";
    case Sensitivity::restricted: return "restricted";
  }
  return "restricted";
}

Closed closed_of(const Product& product) {
  if (product.hidden) return Closed::hidden;
  return product.visibility == Visibility::open ? Closed::no : Closed::restricted;
}

Protection highest(Protection a, Protection b) {
  return {.level = std::max(a.level, b.level), .closed = std::max(a.closed, b.closed)};
}

Protection protection_of(const Mesh& mesh, const std::vector<SourceRead>& reads) {
  Protection out;
  std::set<PortId> expanded;
  std::vector<const std::vector<SourceRead>*> open{&reads};
  while (!open.empty()) {
    const std::vector<SourceRead>& next = *open.back();
    open.pop_back();
    for (const SourceRead& read : next) {
      const auto* port = mesh.find<Port>(read.port);
      const auto* contract = port ? mesh.find<Contract>(port->contract) : nullptr;
      const auto* product = port ? mesh.find<Product>(port->product) : nullptr;
      if (contract != nullptr) out.level = std::max(out.level, declared(*contract, read.columns));
      if (product != nullptr) out.closed = std::max(out.closed, closed_of(*product));
      const auto* derivation = mesh.find<Derivation>(read.port.ulid);
      if (derivation != nullptr && expanded.insert(read.port).second)
        open.push_back(&derivation->sources);
    }
  }
  return out;
}

Result<void> check_protected(const Contract& contract, const Product& product,
                             const Protection& demanded) {
  if (closed_of(product) < demanded.closed)
    return blocked(fmt::format("product {} is {}, and what it is made of is {}", product.name,
                               words_of(closed_of(product)), words_of(demanded.closed)),
                   fmt::format("make it {} (custom property `visibility`), or read less",
                               words_of(demanded.closed)));
  for (const auto& [column, words] : contract.classified)
    if (level_of(words) < demanded.level)
      return blocked(
          fmt::format("column {} says that it is {}, and what it is made of is {}", column, words,
                      words_of(demanded.level)),
          fmt::format("classify it as {}, or leave it out: then it inherits, or read less",
                      words_of(demanded.level)));
  return {};
}

Result<Chain> check_acyclic(const Mesh& mesh, PortId port, const std::vector<SourceRead>& reads) {
  Depths depths(mesh, port);
  std::size_t below = 0;
  for (const SourceRead& read : reads) below = std::max(below, 1 + depths.of(read.port, 1));
  if (depths.is_round())
    return blocked("the query reads, through others, what it makes",
                   "leave out of it what is made of this port");
  const std::size_t whole = below + height_above(mesh, port);
  if (whole > limits::derivation_depth_max)
    return blocked(fmt::format("the chain of products made of products would be {} long; at most "
                               "{} are allowed",
                               whole, limits::derivation_depth_max),
                   "read an earlier product of the chain");
  return Chain{depths.looked_at()};
}

}  // namespace hansa
