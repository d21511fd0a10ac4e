// A text cut into blocks of whole records, so that several threads can read one file and still know
// the line of everything.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "convert/source.h"
#include "model/dialect.h"

namespace hansa::convert {

// What CSV is made of besides line ends.
struct Marks {
  char delimiter = ',';
  char quote = '"';
  char escape = '"';
};

struct Block {
  std::string text;        // whole records, each with its line end; the file's last may lack it
  std::uint64_t line = 1;  // of the first of them, from 1
};

// Where records of CSV end: a line end outside quotes. A quote opens only where a field begins.
class RecordEnds {
 public:
  explicit RecordEnds(const Marks& marks);
  // Goes on over `text` from `from`; returns the place behind the last record that ended there, or
  // 0.
  std::size_t scan(std::string_view text, std::size_t from);
  bool in_quotes() const { return state_ == State::quoted || state_ == State::escaped; }

 private:
  enum class State : std::uint8_t { begin, plain, quoted, escaped, closed };
  void step(char c);

  Marks marks_;
  std::array<bool, 256> ends_plain_{};  // what ends a run of ordinary characters
  State state_ = State::begin;
};

class Blocks {
 public:
  Blocks(Source source, TextFormat format) : source_(std::move(source)), format_(format) {}

  // Before CSV is read, once its delimiter is known.
  void set_marks(const Marks& marks) { ends_ = RecordEnds(marks); }
  // The first line as it stands, for whoever wants to guess from it. Errors: invalid: the file is
  // empty; the source's own.
  Result<std::string_view> peek();
  // The next block; false at the end. Errors: invalid (a quote that is never closed), exhausted (a
  // record beyond limits::record_bytes_max), both with their line; the source's own.
  Result<bool> next(Block& block);

 private:
  Result<bool> read_more();

  Source source_;
  TextFormat format_;
  RecordEnds ends_{Marks{}};
  std::string text_;
  std::size_t scanned_ = 0;
  std::uint64_t line_ = 1;
  bool ended_ = false;
};

}  // namespace hansa::convert
