// Text that people and clients write: names, UTF-8, suggestions.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hansa {

// True for well-formed UTF-8 (no overlong form, no surrogate, nothing past U+10FFFF).
bool is_utf8(std::string_view text);

// So many of its bytes at most, and no character cut in two.
std::string_view cut(std::string_view text, std::size_t bytes);

// As text or as an attribute's value in HTML and XML.
std::string markup_text(std::string_view text);

// The one grammar of names (domains, products, ports, teams, accounts, columns of paths):
// lower-case ASCII letters, digits, `_` and `-`, starting with a letter, at most
// limits::name_bytes_max. What identifies a thing has one spelling only, so that `T`, `t ` and `t`
// can never mean three things. Errors: invalid, naming what is wrong and a spelling that would do.
// `what` is "domain", "port", ...
Result<void> check_name(std::string_view what, std::string_view name);
// The nearest legal name: "Daily Plays!" becomes "daily_plays". Empty if nothing is left.
std::string name_from(std::string_view text);

// Text for people: UTF-8, no control characters but newline and tab, at most
// limits::text_bytes_max. Errors: invalid.
Result<void> check_text(std::string_view what, std::string_view text);

std::string lower_ascii(std::string_view text);
bool starts_with(std::string_view text, std::string_view prefix);
std::vector<std::string_view> split(std::string_view text, char separator);
std::string join(std::span<const std::string> parts, std::string_view separator);
std::string trim(std::string_view text);
// "1 file", "3 files".
std::string counted(std::size_t count, std::string_view noun);
// "13.5 MB": powers of 1,000, one decimal.
std::string human_bytes(std::uint64_t bytes);

// Levenshtein distance in bytes, or nullopt once it exceeds `limit`.
std::optional<std::size_t> edit_distance(std::string_view a, std::string_view b, std::size_t limit);
// Those of `known` that a person may have meant by `word`, nearest first, at most `count`.
std::vector<std::string> suggestions(std::string_view word, std::span<const std::string> known,
                                     std::size_t count = 3);

// Whole-number and decimal readers that accept all of the text or nothing; no NaN, no infinity.
// Errors: invalid.
Result<std::int64_t> parse_int(std::string_view text);
Result<double> parse_double(std::string_view text);

// "audience"."daily_plays": an SQL identifier, with quotes doubled.
std::string sql_identifier(std::string_view name);
// 'it''s': an SQL string literal.
std::string sql_literal(std::string_view text);

std::string to_hex(std::string_view bytes);
std::optional<std::string> from_hex(std::string_view text);
std::string to_base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);
// For file names and URLs: no padding, `-` and `_`.
std::string to_base64url(std::string_view bytes);
std::optional<std::string> from_base64url(std::string_view text);
// RFC 3986: everything but unreserved characters becomes %XX.
std::string percent_encode(std::string_view text);
// Errors: invalid (a broken escape, a NUL, not UTF-8).
Result<std::string> percent_decode(std::string_view text);

}  // namespace hansa
