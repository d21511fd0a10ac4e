// Describe a struct once; JSON, YAML and JSON Schema follow.
//
//   void describe(Fields& f, AskAccess& a) {
//     f.required("port", a.port, "what to read: domain/port");
//     f.optional("until", a.until, "when it ends");
//   }
//   Result<AskAccess> ask = from_json<AskAccess>(json);   // unknown members are errors
//   Json json = to_json(ask);
//   Json schema = schema_of<AskAccess>();                 // JSON Schema 2020-12
//
// A type has `describe(Fields&, T&)` (an object), or `constexpr auto
// names_of(std::type_identity<E>)` returning an array of {value, name} (an enum), or
// `field_from_text`/`field_to_text` (one string), found by argument-dependent lookup.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/time.h"

namespace hansa {

class Fields;

template <class T>
concept Described = requires(Fields& f, T& t) { describe(f, t); };
template <class T>
concept Named = std::is_enum_v<T> && requires { names_of(std::type_identity<T>{}); };
template <class T>
concept Textual = requires(std::string_view text, T& t, const T& c) {
  { field_from_text(text, t) } -> std::same_as<Result<void>>;
  { field_to_text(c) } -> std::convertible_to<std::string>;
};

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsMap : std::false_type {};
template <class T>
struct IsMap<std::map<std::string, T>> : std::true_type {};

// The visitor a `describe` function talks to. One object reads one object node, writes one, or
// notes its schema.
class Fields {
 public:
  enum class Mode { read, write, schema };

  // A member that must be present (read) and is always written.
  template <class T>
  void required(std::string_view name, T& value, std::string_view says = {}) {
    member(name, value, says, true);
  }
  // A member that may be absent or null; absent leaves the value as it is. Written unless it is
  // empty (an empty optional, list, map or text, or whatever says so itself).
  template <class T>
  void optional(std::string_view name, T& value, std::string_view says = {}) {
    member(name, value, says, false);
  }
  // Names that are read and ignored on purpose, each with a warning.
  void tolerated(std::string_view name, std::string_view why);
  // Keeps the members that nothing above has read, as they stand, and writes them back after the
  // others. Call it last.
  void rest(Json::Object& members);
  // A rule over the whole object, checked after reading.
  void rule(bool holds, std::string_view says);

  Mode mode() const { return mode_; }
  // Where the object that is being read stood.
  Mark mark() const { return mode_ == Mode::read ? in_->mark : Mark{}; }

  // --- for the templates below and the drivers in fields.cc ---
  struct Problem {
    std::string path;  // "outputPorts[2].version"
    Mark mark;
    Error error;
  };
  struct Session {
    std::vector<Problem> problems;  // the first is returned; lint wants them all
    std::vector<Problem> warnings;
    bool unknown_is_warning = false;
  };
  Fields(Mode mode, const Json* in, Json* out, std::string path, Session& session);
  void finish();  // unknown members become problems

 private:
  template <class T>
  void member(std::string_view name, T& value, std::string_view says, bool must) {
    if (mode_ == Mode::write) {
      if (must || !is_empty(value)) out_->set(name, write_value(value, *session_));
      return;
    }
    if (mode_ == Mode::schema) {
      note_schema(name, schema_value<T>(*session_), says, must);
      return;
    }
    const Json* node = take(name);
    const bool absent = node == nullptr || (node->is_null() && !accepts_null<T>());
    if (absent && must) problem(name, invalid_missing(name));
    if (!absent) read_value(*node, value, path_of(name), *session_);
  }

  template <class T>
  static constexpr bool accepts_null() {
    return std::same_as<T, Json>;
  }

  template <class T>
  static bool is_empty(const T& value) {
    if constexpr (IsOptional<T>::value) return !value.has_value();
    else if constexpr (requires {
                         { value.empty() } -> std::same_as<bool>;
                       })
      return value.empty();
    else if constexpr (std::same_as<T, Json>) return value.is_null();
    else return false;
  }

 public:
  // False: no whole number, or none that T holds.
  template <class T>
  static bool read_whole(const Json& node, T& value);
  template <class T>
  static void read_value(const Json& node, T& value, const std::string& path, Session& session);
  template <class T>
  static Json write_value(T& value, Session& session);
  template <class T>
  static Json schema_value(Session& session);
  static void add_problem(Session& session, const std::string& path, Mark mark, Error error);

 private:
  const Json* take(std::string_view name);
  std::string path_of(std::string_view name) const;
  static std::string path_below(const std::string& path, std::string_view name);
  void problem(std::string_view name, Error error);
  Error invalid_missing(std::string_view name) const;
  void note_schema(std::string_view name, Json schema, std::string_view says, bool must);
  static Error wrong_kind(std::string_view expected, const Json& node);
  static Error unknown_choice(std::string_view found, const std::vector<std::string>& choices);

  Mode mode_;
  const Json* in_;
  Json* out_;
  std::string path_;
  Session* session_;
  std::vector<std::string> known_;
  bool keeps_rest_ = false;
};

template <class T>
bool Fields::read_whole(const Json& node, T& value) {
  if constexpr (std::is_signed_v<T>) {
    const auto found = node.as_int();
    if (!found || !std::in_range<T>(*found)) return false;
    value = static_cast<T>(*found);
  } else {
    const auto found = node.as_unsigned();
    if (!found || !std::in_range<T>(*found)) return false;
    value = static_cast<T>(*found);
  }
  return true;
}

template <class T>
void Fields::read_value(const Json& node, T& value, const std::string& path, Session& session) {
  const auto refuse = [&](Error error) { add_problem(session, path, node.mark, std::move(error)); };
  if constexpr (std::same_as<T, Json>) {
    value = node;
  } else if constexpr (IsOptional<T>::value) {
    if (node.is_null()) return value.reset();
    read_value(node, value.emplace(), path, session);
  } else if constexpr (std::same_as<T, bool>) {
    if (const bool* found = node.as_bool()) value = *found;
    else refuse(wrong_kind("true or false", node));
  } else if constexpr (std::same_as<T, std::string>) {
    if (const std::string* found = node.as_string()) value = *found;
    else refuse(wrong_kind("text", node));
  } else if constexpr (std::same_as<T, double>) {
    if (auto found = node.as_double()) value = *found;
    else refuse(wrong_kind("a number", node));
  } else if constexpr (std::same_as<T, Time>) {
    const std::string* text = node.as_string();
    if (text == nullptr) return refuse(wrong_kind("a date or time as text", node));
    if (auto time = parse_time(*text)) value = *time;
    else refuse(std::move(time).error());
  } else if constexpr (std::integral<T>) {
    if (!read_whole(node, value))
      refuse(wrong_kind(
          std::is_signed_v<T> ? "a whole number in range" : "a whole number from 0 in range",
          node));
  } else if constexpr (Named<T>) {
    std::vector<std::string> choices;
    for (const auto& [choice, name] : names_of(std::type_identity<T>{})) {
      choices.emplace_back(name);
      if (const std::string* text = node.as_string(); text && *text == name)
        return void(value = choice);
    }
    const std::string* text = node.as_string();
    refuse(text ? unknown_choice(*text, choices) : wrong_kind("text", node));
  } else if constexpr (IsVector<T>::value) {
    const Json::Array* items = node.as_array();
    if (items == nullptr) return refuse(wrong_kind("a list", node));
    value.clear();
    for (std::size_t i = 0; i < items->size(); ++i) {
      typename T::value_type item{};
      read_value((*items)[i], item, path + "[" + std::to_string(i) + "]", session);
      value.push_back(std::move(item));
    }
  } else if constexpr (IsMap<T>::value) {
    const Json::Object* members = node.as_object();
    if (members == nullptr) return refuse(wrong_kind("an object", node));
    value.clear();
    for (const auto& [name, member] : *members)
      read_value(member, value[name], path_below(path, name), session);
  } else if constexpr (Described<T>) {
    if (!node.is_object()) return refuse(wrong_kind("an object", node));
    Fields fields(Mode::read, &node, nullptr, path, session);
    describe(fields, value);
    fields.finish();
  } else {
    static_assert(Textual<T>,
                  "give the type describe, names_of, or field_from_text and field_to_text");
    const std::string* text = node.as_string();
    if (text == nullptr) return refuse(wrong_kind("text", node));
    if (auto read = field_from_text(*text, value); !read) refuse(std::move(read).error());
  }
}

template <class T>
Json Fields::write_value(T& value, Session& session) {
  if constexpr (std::same_as<T, Json>) {
    return value;
  } else if constexpr (IsOptional<T>::value) {
    return value ? write_value(*value, session) : Json(nullptr);
  } else if constexpr (std::same_as<T, Time>) {
    return to_text(value);
  } else if constexpr (std::same_as<T, bool> || std::same_as<T, std::string> ||
                       std::same_as<T, double>) {
    return Json(value);
  } else if constexpr (std::integral<T>) {
    if constexpr (std::is_signed_v<T>) return Json(std::int64_t{value});
    else return Json(std::uint64_t{value});
  } else if constexpr (Named<T>) {
    for (const auto& [choice, name] : names_of(std::type_identity<T>{}))
      if (choice == value) return Json(std::string(name));
    HANSA_ASSERT(!"an enum value without a name");
    return {};
  } else if constexpr (IsVector<T>::value) {
    Json::Array items;
    for (auto& item : value) items.push_back(write_value(item, session));
    return Json(std::move(items));
  } else if constexpr (IsMap<T>::value) {
    Json::Object members;
    for (auto& [name, member] : value) members.emplace_back(name, write_value(member, session));
    return Json(std::move(members));
  } else if constexpr (Described<T>) {
    Json out{Json::Object{}};
    Fields fields(Mode::write, nullptr, &out, {}, session);
    describe(fields, value);
    return out;
  } else {
    static_assert(Textual<T>);
    return Json(std::string(field_to_text(value)));
  }
}

template <class T>
Json Fields::schema_value(Session& session) {
  Json schema{Json::Object{}};
  if constexpr (std::same_as<T, Json>) {
    // Anything.
  } else if constexpr (IsOptional<T>::value) {
    return schema_value<typename T::value_type>(session);
  } else if constexpr (std::same_as<T, bool>) {
    schema.set("type", "boolean");
  } else if constexpr (std::same_as<T, double>) {
    schema.set("type", "number");
  } else if constexpr (std::same_as<T, Time>) {
    schema.set("type", "string");
    schema.set("format", "date-time");
  } else if constexpr (std::integral<T>) {
    schema.set("type", "integer");
    if constexpr (!std::is_signed_v<T>) schema.set("minimum", 0);
  } else if constexpr (Named<T>) {
    schema.set("type", "string");
    Json& choices = schema.set("enum", Json(Json::Array{}));
    for (const auto& [choice, name] : names_of(std::type_identity<T>{}))
      choices.push(std::string(name));
  } else if constexpr (IsVector<T>::value) {
    schema.set("type", "array");
    schema.set("items", schema_value<typename T::value_type>(session));
  } else if constexpr (IsMap<T>::value) {
    schema.set("type", "object");
    schema.set("additionalProperties", schema_value<typename T::mapped_type>(session));
  } else if constexpr (Described<T>) {
    T value{};
    schema.set("type", "object");
    schema.set("properties", Json(Json::Object{}));
    schema.set("additionalProperties", false);
    Fields fields(Mode::schema, nullptr, &schema, {}, session);
    describe(fields, value);
  } else {
    schema.set("type", "string");
  }
  return schema;
}

// The first problem of a session as an error: "outputPorts[2].version (line 12, column 5): ...".
Result<void> first_problem(const Fields::Session& session);

// Errors: invalid, naming the member and, where known, line and column.
template <class T>
Result<T> from_json(const Json& json) {
  T value{};
  Fields::Session session;
  Fields::read_value(json, value, {}, session);
  HANSA_CHECK(first_problem(session));
  return value;
}

template <class T>
Json to_json(const T& value) {
  Fields::Session session;
  // `describe` takes a reference so that one function both reads and writes; writing does not
  // change it.
  return Fields::write_value(const_cast<T&>(value), session);
}

template <class T>
Json schema_of() {
  Fields::Session session;
  return Fields::schema_value<T>(session);
}

// The name of an enum value, from its names_of.
template <Named E>
constexpr std::string_view name_of(E value) {
  for (const auto& [choice, name] : names_of(std::type_identity<E>{}))
    if (choice == value) return name;
  return {};
}

}  // namespace hansa
