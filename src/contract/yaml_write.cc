// The writing half of yaml.h: by hand, because what must be quoted depends on readers that are not
// here.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "contract/scalar.h"
#include "contract/yaml.h"

namespace hansa::contract {
namespace {

constexpr std::size_t kLineMax = 100;

// The code point at `at` and its length; the text is UTF-8, or the byte stands for itself.
std::pair<std::uint32_t, std::size_t> code_point(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[at + i]));
  };
  const std::uint32_t first = byte(0);
  const std::size_t length = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (length == 1 || at + length > text.size()) return {first, 1};
  std::uint32_t value = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) value = (value << 6) | (byte(i) & 0x3F);
  return {value, length};
}

bool must_escape(std::uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 || c == 0xFEFF ||
         c == 0xFFFE || c == 0xFFFF;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const auto [c, length] = code_point(text, at);
    if (c == '"' || c == '\\') out += fmt::format("\\{}", static_cast<char>(c));
    else if (c == '\n') out += "\\n";
    else if (c == '\t') out += "\\t";
    else if (c == '\r') out += "\\r";
    else if (must_escape(c)) out += fmt::format("\\u{:04x}", c);
    else out += text.substr(at, length);
    at += length;
  }
  return out + "\"";
}

std::string text_of(const std::string& text) { return is_safe_plain(text) ? text : quoted(text); }

// With a dot and a sign in the exponent, so that readers of YAML 1.1 see a number as well.
std::string number_of(double value) {
  if (!std::isfinite(value)) return "null";
  char buffer[40];
  const auto [end, error] = std::to_chars(std::begin(buffer), std::end(buffer), value);
  HANSA_ASSERT(error == std::errc{});
  std::string text(buffer, end);
  if (text.find('.') == std::string::npos) text.insert(std::min(text.find('e'), text.size()), ".0");
  return text;
}

bool is_leaf(const Json& json) {
  const auto* items = json.as_array();
  const auto* members = json.as_object();
  return (items == nullptr || items->empty()) && (members == nullptr || members->empty());
}

std::string leaf(const Json& json) {
  if (const auto* text = json.as_string()) return text_of(*text);
  if (const auto* flag = json.as_bool()) return *flag ? "true" : "false";
  if (const auto* real = std::get_if<double>(&json.value())) return number_of(*real);
  if (const auto number = json.as_int()) return fmt::format("{}", *number);
  if (const auto number = json.as_unsigned()) return fmt::format("{}", *number);
  if (json.as_array() != nullptr) return "[]";
  if (json.as_object() != nullptr) return "{}";
  return "null";
}

// Text of several lines that block style keeps as it is.
bool is_block_text(const Json& json) {
  const auto* text = json.as_string();
  if (text == nullptr || text->find('\n') == std::string::npos || text->ends_with("\n\n"))
    return false;
  if (text->front() == ' ' || text->front() == '\n' || text->front() == '\t') return false;
  for (std::size_t at = 0; at < text->size();) {
    const auto [c, length] = code_point(*text, at);
    if (c != '\n' && must_escape(c)) return false;
    at += length;
  }
  return true;
}

class Writer {
 public:
  std::string out;

  void value(const Json& json, std::size_t indent) {
    if (const auto* members = json.as_object(); members && !members->empty())
      return object(*members, indent, false);
    if (const auto* items = json.as_array(); items && !items->empty()) return list(*items, indent);
    out += leaf(json) + '\n';
  }

 private:
  void object(const Json::Object& members, std::size_t indent, bool first_in_line) {
    for (const auto& [name, member] : members) {
      if (!first_in_line) out.append(indent, ' ');
      first_in_line = false;
      out += text_of(name) + ':';
      after_name(member, indent);
    }
  }

  void after_name(const Json& member, std::size_t indent) {
    if (is_block_text(member)) return block_text(*member.as_string(), indent + 2);
    const std::size_t used = out.size() - (out.rfind('\n') + 1);
    if (is_leaf(member)) {
      out += ' ' + leaf(member) + '\n';
    } else if (const auto short_list = flow(member, false);
               !short_list.empty() && used + short_list.size() < kLineMax) {
      out += ' ' + short_list + '\n';
    } else {
      out += '\n';
      value(member, indent + 2);
    }
  }

  void list(const Json::Array& items, std::size_t indent) {
    for (const Json& item : items) {
      out.append(indent, ' ');
      out += '-';
      const auto* members = item.as_object();
      const std::string one_line = flow(item, true);
      if (is_block_text(item)) {
        block_text(*item.as_string(), indent + 2);
      } else if (is_leaf(item)) {
        out += ' ' + leaf(item) + '\n';
      } else if (!one_line.empty() && indent + one_line.size() < kLineMax) {
        out += ' ' + one_line + '\n';
      } else if (members != nullptr) {
        out += ' ';
        object(*members, indent + 2, true);
      } else {
        out += '\n';
        value(item, indent + 2);
      }
    }
  }

  void block_text(const std::string& text, std::size_t indent) {
    out += text.back() == '\n' ? " |\n" : " |-\n";
    std::size_t at = 0;
    while (at < text.size()) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      if (end > at) out.append(indent, ' ');
      out.append(text, at, end - at);
      out += '\n';
      at = end + 1;
    }
  }

  // A list of leaves, or (where allowed) an object of leaves, on one line; empty: not short enough.
  static std::string flow(const Json& json, bool objects) {
    std::string line;
    const auto add = [&](const std::string& part) { line += (line.empty() ? "" : ", ") + part; };
    if (const auto* items = json.as_array()) {
      for (const Json& item : *items) {
        if (!is_leaf(item) || line.size() > kLineMax) return {};
        add(leaf(item));
      }
      return '[' + line + ']';
    }
    const auto* members = json.as_object();
    if (members == nullptr || !objects) return {};
    for (const auto& [name, member] : *members) {
      const std::string nested = is_leaf(member) ? leaf(member) : flow(member, true);
      if (nested.empty() || line.size() > kLineMax) return {};
      add(text_of(name) + ": " + nested);
    }
    return '{' + line + '}';
  }
};

}  // namespace

std::string to_yaml(const Json& json) {
  Writer writer;
  writer.value(json, 0);
  return std::move(writer.out);
}

}  // namespace hansa::contract
