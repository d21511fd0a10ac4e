#include <array>
#include <cstring>

#include "base/json.h"
#include "worker/encode.h"
#include "worker/value.h"

namespace hansa::worker {
namespace {

constexpr std::int64_t kSafe = (std::int64_t{1} << 53) - 1;  // past it a double skips whole numbers
constexpr std::size_t kKeep = std::size_t{1} << 20;

// 0: as it stands; 'u': a \u00XX escape; else the letter behind the backslash.
constexpr std::array<char, 256> kEscapes = [] {
  std::array<char, 256> escapes{};
  for (std::size_t c = 0; c < 0x20; ++c) escapes[c] = 'u';
  escapes['\b'] = 'b';
  escapes['\f'] = 'f';
  escapes['\n'] = 'n';
  escapes['\r'] = 'r';
  escapes['\t'] = 't';
  escapes['"'] = '"';
  escapes['\\'] = '\\';
  return escapes;
}();

// DuckDB holds text as valid UTF-8 only, so bytes from 0x80 on go through.
void put_text(Buffer& out, std::string_view text) {
  // A \u escape is six bytes for one.
  char* at = out.room(6 * text.size() + 2);
  *at++ = '"';
  for (const char c : text) {
    const char escape = kEscapes[static_cast<unsigned char>(c)];
    if (escape == 0) [[likely]] {
      *at++ = c;
      continue;
    }
    *at++ = '\\';
    *at++ = escape;
    if (escape != 'u') continue;
    *at++ = '0';
    *at++ = '0';
    *at++ = static_cast<char>('0' + (c >> 4));
    *at++ = "0123456789abcdef"[c & 15];
  }
  *at++ = '"';
  out.close(at);
}

template <Kind K>
bool fits_number(const Stored<K>& value) {
  if constexpr (K == Kind::int128) {
    return (value.high == 0 && value.low <= std::uint64_t{kSafe}) ||
           (value.high == -1 && value.low >= static_cast<std::uint64_t>(-kSafe));
  } else if constexpr (K == Kind::uint128) {
    return value.high == 0 && value.low <= std::uint64_t{kSafe};
  } else if constexpr (K == Kind::int64) {
    return value <= kSafe && value >= -kSafe;
  } else if constexpr (K == Kind::uint64) {
    return value <= std::uint64_t{kSafe};
  } else if constexpr (is_float(K)) {
    return std::isfinite(value);
  } else {
    return K == Kind::boolean || is_whole(K);
  }
}

template <Kind K>
void put_scalar(Buffer& out, const Vector& vector, std::uint64_t row) {
  char* at = out.room(kScalarBytes + 2);
  const bool quoted = !fits_number<K>(vector.as<Stored<K>>()[row]);
  if (quoted) *at++ = '"';
  at = put_bare<K>(at, vector, row);
  if (quoted) *at++ = '"';
  out.close(at);
}

void put_items(Buffer& out, const Vector& items, std::uint64_t first, std::uint64_t count) {
  out.append('[');
  for (std::uint64_t i = 0; i < count; ++i) {
    if (i != 0) out.append(',');
    put_json(out, items, first + i);
  }
  out.append(']');
}

void put_map(Buffer& out, const Vector& vector, std::uint64_t row) {
  const ListEntry entry = vector.as<ListEntry>()[row];
  out.append('[');
  for (std::uint64_t i = 0; i < entry.length; ++i) {
    out.append(i == 0 ? "{\"key\":" : ",{\"key\":");
    put_json(out, vector.children[0], entry.offset + i);
    out.append(",\"value\":");
    put_json(out, vector.children[1], entry.offset + i);
    out.append('}');
  }
  out.append(']');
}

void put_structure(Buffer& out, const Vector& vector, std::uint64_t row) {
  out.append('{');
  for (std::size_t i = 0; i < vector.children.size(); ++i) {
    if (i != 0) out.append(',');
    put_text(out, vector.type->words[i]);
    out.append(':');
    put_json(out, vector.children[i], row);
  }
  out.append('}');
}

template <Kind K>
void put_valid(Buffer& out, const Vector& vector, std::uint64_t row) {
  if constexpr (K == Kind::null || K == Kind::opaque) {
    out.append("null");
  } else if constexpr (K == Kind::text) {
    put_text(out, vector.as<Text>()[row].view());
  } else if constexpr (K == Kind::blob) {
    out.append('"');
    put_base64(out, vector.as<Text>()[row].view());
    out.append('"');
  } else if constexpr (is_enum(K)) {
    put_text(out, vector.type->words[vector.as<Stored<K>>()[row]]);
  } else if constexpr (K == Kind::list) {
    const ListEntry entry = vector.as<ListEntry>()[row];
    put_items(out, vector.children[0], entry.offset, entry.length);
  } else if constexpr (K == Kind::array) {
    put_items(out, vector.children[0], row * vector.type->length, vector.type->length);
  } else if constexpr (K == Kind::map) {
    put_map(out, vector, row);
  } else if constexpr (K == Kind::structure) {
    put_structure(out, vector, row);
  } else {
    put_scalar<K>(out, vector, row);
  }
}

class JsonEncoder : public Encoder {
 public:
  explicit JsonEncoder(std::size_t columns) : cells_(columns) {}

  void add(std::span<const Vector> columns, std::uint64_t first, std::uint64_t count) override {
    std::size_t total = 0;
    for (std::size_t i = 0; i < columns.size(); ++i)
      total += fill(cells_[i], columns[i], first, count);
    char* at = out_.room(total + count * (columns.size() + 4));
    for (std::uint64_t row = 0; row < count; ++row) at = put_row(at, row);
    out_.close(at);
  }
  std::string_view bytes() const override { return out_.view(); }
  void taken() override {
    out_.clear();
    out_.shrink(4 * kKeep);
    for (Cells& cells : cells_) cells.bytes.shrink(kKeep);
  }

 private:
  static std::size_t fill(Cells& cells, const Vector& vector, std::uint64_t first,
                          std::uint64_t count) {
    cells.bytes.clear();
    cells.ends.resize(count);
    with_kind(vector.type->kind, [&]<Kind K>(Constant<K>) {
      for (std::uint64_t i = 0; i < count; ++i) {
        if (vector.is_valid(first + i)) put_valid<K>(cells.bytes, vector, first + i);
        else cells.bytes.append("null");
        cells.ends[i] = cells.bytes.size();
      }
    });
    return cells.bytes.size();
  }

  char* put_row(char* at, std::uint64_t row) {
    if (started_) {
      *at++ = ',';
      *at++ = '\n';
    }
    started_ = true;
    char before = '[';
    for (const Cells& cells : cells_) {
      *at++ = before;
      before = ',';
      const std::size_t begin = row == 0 ? 0 : cells.ends[row - 1];
      const std::size_t size = cells.ends[row] - begin;
      if (size != 0) std::memcpy(at, cells.bytes.view().data() + begin, size);
      at += size;
    }
    *at++ = ']';
    return at;
  }

  std::vector<Cells> cells_;
  Buffer out_;
  bool started_ = false;
};

}  // namespace

void put_json(Buffer& out, const Vector& vector, std::uint64_t row) {
  if (!vector.is_valid(row)) return out.append("null");
  with_kind(vector.type->kind, [&]<Kind K>(Constant<K>) { put_valid<K>(out, vector, row); });
}

void put_base64(Buffer& out, std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  char* at = out.room((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t left = bytes.size() - i;
    const auto byte = [&](std::size_t k) -> std::uint32_t {
      return k < left ? static_cast<unsigned char>(bytes[i + k]) : 0;
    };
    const std::uint32_t three = byte(0) << 16 | byte(1) << 8 | byte(2);
    *at++ = kDigits[three >> 18];
    *at++ = kDigits[three >> 12 & 63];
    *at++ = left > 1 ? kDigits[three >> 6 & 63] : '=';
    *at++ = left > 2 ? kDigits[three & 63] : '=';
  }
  out.close(at);
}

std::unique_ptr<Encoder> json_encoder(const std::vector<ColumnType>& columns) {
  return std::make_unique<JsonEncoder>(columns.size());
}

}  // namespace hansa::worker
