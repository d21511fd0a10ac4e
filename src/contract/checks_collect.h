// What the readers of a contract's checks share: checks.cc reads columns, checks_quality.cc rules.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "contract/checks.h"

namespace hansa::contract {

inline constexpr std::string_view kNestedCheck = "what lies inside a column is not checked";

// As a column of that type has it, if it may: YAML's writers quote numbers, and leave quotes away.
// A whole number that was written as 10.0 is one; nothing of a list or an object.
std::optional<Constant> constant_of(const Json& value, const hansa::Column* column);
const Json* member_of(const Json::Object& members, std::string_view name);

class CheckCollector {
 public:
  CheckCollector(const SchemaObject& object, const Schema& schema)
      : object(object), schema(schema) {}

  const SchemaObject& object;
  const Schema& schema;
  CheckList out;
  std::size_t sql_rules = 0;

  void problem(Mark mark, std::string rule, std::string message, std::string next = {});
  // Two checks of one name would be one line in every report: the second gets a number.
  void add(Check check, Mark mark);
  void cannot(std::string name, Check::Kind kind, std::vector<std::string> columns, Mark mark,
              std::string_view why, bool warns = false);
  // Nothing where the schema does not say.
  const hansa::Column* typed(const std::string& name) const;
  std::optional<Predicate> one_of(const std::string& column, const Json::Array& values, Mark mark,
                                  const std::string& name);

 private:
  std::map<std::string, int> names_;
  bool said_too_many_ = false;
};

// `property`: of the column it stands below; null: of the object. `inside`: of a part of a column.
void add_quality(CheckCollector& into, const Quality& quality, const Property* property,
                 bool inside);

}  // namespace hansa::contract
