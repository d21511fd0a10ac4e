#include "world/store/sqlite/batch.h"

#include "world/store/bytes.h"
#include "world/store/commit.h"

namespace hansa::store::sqlite {
namespace {

constexpr char version = 1;
constexpr char gone = 0;
constexpr char kept = 1;

}  // namespace

std::string encode_rows(const Commit& commit) {
  std::string bytes;
  bytes.reserve(bytes_in(commit));
  bytes += version;
  for (const Write& write : commit.writes) {
    append_text(bytes, write.kind);
    append_ulid(bytes, write.id);
    bytes += write.body ? kept : gone;
    if (write.body) append_text(bytes, *write.body);
  }
  return bytes;
}

Result<Batch> decode_rows(Seq seq, std::string_view bytes) {
  BytesReader reader(bytes);
  HANSA_TRY(const std::string_view first, reader.take(1));
  if (first[0] != version) return corrupt("a stored batch has an unknown form");
  Batch batch{.seq = seq, .rows = {}};
  while (!reader.at_end()) {
    HANSA_TRY(const std::string_view kind, reader.text());
    HANSA_TRY(const Ulid id, reader.ulid());
    HANSA_TRY(const std::string_view flag, reader.take(1));
    if (flag[0] != gone && flag[0] != kept) return corrupt("a stored batch has an unknown form");
    Row& row = batch.rows.emplace_back(std::string(kind), id, seq, std::nullopt);
    if (flag[0] == gone) continue;
    HANSA_TRY(const std::string_view body, reader.text());
    row.body.emplace(body);
  }
  return batch;
}

}  // namespace hansa::store::sqlite
