// What is known of the statements without parameters of one principal: dashboards ask the same
// again and again, and finding out what a statement gives and reads takes longer than a small
// answer.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "query/plan.h"
#include "worker/relation.h"

namespace hansa::worker {

struct Known {
  std::string sql;  // as DuckDB takes it: names replaced, columns made readable
  query::Bound bound;
};

class Statements {
 public:
  // What the plan's statement is known by. Nothing is known any more once the relations changed.
  std::string key(const query::Plan& plan, const Relations& relations);
  // Null if it is not.
  const Known* find(const std::string& key) const;
  void keep(std::string key, Known known);
  void forget() { *this = {}; }

 private:
  std::uint64_t changes_ = 0;
  std::map<std::string, Known> known_;
};

}  // namespace hansa::worker
