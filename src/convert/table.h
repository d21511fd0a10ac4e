// A text file as rows of a contract's columns. Several threads read one table, each a block of
// whole records at a time.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "base/text_limits.h"
#include "convert/blocks.h"
#include "convert/csv.h"
#include "convert/json_row.h"
#include "convert/rejects.h"
#include "model/dialect.h"
#include "model/schema.h"

namespace hansa::convert {

struct TableOptions {
  Schema columns;
  std::vector<std::string> formats;  // of dates and times, by column; shorter: none
  Dialect dialect;
  std::size_t rejects_kept = limits::rejects_kept_max;
};

// The fields of a first line, as names. Errors: invalid: it cannot be split.
Result<std::vector<std::string>> names_of_header(const CsvRecord& record);
// The delimiter of a first line, if nobody says it.
char delimiter_of(std::string_view line, char quote);
Marks marks_of(const Dialect& dialect, std::string_view first_line);

class Table {
 public:
  // Reads the header. Errors: invalid, naming line 1: an empty file, columns that are unknown,
  // missing, twice there or without a name; a dialect or pattern that cannot be read; the source's
  // own.
  static Result<std::unique_ptr<Table>> open(Source source, TableOptions options);

  class Part;
  // For one thread.
  std::unique_ptr<Part> part();
  const Schema& columns() const { return options_.columns; }
  Rejects& rejects() { return rejects_; }
  std::uint64_t rows() const { return rows_; }

 private:
  friend class Part;
  Table(Source source, TableOptions options);
  Result<void> read_header();
  Result<void> match(const std::vector<std::string>& names);
  Result<bool> next(Block& block);

  TableOptions options_;
  Blocks blocks_;
  std::mutex mutex_;  // of blocks_
  std::optional<Error> failed_;
  Marks marks_;
  std::vector<Cell> cells_;
  std::vector<std::size_t> fields_;  // by column: its place in a record; SIZE_MAX: it has none
  std::size_t width_ = 0;            // fields of a record
  std::optional<Block> first_;       // what the header left of its block
  Rejects rejects_;
  std::atomic<std::uint64_t> rows_ = 0;
};

class Table::Part {
 public:
  explicit Part(Table& table);
  // Fills rows from 0 on, at most `most`; 0: there are no more. Errors: as Blocks::next.
  Result<std::uint64_t> fill(std::span<Slot> slots, Memory& memory, std::uint64_t most);

 private:
  bool next_record();
  bool put(std::span<Slot> slots, Memory& memory, std::uint64_t row);
  Problem put_csv(std::span<Slot> slots, Memory& memory, std::uint64_t row);
  bool put_field(std::size_t column, Slot& slot, Memory& memory, std::uint64_t row,
                 Problem& problem);
  void reject(Problem problem);

  Table& table_;
  Block block_;
  bool is_utf8_ = true;  // all of the block
  bool has_nul_ = false;
  std::uint64_t line_ = 1;
  std::uint64_t lines_ = 0;  // of the record
  std::string_view raw_;
  std::size_t at_ = 0;  // of NDJSON
  CsvReader csv_;
  CsvRecord record_;
  std::vector<std::uint64_t> used_;
};

}  // namespace hansa::convert
