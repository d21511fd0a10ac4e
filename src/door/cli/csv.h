// CSV (RFC 4180) for machines.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"

namespace hansa::cli {

// What a machine reads in a cell: text as it is, anything else as JSON, nothing for null.
std::string plain(const Json* value);
std::string csv_field(std::string_view text);
// One thing: the names of its members, then their values.
std::string csv_of(const Json::Object& members);

}  // namespace hansa::cli
