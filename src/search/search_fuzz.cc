// Queries and texts: what is split covers its text in order, and every word of a text finds it.
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "base/text.h"
#include "search/query.h"
#include "search/rank.h"

namespace {

using namespace hansa::search;

void walk(std::string_view text) {
  Splitter splitter(text);
  std::size_t last = 0;
  while (const Compound* each = splitter.next()) {
    HANSA_ASSERT(!each->parts.empty() && each->word().size() <= kWordBytesMax);
    std::size_t end = 0;
    for (std::size_t i = 0; i < each->parts.size(); ++i) {
      const Compound::Part& part = each->parts[i];
      HANSA_ASSERT(part.begin == end && part.begin < part.end);
      HANSA_ASSERT(part.end - part.begin <= kWordBytesMax);
      HANSA_ASSERT(last <= part.from && part.from < part.to && part.to <= text.size());
      end = part.end;
      last = part.to;
    }
    HANSA_ASSERT(end == each->whole.size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  walk(text);
  if (const auto cursor = parse_cursor(text))
    HANSA_ASSERT(parse_cursor(to_text(*cursor)).value() == *cursor);
  auto query = parse_query(text);
  if (!query) return 0;
  HANSA_ASSERT(hansa::is_utf8(text));
  Splitter splitter(text);
  for (Term& term : query->terms) {
    const Compound* compound = splitter.next();
    HANSA_ASSERT(compound != nullptr && term.whole.fit(compound->word()) == Fit::exact);
    for (std::size_t i = 0; i < term.parts.size(); ++i)
      HANSA_ASSERT(term.parts[i].fit(compound->part(i)) == Fit::exact);
    if (loosen(term) && !term.whole.variants.empty())
      HANSA_ASSERT(term.whole.fit(term.whole.variants.front()) != Fit::none);
  }
  HANSA_ASSERT(splitter.next() == nullptr);
  return 0;
}
