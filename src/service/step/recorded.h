// A statement as the record of a read keeps it: its text for a time, the rest in the line.
#pragma once

#include <optional>
#include <string>

#include "base/json.h"
#include "query/plan.h"

namespace hansa::service {

// Kept of a statement and its parameters at most: enough to recognise it, and to replay most.
inline constexpr std::size_t statement_recorded_max = 8 * 1024;

struct RecordedStatement {
  query::Statement statement;
  std::string place;  // HowToOpen::place
};

// The text, and in a comment behind it parameters and defaults, which are people's words too: all
// of it is bounded and goes when texts go. `facts` gains how to read it.
std::string recorded_text(RecordedStatement whole, Json& facts);
// What a line's details and its text say. Nothing: it was longer than what is kept.
std::optional<RecordedStatement> recorded_statement(const Json& facts, const std::string& text);

}  // namespace hansa::service
