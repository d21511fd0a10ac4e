// CSV and NDJSON on the command line: which files they are, and how they are said to be spelt.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "door/cli/failure.h"
#include "door/cli/verb.h"
#include "model/dialect.h"

namespace hansa::cli {

// --format, --delimiter, --encoding and so on.
std::vector<Option> text_options();
std::vector<Option> with_text_options(std::vector<Option> options);
// True for a name that a verb takes without --format: Parquet, CSV, NDJSON, packed or not.
bool is_data_name(const std::string& name);
// How files of these names are spelt, with what was said about it; none: they are Parquet. Errors:
// usage: files of several kinds, an option that does not do.
Outcome<std::optional<Dialect>> dialect_of(const Words& words,
                                           const std::vector<std::string>& names);

}  // namespace hansa::cli
