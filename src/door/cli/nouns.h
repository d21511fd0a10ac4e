// What `get` knows, as data: how each list is asked for, and its columns.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/time.h"
#include "door/cli/client.h"
#include "door/cli/details.h"
#include "door/cli/failure.h"

namespace hansa::cli {

// A list of more than this is for machines: they say so with --limit 0.
constexpr std::size_t kItemsDefault = 1'000;

struct Found {
  Json::Array items;
  bool more = false;
};

// What is asked for.
struct Wish {
  std::string name;
  std::string domain, product, state, port, into, who, kind, after, publish, by;
  std::optional<Time> since;
  bool mine = false;
  bool to_decide = false;
  std::size_t items_max = kItemsDefault;
};

struct Noun {
  std::string_view name;
  std::string_view member;  // that names an item
  std::vector<Shown> columns;
  Outcome<Found> (*list)(Client&, const Wish&);
  // Null: looked for in the list.
  Outcome<Json> (*one)(Client&, const Wish&) = nullptr;
};

// In the order of the help page.
const std::vector<Noun>& nouns();

}  // namespace hansa::cli
