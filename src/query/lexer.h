// Just enough of SQL's tokens to find where a statement ends and how long a name is. What the
// statement means is DuckDB's parser's to say.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hansa::query {

enum class Token { end, word, quoted, text, number, parameter, dot, semicolon, other };

struct Lexeme {
  Token token = Token::end;
  std::size_t begin = 0;
  std::size_t end = 0;
};

// The token at or behind `at`; white space and comments are skipped.
Lexeme next_token(std::string_view sql, std::size_t at);

// The statement without the semicolon that ends it and what stands behind.
std::string_view without_semicolon(std::string_view sql);

}  // namespace hansa::query
