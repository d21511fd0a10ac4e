#include "contract/scalar.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace hansa::contract {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool all_of(std::string_view text, std::string_view allowed) {
  return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}
bool is_one_of(std::string_view text, std::span<const std::string_view> words) {
  return std::ranges::find(words, text) != words.end();
}

constexpr std::string_view kDigits = "0123456789";
constexpr std::array<std::string_view, 3> kTrue{"true", "True", "TRUE"};
constexpr std::array<std::string_view, 3> kFalse{"false", "False", "FALSE"};
constexpr std::array<std::string_view, 16> kBooleans11{"y",  "Y",   "yes", "Yes", "YES", "n",
                                                       "N",  "no",  "No",  "NO",  "on",  "On",
                                                       "ON", "off", "Off", "OFF"};
// What is null, a boolean or a special number to somebody, in lower case.
constexpr std::array<std::string_view, 12> kReserved{
    "true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf", "infinity"};

std::string_view unsigned_part(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  return text;
}

bool is_octal_like(std::string_view number) {
  return number.size() > 1 && number.front() == '0' && all_of(number, "0123456789_");
}

// 1:20, 190:20:30.15
bool is_sexagesimal(std::string_view number) {
  const auto parts = split(number, ':');
  if (parts.size() < 2 || number.empty() || !is_digit(number.front())) return false;
  const bool fraction = parts.back().find('.') != std::string_view::npos;
  if (number.front() == '0' && !fraction) return false;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const bool last = i + 1 == parts.size();
    if (!all_of(parts[i], last ? "0123456789._" : "0123456789_")) return false;
    const std::string_view whole = parts[i].substr(0, parts[i].find('.'));
    if (i > 0 && (whole.empty() || whole.size() > 2 || (whole.size() == 2 && whole.front() > '5')))
      return false;
  }
  return true;
}

bool is_integer(std::string_view text) { return all_of(unsigned_part(text), kDigits); }

// [-+]? ( . digits | digits ( . digits* )? ) ( [eE] [-+]? digits )?
bool is_real(std::string_view text) {
  text = unsigned_part(text);
  const auto exponent = text.find_first_of("eE");
  if (exponent != std::string_view::npos) {
    if (!all_of(unsigned_part(text.substr(exponent + 1)), kDigits)) return false;
    text = text.substr(0, exponent);
  }
  const auto dot = text.find('.');
  if (dot == std::string_view::npos) return all_of(text, kDigits);
  const std::string_view before = text.substr(0, dot);
  const std::string_view after = text.substr(dot + 1);
  if (before.empty()) return all_of(after, kDigits);
  return all_of(before, kDigits) && (after.empty() || all_of(after, kDigits));
}

Error too_large(std::string_view text) {
  return {Code::invalid, fmt::format("the number {} is out of range", text.substr(0, 40)),
          "write it in quotes if it is text"};
}

template <class Number>
Result<Json> whole(std::string_view text, std::string_view digits, int base) {
  Number number{};
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
  if (error != std::errc{} || end != digits.data() + digits.size())
    return std::unexpected(too_large(text));
  return Json(number);
}

Result<Json> integer(std::string_view text, std::string_view digits, int base) {
  if (text.front() != '-') return whole<std::uint64_t>(text, digits, base);
  return whole<std::int64_t>(text, text, base);
}

Result<Json> real(std::string_view text) {
  const std::string_view number = text.front() == '+' ? text.substr(1) : text;
  double value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc{} || end != number.data() + number.size() || !std::isfinite(value))
    return std::unexpected(too_large(text));
  return Json(value);
}

// 1.0.0 and 1.2.0-rc.1: no reader takes these for a number.
bool is_version_like(std::string_view text) {
  const auto parts = split(text.substr(0, text.find_first_of("-+")), '.');
  return parts.size() >= 3 &&
         std::ranges::all_of(parts, [](std::string_view p) { return all_of(p, kDigits); });
}

}  // namespace

Result<Json> plain_value(std::string_view text) {
  if (text.empty() || !ambiguity(text).empty()) return Json(text);
  if (is_one_of(text, kTrue)) return Json(true);
  if (is_one_of(text, kFalse)) return Json(false);
  if (is_integer(text)) return integer(text, unsigned_part(text), 10);
  if (text.starts_with("0x") && all_of(text.substr(2), "0123456789abcdefABCDEF"))
    return integer(text, text.substr(2), 16);
  if (is_real(text)) return real(text);
  const std::string_view number = unsigned_part(text);
  if (number == ".inf" || number == ".Inf" || number == ".INF" || text == ".nan" ||
      text == ".NaN" || text == ".NAN")
    return invalid(fmt::format("{} is not a number that JSON knows", text),
                   "write it in quotes if it is text");
  return Json(text);
}

std::string_view ambiguity(std::string_view text) {
  if (text.empty()) return {};
  if (is_one_of(text, kBooleans11)) return "true or false";
  const std::string_view number = unsigned_part(text);
  if (number.empty() || !is_digit(number.front())) return {};
  if (is_octal_like(number)) return "a number in base 8";
  if (number.starts_with("0o") && all_of(number.substr(2), "01234567")) return "a number in base 8";
  if (number.starts_with("0b") && all_of(number.substr(2), "01_")) return "a number in base 2";
  if (is_sexagesimal(number)) return "a number in base 60";
  if (number.find('_') != std::string_view::npos && all_of(number, "0123456789_."))
    return "a number";
  if (number.find('.') == std::string_view::npos &&
      number.find_first_of("eE") != std::string_view::npos && is_real(number))
    return "a number with an exponent";
  return {};
}

bool is_safe_plain(std::string_view text) {
  if (text.empty() || text.size() > 200 || text.back() == ' ') return false;
  if (is_digit(text.front()) && !is_version_like(text)) return false;
  if (!is_digit(text.front()) && !is_letter(text.front()) && text.front() != '_' &&
      text.front() != '/')
    return false;
  if (is_one_of(lower_ascii(text), kReserved)) return false;
  return std::ranges::all_of(text, [](char c) {
    return is_letter(c) || is_digit(c) ||
           std::string_view("_-./@+() ").find(c) != std::string_view::npos;
  });
}

}  // namespace hansa::contract
