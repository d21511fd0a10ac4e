// Digests and randomness, on OpenSSL. The only source of random numbers.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace hansa {

// 32 bytes.
std::string sha256(std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view bytes);

// A SHA-256 over pieces.
class Digest {
 public:
  Digest();
  Digest(Digest&&) noexcept;
  Digest& operator=(Digest&&) noexcept;
  ~Digest();
  void add(std::string_view bytes);
  // 32 bytes; the digest is spent.
  std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Cryptographically random bytes.
std::string random_bytes(std::size_t count);
std::uint64_t random_u64();

// Compares in time that depends on the lengths only.
bool equal_constant_time(std::string_view a, std::string_view b);

}  // namespace hansa
