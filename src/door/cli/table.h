// Rows of text as a table: boxes for a person at a terminal, aligned columns for a pipe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hansa::cli {

struct TableColumn {
  std::string title;
  bool right = false;  // numbers
  int spare = 0;       // what a narrow terminal leaves out first; 0: never before all are narrow
};

struct TableStyle {
  bool box = false;
  std::size_t columns_max = 0;  // of the terminal; 0: nothing is cut
  // Widths are those of the first rows, so that a stream of any length needs bounded memory. A
  // later, wider cell is cut at a terminal and breaks its line's alignment in a pipe, where no byte
  // may be lost.
  std::size_t rows_looked_at = 2'000;
  std::size_t bytes_looked_at = 8u << 20;
};

class Table {
 public:
  using Write = std::function<Result<void>(std::string_view)>;

  Table(std::vector<TableColumn> columns, TableStyle style, Write write);

  // As many cells as columns; data as it is, made visible here.
  Result<void> add(std::vector<std::string> cells);
  // Prints what is still held, and the lower edge.
  Result<void> finish();

  std::size_t rows() const { return rows_; }
  // Columns that had no room at the terminal; known after finish().
  std::size_t hidden() const { return columns_.size() - shown_.size(); }
  // The titles of the spare ones among them.
  std::vector<std::string> spared() const { return spared_; }

 private:
  struct Shown {
    std::size_t column;
    std::size_t width;
  };
  Result<void> begin();
  void fit();
  void spare();
  std::size_t total_width(std::size_t width_max = SIZE_MAX) const;
  std::string line(const std::vector<std::string>& cells, bool title) const;
  std::string edge(std::string_view left, std::string_view middle, std::string_view right) const;

  std::vector<TableColumn> columns_;
  TableStyle style_;
  Write write_;
  std::vector<std::size_t> widths_;
  std::vector<Shown> shown_;
  std::vector<std::string> spared_;
  std::size_t gap_at_ =
      0;  // where "…" stands for hidden columns, as an index into shown_; 0: none hidden
  std::vector<std::vector<std::string>> held_;
  std::size_t held_bytes_ = 0;
  std::size_t rows_ = 0;
  bool begun_ = false;
};

}  // namespace hansa::cli
