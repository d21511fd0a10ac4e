// ODCS properties as columns. `logicalType` says what family a value is of, `physicalType` refines
// it; where a contract leaves the choice open, the wide type is taken, since narrower data fits
// into it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/limits.h"
#include "base/text.h"
#include "contract/odcs.h"

namespace hansa::contract {
namespace {

struct Spelling {
  std::string_view text;
  TypeKind kind;
};

// What engines call the types of a column, in lower case and without arguments.
constexpr std::array kPhysical{Spelling{"boolean", TypeKind::boolean},
                               Spelling{"bool", TypeKind::boolean},
                               Spelling{"bit", TypeKind::boolean},
                               Spelling{"tinyint", TypeKind::int32},
                               Spelling{"smallint", TypeKind::int32},
                               Spelling{"short", TypeKind::int32},
                               Spelling{"int2", TypeKind::int32},
                               Spelling{"int", TypeKind::int32},
                               Spelling{"int4", TypeKind::int32},
                               Spelling{"int32", TypeKind::int32},
                               Spelling{"integer", TypeKind::int32},
                               Spelling{"serial", TypeKind::int32},
                               Spelling{"bigint", TypeKind::int64},
                               Spelling{"int8", TypeKind::int64},
                               Spelling{"int64", TypeKind::int64},
                               Spelling{"long", TypeKind::int64},
                               Spelling{"bigserial", TypeKind::int64},
                               Spelling{"real", TypeKind::float32},
                               Spelling{"float", TypeKind::float32},
                               Spelling{"float4", TypeKind::float32},
                               Spelling{"float32", TypeKind::float32},
                               Spelling{"double", TypeKind::float64},
                               Spelling{"double precision", TypeKind::float64},
                               Spelling{"float8", TypeKind::float64},
                               Spelling{"float64", TypeKind::float64},
                               Spelling{"decimal", TypeKind::decimal},
                               Spelling{"numeric", TypeKind::decimal},
                               Spelling{"number", TypeKind::decimal},
                               Spelling{"date", TypeKind::date},
                               Spelling{"time", TypeKind::time},
                               Spelling{"timestamp", TypeKind::timestamp},
                               Spelling{"timestamp_ntz", TypeKind::timestamp},
                               Spelling{"timestamp without time zone", TypeKind::timestamp},
                               Spelling{"datetime", TypeKind::timestamp},
                               Spelling{"datetime2", TypeKind::timestamp},
                               Spelling{"timestamptz", TypeKind::timestamptz},
                               Spelling{"timestamp_tz", TypeKind::timestamptz},
                               Spelling{"timestamp_ltz", TypeKind::timestamptz},
                               Spelling{"timestamp with time zone", TypeKind::timestamptz},
                               Spelling{"datetimeoffset", TypeKind::timestamptz},
                               Spelling{"string", TypeKind::string},
                               Spelling{"text", TypeKind::string},
                               Spelling{"varchar", TypeKind::string},
                               Spelling{"varchar2", TypeKind::string},
                               Spelling{"nvarchar", TypeKind::string},
                               Spelling{"nvarchar2", TypeKind::string},
                               Spelling{"character varying", TypeKind::string},
                               Spelling{"char", TypeKind::string},
                               Spelling{"nchar", TypeKind::string},
                               Spelling{"character", TypeKind::string},
                               Spelling{"clob", TypeKind::string},
                               Spelling{"uuid", TypeKind::uuid},
                               Spelling{"binary", TypeKind::binary},
                               Spelling{"varbinary", TypeKind::binary},
                               Spelling{"bytes", TypeKind::binary},
                               Spelling{"bytea", TypeKind::binary},
                               Spelling{"blob", TypeKind::binary},
                               Spelling{"fixed", TypeKind::fixed}};

// What the contract says beside the name of the type.
struct Physical {
  std::optional<TypeKind> kind;
  std::vector<std::int64_t> arguments;
};

Physical read_physical(std::string_view written) {
  std::string text = lower_ascii(trim(written));
  Physical out;
  const auto open = text.find_first_of("([");
  if (open != std::string::npos) {
    const auto close = text.find_first_of(")]", open);
    if (close == std::string::npos) return out;
    for (const std::string_view part :
         split(std::string_view(text).substr(open + 1, close - open - 1), ','))
      if (const auto number = parse_int(trim(part))) out.arguments.push_back(*number);
    // "timestamp(6) with time zone"
    text = trim(text.substr(0, open) + text.substr(close + 1));
  }
  const auto found = std::ranges::find(kPhysical, std::string_view(text), &Spelling::text);
  if (found != kPhysical.end()) out.kind = found->kind;
  return out;
}

std::unexpected<Error> wrong(const Property& property, std::string text, std::string next) {
  const std::string where =
      property.mark.line == 0
          ? ""
          : fmt::format(" (line {}, column {})", property.mark.line, property.mark.column);
  const std::string name =
      property.name.empty() ? "an element" : fmt::format("column '{}'", property.name);
  return invalid(fmt::format("{}{}: {}", name, where, text), std::move(next));
}

Type plain(TypeKind kind) { return {.kind = kind, .fields = {}}; }

Result<Type> decimal(const Property& property, const std::vector<std::int64_t>& arguments) {
  if (arguments.empty())
    return wrong(property, fmt::format("'{}' leaves the digits open", property.physical_type),
                 "write precision and scale, for instance physicalType: decimal(18,2)");
  const std::int64_t scale = arguments.size() > 1 ? arguments[1] : 0;
  if (arguments[0] < 1 || arguments[0] > 38 || scale < 0 || scale > arguments[0])
    return wrong(property, fmt::format("'{}' is no decimal that fits", property.physical_type),
                 "a precision of 1 to 38, and a scale up to it");
  return Type{TypeKind::decimal,
              static_cast<std::uint32_t>(arguments[0]),
              static_cast<std::uint32_t>(scale),
              {}};
}

Result<Type> fixed(const Property& property, const std::vector<std::int64_t>& arguments) {
  if (arguments.size() != 1 || arguments[0] < 1 || arguments[0] > 1'000'000)
    return wrong(property, "fixed needs its length", "for instance physicalType: fixed[16]");
  return Type{TypeKind::fixed, static_cast<std::uint32_t>(arguments[0]), 0, {}};
}

Result<Type> of_physical(const Property& property, const Physical& physical) {
  if (*physical.kind == TypeKind::decimal) return decimal(property, physical.arguments);
  if (*physical.kind == TypeKind::fixed) return fixed(property, physical.arguments);
  return plain(*physical.kind);
}

std::string option_text(const Property& property, std::string_view name) {
  const Json* option = property.logical_type_options.find(name);
  return option != nullptr && option->is_string() ? *option->as_string() : std::string();
}

Result<Type> integer_of(const Property& property) {
  const std::string format = option_text(property, "format");
  if (format.empty() || format == "i64" || format == "u32") return plain(TypeKind::int64);
  if (format == "u64") return Type{TypeKind::decimal, 20, 0, {}};
  if (format == "i128") return Type{TypeKind::decimal, 38, 0, {}};
  if (format == "u128") return wrong(property, "no column holds u128", "use a string, or i128");
  return plain(TypeKind::int32);
}

Type timestamp_of(const Property& property) {
  const Json* zone = property.logical_type_options.find("timezone");
  const bool zoned = zone != nullptr && zone->is_bool() && *zone->as_bool();
  return plain(zoned ? TypeKind::timestamptz : TypeKind::timestamp);
}

// The types that a logical type may have physically, the first one unless the contract says more.
std::vector<TypeKind> family(std::string_view logical) {
  if (logical == "string")
    return {TypeKind::string, TypeKind::uuid, TypeKind::binary, TypeKind::fixed};
  if (logical == "integer") return {TypeKind::int64, TypeKind::int32, TypeKind::decimal};
  if (logical == "number")
    return {TypeKind::float64, TypeKind::float32, TypeKind::decimal, TypeKind::int64,
            TypeKind::int32};
  if (logical == "boolean") return {TypeKind::boolean};
  if (logical == "date") return {TypeKind::date, TypeKind::timestamp, TypeKind::timestamptz};
  if (logical == "timestamp") return {TypeKind::timestamp, TypeKind::timestamptz};
  if (logical == "time") return {TypeKind::time};
  return {};
}

Result<Type> primitive(const Property& property) {
  const Physical physical = read_physical(property.physical_type);
  if (property.logical_type.empty()) {
    if (physical.kind) return of_physical(property, physical);
    return wrong(property, "nothing says of which type it is", "give it a logicalType");
  }
  const auto kinds = family(property.logical_type);
  if (kinds.empty())
    return wrong(
        property,
        fmt::format("the logicalType '{}' has no column type", property.logical_type.substr(0, 60)),
        "use string, integer, number, boolean, date, time, timestamp, object, array or map");
  const bool zoned_by_options =
      property.logical_type == "timestamp" && property.logical_type_options.find("timezone");
  if (physical.kind && std::ranges::find(kinds, *physical.kind) == kinds.end())
    return wrong(property,
                 fmt::format("logicalType {} and physicalType {} contradict each other",
                             property.logical_type, property.physical_type.substr(0, 60)),
                 "change one of the two, or leave physicalType out");
  if (physical.kind && !(zoned_by_options && *physical.kind == TypeKind::timestamp))
    return of_physical(property, physical);
  if (property.logical_type == "integer") return integer_of(property);
  if (property.logical_type == "timestamp") return timestamp_of(property);
  if (property.logical_type == "number" && option_text(property, "format") == "f32")
    return plain(TypeKind::float32);
  return plain(kinds.front());
}

// Counts columns on the way; the depth is that of the document.
class Mapper {
 public:
  Result<std::vector<Column>> columns(const std::vector<Property>& properties) {
    std::vector<Column> out;
    std::set<std::string> names;
    for (const Property& property : properties) {
      HANSA_TRY(Column one, column(property, {}));
      // SQL does not tell them apart.
      if (!names.insert(lower_ascii(one.name)).second)
        return wrong(property, "a column of this name stands before it", "rename one of the two");
      out.push_back(std::move(one));
    }
    return out;
  }

 private:
  Result<Column> column(const Property& property, std::string_view fixed_name) {
    if (++count_ > limits::columns_max)
      return invalid(fmt::format("more than {} columns", limits::columns_max));
    Column out;
    out.name = column_name(property);
    if (!fixed_name.empty()) out.name = fixed_name;
    if (out.name.empty()) return wrong(property, "a column needs a name", "");
    HANSA_TRY(out.type, type(property));
    out.required = property.required.value_or(false);
    out.description = property.description;
    return out;
  }

  Result<Type> type(const Property& property) {
    if (property.logical_type == "object") return structure(property);
    if (property.logical_type == "array") return list(property);
    if (property.logical_type == "map") return map(property);
    return primitive(property);
  }

  Result<Type> structure(const Property& property) {
    if (property.properties.empty())
      return wrong(property, "an object needs its properties", "list them under properties");
    HANSA_TRY(auto fields, columns(property.properties));
    return Type{.kind = TypeKind::structure, .fields = std::move(fields)};
  }

  Result<Type> list(const Property& property) {
    if (property.items.one.empty())
      return wrong(property, "an array needs its items",
                   "for instance items: {logicalType: string}");
    HANSA_TRY(Column element, column(property.items.one.front(), "element"));
    return Type{.kind = TypeKind::list, .fields = {std::move(element)}};
  }

  Result<Type> map(const Property& property) {
    if (!property.map || property.map->key.one.empty() || property.map->value.one.empty())
      return wrong(property, "a map needs its key and value",
                   "for instance map: {key: {logicalType: string}, value: ...}");
    HANSA_TRY(Column key, column(property.map->key.one.front(), "key"));
    HANSA_TRY(Column value, column(property.map->value.one.front(), "value"));
    key.required = true;  // A map has no entry without a key.
    return Type{.kind = TypeKind::map, .fields = {std::move(key), std::move(value)}};
  }

  std::size_t count_ = 0;
};

}  // namespace

Result<Schema> table_schema(const DataContract& contract, std::string_view object_name) {
  const SchemaObject* object = find_object(contract, object_name);
  if (object == nullptr) {
    std::vector<std::string> names;
    for (const SchemaObject& each : contract.schema) names.push_back(each.name);
    return not_found(
        fmt::format("contract '{}' has no schema object '{}'", contract.id, object_name),
        names.empty() ? "describe it under schema" : fmt::format("it has {}", join(names, ", ")));
  }
  if (object->properties.empty())
    return invalid(fmt::format("'{}' has no columns", object->name), "list them under properties");
  auto columns = Mapper().columns(object->properties);
  if (!columns) return in_context(object->name, std::move(columns).error());
  return Schema{.columns = std::move(*columns)};
}

}  // namespace hansa::contract
