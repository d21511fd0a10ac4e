#include "contract/checks_collect.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace hansa::contract {

const Json* member_of(const Json::Object& members, std::string_view name) {
  const auto found = std::ranges::find(members, name, &Json::Object::value_type::first);
  return found == members.end() ? nullptr : &found->second;
}

namespace {

bool is_number(TypeKind kind) {
  return kind == TypeKind::int32 || kind == TypeKind::int64 || kind == TypeKind::float32 ||
         kind == TypeKind::float64 || kind == TypeKind::decimal;
}

std::optional<Constant> as_written(const Json& value) {
  if (const auto* text = value.as_string()) return Constant{Constant::Kind::text, *text};
  if (const auto* flag = value.as_bool())
    return Constant{Constant::Kind::boolean, *flag ? "true" : "false"};
  const auto number = value.as_double();
  if (!number) return std::nullopt;
  if (value.as_int() || value.as_unsigned())
    return Constant{Constant::Kind::number, to_text(value)};
  if (*number == std::floor(*number) && std::abs(*number) < 1e15)
    return Constant{Constant::Kind::number, fmt::format("{:.0f}", *number)};
  return Constant{Constant::Kind::number, fmt::format("{}", *number)};
}

}  // namespace

std::optional<Constant> constant_of(const Json& value, const hansa::Column* column) {
  auto out = as_written(value);
  if (!out || column == nullptr) return out;
  if (column->type.kind == TypeKind::string) out->kind = Constant::Kind::text;
  if (out->kind == Constant::Kind::text && is_number(column->type.kind) && parse_double(out->text))
    out->kind = Constant::Kind::number;
  return out;
}

void CheckCollector::problem(Mark mark, std::string rule, std::string message, std::string next) {
  out.problems.push_back({mark, std::move(rule), std::move(message), std::move(next)});
}

void CheckCollector::add(Check check, Mark mark) {
  if (out.checks.size() >= checks_max) {
    if (out.checks.size() == checks_max && !said_too_many_)
      problem(mark, "quality-limit", fmt::format("more than {} checks", checks_max));
    said_too_many_ = true;
    return;
  }
  const std::string name = check.name;
  while (const int seen = names_[check.name]++) check.name = fmt::format("{} #{}", name, seen + 1);
  out.checks.push_back(std::move(check));
}

const hansa::Column* CheckCollector::typed(const std::string& name) const {
  const auto found = std::ranges::find(schema.columns, name, &hansa::Column::name);
  return found == schema.columns.end() ? nullptr : &*found;
}

void CheckCollector::cannot(std::string name, Check::Kind kind, std::vector<std::string> columns,
                            Mark mark, std::string_view why, bool warns) {
  add({.name = std::move(name),
       .kind = kind,
       .columns = std::move(columns),
       .rule = {},
       .sql = {},
       .must = {},
       .warns = warns,
       .cannot = std::string(why)},
      mark);
}

std::optional<Predicate> CheckCollector::one_of(const std::string& column,
                                                const Json::Array& values, Mark mark,
                                                const std::string& name) {
  Predicate out{.op = Predicate::Op::one_of, .parts = {}, .column = column, .values = {}};
  for (const Json& value : values) {
    if (value.is_null()) continue;  // A null is never wrong.
    const auto constant = constant_of(value, typed(column));
    if (!constant) {
      problem(value.mark.line == 0 ? mark : value.mark, "quality-value",
              fmt::format("{}: {} is no value that a column can have", name, value.kind()));
      return std::nullopt;
    }
    out.values.push_back(*constant);
  }
  if (!out.values.empty()) return out;
  problem(mark, "quality-value", fmt::format("{}: no value is listed", name));
  return std::nullopt;
}

}  // namespace hansa::contract
