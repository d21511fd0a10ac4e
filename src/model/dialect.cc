#include "model/dialect.h"

#include <fmt/format.h>

#include "base/text.h"

namespace hansa {
namespace {

constexpr std::size_t kWordMax = 64;

Result<void> check_mark(std::string_view what, std::string_view mark, bool may_be_empty) {
  if (mark.empty() && may_be_empty) return {};
  const unsigned char byte = mark.size() == 1 ? static_cast<unsigned char>(mark[0]) : 0;
  const bool word =
      (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
  if (mark.size() == 1 && ((byte > ' ' && byte < 127) || byte == '\t') && !word) return {};
  return invalid(fmt::format("the {} is one character, neither letter nor digit", what),
                 "for instance ',', ';' or a tab");
}

}  // namespace

Result<void> check_dialect(const Dialect& dialect) {
  HANSA_CHECK(check_mark("delimiter", dialect.delimiter, true));
  HANSA_CHECK(check_mark("quote", dialect.quote, false));
  HANSA_CHECK(check_mark("escape", dialect.escape, true));
  if (dialect.delimiter == dialect.quote ||
      (!dialect.delimiter.empty() && dialect.delimiter == dialect.escape))
    return invalid("delimiter, quote and escape differ from each other");
  for (const auto& [name, text] :
       {std::pair("null text", &dialect.null_text), std::pair("date format", &dialect.date_format),
        std::pair("timestamp format", &dialect.timestamp_format)}) {
    HANSA_CHECK(check_text(name, *text));
    if (text->size() > kWordMax)
      return invalid(fmt::format("the {} is longer than {} bytes", name, kWordMax));
  }
  return {};
}

bool dialect_of_name(std::string_view name, Dialect& dialect) {
  std::string word = lower_ascii(name);
  if (word.ends_with(".gz")) word.resize(word.size() - 3);
  const bool tabs = word.ends_with(".tsv");
  if (tabs || word.ends_with(".csv")) {
    dialect.format = TextFormat::csv;
    if (tabs && dialect.delimiter.empty()) dialect.delimiter = "\t";
    return true;
  }
  if (!word.ends_with(".ndjson") && !word.ends_with(".jsonl")) return false;
  dialect.format = TextFormat::ndjson;
  return true;
}

}  // namespace hansa
