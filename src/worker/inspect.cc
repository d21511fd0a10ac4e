#include "worker/inspect.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "worker/relation.h"

namespace hansa::worker {
namespace {

Type simple(TypeKind kind, std::uint32_t precision = 0, std::uint32_t scale = 0) {
  return {kind, precision, scale, {}};
}

std::unexpected<Error> unsupported(const Element& element, std::string_view what,
                                   std::string next) {
  return invalid(fmt::format("column {}: {}", element.name, what), std::move(next));
}

Result<Type> timestamp_of(const Element& element) {
  const bool utc = element.logical.contains("isAdjustedToUTC=1") ||
                   (element.logical.empty() && element.converted.starts_with("TIMESTAMP_"));
  if (element.logical.contains("NANOS=Nano"))
    return unsupported(element, "nanosecond timestamps do not fit an Iceberg table",
                       "write it in microseconds (pyarrow: coerce_timestamps=\"us\")");
  return simple(utc ? TypeKind::timestamptz : TypeKind::timestamp);
}

Result<Type> whole_of(const Element& element) {
  if (element.converted == "UINT_32") return simple(TypeKind::int64);
  if (element.converted == "UINT_64") return simple(TypeKind::decimal, 20, 0);
  return simple(element.type == "INT64" ? TypeKind::int64 : TypeKind::int32);
}

Result<Type> decimal_of(const Element& element) {
  if (element.precision < 1 || element.precision > 38 || element.scale < 0 ||
      element.scale > element.precision)
    return unsupported(element, "a decimal of that precision does not fit",
                       "use at most 38 digits");
  return simple(TypeKind::decimal, static_cast<std::uint32_t>(element.precision),
                static_cast<std::uint32_t>(element.scale));
}

Result<Type> leaf(const Element& element) {
  const auto& [name, type, repetition, converted, logical, children, scale, precision, field_id,
               length] = element;
  if (converted == "DECIMAL" || logical.starts_with("DecimalType")) return decimal_of(element);
  if (converted == "DATE" || logical.starts_with("DateType")) return simple(TypeKind::date);
  if (converted.starts_with("TIMESTAMP_") || logical.starts_with("TimestampType"))
    return timestamp_of(element);
  if (converted.starts_with("TIME_") || logical.starts_with("TimeType")) {
    if (logical.contains("NANOS=Nano"))
      return unsupported(element, "nanosecond times do not fit an Iceberg table",
                         "write it in microseconds");
    return simple(TypeKind::time);
  }
  if (converted == "INTERVAL")
    return unsupported(element, "an interval does not fit an Iceberg table",
                       "store it as a number of seconds, or as text");
  if (logical.starts_with("UUIDType")) return simple(TypeKind::uuid);
  if (logical.starts_with("Float16")) return simple(TypeKind::float32);
  if (logical.starts_with("Variant") || logical.starts_with("Geo"))
    return unsupported(element, "its type does not fit an Iceberg table",
                       "store it as text or as bytes");
  if (type == "BOOLEAN") return simple(TypeKind::boolean);
  if (type == "INT32" || type == "INT64") return whole_of(element);
  if (type == "INT96") return simple(TypeKind::timestamptz);
  if (type == "FLOAT") return simple(TypeKind::float32);
  if (type == "DOUBLE") return simple(TypeKind::float64);
  if (converted == "UTF8" || converted == "JSON" || converted == "ENUM" ||
      logical.starts_with("StringType") || logical.starts_with("JsonType") ||
      logical.starts_with("EnumType"))
    return simple(TypeKind::string);
  if (type == "BYTE_ARRAY") return simple(TypeKind::binary);
  if (type == "FIXED_LEN_BYTE_ARRAY")
    return simple(TypeKind::fixed, static_cast<std::uint32_t>(std::max<std::int64_t>(length, 0)));
  return unsupported(element, fmt::format("the type {} is unknown", type), "");
}

class Reader {
 public:
  explicit Reader(std::span<const Element> elements) : elements_(elements) {}

  Result<Schema> schema() {
    if (elements_.empty()) return corrupt("no columns");
    Schema schema;
    HANSA_TRY(schema.columns, fields(take().children, 0));
    if (at_ != elements_.size()) return corrupt("the columns are not a tree");
    return schema;
  }

 private:
  const Element& take() { return elements_[at_++]; }

  Result<std::vector<Column>> fields(std::int64_t count, std::size_t depth) {
    if (depth > limits::nesting_max) return invalid("columns are nested too deeply");
    std::vector<Column> columns;
    for (std::int64_t i = 0; i < count; ++i) {
      if (at_ == elements_.size()) return corrupt("the columns are not a tree");
      HANSA_TRY(columns.emplace_back(), column(depth));
    }
    return columns;
  }

  Result<Column> column(std::size_t depth) {
    const Element& element = take();
    Column column;
    column.id = static_cast<std::int32_t>(std::clamp<std::int64_t>(element.field_id, 0, INT32_MAX));
    column.name = element.name;
    column.required = element.repetition == "REQUIRED";
    HANSA_TRY(column.type, type_of(element, depth + 1));
    if (element.repetition != "REPEATED") return column;
    // A repeated field outside a LIST is a list of required values, as old writers have it.
    Column inside{
        .name = "element", .type = std::move(column.type), .required = true, .description = {}};
    column.type = Type{TypeKind::list, 0, 0, {std::move(inside)}};
    return column;
  }

  Result<Type> type_of(const Element& element, std::size_t depth) {
    if (element.children == 0) return leaf(element);
    const bool list = element.converted == "LIST" || element.logical.starts_with("ListType");
    const bool map = element.converted == "MAP" || element.converted == "MAP_KEY_VALUE" ||
                     element.logical.starts_with("MapType");
    if ((list || map) && element.children == 1 && at_ < elements_.size()) {
      const Element& repeated = elements_[at_];
      if (list) return list_of(element, repeated, depth);
      if (repeated.children == 2) return map_of(depth);
    }
    Type type{TypeKind::structure, 0, 0, {}};
    HANSA_TRY(type.fields, fields(element.children, depth));
    return type;
  }

  // Three levels (list, repeated group, element), or two where an old writer left the group out.
  Result<Type> list_of(const Element& list, const Element& repeated, std::size_t depth) {
    const bool three =
        repeated.children == 1 && repeated.name != "array" && repeated.name != list.name + "_tuple";
    Column inside;
    if (three) {
      take();
      HANSA_TRY(auto one, fields(1, depth));
      inside = std::move(one.front());
    } else {
      take();
      inside.required = true;
      HANSA_TRY(inside.type, type_of(repeated, depth));
    }
    inside.name = "element";
    return Type{TypeKind::list, 0, 0, {std::move(inside)}};
  }

  Result<Type> map_of(std::size_t depth) {
    take();
    HANSA_TRY(auto both, fields(2, depth));
    both[0].name = "key";
    both[0].required = true;
    both[1].name = "value";
    return Type{TypeKind::map, 0, 0, std::move(both)};
  }

  std::span<const Element> elements_;
  std::size_t at_ = 0;
};

std::int64_t number(const std::optional<std::string>& text) {
  if (!text) return 0;
  const auto value = parse_int(*text);
  return value ? *value : 0;
}

Result<std::vector<Element>> elements_of(Connection& connection, const std::string& file) {
  HANSA_TRY(const auto rows,
            connection.texts(fmt::format("SELECT COLUMNS(*)::VARCHAR FROM (SELECT name, type, "
                                         "repetition_type, converted_type, logical_type, "
                                         "num_children, scale, \"precision\", field_id, "
                                         "type_length FROM system.main.parquet_schema({}))",
                                         sql_literal(file))));
  if (rows.size() > limits::columns_max * 4) return exhausted("the file has too many columns");
  std::vector<Element> elements;
  for (const auto& row : rows)
    elements.push_back({row[0].value_or(""), row[1].value_or(""), row[2].value_or(""),
                        row[3].value_or(""), row[4].value_or(""), number(row[5]), number(row[6]),
                        number(row[7]), number(row[8]), number(row[9])});
  return elements;
}

// The names of what the engine makes of a column that no table can hold, or nothing.
std::string_view foreign_part(const ValueType& type) {
  if (type.name == "VARIANT" || type.name == "GEOMETRY") return type.name;
  for (const ValueType& child : type.children)
    if (const std::string_view found = foreign_part(child); !found.empty()) return found;
  return {};
}

// What the schema does not tell: a VARIANT is written as a structure and a GEOMETRY as bytes, and
// other words in the footer make the engine read them as what they are.
Result<void> refuse_foreign(Connection& connection, const std::string& file) {
  HANSA_TRY(const Prepared all, connection.prepare(fmt::format(
                                    "FROM system.main.read_parquet([{}])", sql_literal(file))));
  for (const ColumnType& column : all.columns())
    if (const std::string_view found = foreign_part(column.type); !found.empty())
      return invalid(
          fmt::format("column {}: the type {} does not fit an Iceberg table", column.name, found),
          "store it as text or as bytes");
  return {};
}

}  // namespace

Result<Schema> schema_of_elements(std::span<const Element> elements) {
  return Reader(elements).schema();
}

Result<query::Footer> footer_of(Connection& connection, const query::PlanFile& file) {
  query::Footer footer;
  footer.label = file.label;
  const auto read = [&]() -> Result<void> {
    HANSA_TRY(const auto rows, connection.texts(fmt::format(
                                   "SELECT num_rows::VARCHAR, file_size_bytes::VARCHAR FROM "
                                   "system.main.parquet_file_metadata({})",
                                   sql_literal(seat_name(file)))));
    if (rows.size() != 1) return corrupt("it has no footer");
    footer.rows = static_cast<std::uint64_t>(std::max<std::int64_t>(number(rows[0][0]), 0));
    footer.bytes = static_cast<std::uint64_t>(std::max<std::int64_t>(number(rows[0][1]), 0));
    HANSA_TRY(const auto elements, elements_of(connection, seat_name(file)));
    HANSA_TRY(footer.schema, schema_of_elements(elements));
    return refuse_foreign(connection, seat_name(file));
  };
  if (auto done = read(); !done) {
    Error error = for_people(std::move(done).error(), {&file});
    return error.text.contains(file.label) ? std::unexpected(error)
                                           : in_context(file.label, std::move(error));
  }
  return footer;
}

}  // namespace hansa::worker
