// Passwords and machine secrets, kept only as what verifies them.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace hansa {

// argon2id with OWASP's minimum (19 MiB, 2 passes): some 30 ms of one core, so never on an I/O
// thread. The text carries its own parameters and salt. Errors: exhausted: no memory for it.
Result<std::string> hash_password(std::string_view password);
bool verify_password(std::string_view verifier, std::string_view password);
// A verifier no password matches: checking it costs what a real one costs, so that an unknown name
// takes as long as a known one.
const std::string& impossible_verifier();

// A SCRAM-SHA-256 verifier as PostgreSQL writes it (RFC 5802, RFC 7677):
// SCRAM-SHA-256$4096:<salt>$<StoredKey>:<ServerKey>, base64. For machine secrets of 256 random
// bits.
std::string scram_verifier(std::string_view secret);

}  // namespace hansa
