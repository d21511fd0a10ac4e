#include "door/cli/text_files.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace hansa::cli {
namespace {

constexpr std::string_view kParquet = "parquet";

std::string kind_of(const std::string& name) {
  if (lower_ascii(name).ends_with(".parquet")) return std::string(kParquet);
  Dialect dialect;
  if (!dialect_of_name(name, dialect)) return {};
  return dialect.delimiter == "\t" ? "tsv" : dialect.format == TextFormat::csv ? "csv" : "ndjson";
}

template <class Enum>
bool take_word(std::string_view text, Enum& out) {
  for (const auto& [value, name] : names_of(std::type_identity<Enum>{}))
    if (name == text) return out = value, true;
  return false;
}

}  // namespace

std::vector<Option> text_options() {
  return {
      {"--format", "FORMAT", "csv, tsv, ndjson or parquet, whatever the files are called"},
      {"--delimiter", "CHAR", "between fields; without it whichever of , ; tab | fits line 1"},
      {"--quote", "CHAR", "around fields, if it is not \""},
      {"--escape", "CHAR", "of a quote inside quotes, if it is not doubled"},
      {"--no-header", "", "line 1 is data already; the columns come in the contract's order"},
      {"--null", "TEXT", "what stands for no value, if it is not nothing"},
      {"--encoding", "NAME", "utf-8, utf-16le, utf-16be or latin-1, if no mark tells it"},
      {"--decimal-comma", "", "1,5 is one and a half"},
      {"--date-format", "PATTERN", "of dates, for instance dd.MM.yyyy; the contract's go first"},
      {"--timestamp-format", "PATTERN", "of times, for instance 'dd.MM.yyyy HH:mm'"}};
}

std::vector<Option> with_text_options(std::vector<Option> options) {
  for (Option& option : text_options()) options.push_back(std::move(option));
  return options;
}

bool is_data_name(const std::string& name) { return !kind_of(name).empty(); }

Outcome<std::optional<Dialect>> dialect_of(const Words& words,
                                           const std::vector<std::string>& names) {
  std::string kind = words.text("format");
  for (const std::string& name : names) {
    if (words.has("format")) break;
    std::string other = kind_of(name);
    if (other.empty()) other = kParquet;  // as before: what is none is refused by its content
    if (!kind.empty() && kind != other)
      return usage(fmt::format("{} is {}, and others are {}", name, other, kind),
                   "files of one kind at a time");
    kind = std::move(other);
  }
  Dialect dialect;
  if (kind == "tsv") dialect.delimiter = "\t";
  else if (kind != kParquet && !take_word(kind, dialect.format))
    return usage("there is no --format " + kind, "one of csv, tsv, ndjson, parquet");
  for (const Option& option : text_options()) {
    const std::string name = long_name(option.names);
    if (name != "format" && kind == kParquet && words.has(name))
      return usage("--" + name + " is for text files, and these are Parquet",
                   "say --format csv, if they are not");
  }
  if (kind == kParquet) return std::optional<Dialect>();
  if (words.has("delimiter"))
    dialect.delimiter = words.text("delimiter") == "\\t" ? "\t" : words.text("delimiter");
  dialect.quote = words.text("quote", dialect.quote);
  dialect.escape = words.text("escape");
  dialect.header = !words.has("no-header");
  dialect.null_text = words.text("null");
  dialect.decimal_comma = words.has("decimal-comma");
  dialect.date_format = words.text("date-format");
  dialect.timestamp_format = words.text("timestamp-format");
  if (words.has("encoding") && !take_word(words.text("encoding"), dialect.encoding))
    return usage("there is no --encoding " + words.text("encoding"),
                 "one of utf-8, utf-16le, utf-16be, latin-1");
  if (auto good = check_dialect(dialect); !good) return usage(good.error().text, good.error().next);
  return std::optional(dialect);
}

}  // namespace hansa::cli
