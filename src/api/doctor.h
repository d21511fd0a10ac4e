// Whether a mesh is as it should be: what was looked at, and what is wrong, where, and what to do.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "api/route.h"
#include "base/time.h"

namespace hansa::api {

// An error: something is lost, open to others, or does not work. A warning: it may come to that.
enum class Severity { error, warning };
constexpr auto names_of(std::type_identity<Severity>) {
  return std::to_array<std::pair<Severity, std::string_view>>(
      {{Severity::error, "error"}, {Severity::warning, "warning"}});
}

struct Symptom {
  std::string check;  // "objects", ...
  Severity severity = Severity::error;
  std::string where;
  std::string says;
  std::string next;
};
void describe(Fields& f, Symptom& v);

struct Looked {
  std::string check;
  std::uint64_t at = 0;  // how many things
};
void describe(Fields& f, Looked& v);

struct Diagnosis {
  Time at;
  bool healthy = true;
  std::vector<Looked> looked;
  std::vector<Symptom> symptoms;
  std::uint64_t more = 0;  // symptoms that are not listed
};
void describe(Fields& f, Diagnosis& v);
// Beyond it only their number counts.
inline constexpr std::size_t symptoms_max = 1'000;

struct Examine {
  bool objects = true;  // looks at every object that a table names
};
void describe(Fields& f, Examine& v);
inline constexpr Route<Examine, Diagnosis> examine{
    Method::get, "/api/v1/doctor", "examine",
    "Whether the mesh is as it should be, for administrators", "server"};

}  // namespace hansa::api
