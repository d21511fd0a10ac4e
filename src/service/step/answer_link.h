// Links in mail that answer a notice: each good for one answer, one mail and one channel, until it
// is over or was used. What a link says is signed with a key of the installation, so nothing of it
// is kept until it is used, and a mail that is sent twice holds the same
// (doc/decisions/answer-links.md).
#pragma once

#include <string>
#include <string_view>

#include "base/secret.h"
#include "base/time.h"
#include "model/deprecation.h"
#include "model/ids.h"

namespace hansa::service {

inline constexpr std::string_view answer_link_purpose = "answer.link";  // of its key
inline constexpr std::chrono::hours answer_link_lasts{24 * 30};

struct AnswerLink {
  Ulid message;
  ChannelId channel;
  MigrationId notice;
  Answer answer = Answer::none;
  Time expires;
  friend bool operator==(const AnswerLink&, const AnswerLink&) = default;
};

// base64url.
std::string token_of(const AnswerLink& link, const Secret<std::string>& key);
// None: this installation did not make it.
std::optional<AnswerLink> link_of(std::string_view token, const Secret<std::string>& key);
// What is kept of one that was used: when it expires, and a digest.
std::string spent_mark(const AnswerLink& link);

}  // namespace hansa::service
