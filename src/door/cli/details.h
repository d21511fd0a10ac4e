// Lists and single things out of JSON, for people: which member is a column, and how its value
// reads.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "door/cli/session.h"

namespace hansa::cli {

enum class Show { text, number, bytes, time, flag, about };  // about: the first paragraph

// A column of a list.
struct Shown {
  std::string_view title;
  std::string_view member;  // "data.rows" looks into members
  Show how = Show::text;
  bool wide = false;  // with -o wide and -o csv only
  int spare = 0;      // as that of TableColumn
};

// A member by its dotted path, or nullptr.
const Json* look(const Json& json, std::string_view path);
std::string text_of(const Json& json, std::string_view path);

// As a person reads it: "3 days ago", "1.2 MB", "a, b". Data is not made visible here; tables do
// that.
std::string human(Session& session, const Json* value, Show how);

// Prints a list in whatever form was asked for. `name` is the member that -o name prints.
Done print_list(Session& session, const Json::Array& items, const std::vector<Shown>& columns,
                std::string_view name);
// Prints one thing: its members line by line, lists of objects as tables.
Done print_one(Session& session, const Json& item, std::string_view name);

// What an empty list of them means.
std::string nothing_of(std::string_view nouns);

}  // namespace hansa::cli
