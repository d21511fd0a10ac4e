#include "main/config.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "contract/yaml.h"

namespace hansa {

namespace {

// How long what is kept.
void describe_keeping(Fields& f, Config& v) {
  f.optional("snapshots_kept_seconds", v.snapshots_kept_seconds,
             "a snapshot that is not current any more is kept this long, to roll back to; then it "
             "may be expired");
  f.optional("expired_kept_seconds", v.expired_kept_seconds,
             "what was expired can be taken back this long; then its files are removed");
  f.optional(
      "uploads_kept_seconds", v.uploads_kept_seconds,
      "what nothing refers to, uploads that nobody published among it, is removed when it is "
      "this old");
  f.optional("sweep_every_seconds", v.sweep_every_seconds,
             "how often the server looks for what may be removed");
  f.optional("deprecation_notice_seconds", v.deprecation_notice_seconds,
             "a version that somebody reads is announced to end at least this long before");
  f.optional("deprecation_quiet_seconds", v.deprecation_quiet_seconds,
             "nobody may have read a version for so long when it is retired");
  f.optional("access_answer_seconds", v.access_answer_seconds,
             "a request for access is to be answered within this time: who decides is reminded at "
             "half of it, and the owning team told after all of it; 0: nobody is");
  f.optional("measure_every_seconds", v.measure_every_seconds,
             "how often the server looks whether ports keep what their contracts promise");
  const auto kept_max = static_cast<std::uint32_t>(Seconds(limits::kept_max).count());
  f.rule(v.cursor_seconds >= 1 && v.cursor_seconds <= Seconds(api::rows_cursor_kept).count(),
         "cursor_seconds must be 1 to 86400");
  f.rule(v.snapshots_kept_seconds <= kept_max, "snapshots_kept_seconds must be 0 to 31622400");
  f.rule(
      v.expired_kept_seconds >= v.cursor_seconds && v.expired_kept_seconds <= kept_max,
      "expired_kept_seconds must be at least cursor_seconds, and at most 31622400: a reading page "
      "by page goes on over what was expired");
  f.rule(v.uploads_kept_seconds >= 1 && v.uploads_kept_seconds <= kept_max,
         "uploads_kept_seconds must be 1 to 31622400");
  f.rule(v.sweep_every_seconds >= 1 && v.sweep_every_seconds <= 86'400,
         "sweep_every_seconds must be 1 to 86400");
  f.rule(v.measure_every_seconds >= 1 && v.measure_every_seconds <= 3600,
         "measure_every_seconds must be 1 to 3600");
  f.rule(v.deprecation_notice_seconds <= kept_max,
         "deprecation_notice_seconds must be 0 to 31622400");
  f.rule(v.deprecation_quiet_seconds <= kept_max,
         "deprecation_quiet_seconds must be 0 to 31622400");
  f.rule(v.access_answer_seconds <= kept_max, "access_answer_seconds must be 0 to 31622400");
}

// Scheme, host and port, and TLS unless it is for this machine.
bool is_public_url(std::string_view url) {
  const bool tls = url.starts_with("https://");
  if (!tls && !url.starts_with("http://")) return false;
  const std::string_view place = url.substr(tls ? 8 : 7);
  const std::string_view host = place.substr(0, place.rfind(':'));
  const bool plain = std::ranges::all_of(place, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':' ||
           c == '[' || c == ']';
  });
  return plain && !place.empty() && place.size() <= 255 &&
         (tls || host == "localhost" || host == "127.0.0.1" || host == "[::1]");
}

// What the server sends by itself.
void describe_notices(Fields& f, Config& v) {
  f.optional(
      "mail_server", v.mail_server,
      "where mail is handed over: smtp://HOST:PORT or smtps://HOST:PORT; none is sent without");
  f.optional("mail_from", v.mail_from, "the address that mail comes from");
  f.optional("public_url", v.public_url,
             "what links in mail begin with, https://data.example.org: the address by which people "
             "reach this server; mail has no links without");
  f.optional("mail_user", v.mail_user, "the name that the mail server knows this one by");
  f.optional("mail_password_file", v.mail_password_file,
             "a file with its password, which is sent over TLS only, save to this machine");
  f.optional("mail_catcher", v.mail_catcher,
             "mail is kept in memory instead, for an administrator to read at /dev/mail: to try "
             "things out");
  f.optional("outbound_networks", v.outbound_networks,
             "private networks that webhooks may lead to, like 10.1.0.0/16: else none but the "
             "internet is dialled");
  f.optional(
      "notice_retry_seconds", v.notice_retry_seconds,
      "a notice that was not taken is sent again after this, then twice, four times, up to an "
      "hour");
  f.optional("notice_give_up_seconds", v.notice_give_up_seconds,
             "and is given up when it is this old");
  f.rule(v.mail_server.empty() == v.mail_from.empty(), "mail_server and mail_from come together");
  f.rule(
      v.public_url.empty() || is_public_url(v.public_url),
      "public_url must be https://HOST, or http:// to this machine, and nothing behind the port");
  f.rule(!v.mail_catcher || v.mail_server.empty(), "mail is caught or sent: not both");
  f.rule(v.mail_user.empty() == v.mail_password_file.empty(),
         "mail_user and mail_password_file come together");
  f.rule(v.notice_retry_seconds >= 1 && v.notice_retry_seconds <= 3'600,
         "notice_retry_seconds must be 1 to 3600");
  f.rule(v.notice_give_up_seconds >= 1 && v.notice_give_up_seconds <= 2'592'000,
         "notice_give_up_seconds must be 1 to 2592000");
  f.rule(v.outbound_networks.size() <= 100, "outbound_networks: at most 100");
}

}  // namespace

void describe(Fields& f, Config& v) {
  f.optional("data", v.data, "the data directory: the whole state");
  f.optional("listen", v.listen, "address and port of the HTTP door");
  f.optional("organisation", v.organisation, "its name at the first start");
  f.optional(
      "hosts", v.hosts,
      "names it answers to besides those of loopback: what clients call the proxy before it");
  f.optional("workers_warm", v.workers_warm, "workers kept ready");
  f.optional("workers_max", v.workers_max,
             "as many queries run at once, each in a worker of its own");
  f.optional("workers_kept_max", v.workers_kept_max,
             "idle workers past those, each waiting for the principal it served last");
  f.optional(
      "workers_kept_bytes_max", v.workers_kept_bytes_max,
      "what idle workers may hold together; 0: a sixteenth of the machine's memory, at most 1 GiB");
  f.optional("worker_threads", v.worker_threads, "of each worker; 0: as many as there are cores");
  f.optional("worker_memory_bytes", v.worker_memory_bytes,
             "of each worker: what one query may use before it spills or ends");
  f.optional("worker_spill_bytes", v.worker_spill_bytes,
             "of each worker: what it may spill to disk");
  f.optional("query_seconds_max", v.query_seconds_max, "a query ends after this");
  f.optional("query_rows_max", v.query_rows_max, "a query with more rows ends");
  f.optional("queries_per_principal_max", v.queries_per_principal_max,
             "queries of one principal that run or wait");
  f.optional("query_text_days", v.query_text_days,
             "the audit keeps what queries were, word for word, this long; what they read it keeps "
             "for ever");
  f.optional("cursor_seconds", v.cursor_seconds, "a reading page by page may take this long");
  describe_keeping(f, v);
  describe_notices(f, v);
  f.rule(v.workers_max >= 1 && v.workers_max <= 256, "workers_max must be 1 to 256");
  f.rule(v.workers_kept_max <= 1024, "workers_kept_max must be 0 to 1024");
  f.rule(v.workers_warm <= v.workers_max, "workers_warm must not exceed workers_max");
  f.rule(v.worker_threads <= 64, "worker_threads must be 0 to 64");
  f.rule(v.query_seconds_max >= 1 && v.query_seconds_max <= 3600,
         "query_seconds_max must be 1 to 3600");
  f.rule(v.query_rows_max >= 1 && v.query_rows_max <= limits::query_rows_default,
         "query_rows_max must be 1 to 10000000");
  f.rule(v.queries_per_principal_max >= 1, "queries_per_principal_max must be at least 1");
  f.rule(v.query_text_days <= 36'500, "query_text_days must be 0 to 36500");
  f.rule(v.worker_memory_bytes >= (std::uint64_t{256} << 20),
         "worker_memory_bytes must be at least 268435456");
}

Result<Config> read_config(const std::string& path) {
  HANSA_TRY(const std::string text, read_file(path, limits::text_bytes_max));
  auto json = contract::parse_yaml(text);
  if (!json) return in_context(path, json.error());
  auto config = from_json<Config>(*json);
  if (!config) return in_context(path, config.error());
  return config;
}

service::HouseRules rules_of(const Config& config) {
  return {.snapshots_kept = Seconds(config.snapshots_kept_seconds),
          .expired_kept = Seconds(config.expired_kept_seconds),
          .uploads_kept = Seconds(config.uploads_kept_seconds),
          .sweep_every = Seconds(config.sweep_every_seconds),
          .notice = Seconds(config.deprecation_notice_seconds),
          .quiet = Seconds(config.deprecation_quiet_seconds),
          .answer = Seconds(config.access_answer_seconds),
          .measure_every = Seconds(config.measure_every_seconds)};
}

service::QueryLimits limits_of(const Config& config) {
  return {.rows_max = config.query_rows_max,
          .seconds_max = Seconds(config.query_seconds_max),
          .cursor_kept = Seconds(config.cursor_seconds)};
}

Result<Listen> parse_listen(std::string_view text) {
  const auto colon = text.rfind(':');
  const auto bad = [&] {
    return invalid(fmt::format("'{}' is not an address to listen on", text),
                   "write 127.0.0.1:8080; port 0 takes a free one");
  };
  if (colon == std::string_view::npos || colon == 0) return bad();
  const auto port = parse_int(text.substr(colon + 1));
  if (!port || *port < 0 || *port > 65535) return bad();
  std::string_view address = text.substr(0, colon);
  if (address.starts_with('[') && address.ends_with(']'))
    address = address.substr(1, address.size() - 2);
  if (address == "localhost") address = "127.0.0.1";
  return Listen{std::string(address), static_cast<unsigned short>(*port)};
}

}  // namespace hansa
