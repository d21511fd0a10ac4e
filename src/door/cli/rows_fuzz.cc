// Whatever a server sends, the splitter gives rows or `corrupt`, and gives the same wherever the
// stream is cut.
#include <cstdint>
#include <cstdlib>

#include "door/cli/rows.h"

using namespace hansa;
using namespace hansa::cli;

namespace {

// Everything that was given, and whether it ended well.
std::string split(std::string_view text, std::size_t cut) {
  std::string seen;
  RowSplitter splitter({.member = [&](const std::string& name, const Json& value) -> Result<void> {
                          seen += "m" + name + to_text(value);
                          return {};
                        },
                        .row = [&](std::string_view row) -> Result<void> {
                          seen += "r" + std::string(row);
                          if (const auto values = split_row(row))
                            for (const std::string_view value : *values) (void)cell_of(value);
                          return {};
                        }});
  const bool fed = splitter.feed(text.substr(0, cut)) && splitter.feed(text.substr(cut));
  return seen + (fed && splitter.finish() ? "ok" : "bad");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (split(text, data[0] % size) != split(text, 0)) std::abort();
  return 0;
}
