#include "service/step/shifts.h"

#include <fmt/format.h>

#include "service/step/held.h"

namespace hansa::service {

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

}  // namespace hansa::service
