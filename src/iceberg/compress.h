// The compressions of Avro blocks. zlib's and libzstd's headers appear in compress.cc only.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hansa::iceberg {

enum class Codec { null, deflate, zstandard };

// "null", "deflate", "zstandard", as "avro.codec" spells them.
std::string_view name_of(Codec codec);
std::optional<Codec> codec_from(std::string_view name);

std::string compress(Codec codec, std::string_view bytes);
// Errors: corrupt (broken or truncated stream), exhausted (more than `bytes_max` would come out).
Result<std::string> decompress(Codec codec, std::string_view bytes, std::size_t bytes_max);

}  // namespace hansa::iceberg
