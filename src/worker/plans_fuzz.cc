// What the engine prints of a statement that somebody else wrote, and the statement itself: read
// without recursion and never past the end.
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "query/lexer.h"
#include "worker/bound.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hansa::worker;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)scans_of(text);
  for (const WrittenTable& table : tables_of(text)) HANSA_ASSERT(!table.schema.empty());
  std::size_t at = 0;
  for (;;) {
    const hansa::query::Lexeme token = hansa::query::next_token(text, at);
    HANSA_ASSERT(token.begin >= at && token.end <= size && token.begin <= token.end);
    if (token.token == hansa::query::Token::end) break;
    HANSA_ASSERT(token.end > at);
    at = token.end;
  }
  HANSA_ASSERT(text.starts_with(hansa::query::without_semicolon(text)));
  return 0;
}
