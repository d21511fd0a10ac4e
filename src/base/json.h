// JSON as a plain value, with a strict reader and a canonical writer. The library behind it appears
// in json.cc only. YAML is read into the same value (contract/yaml), so that one description of a
// struct (base/fields.h) serves both, and every node can say where it stood.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace hansa {

// Where a node stood in its document, from 1; line 0: unknown.
struct Mark {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  friend bool operator==(const Mark&, const Mark&) {
    return true;
  }  // Where it stood is not what it is.
};

class Json {
 public:
  using Array = std::vector<Json>;
  // Members keep the order in which they were written; names are unique.
  using Object = std::vector<std::pair<std::string, Json>>;
  using Value = std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, double, std::string,
                             Array, Object>;

  Json() : value_(nullptr) {}
  Json(std::nullptr_t) : value_(nullptr) {}    // NOLINT(google-explicit-constructor): a literal
  Json(bool value) : value_(value) {}          // NOLINT
  Json(std::int64_t value) : value_(value) {}  // NOLINT
  Json(int value) : value_(std::int64_t{value}) {}              // NOLINT
  Json(std::uint64_t value) : value_(whole(value)) {}           // NOLINT
  Json(double value) : value_(value) {}                         // NOLINT
  Json(std::string value) : value_(std::move(value)) {}         // NOLINT
  Json(std::string_view value) : value_(std::string(value)) {}  // NOLINT
  Json(const char* value) : value_(std::string(value)) {}       // NOLINT
  Json(Array value) : value_(std::move(value)) {}               // NOLINT
  Json(Object value) : value_(std::move(value)) {}              // NOLINT

  bool is_null() const { return std::holds_alternative<std::nullptr_t>(value_); }
  bool is_object() const { return std::holds_alternative<Object>(value_); }
  bool is_array() const { return std::holds_alternative<Array>(value_); }
  bool is_string() const { return std::holds_alternative<std::string>(value_); }
  bool is_bool() const { return std::holds_alternative<bool>(value_); }
  // "null", "true or false", "number", "text", "list", "object": for messages.
  std::string_view kind() const;

  const Value& value() const { return value_; }
  Value& value() { return value_; }

  // The content, or nullptr if it is of another kind. A whole number also answers as a double.
  const bool* as_bool() const { return std::get_if<bool>(&value_); }
  const std::string* as_string() const { return std::get_if<std::string>(&value_); }
  const Array* as_array() const { return std::get_if<Array>(&value_); }
  const Object* as_object() const { return std::get_if<Object>(&value_); }
  Array* as_array() { return std::get_if<Array>(&value_); }
  Object* as_object() { return std::get_if<Object>(&value_); }
  Result<std::int64_t> as_int() const;
  Result<std::uint64_t> as_unsigned() const;
  Result<double> as_double() const;

  // A member of an object, or nullptr.
  const Json* find(std::string_view name) const;
  Json* find(std::string_view name);
  // Sets or adds a member; a null becomes an object first.
  Json& set(std::string_view name, Json value);
  // Adds to a list; a null becomes a list first.
  Json& push(Json value);

  Mark mark;

  friend bool operator==(const Json&, const Json&) = default;

 private:
  // One representation for one number: unsigned only where signed cannot hold it.
  static Value whole(std::uint64_t value) {
    if (value <= INT64_MAX) return static_cast<std::int64_t>(value);
    return value;
  }
  Value value_;
};

// RFC 8259, strictly: one value, UTF-8, no duplicate member, no lone surrogate, depth at most
// limits::nesting_max, numbers within int64, uint64 or finite double. Errors: invalid with the
// place.
Result<Json> parse_json(std::string_view text);

// Compact, members in their order. Doubles keep their exact value; NaN and infinities become null.
std::string to_text(const Json& json);
// Two spaces, one member a line, for people.
std::string to_pretty_text(const Json& json);
// Appends a JSON string literal, quotes included. Bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

}  // namespace hansa
