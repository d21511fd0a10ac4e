#include "service/step/deliver.h"

#include <fmt/format.h>

#include "service/step/letter.h"
#include "service/step/render.h"

namespace hansa::service {
namespace {

constexpr int kGone = 410;

Result<std::string> answered(Result<int> status) {
  if (!status) return std::unexpected(std::move(status).error());
  std::string said = fmt::format("HTTP {}", *status);
  if (*status >= 200 && *status < 300) return said;
  if (*status == kGone) return invalid(std::move(said));
  return unavailable(std::move(said));
}

Result<std::string> post_signed(const Post& post, const NoticeChannel& channel,
                                const store::Message& message, std::string_view url, Time now) {
  std::vector<Secret<std::string>> secrets;
  HANSA_TRY(auto secret, post.sealer.open(sealed_secret_purpose, channel.sealed_secret));
  secrets.push_back(std::move(secret));
  if (channel.earlier_until && now < *channel.earlier_until) {
    HANSA_TRY(auto earlier, post.sealer.open(sealed_secret_purpose, channel.sealed_earlier));
    secrets.push_back(std::move(earlier));
  }
  const std::string body = as_event(message, post.source);
  auto headers = signed_headers(to_text(message.id), now, body, secrets);
  headers.emplace_back("Content-Type", "application/cloudevents+json");
  return answered(post.out.post({url, std::move(headers), body}));
}

Result<std::string> deliver_letter(const Post& post, const NoticeChannel& channel,
                                   const Letter& letter, Time now) {
  if (channel.kind == ChannelKind::mail) {
    if (post.mail_from.empty())
      return blocked("this server sends no mail", "an administrator sets mail_server");
    HANSA_CHECK(post.out.mail({.to = channel.shown,
                               .message = as_mail(letter, post.mail_from, channel.shown),
                               .at = now,
                               .subject = letter.title,
                               .text = as_plain(letter)}));
    return "accepted";
  }
  HANSA_TRY(const auto url, post.sealer.open(sealed_url_purpose, channel.sealed_url));
  const std::string body = channel.kind == ChannelKind::slack ? as_slack(letter) : as_teams(letter);
  return answered(post.out.post({url.expose(), {{"Content-Type", "application/json"}}, body}));
}

}  // namespace

Result<std::string> deliver(const Post& post, const NoticeChannel& channel,
                            const store::Message& message, Time now, const AddToLetter& add) {
  if (channel.kind != ChannelKind::webhook) {
    Letter letter = letter_of(message);
    if (add) add(letter);
    return deliver_letter(post, channel, letter, now);
  }
  HANSA_TRY(const auto url, post.sealer.open(sealed_url_purpose, channel.sealed_url));
  return post_signed(post, channel, message, url.expose(), now);
}

Result<std::string> deliver_digest(const Post& post, const NoticeChannel& channel,
                                   const std::vector<const store::Message*>& messages, Time now) {
  return deliver_letter(post, channel, digest_of(messages), now);
}

}  // namespace hansa::service
