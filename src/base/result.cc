#include "base/result.h"

#include <cstdio>
#include <cstdlib>

namespace hansa {

std::string_view name_of(Code code) {
  switch (code) {
    case Code::invalid: return "invalid";
    case Code::not_found: return "not_found";
    case Code::denied: return "denied";
    case Code::conflict: return "conflict";
    case Code::blocked: return "blocked";
    case Code::exhausted: return "exhausted";
    case Code::unavailable: return "unavailable";
    case Code::corrupt: return "corrupt";
    case Code::check_failed: return "check_failed";
    case Code::internal: return "internal";
  }
  return "internal";
}

std::unexpected<Error> in_context(std::string_view context, Error error) {
  error.text = std::string(context) + ": " + error.text;
  return std::unexpected(std::move(error));
}

void assertion_failed(const char* expression, std::source_location where) {
  std::fprintf(stderr, "assertion failed: %s at %s:%u in %s\n", expression, where.file_name(),
               where.line(), where.function_name());
  std::abort();
}

}  // namespace hansa
