// Seals secrets that have to be read again (Signature V4 needs the secret itself) under the
// installation's key: AES-256-GCM, base64, with a random nonce in front.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace hansa {

class Sealer {
 public:
  // 32 bytes.
  explicit Sealer(Secret<std::string> key) : key_(std::move(key)) {}
  // Reads the key, or makes one (0600) if there is none. Errors: corrupt: not 32 bytes; as
  // base/file.
  static Result<Sealer> from_file(const std::string& path);

  // `purpose` is bound to the text: what was sealed as one thing cannot be opened as another.
  std::string seal(std::string_view purpose, std::string_view secret) const;
  // Errors: corrupt: altered, of another purpose, or sealed under another key.
  Result<Secret<std::string>> open(std::string_view purpose, std::string_view sealed) const;
  // A key for another use, 32 bytes: the same for the same purpose, and it tells nothing of the
  // installation's own.
  Secret<std::string> derive(std::string_view purpose) const;

 private:
  Secret<std::string> key_;
};

}  // namespace hansa
