// Looks at everything a mesh rests on and says what is wrong, where, and what to do.
#pragma once

#include <functional>
#include <stop_token>

#include "api/doctor.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "world/world.h"

namespace hansa::service {

// What was found so far.
class Findings {
 public:
  void looked(std::string_view check, std::uint64_t at) {
    out_.looked.push_back({std::string(check), at});
  }
  void add(api::Symptom symptom);
  // What an operation that ought to work said instead.
  void add(std::string_view check, std::string where, const Error& error, std::string next = {});
  api::Diagnosis finish(Time now) &&;

 private:
  api::Diagnosis out_;
};

// The folder, the machine and its clock: whoever opened them knows where they are.
using LookAround = std::function<void(Findings&)>;

// Only for administrators. Errors: denied; unavailable: `stop`.
Result<api::Diagnosis> diagnose(const Context& context, const Live& live, World& world,
                                Clock& clock, const LookAround& around, const api::Examine& ask);

// The same without asking who wants to know: for a mesh that nobody serves. The part that needs no
// opened world is for whoever could not open one.
Result<void> examine(const Live& live, World& world, Clock& clock, const api::Examine& ask,
                     const std::stop_token& stop, Findings& out);

}  // namespace hansa::service
