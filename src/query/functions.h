// The functions a statement may call. The worker's sandbox is what keeps files and sockets out of
// reach; this list keeps a statement from naming tables as text, from the engine's state and
// statistics, and from whatever the next release of the engine adds: what is not on the list is
// refused.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "base/result.h"

namespace hansa::query {

// How a function is called. An aggregate may stand where a scalar does, and with OVER.
enum class Call { scalar, aggregate, window, table };

struct FunctionGroup {
  Call call;
  std::string_view title;
  std::span<const std::string_view> names;  // lower case, sorted
};

struct DeniedGroup {
  Call call;
  std::string_view why;  // "reads files": completes "read_csv ..."
  std::span<const std::string_view> names;
};

std::span<const FunctionGroup> allowed_functions();
std::span<const DeniedGroup> denied_functions();
// Scalar functions whose names begin so are denied too.
std::span<const std::string_view> denied_prefixes();

// May `name`, in any case, be called so? `call` is scalar, window or table. Errors: denied, with
// the reason, for a function that is known and refused; invalid, with near names, for one that is
// not known.
Result<void> check_function(Call call, std::string_view name);

// Whether a call, or a word that the engine takes for one (`current_date`), gives another value
// each time: the time, or chance.
bool is_moving(std::string_view name);

// May `name` be used as a type? Only types that the engine brings. Errors: invalid, with near
// names.
Result<void> check_type(std::string_view name);

}  // namespace hansa::query
