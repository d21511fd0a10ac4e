#include "contract/standard.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace hansa::contract {
namespace {

using Kind = Requirement::Kind;
using Part = Requirement::Part;

// Columns that a message names.
constexpr std::size_t kNamedMax = 5;

std::string list_of(const std::vector<std::string>& names) {
  const std::vector<std::string> shown(
      names.begin(),
      names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kNamedMax)));
  return join(shown, ", ") +
         (names.size() > kNamedMax ? fmt::format(" and {} more", names.size() - kNamedMax) : "");
}

std::string ref(const JudgedPort& port) { return fmt::format("{}@{}", port.name, port.major); }

// `freshness` and `latency` are the same promise.
std::string property_name(std::string_view property) {
  std::string name = lower_ascii(property);
  return name == "freshness" ? "latency" : name;
}

class Look {
 public:
  Look(const Requirement& requirement, const JudgedProduct& product, Patterns& patterns)
      : asked_(requirement), product_(product), patterns_(patterns) {}

  std::vector<Miss> all() {
    switch (asked_.rule) {
      case Kind::owner: owner(); break;
      case Kind::channel: channel(); break;
      case Kind::description: description(); break;
      case Kind::classification: classification(); break;
      case Kind::slo: slo(); break;
      case Kind::tests: tests(); break;
      case Kind::naming: naming(); break;
      case Kind::notice: break;
    }
    return std::move(out_);
  }

 private:
  void miss(std::string says, std::string next) {
    out_.push_back({.where = Miss::Where::product,
                    .port = {},
                    .major = 0,
                    .column = {},
                    .says = std::move(says),
                    .next = std::move(next)});
  }
  void miss(Miss::Where where, const JudgedPort& port, std::string column, std::string says,
            std::string next) {
    out_.push_back({.where = where,
                    .port = port.name,
                    .major = port.major,
                    .column = std::move(column),
                    .says = std::move(says),
                    .next = std::move(next)});
  }
  template <class Each>
  void each_contract(Each each) {
    for (const JudgedPort& port : product_.ports)
      if (port.has_contract) each(port);
  }
  std::string team() const { return product_.team.empty() ? "its team" : "team " + product_.team; }

  void owner() {
    if (product_.owned && !*product_.owned)
      miss(fmt::format("nobody is in {}, which owns domain {}", team(), product_.domain),
           fmt::format("write members: [NAME] in the manifest of {}", team()));
  }
  void channel() {
    if (product_.reachable && !*product_.reachable)
      miss("nothing says how to reach those who make it",
           fmt::format("write support: [{{channel: \"#{}\", url: \"https://...\"}}] in the "
                       "product's manifest, or channels in that of {}",
                       product_.name, team()));
  }

  bool asks_for(Part part) const {
    return asked_.of.empty() || std::ranges::find(asked_.of, part) != asked_.of.end();
  }
  void description() {
    if (asks_for(Part::product) && !product_.described)
      miss("the product is not described", "write description: {purpose: ...} in its manifest");
    for (const JudgedPort& port : product_.ports)
      if (asks_for(Part::ports) && !port.described)
        miss(Miss::Where::port, port, {}, fmt::format("port {} is not described", ref(port)),
             fmt::format("write description at the output port {}", port.name));
    if (asks_for(Part::columns)) each_contract([&](const JudgedPort& port) { columns(port); });
  }
  void columns(const JudgedPort& port) {
    std::vector<std::string> bare;
    for (const ColumnFacts& column : port.columns)
      if (!column.described) bare.push_back(column.name);
    const std::size_t all = port.columns.size();
    const std::uint32_t share = asked_.share.value_or(100);
    if (bare.empty() || (all - bare.size()) * 100 >= all * share) return;
    miss(Miss::Where::contract, port, bare.front(),
         fmt::format("{} of {} columns of {} are described{}: {} not", all - bare.size(), all,
                     ref(port), share < 100 ? fmt::format(", and {} % must be", share) : "",
                     list_of(bare) + (bare.size() == 1 ? " is" : " are")),
         fmt::format("write description of {} in contract {}",
                     bare.size() == 1 ? "it" : "each of them", port.contract));
  }

  void classification() {
    each_contract([&](const JudgedPort& port) {
      std::vector<std::string> bare;
      for (const ColumnFacts& column : port.columns)
        if (!column.classified) bare.push_back(column.name);
      if (bare.empty()) return;
      miss(Miss::Where::contract, port, bare.front(),
           fmt::format("{} of {} {} not classified", list_of(bare), ref(port),
                       bare.size() == 1 ? "is" : "are"),
           fmt::format("write classification: internal (or public, confidential, restricted) of "
                       "{} in contract {}",
                       bare.size() == 1 ? "it" : "each of them", port.contract));
    });
  }

  void slo() {
    each_contract([&](const JudgedPort& port) {
      std::vector<std::string> absent;
      for (const std::string& wanted : asked_.properties)
        if (std::ranges::none_of(port.promises, [&](const std::string& has) {
              return property_name(has) == property_name(wanted);
            }))
          absent.push_back(wanted);
      if (asked_.properties.empty() && port.promises.empty()) absent.emplace_back("latency");
      if (absent.empty()) return;
      miss(Miss::Where::contract, port, {},
           fmt::format("{} promises no {}", ref(port),
                       asked_.properties.empty() ? "service" : join(absent, ", no ")),
           fmt::format("write slaProperties: [{{property: {}, value: 24, unit: h}}] in contract {}",
                       absent.front(), port.contract));
    });
  }

  void tests() {
    each_contract([&](const JudgedPort& port) {
      if (port.tests > 0) return;
      miss(Miss::Where::contract, port, {}, fmt::format("nothing tests the data of {}", ref(port)),
           fmt::format("write required, unique or primaryKey: true of a property, or a quality "
                       "rule, in contract {}",
                       port.contract));
    });
  }

  std::vector<const NamePattern*> patterns(const std::vector<std::string>& texts) {
    std::vector<const NamePattern*> out;
    for (const std::string& text : texts)
      if (const NamePattern* pattern = patterns_.of(text)) out.push_back(pattern);
    return out;
  }
  static bool fits(const std::vector<const NamePattern*>& all, const std::string& name) {
    return all.empty() ||
           std::ranges::any_of(all, [&](const NamePattern* each) { return each->fits(name); });
  }
  void naming() {
    if (!fits(patterns(asked_.products), product_.name))
      miss(fmt::format("its name does not fit {}", join(asked_.products, " or ")),
           "give it an id that fits; a product that is there keeps its name until it is deleted");
    const auto for_ports = patterns(asked_.ports);
    const auto for_columns = patterns(asked_.columns);
    for (const JudgedPort& port : product_.ports) {
      if (!fits(for_ports, port.name))
        miss(Miss::Where::port, port, {},
             fmt::format("port {} does not fit {}", port.name, join(asked_.ports, " or ")),
             "give the port a name that fits");
      std::vector<std::string> odd;
      for (const ColumnFacts& column : port.columns)
        if (!fits(for_columns, column.name)) odd.push_back(column.name);
      if (odd.empty()) continue;
      miss(Miss::Where::contract, port, odd.front(),
           fmt::format("{} of {} {} not fit {}", list_of(odd), ref(port),
                       odd.size() == 1 ? "does" : "do", join(asked_.columns, " or ")),
           fmt::format("give {} a name that fits, in contract {}; where it is read already, in a "
                       "new major version",
                       odd.size() == 1 ? "it" : "each of them", port.contract));
    }
  }

  const Requirement& asked_;
  const JudgedProduct& product_;
  Patterns& patterns_;
  std::vector<Miss> out_;
};

}  // namespace

bool speaks_of(const std::optional<hansa::Visibility>& visibility,
               const std::vector<std::string>& tags, const JudgedProduct& product) {
  if (visibility && visibility != product.visibility) return false;
  return tags.empty() || std::ranges::any_of(tags, [&](const std::string& tag) {
           return std::ranges::find(product.tags, tag) != product.tags.end();
         });
}

const NamePattern* Patterns::of(const std::string& text) {
  const auto [at, is_new] = known_.try_emplace(text);
  if (is_new)
    if (auto pattern = NamePattern::parse(text)) at->second = *std::move(pattern);
  return at->second ? &*at->second : nullptr;
}

std::vector<Miss> misses(const Requirement& requirement, const JudgedProduct& product,
                         Patterns& patterns) {
  return Look(requirement, product, patterns).all();
}

std::string words(const std::string& standard, const Requirement& requirement, const Miss& miss) {
  return fmt::format("{} (standard {}, {})", miss.says, standard, name_of(requirement.rule));
}

std::vector<ColumnFacts> column_facts(
    const Schema& schema, const std::vector<std::pair<std::string, std::string>>& classified) {
  std::vector<std::string> known;
  known.reserve(classified.size());
  for (const auto& [column, level] : classified) known.push_back(column);
  std::ranges::sort(known);
  std::vector<ColumnFacts> out;
  out.reserve(schema.columns.size());
  for (const Column& column : schema.columns)
    out.push_back({column.name, !trim(column.description).empty(),
                   std::ranges::binary_search(known, column.name)});
  return out;
}

std::vector<std::string> promises_in(const std::vector<Objective>& objectives) {
  std::vector<std::string> out;
  for (const Objective& each : objectives) out.push_back(each.property);
  return out;
}

}  // namespace hansa::contract
