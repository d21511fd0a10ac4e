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

}  // namespace

Result<std::string> deliver(const Post& post, const NoticeChannel& channel,
                            const store::Message& message, Time now) {
  if (channel.kind == ChannelKind::mail) {
    if (post.mail_from.empty())
      return blocked("this server sends no mail", "an administrator sets mail_server");
    const Letter letter = letter_of(message);
    HANSA_CHECK(post.out.mail({.to = channel.shown,
                               .message = as_mail(letter, post.mail_from, channel.shown),
                               .at = now,
                               .subject = letter.title,
                               .text = as_plain(letter)}));
    return "accepted";
  }
  HANSA_TRY(const auto url, post.sealer.open(sealed_url_purpose, channel.sealed_url));
  if (channel.kind == ChannelKind::webhook)
    return post_signed(post, channel, message, url.expose(), now);
  const Letter letter = letter_of(message);
  const std::string body = channel.kind == ChannelKind::slack ? as_slack(letter) : as_teams(letter);
  return answered(post.out.post({url.expose(), {{"Content-Type", "application/json"}}, body}));
}

}  // namespace hansa::service
