#include "base/log.h"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>

#include "base/json.h"
#include "base/time.h"

namespace hansa {
namespace {

std::atomic<Level> lowest{Level::info};

std::string_view name(Level level) {
  switch (level) {
    case Level::debug: return "debug";
    case Level::info: return "info";
    case Level::warning: return "warning";
    case Level::error: return "error";
  }
  return "error";
}

// Printable ASCII without quotes or spaces stays bare; everything else becomes an escaped JSON
// string.
std::string encoded(std::string_view value) {
  bool bare = !value.empty();
  bool ascii = true;
  for (const char c : value) {
    if (c <= ' ' || c == '"' || c == '\\' || c == '=') bare = false;
    if (static_cast<unsigned char>(c) >= 0x7F) ascii = false;
  }
  if (bare && ascii) return std::string(value);
  std::string json;
  append_json_string(json, value);
  if (ascii) return json;
  std::string out;
  for (const char c : json)
    out += static_cast<unsigned char>(c) < 0x7F
               ? std::string(1, c)
               : fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  return out;
}

}  // namespace

void set_log_level(Level level) { lowest = level; }

void log(Level level, std::string_view event,
         std::initializer_list<std::pair<std::string_view, std::string>> values) {
  if (level < lowest.load(std::memory_order_relaxed)) return;
  static SystemClock clock;
  std::string line = fmt::format("{} {} {}", to_text(clock.now()), name(level), event);
  for (const auto& [key, value] : values) line += fmt::format(" {}={}", key, encoded(value));
  line += '\n';
  // One write, so that lines of several threads never mix.
  [[maybe_unused]] const auto wrote = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace hansa
