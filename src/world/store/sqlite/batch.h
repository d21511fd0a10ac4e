// A batch as bytes: what a follower gets that is further behind than memory reaches.
//
// A version byte (1), then for each row: kind behind its length, id (16 bytes), and the body behind
// 1 and its length, or 0 if the row is gone. Lengths take 8 bytes, big-endian.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "world/store/store.h"

namespace hansa::store::sqlite {

std::string encode_rows(const Commit& commit);
// Errors: corrupt.
Result<Batch> decode_rows(Seq seq, std::string_view bytes);

}  // namespace hansa::store::sqlite
