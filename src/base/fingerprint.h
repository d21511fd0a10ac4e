// A text as 128 bits that nobody outside can aim at: SipHash-2-4 with a key of this process
// (https://www.aumasson.jp/siphash). Two of a billion texts share one with a chance of 2^-69.
#pragma once

#include <cstdint>
#include <string_view>

namespace hansa {

struct Fingerprint {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

struct FingerprintTraits {
  static Fingerprint none() { return {~0ULL, ~0ULL}; }
  static std::uint64_t hash(const Fingerprint& of) { return of.high; }
};

class Fingerprinter {
 public:
  // With a random key.
  Fingerprinter();
  Fingerprinter(std::uint64_t low, std::uint64_t high) : low_(low), high_(high) {}
  Fingerprint of(std::string_view text) const;

 private:
  std::uint64_t low_, high_;
};

}  // namespace hansa
