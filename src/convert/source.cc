#include "convert/source.h"

#include <fmt/format.h>
#include <zlib.h>

#include <array>

#include "base/limits.h"
#include "base/text_limits.h"

namespace hansa::convert {
namespace {

constexpr std::size_t kPiece = 256 * 1024;
constexpr int kGzipOnly = 15 + 16;

void put_utf8(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | c >> 6);
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | c >> 12);
    out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | c >> 18);
    out += static_cast<char>(0x80 | (c >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

}  // namespace

struct Source::Gzip {
  Gzip() { good = inflateInit2(&stream, kGzipOnly) == Z_OK; }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;
  ~Gzip() { inflateEnd(&stream); }
  z_stream stream{};
  std::string in;
  bool good = false;
  bool between = false;  // one member has ended, another may follow
};

Source::Source(Read read, Encoding encoding) : read_(std::move(read)), encoding_(encoding) {}
Source::Source(Source&&) noexcept = default;
Source::~Source() = default;

Result<std::string> Source::fetch(std::size_t bytes_max) {
  if (!head_.empty()) return std::exchange(head_, {});
  HANSA_TRY(std::string bytes, read_(bytes_max));
  packed_ += bytes.size();
  return bytes;
}

// What the first bytes say: gzip, a byte order mark, or UTF-16 without one.
Result<void> Source::begin() {
  begun_ = true;
  while (head_.size() < 2) {
    HANSA_TRY(const std::string bytes, read_(kPiece));
    if (bytes.empty()) break;
    packed_ += bytes.size();
    head_ += bytes;
  }
  if (head_.starts_with("\x1f\x8b")) {
    gzip_ = std::make_unique<Gzip>();
    if (!gzip_->good) return exhausted("no memory to unpack");
  }
  while (pending_.size() < 4) {
    HANSA_TRY(const bool more, bytes(pending_));
    if (!more) break;
  }
  const auto marked = [&](std::string_view mark, Encoding encoding) {
    if (!pending_.starts_with(mark) || (encoding_ != Encoding::detect && encoding_ != encoding))
      return false;
    pending_.erase(0, mark.size());
    encoding_ = encoding;
    return true;
  };
  if (pending_.starts_with(std::string_view("\xff\xfe\0\0", 4)) ||
      pending_.starts_with(std::string_view("\0\0\xfe\xff", 4)))
    return invalid("the file is UTF-32", "write it as UTF-8");
  if (marked("\xef\xbb\xbf", Encoding::utf8) || marked("\xff\xfe", Encoding::utf16le) ||
      marked("\xfe\xff", Encoding::utf16be) || encoding_ != Encoding::detect)
    return {};
  encoding_ = Encoding::utf8;
  if (pending_.size() > 1 && (pending_[0] == '\0') != (pending_[1] == '\0'))
    return invalid("the file looks like UTF-16 without a byte order mark",
                   pending_[0] == '\0' ? "say --encoding utf-16be" : "say --encoding utf-16le");
  return {};
}

Result<bool> Source::next(std::string& out) {
  if (!begun_) HANSA_CHECK(begin());
  if (ended_) return false;
  const std::size_t before = out.size();
  while (out.size() == before && !ended_) {
    if (encoding_ == Encoding::utf8 && pending_.empty()) {
      HANSA_TRY(const bool more, bytes(out));
      ended_ = !more;
      continue;
    }
    if (pending_.size() < 4) {
      HANSA_TRY(const bool more, bytes(pending_));
      ended_ = !more;
    }
    decode(out, ended_);
  }
  return out.size() > before;
}

Result<bool> Source::bytes(std::string& out) {
  if (gzip_) return unpack(out);
  HANSA_TRY(const std::string piece, fetch(kPiece));
  out += piece;
  return !piece.empty();
}

Result<bool> Source::unpack(std::string& out) {
  z_stream& stream = gzip_->stream;
  const std::size_t before = out.size();
  for (;;) {
    if (stream.avail_in == 0) {
      HANSA_TRY(gzip_->in, fetch(kPiece));
      if (gzip_->in.empty()) {
        if (!gzip_->between) return corrupt("the gzip file ends too early", "was it copied whole?");
        return false;
      }
      stream.next_in = reinterpret_cast<Bytef*>(gzip_->in.data());
      stream.avail_in = static_cast<uInt>(gzip_->in.size());
    }
    if (gzip_->between) {
      gzip_->between = false;
      inflateReset(&stream);
    }
    out.resize(before + kPiece);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
    stream.avail_out = kPiece;
    const int state = inflate(&stream, Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
    if (state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR)
      return corrupt("the gzip file is broken", "was it copied whole?");
    gzip_->between = state == Z_STREAM_END;
    unpacked_ += out.size() - before;
    if (unpacked_ > limits::unpack_free_bytes &&
        unpacked_ > limits::unpack_ratio_max * (packed_ + 1))
      return exhausted(
          fmt::format("the file unpacks to more than {} times its size", limits::unpack_ratio_max),
          "publish it unpacked, if it is meant to be like that");
    if (out.size() > before) return true;
  }
}

void Source::decode(std::string& out, bool last) {
  if (encoding_ == Encoding::utf8) {
    out += std::exchange(pending_, {});
  } else if (encoding_ == Encoding::latin1) {
    for (const char c : pending_) put_utf8(out, static_cast<unsigned char>(c));
    pending_.clear();
  } else {
    decode_utf16(out, last);
  }
}

void Source::decode_utf16(std::string& out, bool last) {
  const std::size_t low = encoding_ == Encoding::utf16le ? 0 : 1;
  const auto unit = [&](std::size_t at) {
    return static_cast<char32_t>(static_cast<unsigned char>(pending_[at + low]) |
                                 static_cast<unsigned char>(pending_[at + 1 - low]) << 8);
  };
  std::size_t at = 0;
  while (at + 2 <= pending_.size()) {
    const char32_t first = unit(at);
    const bool leads = first >= 0xD800 && first < 0xDC00;
    if (leads && at + 4 > pending_.size() && !last) break;
    if (leads && at + 4 <= pending_.size()) {
      if (const char32_t second = unit(at + 2); second >= 0xDC00 && second < 0xE000) {
        put_utf8(out, 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
        at += 4;
        continue;
      }
    }
    if (first >= 0xD800 && first < 0xE000) out += '\xff';
    else put_utf8(out, first);
    at += 2;
  }
  pending_.erase(0, at);
  if (last && !pending_.empty()) {
    out += '\xff';
    pending_.clear();
  }
}

}  // namespace hansa::convert
