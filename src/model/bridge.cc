#include "model/bridge.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/lineage.h"
#include "model/spelling.h"

namespace hansa {
namespace {

std::string_view words_for(const Contract& contract, const std::string& column) {
  const auto found =
      std::ranges::find(contract.classified, column, &std::pair<std::string, std::string>::first);
  return found == contract.classified.end() ? std::string_view() : found->second;
}

Result<void> check_column(const BridgedColumn& made, const Contract& old, const Contract& next) {
  const std::string_view says = words_for(old, made.name);
  for (const std::string& from : made.from) {
    const auto& columns = next.schema.columns;
    if (std::ranges::find(columns, from, &Column::name) == columns.end())
      return blocked(
          fmt::format("column {} is made of {}, which is not there any more", made.name, from),
          "set the bridge anew");
    const std::string_view wants = words_for(next, from);
    if (level_of(wants) <= level_of(says)) continue;
    return blocked(
        fmt::format("column {} is {} and is made of {}, which is {}", made.name,
                    says.empty() ? "not classified" : says, from, wants),
        fmt::format("classify {} as {} in the old version's contract, or make it of something else",
                    made.name, wants));
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
  for (const BridgedColumn& each : bridge.columns) HANSA_CHECK(check_column(each, old, next));
  return {};
}

}  // namespace hansa
