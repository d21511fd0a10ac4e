// Records of Avro files by Iceberg's field ids, whoever wrote them and in whichever order.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "iceberg/avro.h"
#include "model/location.h"

namespace hansa::iceberg {

// What a member of a record is called: by id, and for writers that left ids out by name.
struct FieldName {
  std::int32_t id = 0;
  std::string_view name;
};

// Where the fields of one record type stand; made once a file.
class RowLayout {
 public:
  RowLayout() = default;
  // Of the record behind `type`, or of nothing if it is no record. The schema must outlive the
  // layout.
  RowLayout(const avro::Schema& schema, std::uint32_t type);
  bool is_record() const { return record_ != nullptr; }
  // The layout of a field that is a record itself, or of the items of one that is a list.
  RowLayout below(FieldName field) const;
  std::optional<std::size_t> position(FieldName field) const;
  const avro::Node& record() const { return *record_; }

 private:
  const avro::Schema* schema_ = nullptr;
  const avro::Node* record_ = nullptr;
  std::map<std::int32_t, std::size_t> by_id_;
  std::map<std::string, std::size_t, std::less<>> by_name_;
};

// One record. The layout and the values must outlive it. Errors of all: corrupt, naming the field.
class Row {
 public:
  static Result<Row> of(const RowLayout& layout, const avro::Value& value);

  // The value, or nullptr if it is absent or null.
  const avro::Value* find(FieldName field) const;
  Result<std::int64_t> whole(FieldName field) const;  // must be there
  Result<std::int64_t> count(FieldName field) const;  // must be there, from 0
  Result<std::int64_t> whole_or(FieldName field, std::int64_t otherwise) const;
  Result<std::optional<std::int64_t>> whole_if(FieldName field) const;
  Result<std::optional<std::int64_t>> count_if(FieldName field) const;
  Result<std::optional<std::string>> bytes_if(FieldName field) const;
  Result<std::string> text(FieldName field) const;
  Result<Location> location(FieldName field) const;
  Result<const avro::Value::List*> list_or_none(FieldName field) const;  // nullptr: absent

 private:
  Row(const RowLayout& layout, const avro::Value::List& values)
      : layout_(&layout), values_(&values) {}
  const RowLayout* layout_;
  const avro::Value::List* values_;
};

std::unexpected<Error> bad_field(std::string_view name, std::string_view why);

}  // namespace hansa::iceberg
