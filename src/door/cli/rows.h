// The streamed answer of POST /api/v1/sql (its form stands in api/query.h), taken apart as it
// arrives: memory holds one row, never the result.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace hansa::cli {

// A row is one DuckDB row with its nested values; the server sends none larger.
inline constexpr std::size_t kRowBytesMax = std::size_t{256} << 20;
// Everything but the rows: column names and types, the outcome.
inline constexpr std::size_t kMemberBytesMax = std::size_t{8} << 20;

class RowSplitter {
 public:
  struct Handler {
    // A member of the answer but `rows`: query_id, columns, outcome, in their order.
    std::function<Result<void>(const std::string& name, const Json& value)> member;
    // The text of one row, "[1,\"a\"]"; it is balanced, and checked no further.
    std::function<Result<void>(std::string_view row)> row;
  };
  explicit RowSplitter(Handler handler) : handler_(std::move(handler)) {}

  // The next bytes, cut anywhere. Errors: corrupt if they are not such an answer; the handler's
  // own. After an error it must not be called again.
  Result<void> feed(std::string_view bytes);
  // Errors: corrupt if the answer is not complete.
  Result<void> finish() const;

 private:
  enum class State { before, name, colon, value, rows, row, after_row, comma, done };
  Result<std::size_t> step(std::string_view bytes);
  Result<void> structural(char c);
  Result<void> first_of_value(char c);
  Result<std::size_t> take_value(std::string_view bytes);
  Result<void> end_value();
  Result<void> grow(std::string_view bytes);

  Handler handler_;
  State state_ = State::before;
  std::string text_;  // of the name, value or row at hand
  std::string name_;
  int depth_ = 0;  // of brackets within `text_`
  bool quoted_ = false;
  bool escaped_ = false;
  bool bare_ = false;  // a number, true, false or null: ends before what follows it
};

// The texts of a row's values: "1", "\"a\"", "[1,2]", "null". Errors: corrupt.
Result<std::vector<std::string_view>> split_row(std::string_view row);

// What a person reads: text without its quotes, NULL for null, anything else as it stands. Errors:
// corrupt.
Result<std::string> cell_of(std::string_view value);

}  // namespace hansa::cli
