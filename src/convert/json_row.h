// One line of NDJSON into the slots of a row, led by the contract's columns and never by what the
// text would like to be.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "convert/json_text.h"
#include "convert/slot.h"
#include "convert/value.h"

namespace hansa::convert {

// A column, or a part of one, and how it is read.
struct Cell {
  std::string name;
  bool required = false;
  Reading how;
  std::vector<Cell> parts;
};

// `format` is the contract's own word for dates and times of this column. Errors: invalid, naming
// the column.
Result<Cell> cell_of(const Column& column, const Dialect& dialect, std::string_view format);

// Null, in all of its parts.
void put_null(Slot& slot, std::uint64_t row);

struct Problem {
  std::string column;  // "address.city"; empty: the whole record
  std::string reason;  // empty: there is none
};

class JsonRow {
 public:
  JsonRow(std::span<const Cell> cells, Memory& memory) : cells_(cells), memory_(memory) {}
  // The line is UTF-8.
  Problem put(std::string_view line, std::span<Slot> slots, std::uint64_t row);
  // One value as JSON text, for a nested column of CSV.
  Problem put_one(std::string_view text, const Cell& cell, Slot& slot, std::uint64_t row);

 private:
  bool value(const Cell& cell, Slot& slot, std::uint64_t row, std::size_t depth);
  bool primitive(const Cell& cell, Slot& slot, std::uint64_t row, std::size_t depth);
  bool put_text(std::string_view text, const Cell& cell, Slot& slot, std::uint64_t row);
  bool object(std::span<const Cell> cells, std::span<Slot> slots, std::uint64_t row,
              std::size_t depth);
  bool list(const Cell& cell, Slot& slot, std::uint64_t row, std::size_t depth);
  bool map(const Cell& cell, Slot& slot, std::uint64_t row, std::size_t depth);
  bool missing(const Cell& cell, Slot& slot, std::uint64_t row);
  bool wrong(std::string reason);
  bool wrong_at(const Cell& cell, std::string reason);

  std::span<const Cell> cells_;
  Memory& memory_;
  JsonText* in_ = nullptr;
  Problem problem_;
  std::vector<std::string_view> path_;
};

}  // namespace hansa::convert
