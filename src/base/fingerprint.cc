#include "base/fingerprint.h"

#include <bit>
#include <cstring>

#include "base/digest.h"

namespace hansa {
namespace {

static_assert(std::endian::native == std::endian::little);

struct State {
  std::uint64_t a, b, c, d;
  void rounds(int count) {
    for (; count != 0; --count) {
      a += b, b = std::rotl(b, 13) ^ a, a = std::rotl(a, 32);
      c += d, d = std::rotl(d, 16) ^ c;
      a += d, d = std::rotl(d, 21) ^ a;
      c += b, b = std::rotl(b, 17) ^ c, c = std::rotl(c, 32);
    }
  }
  void add(std::uint64_t word) {
    d ^= word;
    rounds(2);
    a ^= word;
  }
  std::uint64_t all() const { return a ^ b ^ c ^ d; }
};

}  // namespace

Fingerprinter::Fingerprinter() : Fingerprinter(random_u64(), random_u64()) {}

Fingerprint Fingerprinter::of(std::string_view text) const {
  State state{low_ ^ 0x736F6D6570736575ULL, high_ ^ 0x646F72616E646F6DULL ^ 0xEEULL,
              low_ ^ 0x6C7967656E657261ULL, high_ ^ 0x7465646279746573ULL};
  std::uint64_t last = static_cast<std::uint64_t>(text.size()) << 56;
  for (; text.size() >= sizeof last; text.remove_prefix(sizeof last)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), sizeof word);
    state.add(word);
  }
  std::uint64_t rest = 0;
  if (!text.empty()) std::memcpy(&rest, text.data(), text.size());
  state.add(last |= rest);
  state.c ^= 0xEE;
  state.rounds(4);
  const std::uint64_t low = state.all();
  state.b ^= 0xDD;
  state.rounds(4);
  return {low, state.all()};
}

}  // namespace hansa
