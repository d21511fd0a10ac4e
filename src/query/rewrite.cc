#include "query/rewrite.h"

#include <algorithm>

#include "base/text.h"
#include "query/lexer.h"

namespace hansa::query {
namespace {

// A piece of the text, and what takes its place.
struct Edit {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string text;
};

std::string unquoted(std::string_view word) {
  if (!word.starts_with('"')) return std::string(word);
  std::string out;
  for (std::size_t i = 1; i + 1 < word.size(); ++i) {
    out += word[i];
    if (word[i] == '"') ++i;
  }
  return out;
}

std::string_view text_of(std::string_view sql, const Lexeme& lexeme) {
  return sql.substr(lexeme.begin, lexeme.end - lexeme.begin);
}

// The words of the dotted name at `at`, if it has these parts.
std::optional<std::vector<Lexeme>> name_at(std::string_view sql, std::size_t at,
                                           const std::vector<std::string>& parts) {
  std::vector<Lexeme> out;
  if (at >= sql.size()) return std::nullopt;
  for (const std::string& part : parts) {
    if (!out.empty()) {
      const Lexeme dot = next_token(sql, at);
      if (dot.token != Token::dot) return std::nullopt;
      at = dot.end;
    }
    const Lexeme word = next_token(sql, at);
    if (word.token != Token::word && word.token != Token::quoted) return std::nullopt;
    if (lower_ascii(unquoted(text_of(sql, word))) != lower_ascii(part)) return std::nullopt;
    out.push_back(word);
    at = word.end;
  }
  if (out.empty()) return std::nullopt;
  return out;
}

// Whether columns are named by their table's name: plays.id. Then it has to keep that.
bool names_columns(const Places& places, std::string_view table) {
  return std::ranges::any_of(places.columns, [&](const Places::Name& column) {
    return std::any_of(column.parts.begin(), column.parts.end() - 1, [&](const std::string& part) {
      return lower_ascii(part) == lower_ascii(table);
    });
  });
}

}  // namespace

std::optional<std::string> rewritten(std::string_view sql, const Places& places,
                                     const Renames& renames) {
  std::vector<Edit> edits;
  for (const Places::Table& table : places.tables) {
    if (std::ranges::find(renames.tables, table.table) == renames.tables.end()) continue;
    const auto words = name_at(sql, table.name.at, table.name.parts);
    if (!words) return std::nullopt;
    std::string to = renames.to;
    if (names_columns(places, table.name.parts.back()))
      to.append(" as ").append(text_of(sql, words->back()));
    edits.push_back({words->front().begin, words->back().end, std::move(to)});
  }
  for (const Places::Name& column : places.columns)
    for (const auto& [from, to] : renames.columns) {
      const auto part = std::ranges::find(
          column.parts, from, [](const std::string& text) { return lower_ascii(text); });
      if (part == column.parts.end()) continue;
      const auto words = name_at(sql, column.at, column.parts);
      if (!words) return std::nullopt;
      const Lexeme& word = (*words)[static_cast<std::size_t>(part - column.parts.begin())];
      edits.push_back({word.begin, word.end, sql_column(to)});
      break;
    }
  std::ranges::sort(edits, {}, &Edit::begin);
  std::string out;
  std::size_t at = 0;
  for (const Edit& edit : edits) {
    if (edit.begin < at) return std::nullopt;  // two names in one place: the tree is not the text's
    out.append(sql.substr(at, edit.begin - at)).append(edit.text);
    at = edit.end;
  }
  return out.append(sql.substr(at));
}

std::string shape_of(std::string_view sql) {
  std::string out;
  for (std::size_t at = 0;;) {
    const Lexeme lexeme = next_token(sql, at);
    if (lexeme.token == Token::end) return out;
    if (lexeme.begin > at && !out.empty()) out += ' ';
    if (lexeme.token == Token::number && out.ends_with("?.")) out.pop_back();  // of a fraction
    else if (lexeme.token == Token::text || lexeme.token == Token::number) out += '?';
    else out.append(text_of(sql, lexeme));
    at = lexeme.end;
  }
}

}  // namespace hansa::query
