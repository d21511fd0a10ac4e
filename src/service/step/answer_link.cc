#include "service/step/answer_link.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "base/text.h"
#include "world/store/bytes.h"

namespace hansa::service {
namespace {

constexpr std::size_t kUlidBytes = 16;
constexpr std::size_t kTimeBytes = 8;
constexpr std::size_t kSaidBytes = 3 * kUlidBytes + 1 + kTimeBytes;
constexpr std::size_t kSignedBytes = 32;

std::string said_of(const AnswerLink& link) {
  std::string out;
  for (const Ulid each : {link.message, link.channel.ulid, link.notice.ulid})
    store::append_ulid(out, each);
  out += static_cast<char>(link.answer);
  for (std::size_t i = 0; i < kTimeBytes; ++i)
    out += static_cast<char>(static_cast<std::uint64_t>(link.expires.us) >> (8 * i));
  return out;
}

}  // namespace

std::string token_of(const AnswerLink& link, const Secret<std::string>& key) {
  const std::string said = said_of(link);
  return to_base64url(said + hmac_sha256(key.expose(), said));
}

std::optional<AnswerLink> link_of(std::string_view token, const Secret<std::string>& key) {
  const auto bytes = from_base64url(token);
  if (!bytes || bytes->size() != kSaidBytes + kSignedBytes || to_base64url(*bytes) != token)
    return std::nullopt;
  const std::string_view said = std::string_view(*bytes).substr(0, kSaidBytes);
  if (!equal_constant_time(hmac_sha256(key.expose(), said),
                           std::string_view(*bytes).substr(kSaidBytes)))
    return std::nullopt;
  const auto ulid = [&](std::size_t at) {
    return store::BytesReader(said.substr(at * kUlidBytes, kUlidBytes)).ulid().value_or(Ulid{});
  };
  AnswerLink out{.message = ulid(0), .channel = {ulid(1)}, .notice = {ulid(2)}};
  out.answer = static_cast<Answer>(said[3 * kUlidBytes]);
  std::uint64_t us = 0;
  for (std::size_t i = 0; i < kTimeBytes; ++i)
    us |= std::uint64_t{static_cast<unsigned char>(said[3 * kUlidBytes + 1 + i])} << (8 * i);
  out.expires = Time{static_cast<std::int64_t>(us)};
  return out;
}

std::string spent_mark(const AnswerLink& link) {
  return fmt::format("{:016x} {}", link.expires.us, to_hex(sha256(said_of(link))));
}

}  // namespace hansa::service
