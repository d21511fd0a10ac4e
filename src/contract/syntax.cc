#include "contract/syntax.h"

#include <algorithm>

#include "base/text.h"
#include "base/time.h"

namespace hansa::contract {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool is_identifier(std::string_view text) {
  return !text.empty() && !is_digit(text.front()) &&
         std::ranges::all_of(text, [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

// schema/tbl/properties/col: words in pairs, the first of a pair an identifier.
bool is_id_path(std::string_view text) {
  if (text.starts_with('/')) text.remove_prefix(1);
  const auto parts = split(text, '/');
  if (parts.size() % 2 != 0) return false;
  for (std::size_t i = 0; i < parts.size(); i += 2)
    if (!is_identifier(parts[i]) || !is_stable_id(parts[i + 1])) return false;
  return true;
}

bool is_file_part(std::string_view text) {
  if (!text.ends_with(".yaml")) return false;
  if (text.starts_with("https://")) text.remove_prefix(8);
  else if (text.starts_with("http://")) text.remove_prefix(7);
  return text.size() > 5 && std::ranges::all_of(text, [](char c) {
           return is_letter(c) || is_digit(c) ||
                  std::string_view("._-/").find(c) != std::string_view::npos;
         });
}

}  // namespace

bool is_uri(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || !is_letter(text.front())) return false;
  for (const char c : text.substr(0, colon))
    if (!is_letter(c) && !is_digit(c) && c != '+' && c != '-' && c != '.') return false;
  const std::string_view rest = text.substr(colon + 1);
  bool fragment = false;
  for (std::size_t at = 0; at < rest.size(); ++at) {
    const char c = rest[at];
    if (c == '%' && (at + 2 >= rest.size() || !is_hex(rest[at + 1]) || !is_hex(rest[at + 2])))
      return false;
    if (c == '#' && fragment) return false;
    fragment = fragment || c == '#';
    if (!is_letter(c) && !is_digit(c) &&
        std::string_view("-._~:/?#[]@!$&'()*+,;=%").find(c) == std::string_view::npos)
      return false;
  }
  return true;
}

bool is_date(std::string_view text) { return text.size() == 10 && parse_time(text).has_value(); }

bool is_date_time(std::string_view text) {
  return text.size() > 10 && parse_time(text).has_value();
}

bool is_stable_id(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return is_letter(c) || is_digit(c) || c == '_' || c == '-';
  });
}

bool is_reference(std::string_view text, bool deep) {
  const auto names = split(text, '.');
  if (names.size() >= 2 && (deep || names.size() == 2) && std::ranges::all_of(names, is_identifier))
    return true;
  const auto hash = text.find('#');
  if (hash == std::string_view::npos) return is_id_path(text);
  return is_file_part(text.substr(0, hash)) && is_id_path(text.substr(hash + 1));
}

}  // namespace hansa::contract
