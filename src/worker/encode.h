// Rows as text. An encoder takes chunks and keeps bytes until they are taken.
//
// JSON: a row is one array, rows are separated by ",\n", also from one take() to the next, so that
// whoever relays them wraps the whole in `"rows":[` and `]`. Values:
//   integers, HUGEINT   numbers within +-(2^53 - 1), text beyond: other readers keep numbers as
//   doubles DECIMAL             text with all digits of its scale: "12.30" FLOAT, DOUBLE       the
//   shortest number that reads back the same; "NaN", "Infinity", "-Infinity" as text DATE, TIME,
//   ...     ISO 8601 text; with a fraction of 3, 6 or 9 digits if there is one; TIMESTAMPTZ in UTC
//                       with Z
//   INTERVAL            ISO 8601 text: "P1Y2M3DT4H5M6.5S"
//   BLOB                base64 text
//   LIST, ARRAY         arrays;  STRUCT: an object;  MAP: an array of {"key": k, "value": v}
//   BOOLEAN, NULL       true, false, null;  UUID, ENUM, VARCHAR, JSON: text
//   BIT, TIMETZ, UNION, VARIANT, BIGNUM, GEOMETRY: DuckDB's own text (cast in SQL before they get
//   here)
//
// CSV: RFC 4180 with CRLF, a header row, the same texts bare; NULL is empty and an empty text is
// ""; nested values are their JSON.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "worker/duckdb.h"

namespace hansa::worker {

class Encoder {
 public:
  virtual ~Encoder() = default;
  // Appends `count` rows from `first` on.
  virtual void add(std::span<const Vector> columns, std::uint64_t first, std::uint64_t count) = 0;
  // What was not taken yet; valid until the next call.
  virtual std::string_view bytes() const = 0;
  virtual void taken() = 0;
};

std::unique_ptr<Encoder> json_encoder(const std::vector<ColumnType>& columns);
std::unique_ptr<Encoder> csv_encoder(const std::vector<ColumnType>& columns);

}  // namespace hansa::worker
