#include "query/render.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/limits.h"

namespace hansa::query {

std::string shown(std::string_view text) {
  std::string out(text.substr(0, limits::name_bytes_max));
  std::ranges::replace_if(out, [](char c) { return c < 0x20 || c > 0x7E; }, '?');
  return out;
}

std::string shown_place(std::string_view sql, std::size_t byte) {
  if (sql.empty()) return fmt::format(" (byte {})", byte + 1);
  if (byte > sql.size()) return {};
  const std::string_view before = sql.substr(0, byte);
  const std::size_t line =
      before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  // Columns count characters: the bytes of UTF-8 that continue one do not.
  const auto column =
      std::ranges::count_if(before.substr(line), [](char c) { return (c & 0xC0) != 0x80; });
  return fmt::format(" (line {}, column {})", std::ranges::count(before, '\n') + 1, column + 1);
}

}  // namespace hansa::query
