// The audit's hash chain, pure: a line cannot be changed, dropped, added or moved without changing
// the hash of every line after it.
//
// hash(n) is the SHA-256 of these bytes:
//
//   "hansa audit 1\n"              what is hashed; a new encoding gets a new number
//   hash(n - 1)                    32 bytes; zeros before the first line
//   number, seq, at                8 bytes each, big-endian; `at` in microseconds
//   who, subject                   16 bytes each, big-endian, high half first
//   kind, subject_kind, body       each behind its length in 8 bytes, big-endian
//   text_digest                    the same, of a line that has or had a text; else nothing
//
// text_digest is the HMAC-SHA-256 of the text under its salt.
//
// Numbers begin at 1 and have no gap. Whoever can rewrite the whole database can make a new chain,
// or cut the end off: that is what anchors are for (anchor.h), kept where he does not reach.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "world/store/store.h"

namespace hansa::store {

// 32 zero bytes: what stands before the first line.
std::string chain_start();
// 32 bytes.
std::string text_digest(const PassingText& text);
// With a salt of its own.
PassingText passing(std::string text);
// 32 bytes.
std::string chain_hash(std::string_view previous, const Line& line);

// The end of a chain that is growing.
struct ChainEnd {
  std::uint64_t number = 0;
  std::string hash = chain_start();  // 32 bytes

  // Gives `line` its number and moves on to it.
  void append(Line& line);
  AuditHead head() const;
};

// What an anchor claims: line `number` had this hash.
struct Anchor {
  std::uint64_t number = 0;
  std::string hash;  // 32 bytes
  Time at;
  friend bool operator==(const Anchor&, const Anchor&) = default;
};

// Follows a chain line by line.
class ChainCheck {
 public:
  explicit ChainCheck(std::vector<Anchor> anchors = {});
  // Errors: corrupt if `line` with its stored `hash` does not follow from the line before, or an
  // anchor knows another hash.
  Result<void> add(const Line& line, std::string_view hash);
  // After the last line. Errors: corrupt if an anchor names a later one: the end is missing.
  Result<AuditHead> finish() const;

 private:
  ChainEnd end_;
  std::vector<Anchor> anchors_;  // by number
  std::size_t next_anchor_ = 0;
};

}  // namespace hansa::store
