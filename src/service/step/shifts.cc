#include "service/step/shifts.h"

#include <fmt/format.h>

#include <algorithm>

#include "service/step/held.h"

namespace hansa::service {
namespace {

constexpr std::size_t kRenamedMax = 500;

}  // namespace

Result<contract::Promise> promise_of(const Contract& held, const std::string& port) {
  HANSA_TRY(const contract::DataContract document, document_of(held.manifest));
  return contract::promise_of(document, port);
}

std::vector<contract::Shift> shifts_for(const contract::Promise& before,
                                        const contract::Promise& after,
                                        const std::set<std::string>& columns) {
  contract::Promise of_other = after;
  of_other.version = before.version;  // that its major is another one is known
  std::vector<contract::Shift> all = contract::shifts_between(before, of_other);
  std::erase_if(all, [&](const contract::Shift& shift) {
    return shift.verdict == contract::Verdict::compatible ||
           (!columns.empty() && !shift.column.empty() && !columns.contains(shift.column));
  });
  return all;
}

std::string words(const contract::Shift& shift) {
  if (shift.sign == "-") return shift.what + " goes";
  if (shift.sign == "+") return fmt::format("{} comes ({})", shift.what, shift.to);
  return fmt::format("{} changes from {} to {}", shift.what, shift.from, shift.to);
}

Result<std::vector<Renamed>> renamed_columns(const View& view, const Port& port, const Port* use,
                                             const std::vector<api::RenamedView>& wanted) {
  if (wanted.empty()) return std::vector<Renamed>();
  if (use == nullptr) return invalid("columns are renamed in the version that replaces this one");
  if (wanted.size() > kRenamedMax)
    return invalid(fmt::format("at most {} columns are renamed", kRenamedMax));
  const auto* from = view.mesh.find<Contract>(port.contract);
  const auto* to = view.mesh.find<Contract>(use->contract);
  const auto check = [&](const Contract* in, const Port& of,
                         const std::string& column) -> Result<void> {
    if (in != nullptr && find_column(in->schema, column) != nullptr) return {};
    return invalid(fmt::format("{} has no column {}", view.mesh.ref_of(of), column.substr(0, 140)));
  };
  std::vector<Renamed> out;
  for (const api::RenamedView& each : wanted) {
    HANSA_CHECK(check(from, port, each.from));
    HANSA_CHECK(check(to, *use, each.to));
    if (std::ranges::find(out, each.from, &Renamed::from) != out.end())
      return invalid(fmt::format("column {} is renamed twice", each.from));
    out.push_back({each.from, each.to});
  }
  return out;
}

}  // namespace hansa::service
