#include "main/notices.h"

#include <condition_variable>
#include <mutex>

#include "base/file.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/text.h"
#include "world/outbound/catcher.h"
#include "world/outbound/curl/curl.h"

namespace hansa {
namespace {

// So many exchanges at once. They wait for others more than they work.
constexpr std::size_t kThreads = 8;
// How soon what a commit carried is seen, and what has to be tried again.
constexpr auto kLookEvery = std::chrono::milliseconds(250);

Result<outbound::MailServer> mail_server_of(const Config& config) {
  outbound::MailServer out{config.mail_server, config.mail_from, config.mail_user, {}};
  if (config.mail_password_file.empty()) return out;
  auto secret = read_file(config.mail_password_file, limits::text_bytes_max);
  if (!secret) return in_context("mail_password_file", secret.error());
  out.password = Secret(trim(*secret));
  return out;
}

std::string mail_from_of(const Config& config) {
  if (config.mail_catcher) return config.mail_from.empty() ? "hansa@localhost" : config.mail_from;
  return config.mail_server.empty() ? "" : config.mail_from;
}

std::vector<service::CaughtMail> caught_by(const outbound::MailCatcher& catcher) {
  std::vector<service::CaughtMail> out;
  for (outbound::Caught& each : catcher.all())
    out.push_back({.number = each.number,
                   .to = std::move(each.mail.to),
                   .at = each.mail.at,
                   .subject = std::move(each.mail.subject),
                   .text = std::move(each.mail.text)});
  return out;
}

}  // namespace

Result<std::unique_ptr<Notices>> Notices::open(const Config& config, const Sealer& sealer) {
  outbound::CurlOptions options;
  for (const std::string& each : config.outbound_networks) {
    auto network = parse_network(each);
    if (!network) return in_context("outbound_networks", network.error());
    options.allowed.push_back(*network);
  }
  if (!config.mail_server.empty()) {
    HANSA_TRY(options.mail, mail_server_of(config));
  }
  HANSA_TRY(auto out, outbound::open_curl(std::move(options)));
  if (!config.mail_catcher)
    return std::unique_ptr<Notices>(
        new Notices(config, sealer, std::move(out), [] { return std::nullopt; }));
  auto catcher = std::make_unique<outbound::MailCatcher>(std::move(out));
  auto mailbox = [&caught = *catcher] { return std::optional(caught_by(caught)); };
  return std::unique_ptr<Notices>(
      new Notices(config, sealer, std::move(catcher), std::move(mailbox)));
}

Notices::Notices(const Config& config, const Sealer& sealer,
                 std::unique_ptr<outbound::Outbound> out, service::Mailbox mailbox)
    : out_(std::move(out)),
      post_{*out_, sealer, mail_from_of(config), "/" + percent_encode(config.organisation),
            config.public_url},
      mailbox_(std::move(mailbox)),
      persistence_{
          .first = Seconds(config.notice_retry_seconds),
          .longest = std::max(Seconds(config.notice_retry_seconds), service::Persistence{}.longest),
          .all = Seconds(config.notice_give_up_seconds)},
      pool_({.threads = kThreads, .waiting_max = 1'024}) {}

Notices::~Notices() {
  out_->stop();
  thread_ = {};
}

void Notices::start(const service::Live& live, store::Outbox& outbox, Clock& clock,
                    service::OwnStatements statements) {
  thread_ = std::jthread([this, &live, &outbox, &clock,
                          statements = std::move(statements)](const std::stop_token& stop) {
    run(stop, {live, outbox, post_, clock, persistence_, pool_, statements});
  });
}

void Notices::run(const std::stop_token& stop, const service::Sender& with) {
  std::mutex mutex;
  std::condition_variable_any bell;
  while (!stop.stop_requested()) {
    const auto routed = service::route_messages(with);
    const auto sent = routed ? service::send_due(with, stop) : routed;
    if (!sent) log(Level::warning, "notices were not sent", {{"why", sent.error().text}});
    if (sent && (*routed != 0 || *sent != 0)) continue;
    std::unique_lock lock(mutex);
    bell.wait_for(lock, stop, kLookEvery, [] { return false; });
  }
}

}  // namespace hansa
