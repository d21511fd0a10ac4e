#include "base/seal.h"

#include <openssl/evp.h>

#include <memory>

#include "base/digest.h"
#include "base/file.h"
#include "base/text.h"

namespace hansa {
namespace {

constexpr std::size_t kKey = 32;
constexpr std::size_t kNonce = 12;
constexpr std::size_t kTag = 16;

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;
Context context() { return {EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free}; }

const unsigned char* in(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* out(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

}  // namespace

Result<Sealer> Sealer::from_file(const std::string& path) {
  auto bytes = read_file(path, 4096);
  if (!bytes && bytes.error().code == Code::not_found) {
    bytes = random_bytes(kKey);
    HANSA_CHECK(write_file_atomically(path, *bytes, 0600));
  }
  if (!bytes) return std::unexpected(bytes.error());
  if (bytes->size() != kKey)
    return corrupt("the sealing key is not 32 bytes long",
                   "restore secrets/seal.key from a backup");
  return Sealer(Secret<std::string>(*std::move(bytes)));
}

std::string Sealer::seal(std::string_view purpose, std::string_view secret) const {
  const std::string nonce = random_bytes(kNonce);
  std::string body(secret.size(), '\0');
  std::string tag(kTag, '\0');
  int length = 0;
  const Context c = context();
  HANSA_ASSERT(
      EVP_EncryptInit_ex(c.get(), EVP_aes_256_gcm(), nullptr, in(key_.expose()), in(nonce)) == 1);
  HANSA_ASSERT(EVP_EncryptUpdate(c.get(), nullptr, &length, in(purpose),
                                 static_cast<int>(purpose.size())) == 1);
  HANSA_ASSERT(EVP_EncryptUpdate(c.get(), out(body), &length, in(secret),
                                 static_cast<int>(secret.size())) == 1);
  HANSA_ASSERT(EVP_EncryptFinal_ex(c.get(), out(body) + length, &length) == 1);
  HANSA_ASSERT(EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_GCM_GET_TAG, kTag, out(tag)) == 1);
  return to_base64(nonce + body + tag);
}

Result<Secret<std::string>> Sealer::open(std::string_view purpose, std::string_view sealed) const {
  const auto bad = [] {
    return corrupt("a sealed secret cannot be opened",
                   "is secrets/seal.key the one of this installation?");
  };
  const auto bytes = from_base64(sealed);
  if (!bytes || bytes->size() < kNonce + kTag) return bad();
  const std::string_view all = *bytes;
  const std::string_view body = all.substr(kNonce, all.size() - kNonce - kTag);
  std::string tag(all.substr(all.size() - kTag));
  std::string secret(body.size(), '\0');
  int length = 0;
  const Context c = context();
  HANSA_ASSERT(
      EVP_DecryptInit_ex(c.get(), EVP_aes_256_gcm(), nullptr, in(key_.expose()), in(all)) == 1);
  HANSA_ASSERT(EVP_DecryptUpdate(c.get(), nullptr, &length, in(purpose),
                                 static_cast<int>(purpose.size())) == 1);
  HANSA_ASSERT(EVP_DecryptUpdate(c.get(), out(secret), &length, in(body),
                                 static_cast<int>(body.size())) == 1);
  HANSA_ASSERT(EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_GCM_SET_TAG, kTag, out(tag)) == 1);
  if (EVP_DecryptFinal_ex(c.get(), out(secret) + length, &length) != 1) return bad();
  return Secret<std::string>(std::move(secret));
}

Secret<std::string> Sealer::derive(std::string_view purpose) const {
  return Secret<std::string>(hmac_sha256(key_.expose(), "derive " + std::string(purpose)));
}

}  // namespace hansa
