#include "base/password.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <sodium.h>

#include "base/digest.h"
#include "base/text.h"

namespace hansa {
namespace {

constexpr unsigned long long kPasses = 2;
constexpr std::size_t kMemoryBytes = 19 * 1024 * 1024;
constexpr int kScramRounds = 4096;

bool ready() {
  static const bool started = sodium_init() >= 0;
  return started;
}

}  // namespace

Result<std::string> hash_password(std::string_view password) {
  HANSA_ASSERT(ready());
  char out[crypto_pwhash_STRBYTES];
  if (crypto_pwhash_str_alg(out, password.data(), password.size(), kPasses, kMemoryBytes,
                            crypto_pwhash_ALG_ARGON2ID13) != 0)
    return exhausted("no memory to hash a password", "try again in a moment");
  return std::string(out);
}

bool verify_password(std::string_view verifier, std::string_view password) {
  HANSA_ASSERT(ready());
  const std::string text(verifier);
  if (text.size() >= crypto_pwhash_STRBYTES) return false;
  return crypto_pwhash_str_verify(text.c_str(), password.data(), password.size()) == 0;
}

const std::string& impossible_verifier() {
  static const std::string verifier = hash_password(random_bytes(32)).value_or("");
  return verifier;
}

std::string scram_verifier(std::string_view secret) {
  const std::string salt = random_bytes(16);
  std::string salted(32, '\0');
  HANSA_ASSERT(PKCS5_PBKDF2_HMAC(secret.data(), static_cast<int>(secret.size()),
                                 reinterpret_cast<const unsigned char*>(salt.data()),
                                 static_cast<int>(salt.size()), kScramRounds, EVP_sha256(),
                                 static_cast<int>(salted.size()),
                                 reinterpret_cast<unsigned char*>(salted.data())) == 1);
  const std::string stored = sha256(hmac_sha256(salted, "Client Key"));
  const std::string server = hmac_sha256(salted, "Server Key");
  return fmt::format("SCRAM-SHA-256${}:{}${}:{}", kScramRounds, to_base64(salt), to_base64(stored),
                     to_base64(server));
}

}  // namespace hansa
