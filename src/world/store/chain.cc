#include "world/store/chain.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.h"
#include "base/text.h"
#include "world/store/bytes.h"

namespace hansa::store {
namespace {

auto broken(std::uint64_t number, std::string_view why) {
  return corrupt(fmt::format("audit line {}: {}", number, why),
                 "restore the store from a backup and compare its audit with this one");
}

}  // namespace

std::string chain_start() { return std::string(32, '\0'); }

std::string text_digest(const PassingText& text) { return hmac_sha256(text.salt, text.text); }

PassingText passing(std::string text) { return {random_bytes(16), std::move(text)}; }

std::string chain_hash(std::string_view previous, const Line& line) {
  HANSA_ASSERT(previous.size() == 32);
  std::string bytes = "hansa audit 1\n";
  bytes.reserve(160 + line.kind.size() + line.subject_kind.size() + line.body.size());
  bytes += previous;
  append_u64(bytes, line.number);
  append_u64(bytes, line.seq.number);
  append_u64(bytes, static_cast<std::uint64_t>(line.at.us));
  append_ulid(bytes, line.who.ulid);
  append_ulid(bytes, line.subject);
  append_text(bytes, line.kind);
  append_text(bytes, line.subject_kind);
  append_text(bytes, line.body);
  if (!line.text_digest.empty()) append_text(bytes, line.text_digest);
  return sha256(bytes);
}

void ChainEnd::append(Line& line) {
  line.number = ++number;
  hash = chain_hash(hash, line);
}

AuditHead ChainEnd::head() const { return {number, to_hex(hash)}; }

ChainCheck::ChainCheck(std::vector<Anchor> anchors) : anchors_(std::move(anchors)) {
  std::ranges::sort(anchors_, {}, &Anchor::number);
}

Result<void> ChainCheck::add(const Line& line, std::string_view hash) {
  if (line.number != end_.number + 1)
    return broken(end_.number + 1,
                  fmt::format("is missing, line {} stands in its place", line.number));
  if (chain_hash(end_.hash, line) != hash)
    return broken(line.number, "does not follow from the line before");
  if (line.text && text_digest(*line.text) != line.text_digest)
    return broken(line.number, "has another text than the one recorded");
  end_ = {line.number, std::string(hash)};
  for (; next_anchor_ < anchors_.size() && anchors_[next_anchor_].number <= line.number;
       ++next_anchor_) {
    const Anchor& anchor = anchors_[next_anchor_];
    if (anchor.number != line.number || anchor.hash != hash)
      return broken(anchor.number,
                    fmt::format("is not the one anchored at {}", to_text(anchor.at)));
  }
  return {};
}

Result<AuditHead> ChainCheck::finish() const {
  if (next_anchor_ < anchors_.size() && anchors_.back().number > end_.number) {
    const Anchor& anchor = anchors_.back();
    return broken(end_.number + 1, fmt::format("is missing, line {} was anchored at {}",
                                               anchor.number, to_text(anchor.at)));
  }
  return end_.head();
}

}  // namespace hansa::store
