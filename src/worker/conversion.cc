#include "worker/conversion.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <optional>

#include "base/file.h"
#include "base/json.h"
#include "convert/infer.h"
#include "convert/table.h"
#include "worker/made.h"
#include "worker/piped.h"
#include "worker/relation.h"

namespace hansa::worker {
namespace {

constexpr const char* kFunction = "hansa_rows";
constexpr std::size_t kNamedMax = 5;
constexpr std::size_t kPieceMax = limits::frame_bytes_max / 2;

Result<convert::Source> source_of(const query::PlanFile& file, Encoding encoding) {
  HANSA_TRY(File opened, open_file(seat_name(file), O_RDONLY));
  // Shared, since a function is copied.
  auto shared = std::make_shared<File>(std::move(opened));
  return convert::Source(
      [shared, at = std::uint64_t{0}](std::size_t bytes_max) mutable -> Result<std::string> {
        HANSA_TRY(std::string bytes, shared->read_at(at, bytes_max));
        at += bytes.size();
        return bytes;
      },
      encoding);
}

class TextRows : public Made {
 public:
  explicit TextRows(convert::Table& table) : table_(table) {}
  const Schema& columns() const override { return table_.columns(); }
  std::unique_ptr<Part> part() override { return std::make_unique<TextPart>(*this); }
  // What ended it: the engine only passes words on.
  std::optional<Error> failure() {
    const std::lock_guard lock(mutex_);
    return failure_;
  }

 private:
  struct TextPart : Part {
    explicit TextPart(TextRows& text) : text(text), part(text.table_.part()) {}
    Result<std::uint64_t> fill(std::span<convert::Slot> slots, convert::Memory& memory,
                               std::uint64_t most) override {
      auto filled = part->fill(slots, memory, most);
      if (!filled) {
        const std::lock_guard lock(text.mutex_);
        text.failure_ = filled.error();
      }
      return filled;
    }
    TextRows& text;
    std::unique_ptr<convert::Table::Part> part;
  };

  convert::Table& table_;
  std::mutex mutex_;
  std::optional<Error> failure_;
};

std::string place_of(const convert::Reject& reject) {
  return reject.column.empty()
             ? fmt::format("line {}: {}", reject.line, reject.reason)
             : fmt::format("line {}: column {}: {}", reject.line, reject.column, reject.reason);
}

std::string report_of(const std::vector<convert::Reject>& rejects) {
  std::string out;
  for (const convert::Reject& reject : rejects) {
    out += fmt::format("{{\"line\":{},\"last_line\":{},\"column\":", reject.line, reject.last_line);
    append_json_string(out, reject.column);
    out += ",\"reason\":";
    append_json_string(out, reject.reason);
    out += ",\"text\":";
    append_json_string(out, reject.text);
    out += "}\n";
  }
  return out;
}

class Report : public RowSource {
 public:
  explicit Report(std::string text) : text_(std::move(text)) {}
  Result<Piece> next(Want want) override {
    const std::string_view piece = std::string_view(text_).substr(
        sent_, want.bytes_max == 0 ? limits::chunk_bytes
                                   : std::min<std::size_t>(want.bytes_max, kPieceMax));
    sent_ += piece.size();
    return Piece{piece, 0, sent_ == text_.size()};
  }
  std::uint64_t rows() const override { return 0; }

 private:
  std::string text_;
  std::size_t sent_ = 0;
};

Error named(const query::PlanFile& file, Error error) {
  error.text = file.label + ": " + error.text;
  return error;
}

// The order of the rows is the file's within a block; what is spread over threads is not sorted
// again.
std::string copy_statement() {
  return fmt::format(
      "COPY (SELECT * FROM {}()) TO '{}' (FORMAT parquet, COMPRESSION zstd, PRESERVE_ORDER false, "
      "USE_TMP_FILE false)",
      kFunction, kPipe);
}

}  // namespace

Result<query::Footer> guess_of(const query::PlanFile& file, const Dialect& dialect) {
  auto guess = [&]() -> Result<convert::Guess> {
    HANSA_TRY(convert::Source source, source_of(file, dialect.encoding));
    return convert::infer(std::move(source), dialect);
  }();
  if (!guess) return std::unexpected(named(file, std::move(guess).error()));
  return query::Footer{.label = file.label,
                       .rows = guess->rows,
                       .bytes = file.bytes,
                       .schema = std::move(guess->columns),
                       .rejected = guess->rejected,
                       .first_reject = std::move(guess->first_reject)};
}

struct Conversion::State {
  std::unexpected<Error> refused(Error error) const {
    return std::unexpected(named(file, for_people(std::move(error), {})));
  }
  Result<std::uint64_t> write() {
    if (auto done = connection->run(copy_statement()); !done)
      return refused(text->failure().value_or(std::move(done).error()));
    return table->rows();
  }

  Connection* connection;
  query::PlanFile file;
  std::unique_ptr<convert::Table> table = {};
  std::optional<TextRows> text = {};
};

Result<Conversion> Conversion::begin(Connection& connection, const query::Conversion& conversion,
                                     std::uint32_t threads) {
  auto state = std::make_shared<State>(&connection, conversion.file);
  auto source = source_of(conversion.file, conversion.dialect.encoding);
  if (!source) return state->refused(std::move(source).error());
  auto table = convert::Table::open(*std::move(source), {.columns = conversion.columns,
                                                         .formats = conversion.formats,
                                                         .dialect = conversion.dialect});
  if (!table) return state->refused(std::move(table).error());
  state->table = *std::move(table);
  state->text.emplace(*state->table);
  HANSA_CHECK(offer(connection, kFunction, *state->text, threads));
  return Conversion(std::move(state));
}

Result<std::unique_ptr<RowSource>> Conversion::parquet() {
  return piped([state = state_] { return state->write(); });
}

query::Converted Conversion::outcome(std::unique_ptr<RowSource>& report) const {
  convert::Table& table = *state_->table;
  const auto rejects = table.rejects().take();
  query::Converted out{
      .rows = table.rows(), .rejected = table.rejects().count(), .first_rejects = {}};
  for (std::size_t i = 0; i < std::min(rejects.size(), kNamedMax); ++i)
    out.first_rejects += (i == 0 ? "" : "; ") + place_of(rejects[i]);
  report = std::make_unique<Report>(report_of(rejects));
  return out;
}

}  // namespace hansa::worker
