// What a port's columns hold, as far as the caller may see them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/route.h"

namespace hansa::api {

struct ValueCount {
  std::string value;
  std::uint64_t count = 0;
};
void describe(Fields& f, ValueCount& v);
struct ColumnProfile {
  std::string name;
  std::string type;
  std::string description;
  std::uint64_t nulls = 0;
  std::optional<std::uint64_t> distinct;
  std::optional<std::string> min;
  std::optional<std::string> max;
  std::vector<ValueCount> top;
};
void describe(Fields& f, ColumnProfile& v);
struct Profile {
  std::string port;
  std::string snapshot;  // of a view: of what it is made of; empty: nothing was published yet
  std::uint64_t rows = 0;
  std::vector<ColumnProfile> columns;
};
void describe(Fields& f, Profile& v);
struct GetProfile {
  std::string domain;
  std::string port;
  std::vector<std::string> columns;
};
void describe(Fields& f, GetProfile& v);
inline constexpr Route<GetProfile, Profile> get_profile{
    Method::get, "/api/v1/ports/{domain}/{port}/profile", "getProfile",
    "Counts, nulls, distinct values, ranges and most frequent values of a port's columns, of what "
    "the caller may see",
    "query"};

}  // namespace hansa::api
