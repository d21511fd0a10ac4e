#include "query/lexer.h"

namespace hansa::query {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::size_t behind_line(std::string_view sql, std::size_t at) {
  while (at < sql.size() && sql[at] != '\n' && sql[at] != '\r') ++at;
  return at;
}

// Comments nest, as in PostgreSQL.
std::size_t behind_comment(std::string_view sql, std::size_t at) {
  std::size_t depth = 0;
  while (at < sql.size()) {
    const std::string_view two = sql.substr(at, 2);
    if (two == "/*") ++depth;
    if (two == "*/") --depth;
    at += two == "/*" || two == "*/" ? 2 : 1;
    if (depth == 0) return at;
  }
  return at;
}

std::size_t behind_blank(std::string_view sql, std::size_t at) {
  while (at < sql.size()) {
    if (is_space(sql[at])) ++at;
    else if (sql.substr(at, 2) == "--") at = behind_line(sql, at);
    else if (sql.substr(at, 2) == "/*") at = behind_comment(sql, at);
    else break;
  }
  return at;
}

// `at` is on the opening quote; a doubled quote is a quote, and after E a backslash escapes.
std::size_t behind_quote(std::string_view sql, std::size_t at, bool escapes) {
  const char quote = sql[at++];
  while (at < sql.size()) {
    if (escapes && sql[at] == '\\') at += 2;
    else if (sql[at] != quote) ++at;
    else if (sql.substr(at + 1, 1) == std::string_view(&quote, 1)) at += 2;
    else return at + 1;
  }
  return sql.size();
}

std::size_t behind_word(std::string_view sql, std::size_t at) {
  while (at < sql.size() && (is_letter(sql[at]) || is_digit(sql[at]) || sql[at] == '$')) ++at;
  return at;
}

// $tag$ ... $tag$, $1 or $name.
Lexeme dollar(std::string_view sql, std::size_t at) {
  std::size_t end = at + 1;
  while (end < sql.size() && (is_letter(sql[end]) || is_digit(sql[end]))) ++end;
  if (end < sql.size() && sql[end] == '$' && (end == at + 1 || !is_digit(sql[at + 1]))) {
    const std::string_view tag = sql.substr(at, end + 1 - at);
    const std::size_t close = sql.find(tag, end + 1);
    return {Token::text, at, close == std::string_view::npos ? sql.size() : close + tag.size()};
  }
  return {Token::parameter, at, end};
}

}  // namespace

Lexeme next_token(std::string_view sql, std::size_t at) {
  at = behind_blank(sql, at);
  if (at >= sql.size()) return {Token::end, sql.size(), sql.size()};
  const char c = sql[at];
  if ((c == 'e' || c == 'E') && sql.substr(at + 1, 1) == "'")
    return {Token::text, at, behind_quote(sql, at + 1, true)};
  if (c == '\'') return {Token::text, at, behind_quote(sql, at, false)};
  if (c == '"') return {Token::quoted, at, behind_quote(sql, at, false)};
  if (c == '$') return dollar(sql, at);
  if (c == '?') return {Token::parameter, at, at + 1};
  if (is_letter(c)) return {Token::word, at, behind_word(sql, at)};
  if (is_digit(c)) return {Token::number, at, behind_word(sql, at)};
  return {c == '.' ? Token::dot : c == ';' ? Token::semicolon : Token::other, at, at + 1};
}

std::string_view without_semicolon(std::string_view sql) {
  for (std::size_t at = 0;;) {
    const Lexeme lexeme = next_token(sql, at);
    if (lexeme.token == Token::end) return sql;
    if (lexeme.token == Token::semicolon) return sql.substr(0, lexeme.begin);
    at = lexeme.end;
  }
}

}  // namespace hansa::query
