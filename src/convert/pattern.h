// Dates and times as text: ISO 8601, or in a pattern that a producer or a contract gives, spelt as
// ODCS spells it (JDK DateTimeFormatter): yyyy yy MM M dd d HH H mm ss, S to SSSSSS for a fraction,
// a (AM or PM, with hh or h), X (any number of them) for an offset or Z, 'text' for text; all else
// stands for itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hansa::convert {

struct Moment {
  std::int32_t days = 0;    // since 1970-01-01
  std::int64_t micros = 0;  // of the day, may leave it by an offset
  bool has_time = false;
  bool has_offset = false;
  bool too_fine = false;  // digits beyond microseconds that are not 0
};

// "2026-11-22", "2026-11-22T09:00", "2026-11-22 09:00:00.123456+02:00".
std::optional<Moment> parse_iso(std::string_view text);
// "09:00", "09:00:00.5".
std::optional<Moment> parse_iso_time(std::string_view text);

class Pattern {
 public:
  // Errors: invalid, naming what is unknown or missing (year, month and day must be there).
  static Result<Pattern> compile(std::string_view text);
  std::optional<Moment> parse(std::string_view text) const;

 private:
  struct Part {
    char field = 0;  // 0: literal
    unsigned width = 0;
    std::string text;
  };
  std::vector<Part> parts_;
};

}  // namespace hansa::convert
