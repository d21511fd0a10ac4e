#include "query/functions.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"
#include "query/render.h"

namespace hansa::query {
namespace {

// Types that the parser leaves to the binder, and the names of those it knows, since SQL may quote
// them.
constexpr std::string_view types[] = {
    "array",
    "bigint",
    "bignum",
    "binary",
    "bit",
    "bitstring",
    "blob",
    "bool",
    "boolean",
    "bpchar",
    "bytea",
    "char",
    "date",
    "datetime",
    "dec",
    "decimal",
    "double",
    "enum",
    "float",
    "float4",
    "float8",
    "geometry",
    "guid",
    "hugeint",
    "int",
    "int1",
    "int128",
    "int16",
    "int2",
    "int32",
    "int4",
    "int64",
    "int8",
    "integer",
    "integral",
    "interval",
    "json",
    "list",
    "logical",
    "long",
    "map",
    "null",
    "numeric",
    "nvarchar",
    "oid",
    "real",
    "row",
    "short",
    "signed",
    "smallint",
    "string",
    "struct",
    "text",
    "time",
    "time with time zone",
    "time_ns",
    "timestamp",
    "timestamp with time zone",
    "timestamp_ms",
    "timestamp_ns",
    "timestamp_s",
    "timestamp_us",
    "timestamptz",
    "timetz",
    "tinyint",
    "ubigint",
    "uhugeint",
    "uint128",
    "uint16",
    "uint32",
    "uint64",
    "uint8",
    "uinteger",
    "union",
    "usmallint",
    "utinyint",
    "uuid",
    "varbinary",
    "varchar",
    "variant",
    "varint",
};
static_assert(std::ranges::is_sorted(types));

// What may stand where: OVER takes aggregates and window functions, a plain call scalars and
// aggregates.
bool fits(Call call, Call listed) {
  if (call == listed) return true;
  return listed == Call::aggregate && (call == Call::scalar || call == Call::window);
}

std::string near_names(std::string_view name, std::span<const std::string> known) {
  const auto near = suggestions(name, known);
  return near.empty() ? std::string{} : fmt::format("did you mean {}?", join(near, ", "));
}

std::vector<std::string> allowed_names(Call call) {
  std::vector<std::string> names;
  for (const FunctionGroup& group : allowed_functions())
    if (fits(call, group.call)) names.insert(names.end(), group.names.begin(), group.names.end());
  return names;
}

std::string_view noun_of(Call call) {
  switch (call) {
    case Call::scalar: return "function";
    case Call::aggregate: return "aggregate";
    case Call::window: return "window function";
    case Call::table: return "table function";
  }
  return "function";
}

bool allowed(Call call, std::string_view name) {
  return std::ranges::any_of(allowed_functions(), [&](const FunctionGroup& group) {
    return fits(call, group.call) && std::ranges::binary_search(group.names, name);
  });
}

std::string_view next_for(std::string_view why) {
  return why == "reads files" ? "publish the file as a data product, then read it as domain.port"
                              : std::string_view{};
}

}  // namespace

Result<void> check_function(Call call, std::string_view written) {
  const std::string name = lower_ascii(written);
  if (allowed(call, name)) return {};
  for (const DeniedGroup& group : denied_functions())
    if (std::ranges::binary_search(group.names, name))
      return denied(fmt::format("{} is not allowed: it {}", name, group.why),
                    std::string(next_for(group.why)));
  for (const std::string_view prefix : denied_prefixes())
    if (name.starts_with(prefix))
      return denied(fmt::format("{} is not allowed: it is internal to the engine", shown(name)));
  for (const Call other : {Call::scalar, Call::window, Call::table})
    if (other != call && allowed(other, name))
      return invalid(fmt::format("{} is a {} and cannot be called here", name, noun_of(other)),
                     other == Call::window ? "add OVER (...)" : "");
  return invalid(fmt::format("there is no {} '{}'", noun_of(call), shown(name)),
                 near_names(shown(name), allowed_names(call)));
}

Result<void> check_type(std::string_view written) {
  const std::string name = lower_ascii(written);
  if (std::ranges::binary_search(types, name)) return {};
  const std::vector<std::string> known(std::begin(types), std::end(types));
  return invalid(fmt::format("there is no type '{}'", shown(name)), near_names(shown(name), known));
}

}  // namespace hansa::query
