// A statement's own text with other names in it, as its author would have changed it. Whether it
// still means the same is not said here: whoever uses it binds it, runs it and compares.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "query/tree.h"

namespace hansa::query {

struct Renames {
  std::vector<TableName> tables;  // those that are called otherwise
  std::string to;                 // as SQL writes it: audience.plays_v2
  // Columns by their old and new names, in lower case. Every column of the old name is renamed,
  // whichever table it is of.
  std::vector<std::pair<std::string, std::string>> columns;
};

// Nothing if the text at one of the places is not the name that the tree says: it comes from a
// process that parsed hostile text.
std::optional<std::string> rewritten(std::string_view sql, const Places& places,
                                     const Renames& renames);

// What a statement is beside its literals: texts and numbers are replaced by `?`, blanks and
// comments by one space. Statements of a program that differ in their literals only have one shape.
std::string shape_of(std::string_view sql);

}  // namespace hansa::query
