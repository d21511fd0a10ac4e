#include <algorithm>

#include "worker/encode.h"
#include "worker/value.h"

namespace hansa::worker {
namespace {

constexpr std::size_t kKeep = std::size_t{1} << 20;

// An empty text is quoted, for without quotes it would be NULL.
void put_field(Buffer& out, std::string_view text) {
  const bool plain =
      !text.empty() &&
      std::ranges::none_of(text,
                           [](char c) { return c == ',' || c == '"' || c == '\n' || c == '\r'; }) &&
      text.front() != ' ' && text.back() != ' ';
  if (plain) return out.append(text);
  char* at = out.room(2 * text.size() + 2);
  *at++ = '"';
  for (const char c : text) {
    if (c == '"') *at++ = '"';
    *at++ = c;
  }
  *at++ = '"';
  out.close(at);
}

class CsvEncoder : public Encoder {
 public:
  explicit CsvEncoder(const std::vector<ColumnType>& columns) {
    bool first = true;
    for (const ColumnType& column : columns) {
      if (!first) out_.append(',');
      first = false;
      put_field(out_, column.name);
    }
    out_.append("\r\n");
    cells_.resize(columns.size());
  }

  void add(std::span<const Vector> columns, std::uint64_t first, std::uint64_t count) override {
    for (std::size_t i = 0; i < columns.size(); ++i) fill(cells_[i], columns[i], first, count);
    for (std::uint64_t row = 0; row < count; ++row) {
      for (std::size_t i = 0; i < cells_.size(); ++i) {
        if (i != 0) out_.append(',');
        const std::size_t begin = row == 0 ? 0 : cells_[i].ends[row - 1];
        out_.append(cells_[i].bytes.view().substr(begin, cells_[i].ends[row] - begin));
      }
      out_.append("\r\n");
    }
  }
  std::string_view bytes() const override { return out_.view(); }
  void taken() override {
    out_.clear();
    out_.shrink(4 * kKeep);
    for (Cells& cells : cells_) cells.bytes.shrink(kKeep);
  }

 private:
  void fill(Cells& cells, const Vector& vector, std::uint64_t first, std::uint64_t count) {
    cells.bytes.clear();
    cells.ends.resize(count);
    with_kind(vector.type->kind, [&]<Kind K>(Constant<K>) {
      for (std::uint64_t i = 0; i < count; ++i) {
        if (vector.is_valid(first + i)) put<K>(cells.bytes, vector, first + i);
        cells.ends[i] = cells.bytes.size();
      }
    });
  }

  template <Kind K>
  void put(Buffer& out, const Vector& vector, std::uint64_t row) {
    if constexpr (K == Kind::null || K == Kind::opaque) {
    } else if constexpr (K == Kind::text) {
      put_field(out, vector.as<Text>()[row].view());
    } else if constexpr (is_enum(K)) {
      put_field(out, vector.type->words[vector.as<Stored<K>>()[row]]);
    } else if constexpr (K == Kind::blob) {
      const std::string_view bytes = vector.as<Text>()[row].view();
      if (bytes.empty()) out.append("\"\"");
      put_base64(out, bytes);
    } else if constexpr (is_composite(K)) {
      scratch_.clear();
      put_json(scratch_, vector, row);
      put_field(out, scratch_.view());
    } else {
      out.close(put_bare<K>(out.room(kScalarBytes), vector, row));
    }
  }

  std::vector<Cells> cells_;
  Buffer scratch_;
  Buffer out_;
};

}  // namespace

std::unique_ptr<Encoder> csv_encoder(const std::vector<ColumnType>& columns) {
  return std::make_unique<CsvEncoder>(columns);
}

}  // namespace hansa::worker
