// Which columns a statement names, read off its parse tree where that can be said without binding
// it: one SELECT over tables and joins of them. What it names it reads, also where the engine knows
// the answer from a file's statistics. For anything else the engine's own plan is asked.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "query/names.h"
#include "query/plan.h"
#include "query/tree_json.h"

namespace hansa::query {

// In lower case, as SQL compares names.
struct Naming {
  struct Table {
    TableName table;
    std::string alias;  // what the statement calls it
  };
  std::vector<Table> tables;
  std::vector<std::vector<std::string>> columns;  // each the parts of a name: t.c is two
  std::vector<std::string> shared;                // by USING
  std::vector<std::string> stars;                 // aliases; "" is every table
  std::set<std::string> given;                    // what the SELECT list calls what it gives
};

// Nothing for a statement that is more than that.
std::optional<Naming> naming_of(const TreeJson& tree, const NameDefaults& defaults);

// Nothing if a name may mean more than one thing here.
std::optional<std::vector<ReadColumns>> reads_of(const Naming& naming, const Plan& plan);

}  // namespace hansa::query
