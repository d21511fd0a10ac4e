#include "model/bridge.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "model/lineage.h"

namespace hansa {
namespace {

using Words = std::map<std::string_view, std::string_view>;

// What each column is classified as; "": nothing is said.
Words words_of(const Contract& contract) {
  Words out;
  for (const Column& column : contract.schema.columns) out.emplace(column.name, "");
  for (const auto& [column, words] : contract.classified) out[column] = words;
  return out;
}

Result<void> check_column(const BridgedColumn& made, std::string_view says, const Words& next) {
  const Sensitivity level = level_of(says);
  for (const std::string& from : made.from) {
    const auto wants = next.find(from);
    if (wants == next.end())
      return blocked(
          fmt::format("column {} is made of {}, which is not there any more", made.name, from),
          "set the bridge anew");
    if (level_of(wants->second) <= level) continue;
    return blocked(
        fmt::format("column {} is {} and is made of {}, which is {}", made.name,
                    says.empty() ? "not classified" : says, from, wants->second),
        fmt::format("classify {} as {} in the old version's contract, or make it of something else",
                    made.name, wants->second));
  }
  return {};
}

}  // namespace

const Deprecation* bridged(const Mesh& mesh, PortId port) {
  const auto* found = mesh.find<Deprecation>(port);
  return found != nullptr && found->bridge && !found->retired_at ? found : nullptr;
}

std::vector<const Deprecation*> bridged_from(const Mesh& mesh, PortId next) {
  std::vector<const Deprecation*> out;
  for (const auto& [id, entry] : mesh.all<Deprecation>())
    if (entry.noun->use == next && bridged(mesh, entry.noun->id) != nullptr)
      out.push_back(entry.noun.get());
  return out;
}

Result<void> check_bridge(const Bridge& bridge, const Contract& old, const Contract& next) {
  if (!std::ranges::equal(bridge.columns, old.schema.columns, {}, &BridgedColumn::name,
                          &Column::name))
    return blocked("the bridge gives other columns than the contract has",
                   "give exactly the columns of the old version, in their order");
  const Words says = words_of(old);
  const Words wants = words_of(next);
  for (const BridgedColumn& each : bridge.columns)
    HANSA_CHECK(check_column(each, says.at(each.name), wants));
  return {};
}

}  // namespace hansa
