// An archive that somebody hands to a restore: what is read writes itself back, byte for byte.
#include <cstdint>
#include <string_view>

#include "base/tar.h"

namespace {

struct Bytes : hansa::Source {
  explicit Bytes(std::string_view bytes) : rest(bytes) {}
  hansa::Result<std::optional<hansa::Chunk>> next(hansa::Want) override {
    if (rest.empty()) return std::nullopt;
    const std::string_view piece = rest.substr(0, 700);
    rest.remove_prefix(piece.size());
    return hansa::Chunk{std::string(piece), 0};
  }
  std::string_view rest;
};

hansa::Result<std::string> written_again(std::string_view archive) {
  Bytes source(archive);
  hansa::TarReader reader(source);
  std::string out;
  for (;;) {
    HANSA_TRY(const auto entry, reader.next());
    if (!entry) return out + hansa::tar_end();
    out += hansa::tar_head(*entry);
    for (;;) {
      HANSA_TRY(const std::string piece, reader.read());
      if (piece.empty()) break;
      out += piece;
    }
    out += hansa::tar_padding(entry->bytes);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view archive(reinterpret_cast<const char*>(data), size);
  const auto again = written_again(archive);
  if (again) HANSA_ASSERT(*again == archive);
  else HANSA_ASSERT(again.error().code == hansa::Code::corrupt);
  return 0;
}
