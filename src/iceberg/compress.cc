#include "iceberg/compress.h"

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace hansa::iceberg {
namespace {

constexpr std::array<std::pair<Codec, std::string_view>, 3> kNames{
    {{Codec::null, "null"}, {Codec::deflate, "deflate"}, {Codec::zstandard, "zstandard"}}};
constexpr int kRawDeflate = -15;  // Avro: no zlib header, no checksum
constexpr int kZstdLevel = 3;
// A window of 8 MiB; more is memory spent on the word of a stranger.
constexpr int kZstdWindowLogMax = 23;
constexpr std::size_t kPiece = 64 * 1024;

std::unexpected<Error> too_large(std::size_t bytes_max) {
  return exhausted(
      fmt::format("an Avro file holds more than {} bytes once decompressed", bytes_max));
}

struct InflateEnd {
  void operator()(z_stream* stream) const { inflateEnd(stream); }
};
struct DStreamFree {
  void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
};

std::string deflated(std::string_view bytes) {
  z_stream stream{};
  HANSA_ASSERT(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kRawDeflate, 8,
                            Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int done = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  HANSA_ASSERT(done == Z_STREAM_END);
  return out;
}

Result<std::string> inflated(std::string_view bytes, std::size_t bytes_max) {
  z_stream stream{};
  if (inflateInit2(&stream, kRawDeflate) != Z_OK) return exhausted("no memory to decompress");
  const std::unique_ptr<z_stream, InflateEnd> owner(&stream);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  std::array<char, kPiece> piece;
  for (int state = Z_OK; state != Z_STREAM_END;) {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = piece.size();
    state = inflate(&stream, Z_NO_FLUSH);
    const std::size_t got = piece.size() - stream.avail_out;
    if (state != Z_OK && state != Z_STREAM_END)
      return corrupt("a deflate block of an Avro file is broken");
    if (got > bytes_max - out.size()) return too_large(bytes_max);
    out.append(piece.data(), got);
  }
  return out;
}

std::string zstd_compressed(std::string_view bytes) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size =
      ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), kZstdLevel);
  HANSA_ASSERT(!ZSTD_isError(size));
  out.resize(size);
  return out;
}

Result<std::string> zstd_decompressed(std::string_view bytes, std::size_t bytes_max) {
  const std::unique_ptr<ZSTD_DStream, DStreamFree> stream(ZSTD_createDStream());
  if (!stream) return exhausted("no memory to decompress");
  HANSA_ASSERT(
      !ZSTD_isError(ZSTD_DCtx_setParameter(stream.get(), ZSTD_d_windowLogMax, kZstdWindowLogMax)));
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  std::string out;
  std::array<char, kPiece> piece;
  std::size_t left = 1;
  for (bool full = false; in.pos < in.size || full;) {
    ZSTD_outBuffer to{piece.data(), piece.size(), 0};
    left = ZSTD_decompressStream(stream.get(), &to, &in);
    if (ZSTD_isError(left)) return corrupt("a zstandard block of an Avro file is broken");
    if (to.pos > bytes_max - out.size()) return too_large(bytes_max);
    out.append(piece.data(), to.pos);
    full = to.pos == piece.size();
  }
  if (left != 0) return corrupt("a zstandard block of an Avro file is cut off");
  return out;
}

}  // namespace

std::string_view name_of(Codec codec) {
  for (const auto& [each, name] : kNames)
    if (each == codec) return name;
  return {};
}

std::optional<Codec> codec_from(std::string_view name) {
  for (const auto& [codec, each] : kNames)
    if (each == name) return codec;
  return std::nullopt;
}

std::string compress(Codec codec, std::string_view bytes) {
  switch (codec) {
    case Codec::null: return std::string(bytes);
    case Codec::deflate: return deflated(bytes);
    case Codec::zstandard: return zstd_compressed(bytes);
  }
  return {};
}

Result<std::string> decompress(Codec codec, std::string_view bytes, std::size_t bytes_max) {
  switch (codec) {
    case Codec::null:
      if (bytes.size() > bytes_max) return too_large(bytes_max);
      return std::string(bytes);
    case Codec::deflate: return inflated(bytes, bytes_max);
    case Codec::zstandard: return zstd_decompressed(bytes, bytes_max);
  }
  return corrupt("no such codec");
}

}  // namespace hansa::iceberg
