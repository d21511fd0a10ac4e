#include "worker/rows.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "base/file.h"
#include "base/text.h"
#include "query/lexer.h"
#include "worker/encode.h"
#include "worker/piped.h"

namespace hansa::worker {
namespace {

constexpr std::size_t kPieceMax = limits::frame_bytes_max / 2;
constexpr const char* kResultFile = "spill/result.parquet";

std::unexpected<Error> too_many(std::uint64_t rows_max) {
  return exhausted(fmt::format("the result has more than {} rows", rows_max),
                   "add a LIMIT, or aggregate");
}

class TextRows : public RowSource {
 public:
  TextRows(Rows rows, query::Format format, std::uint64_t rows_max)
      : rows_(std::move(rows)),
        rows_max_(rows_max),
        encoder_(format == query::Format::csv ? csv_encoder(rows_.columns())
                                              : json_encoder(rows_.columns())) {}

  Result<Piece> next(Want want) override {
    if (sent_ == encoder_->bytes().size()) {
      encoder_->taken();
      sent_ = 0;
      unsent_rows_ = 0;
      HANSA_CHECK(fill(want));
    }
    const std::string_view left = encoder_->bytes().substr(sent_);
    Piece piece{left.substr(0, kPieceMax), 0, false};
    sent_ += piece.bytes.size();
    if (sent_ == encoder_->bytes().size()) {
      piece.rows = unsent_rows_;
      piece.last = ended_;
    }
    return piece;
  }
  std::uint64_t rows() const override { return total_; }

 private:
  Result<void> fill(Want want) {
    const std::uint64_t rows_want = want.rows_max == 0 ? UINT32_MAX : want.rows_max;
    const std::size_t bytes_want =
        want.bytes_max == 0 ? kPieceMax : std::min<std::size_t>(want.bytes_max, kPieceMax);
    while (unsent_rows_ < rows_want && encoder_->bytes().size() < bytes_want) {
      if (at_ == rows_.count()) {
        HANSA_TRY(vectors_, rows_.next());
        at_ = 0;
        if (vectors_.empty()) {
          ended_ = true;
          return {};
        }
      }
      const std::uint64_t step = std::min({rows_.count() - at_, rows_want - unsent_rows_, step_});
      if (total_ + step > rows_max_) return too_many(rows_max_);
      const std::size_t before = encoder_->bytes().size();
      encoder_->add(vectors_, at_, step);
      // A single row can be many bytes: as many at a time as the last ones let expect to fit.
      const std::size_t each = (encoder_->bytes().size() - before) / step + 1;
      step_ = std::clamp<std::uint64_t>(bytes_want / each, 1, 512);
      at_ += step;
      total_ += step;
      unsent_rows_ += static_cast<std::uint32_t>(step);
    }
    return {};
  }

  Rows rows_;
  std::uint64_t rows_max_;
  std::unique_ptr<Encoder> encoder_;
  std::span<const Vector> vectors_;
  std::uint64_t at_ = 0;  // of the chunk, what was encoded
  std::uint64_t total_ = 0;
  std::uint64_t step_ = 8;
  std::size_t sent_ = 0;  // of the encoder's bytes
  std::uint32_t unsent_rows_ = 0;
  bool ended_ = false;
};

class ParquetRows : public RowSource {
 public:
  ParquetRows(File file, std::uint64_t rows) : file_(std::move(file)), rows_(rows) {}
  ~ParquetRows() override { ::unlink(kResultFile); }

  Result<Piece> next(Want want) override {
    const std::size_t bytes = want.bytes_max == 0
                                  ? limits::chunk_bytes
                                  : std::min<std::size_t>(want.bytes_max, kPieceMax);
    HANSA_TRY(piece_, file_.read_at(at_, bytes));
    at_ += piece_.size();
    HANSA_TRY(const std::uint64_t size, file_.size());
    const bool last = at_ >= size;
    return Piece{piece_,
                 last ? static_cast<std::uint32_t>(std::min<std::uint64_t>(rows_, UINT32_MAX)) : 0,
                 last};
  }
  std::uint64_t rows() const override { return rows_; }

 private:
  File file_;
  std::uint64_t rows_;
  std::uint64_t at_ = 0;
  std::string piece_;
};

// How many rows there were.
Result<std::uint64_t> copy_rows(Connection& connection, const std::string& sql,
                                std::span<const Json> parameters, const char* target) {
  const std::string copy = fmt::format(
      "COPY ({}) TO '{}' (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)", sql, target);
  HANSA_TRY(Prepared prepared, connection.prepare(copy));
  HANSA_CHECK(prepared.bind(parameters));
  HANSA_TRY(Rows done, prepared.stream());
  HANSA_TRY(const auto counted_rows, done.next());
  if (counted_rows.empty()) return fail(Code::internal, "the result was not written");
  return static_cast<std::uint64_t>(counted_rows[0].as<std::int64_t>()[0]);
}

}  // namespace

std::unique_ptr<RowSource> text_rows(Rows rows, query::Format format, std::uint64_t rows_max) {
  return std::make_unique<TextRows>(std::move(rows), format, rows_max);
}

Result<std::unique_ptr<RowSource>> parquet_rows(Connection& connection, const std::string& sql,
                                                std::span<const Json> parameters,
                                                std::uint64_t rows_max) {
  // Whoever wants all of them throws all away if they fail at the end.
  std::string all = fmt::format("SELECT * FROM ({}\n)", query::without_semicolon(sql));
  if (rows_max == query::rows_all)
    return piped([&connection, sql = std::move(all),
                  given = std::vector(parameters.begin(), parameters.end())] {
      return copy_rows(connection, sql, given, kPipe);
    });
  // One row more than allowed shows that there are more.
  all += fmt::format(" LIMIT {}", rows_max + 1);
  HANSA_TRY(const std::uint64_t rows, copy_rows(connection, all, parameters, kResultFile));
  if (rows > rows_max) {
    ::unlink(kResultFile);
    return too_many(rows_max);
  }
  HANSA_TRY(File file, open_file(kResultFile, O_RDONLY));
  return std::make_unique<ParquetRows>(std::move(file), rows);
}

}  // namespace hansa::worker
