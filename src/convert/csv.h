// Records of CSV as fields.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "convert/blocks.h"

namespace hansa::convert {

struct Field {
  std::string_view text;
  bool quoted = false;
};

struct CsvRecord {
  std::vector<Field> fields;
  std::string_view raw;         // without its line end
  std::string_view wrong = {};  // what is wrong with its quotes and line ends; empty: nothing
  std::size_t wrong_field = 0;
  std::uint64_t lines = 1;
  bool blank = false;  // nothing stands between its line ends
};

class CsvReader {
 public:
  explicit CsvReader(const Marks& marks);
  // Of one block of whole records; its text must outlive the fields.
  void begin(std::string_view text);
  // The next record; false at the end. What it hands out is valid until the following begin.
  bool next(CsvRecord& record);

 private:
  std::size_t end_of_plain(std::size_t at) const;
  std::size_t plain(std::size_t at, CsvRecord& record);
  std::size_t quoted(std::size_t at, CsvRecord& record);

  Marks marks_;
  std::string_view text_;
  std::size_t at_ = 0;
  bool has_returns_ = false;  // the text, carriage returns
  std::string unescaped_;     // never grows within a block: views point into it
};

}  // namespace hansa::convert
