#include "model/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace hansa {
namespace {

struct Spelling {
  TypeKind kind;
  std::string_view text;
};

constexpr std::array kSpellings{
    Spelling{TypeKind::boolean, "boolean"},
    Spelling{TypeKind::int32, "int"},
    Spelling{TypeKind::int64, "long"},
    Spelling{TypeKind::float32, "float"},
    Spelling{TypeKind::float64, "double"},
    Spelling{TypeKind::date, "date"},
    Spelling{TypeKind::time, "time"},
    Spelling{TypeKind::timestamp, "timestamp"},
    Spelling{TypeKind::timestamptz, "timestamptz"},
    Spelling{TypeKind::string, "string"},
    Spelling{TypeKind::uuid, "uuid"},
    Spelling{TypeKind::binary, "binary"},
};

const Column* find_in(const std::vector<Column>& columns, std::string_view name) {
  const auto found = std::ranges::find(columns, name, &Column::name);
  return found == columns.end() ? nullptr : &*found;
}

void assign(std::vector<Column>& columns, std::int32_t& next) {
  for (Column& column : columns) column.id = next++;
  for (Column& column : columns) assign(column.type.fields, next);
}

std::int32_t highest(const std::vector<Column>& columns) {
  std::int32_t id = 0;
  for (const Column& column : columns) id = std::max({id, column.id, highest(column.type.fields)});
  return id;
}

bool widens(const Type& contract, const Type& data) {
  if (contract.kind == TypeKind::int64) return data.kind == TypeKind::int32;
  if (contract.kind == TypeKind::float64) return data.kind == TypeKind::float32;
  if (contract.kind == TypeKind::decimal && data.kind == TypeKind::decimal)
    return contract.scale == data.scale && contract.precision >= data.precision;
  return false;
}

void compare(const std::vector<Column>& contract, const std::vector<Column>& data,
             const std::string& above, std::vector<std::string>& out);

void compare_column(const Column& wanted, const Column& found, const std::string& path,
                    std::vector<std::string>& out) {
  if (wanted.type.kind != found.type.kind || !is_nested(wanted.type.kind)) {
    const bool same = wanted.type.kind == found.type.kind &&
                      wanted.type.precision == found.type.precision &&
                      wanted.type.scale == found.type.scale;
    if (!same && !widens(wanted.type, found.type))
      out.push_back(fmt::format("column {}: the contract says {}, the data has {}", path,
                                to_text(wanted.type), to_text(found.type)));
    return;
  }
  compare(wanted.type.fields, found.type.fields, path + ".", out);
}

void compare(const std::vector<Column>& contract, const std::vector<Column>& data,
             const std::string& above, std::vector<std::string>& out) {
  for (const Column& wanted : contract) {
    const std::string path = above + wanted.name;
    if (const Column* found = find_in(data, wanted.name)) {
      compare_column(wanted, *found, path, out);
    } else if (wanted.required) {
      out.push_back(fmt::format("column {}: required by the contract, missing in the data", path));
    }
  }
  for (const Column& found : data)
    if (find_in(data, found.name) != &found)
      out.push_back(fmt::format("column {}: stands twice in the data", above + found.name));
    else if (find_in(contract, found.name) == nullptr)
      out.push_back(fmt::format("column {}: in the data ({}), not in the contract",
                                above + found.name, to_text(found.type)));
}

}  // namespace

bool operator==(const Type& a, const Type& b) {
  return a.kind == b.kind && a.precision == b.precision && a.scale == b.scale &&
         a.fields == b.fields;
}

bool is_nested(TypeKind kind) {
  return kind == TypeKind::structure || kind == TypeKind::list || kind == TypeKind::map;
}

std::string to_text(const Type& type) {
  for (const Spelling& spelling : kSpellings)
    if (spelling.kind == type.kind) return std::string(spelling.text);
  if (type.kind == TypeKind::decimal)
    return fmt::format("decimal({},{})", type.precision, type.scale);
  if (type.kind == TypeKind::fixed) return fmt::format("fixed[{}]", type.precision);
  std::vector<std::string> parts;
  for (const Column& field : type.fields)
    parts.push_back(type.kind == TypeKind::structure
                        ? fmt::format("{}: {}", field.name, to_text(field.type))
                        : to_text(field.type));
  const std::string_view name = type.kind == TypeKind::list  ? "list"
                                : type.kind == TypeKind::map ? "map"
                                                             : "struct";
  return fmt::format("{}<{}>", name, join(parts, ", "));
}

Result<Type> parse_primitive(std::string_view text) {
  for (const Spelling& spelling : kSpellings)
    if (spelling.text == text) return Type{.kind = spelling.kind, .fields = {}};
  const auto inside = [&](std::string_view open, char close) -> std::string_view {
    if (!text.starts_with(open) || !text.ends_with(close)) return {};
    return text.substr(open.size(), text.size() - open.size() - 1);
  };
  if (const auto numbers = split(inside("decimal(", ')'), ','); numbers.size() == 2) {
    HANSA_TRY(const auto precision, parse_int(trim(numbers[0])));
    HANSA_TRY(const auto scale, parse_int(trim(numbers[1])));
    if (precision < 1 || precision > 38 || scale < 0 || scale > precision)
      return invalid(
          fmt::format("'{}': a decimal has a precision of 1 to 38 and a scale up to it", text));
    return Type{TypeKind::decimal,
                static_cast<std::uint32_t>(precision),
                static_cast<std::uint32_t>(scale),
                {}};
  }
  if (const auto length = inside("fixed[", ']'); !length.empty()) {
    HANSA_TRY(const auto bytes, parse_int(length));
    if (bytes < 1 || bytes > 1'000'000)
      return invalid(fmt::format("'{}': a length of 1 to 1000000", text));
    return Type{TypeKind::fixed, static_cast<std::uint32_t>(bytes), 0, {}};
  }
  return invalid(fmt::format("'{}' is not a type", text.substr(0, 80)));
}

std::int32_t assign_ids(Schema& schema, std::int32_t next) {
  assign(schema.columns, next);
  return next - 1;
}

std::int32_t last_id(const Schema& schema) { return highest(schema.columns); }

const Column* find_column(const Schema& schema, std::string_view path) {
  const std::vector<Column>* columns = &schema.columns;
  const Column* found = nullptr;
  for (const std::string_view part : split(path, '.')) {
    found = find_in(*columns, part);
    if (found == nullptr) return nullptr;
    columns = &found->type.fields;
  }
  return found;
}

std::vector<std::string> misfits(const Schema& contract, const Schema& data) {
  std::vector<std::string> out;
  compare(contract.columns, data.columns, "", out);
  return out;
}

}  // namespace hansa
