// Which columns a statement names, read off its parse tree where that can be said without binding
// it: one SELECT over tables and joins of them. What it names it reads, also where the engine knows
// the answer from a file's statistics. For anything else the engine's own plan is asked.
#pragma once

#include <cstdint>
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
  // Where a name stands that no item of the SELECT list holds: in WHERE, GROUP BY, ORDER BY.
  static constexpr std::size_t elsewhere = SIZE_MAX;
  struct Name {
    std::vector<std::string> parts;  // t.c is two
    std::size_t item = elsewhere;    // of the SELECT list
  };
  std::vector<Table> tables;
  std::vector<Name> columns;
  // What each item of the SELECT list gives is called; "" where the engine names it, and for a
  // star.
  std::vector<std::string> items;
  // Whether an item decides which rows the others give, or how many, without a name that says so:
  // DISTINCT, LIMIT, GROUP BY ALL, groups or an order without a name, unnest.
  bool mixes = false;
  // Whether something is called `main.x()`, which a column `main` would make its argument.
  bool calls_main = false;
  std::vector<std::string> shared;  // by USING
  std::vector<std::string> stars;   // aliases; "" is every table
  std::set<std::string> given;      // what the SELECT list calls what it gives
};

// Nothing for a statement that is more than that.
std::optional<Naming> naming_of(const TreeJson& tree, const NameDefaults& defaults);

// Nothing if a name may mean more than one thing here.
std::optional<std::vector<ReadColumns>> reads_of(const Naming& naming, const Plan& plan);

// What one item of a SELECT list gives: its value or, where the names stand elsewhere, whether it
// appears at all, depends on these columns.
struct Dependence {
  std::string name;                  // in lower case
  std::vector<std::string> columns;  // as `from` spells them, in its order
};
// What all items together may depend on: it is kept, and looked at with each read.
inline constexpr std::size_t dependences_max = 20'000;
// Of a statement over one table, which has the columns of `from`. Nothing if it takes more tables
// or a star, leaves a name to the engine, names what the table does not have, or depends on more.
std::optional<std::vector<Dependence>> dependences_of(const Naming& naming, const Schema& from);

}  // namespace hansa::query
