// How a text file spells its rows: what a producer says of it, all of it optional.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/result.h"

namespace hansa {

enum class TextFormat { csv, ndjson };
constexpr auto names_of(std::type_identity<TextFormat>) {
  return std::array{std::pair{TextFormat::csv, std::string_view("csv")},
                    std::pair{TextFormat::ndjson, std::string_view("ndjson")}};
}

// `detect` follows the byte order mark and takes everything else for UTF-8.
enum class Encoding { detect, utf8, utf16le, utf16be, latin1 };
constexpr auto names_of(std::type_identity<Encoding>) {
  return std::array{std::pair{Encoding::detect, std::string_view("detect")},
                    std::pair{Encoding::utf8, std::string_view("utf-8")},
                    std::pair{Encoding::utf16le, std::string_view("utf-16le")},
                    std::pair{Encoding::utf16be, std::string_view("utf-16be")},
                    std::pair{Encoding::latin1, std::string_view("latin-1")}};
}

struct Dialect {
  TextFormat format = TextFormat::csv;
  Encoding encoding = Encoding::detect;
  std::string delimiter;  // one character; empty: whichever of , ; tab | the first line has most of
  std::string quote = "\"";
  std::string escape;  // of a quote inside quotes; empty: the quote itself
  bool header = true;
  std::string null_text;  // what stands, unquoted, for null
  bool decimal_comma = false;
  // "yyyy-MM-dd" and the like (convert/pattern.h); empty: ISO 8601.
  std::string date_format;
  std::string timestamp_format;
  friend bool operator==(const Dialect&, const Dialect&) = default;
};

// Errors: invalid, naming the option.
Result<void> check_dialect(const Dialect& dialect);

// What a file's name says: .csv, .tsv (with tabs), .ndjson, .jsonl, each also .gz. Nothing for any
// other name.
bool dialect_of_name(std::string_view name, Dialect& dialect);

}  // namespace hansa
