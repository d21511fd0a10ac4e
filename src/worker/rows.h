// A running statement as encoded bytes, a piece at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/stream.h"
#include "query/plan.h"
#include "worker/duckdb.h"

namespace hansa::worker {

struct Piece {
  std::string_view bytes;  // valid until the next call
  std::uint32_t rows = 0;
  bool last = false;  // nothing follows; the bytes may still be some
};

class RowSource {
 public:
  virtual ~RowSource() = default;
  // At most want.rows_max rows and about want.bytes_max bytes. A row that is larger than a piece is
  // cut; the piece that holds its end counts it. Errors: exhausted (more rows than the plan
  // allows), the statement's own.
  virtual Result<Piece> next(Want want) = 0;
  virtual std::uint64_t rows() const = 0;
};

// Text formats, out of a running statement.
std::unique_ptr<RowSource> text_rows(Rows rows, query::Format format, std::uint64_t rows_max);
// Parquet. Where rows are limited the whole result is written into the spill folder first, since
// only its end tells whether there are too many; where all are wanted it is sent while it is
// written. Errors: the statement's own; exhausted (spill quota, rows).
Result<std::unique_ptr<RowSource>> parquet_rows(Connection& connection, const std::string& sql,
                                                std::span<const Json> parameters,
                                                std::uint64_t rows_max);

}  // namespace hansa::worker
