#include "model/ids.h"

#include <array>
#include <cstring>
#include <mutex>

#include "base/digest.h"

namespace hansa {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kLength = 26;

// Random bits come in blocks: asking the generator for each id would cost more than the id.
struct Entropy {
  std::mutex mutex;
  std::string block;
  std::size_t used = 0;
  Ulid last;

  void take(void* to, std::size_t count) {
    if (used + count > block.size()) {
      block = random_bytes(4096);
      used = 0;
    }
    std::memcpy(to, block.data() + used, count);
    used += count;
  }
};

}  // namespace

std::string to_text(const Ulid& ulid) {
  std::string text(kLength, '0');
  // 130 bits of text hold 128: the first character has only three of its five.
  for (std::size_t i = 0; i < kLength; ++i) {
    const std::size_t shift = 5 * (kLength - 1 - i);
    std::uint64_t digit = shift >= 64 ? ulid.high >> (shift - 64) : ulid.low >> shift;
    if (shift < 64 && shift > 59) digit |= ulid.high << (64 - shift);
    text[i] = kAlphabet[digit & 31U];
  }
  return text;
}

std::optional<Ulid> parse_ulid(std::string_view text) {
  if (text.size() != kLength || text[0] > '7') return std::nullopt;
  Ulid ulid;
  for (const char c : text) {
    const std::size_t digit = kAlphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    ulid.high = ulid.high << 5 | ulid.low >> 59;
    ulid.low = ulid.low << 5 | digit;
  }
  return ulid;
}

Ulid new_ulid(Time now) {
  static Entropy entropy;
  const std::lock_guard lock(entropy.mutex);
  const std::uint64_t milliseconds = static_cast<std::uint64_t>(now.us / 1000) & 0xFFFFFFFFFFFFULL;
  Ulid ulid;
  if (milliseconds == entropy.last.high >> 16) {
    // Still the same millisecond: the next higher one, by a random step so that it cannot be
    // guessed.
    std::uint32_t step = 0;
    entropy.take(&step, sizeof step);
    ulid = entropy.last;
    ulid.low += std::uint64_t{step} + 1;
    if (ulid.low < entropy.last.low) ++ulid.high;
  } else {
    std::uint16_t high = 0;
    entropy.take(&high, sizeof high);
    entropy.take(&ulid.low, sizeof ulid.low);
    ulid.high = milliseconds << 16 | high;
  }
  entropy.last = ulid;
  return ulid;
}

}  // namespace hansa
