#include "base/json.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "base/limits.h"
#include "base/text.h"

namespace hansa {
namespace {

// Builds our value from the library's events, and refuses what the library would tolerate.
class Builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return put(nullptr); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(number_integer_t value) override { return put(std::int64_t{value}); }
  bool number_unsigned(number_unsigned_t value) override { return put(std::uint64_t{value}); }
  bool number_float(number_float_t value, const string_t&) override {
    if (!std::isfinite(value)) return refuse("a number is out of range");
    return put(value);
  }
  bool string(string_t& value) override { return put(std::move(value)); }
  bool binary(binary_t&) override { return refuse("binary is not JSON"); }
  bool start_object(std::size_t) override { return open(Json(Json::Object{})); }
  bool start_array(std::size_t) override { return open(Json(Json::Array{})); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    if (!open_.back().names.insert(name).second)
      return refuse(fmt::format("'{}' stands twice in one object", name.substr(0, 80)));
    open_.back().key = std::move(name);
    return true;
  }
  bool parse_error(std::size_t position, const std::string& near,
                   const nlohmann::detail::exception& error) override {
    // The library's text begins with its own name, number and place, and may repeat the whole
    // token.
    std::string_view what = error.what();
    (void)near;
    if (const auto end = what.find("] "); end != std::string_view::npos)
      what.remove_prefix(end + 2);
    if (const auto colon = what.find(": ");
        what.starts_with("parse error") && colon != std::string_view::npos)
      what.remove_prefix(colon + 2);
    return refuse(fmt::format("not JSON, byte {}: {}", position, what.substr(0, 200)));
  }

  std::optional<std::string> refusal;
  Json root;

 private:
  struct Open {
    Json value;
    std::set<std::string> names;
    std::string key;
  };

  bool refuse(std::string why) {
    if (!refusal) refusal = std::move(why);
    return false;
  }
  bool open(Json value) {
    if (open_.size() >= limits::nesting_max)
      return refuse(fmt::format("nested deeper than {}", limits::nesting_max));
    open_.push_back({std::move(value), {}, {}});
    return true;
  }
  bool close() {
    Json value = std::move(open_.back().value);
    open_.pop_back();
    return put(std::move(value));
  }
  bool put(Json value) {
    if (open_.empty()) {
      root = std::move(value);
    } else if (auto* array = open_.back().value.as_array()) {
      array->push_back(std::move(value));
    } else {
      open_.back().value.as_object()->emplace_back(std::move(open_.back().key), std::move(value));
    }
    return true;
  }

  std::vector<Open> open_;
};

void append_number(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  char buffer[40];
  const auto [end, error] = std::to_chars(std::begin(buffer), std::end(buffer), value);
  HANSA_ASSERT(error == std::errc{});
  out.append(buffer, end);
  // A double stays a double for the next reader.
  if (std::string_view(buffer, end).find_first_of(".en") == std::string_view::npos) out += ".0";
}

// Compact if `indent` is negative, else pretty at that depth.
class Writer {
 public:
  Writer(std::string& out, bool pretty) : out_(out), pretty_(pretty) {}

  void write(const Json& json) {
    std::visit([&](const auto& value) { write_value(value); }, json.value());
  }

 private:
  void write_value(std::nullptr_t) { out_ += "null"; }
  void write_value(bool value) { out_ += value ? "true" : "false"; }
  void write_value(std::int64_t value) { fmt::format_to(std::back_inserter(out_), "{}", value); }
  void write_value(std::uint64_t value) { fmt::format_to(std::back_inserter(out_), "{}", value); }
  void write_value(double value) { append_number(out_, value); }
  void write_value(const std::string& value) { append_json_string(out_, value); }
  void write_value(const Json::Array& value) {
    list('[', ']', value, [&](const Json& item) { write(item); });
  }
  void write_value(const Json::Object& value) {
    list('{', '}', value, [&](const auto& member) {
      append_json_string(out_, member.first);
      out_ += pretty_ ? ": " : ":";
      write(member.second);
    });
  }
  template <class Items, class Each>
  void list(char open, char close, const Items& items, Each each) {
    out_ += open;
    ++depth_;
    bool first = true;
    for (const auto& item : items) {
      if (!first) out_ += ',';
      first = false;
      line();
      each(item);
    }
    --depth_;
    if (!items.empty()) line();
    out_ += close;
  }
  void line() {
    if (!pretty_) return;
    out_ += '\n';
    out_.append(2 * depth_, ' ');
  }

  std::string& out_;
  bool pretty_;
  std::size_t depth_ = 0;
};

// Replaces what is not UTF-8 by U+FFFD, byte by byte.
std::string repaired(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t length = 1;
    while (length <= 4 && at + length <= text.size() && !is_utf8(text.substr(at, length))) ++length;
    if (length <= 4 && at + length <= text.size()) {
      out += text.substr(at, length);
      at += length;
    } else {
      out += "\xEF\xBF\xBD";
      ++at;
    }
  }
  return out;
}

}  // namespace

std::string_view Json::kind() const {
  switch (value_.index()) {
    case 0: return "null";
    case 1: return "true or false";
    case 2:
    case 3:
    case 4: return "number";
    case 5: return "text";
    case 6: return "list";
    default: return "object";
  }
}

Result<std::int64_t> Json::as_int() const {
  if (const auto* number = std::get_if<std::int64_t>(&value_)) return *number;
  return invalid(fmt::format("expected a whole number, found {}", kind()));
}

Result<std::uint64_t> Json::as_unsigned() const {
  if (const auto* number = std::get_if<std::uint64_t>(&value_)) return *number;
  if (const auto* number = std::get_if<std::int64_t>(&value_); number && *number >= 0)
    return static_cast<std::uint64_t>(*number);
  return invalid(fmt::format("expected a whole number from 0, found {}", kind()));
}

Result<double> Json::as_double() const {
  if (const auto* number = std::get_if<double>(&value_)) return *number;
  if (const auto* number = std::get_if<std::int64_t>(&value_)) return static_cast<double>(*number);
  if (const auto* number = std::get_if<std::uint64_t>(&value_)) return static_cast<double>(*number);
  return invalid(fmt::format("expected a number, found {}", kind()));
}

const Json* Json::find(std::string_view name) const {
  if (const auto* object = as_object())
    for (const auto& [key, value] : *object)
      if (key == name) return &value;
  return nullptr;
}

Json* Json::find(std::string_view name) {
  return const_cast<Json*>(std::as_const(*this).find(name));
}

Json& Json::set(std::string_view name, Json value) {
  if (is_null()) value_ = Object{};
  if (Json* old = find(name)) return *old = std::move(value);
  auto* object = as_object();
  HANSA_ASSERT(object != nullptr);
  return object->emplace_back(std::string(name), std::move(value)).second;
}

Json& Json::push(Json value) {
  if (is_null()) value_ = Array{};
  auto* array = as_array();
  HANSA_ASSERT(array != nullptr);
  return array->emplace_back(std::move(value));
}

Result<Json> parse_json(std::string_view text) {
  // To the library a NUL is the end, whatever follows; in JSON it stands nowhere unescaped.
  if (const auto at = text.find('\0'); at != std::string_view::npos)
    return invalid(fmt::format("not JSON, byte {}: a NUL", at + 1));
  Builder builder;
  const bool done = nlohmann::json::sax_parse(text.begin(), text.end(), &builder);
  if (builder.refusal) return invalid(*builder.refusal);
  if (!done) return invalid("not JSON");
  return std::move(builder.root);
}

std::string to_text(const Json& json) {
  std::string out;
  Writer(out, false).write(json);
  return out;
}

std::string to_pretty_text(const Json& json) {
  std::string out;
  Writer(out, true).write(json);
  return out;
}

void append_json_string(std::string& out, std::string_view text) {
  if (!is_utf8(text)) return append_json_string(out, repaired(text));
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

}  // namespace hansa
