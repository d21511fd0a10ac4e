#include "world/outbound/curl/curl.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <mutex>

namespace hansa::outbound {
namespace {

constexpr long kConnectMillis = 5'000;
constexpr long kReplySeconds = 5;  // of a mail server, to one command
// An answer's body is read this far, so that its connection can be used again, and no further.
constexpr std::size_t kAnswerBytesMax = std::size_t{64} << 10;
constexpr std::size_t kHandlesKept = 16;

struct Close {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  void operator()(char* text) const { curl_free(text); }
};
using Handle = std::unique_ptr<CURL, Close>;
using List = std::unique_ptr<curl_slist, Close>;

template <class Value>
void set(CURL* handle, CURLoption option, Value value) {
  HANSA_ASSERT(curl_easy_setopt(handle, option, value) == CURLE_OK);
}

void append(List& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  HANSA_ASSERT(longer != nullptr);
  (void)list.release();
  list.reset(longer);
}

// One exchange while it runs. curl hands a pointer to it back to each function below.
struct Exchange {
  const std::atomic<bool>& stopped;
  const Gate* gate = nullptr;  // none: to where an administrator said
  bool refused = false;
  std::size_t answered = 0;
  std::string_view sending;
};

// Behind the check of the name's addresses: what is dialled in the end is looked at too.
curl_socket_t on_open(void* context, curlsocktype, curl_sockaddr* to) {
  auto& exchange = *static_cast<Exchange*>(context);
  const auto address = address_of(to->addr);
  if (exchange.gate != nullptr && (!address || !exchange.gate->may_dial(*address))) {
    exchange.refused = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

std::size_t on_body(char*, std::size_t, std::size_t count, void* context) {
  auto& exchange = *static_cast<Exchange*>(context);
  exchange.answered += count;
  return exchange.answered > kAnswerBytesMax ? 0 : count;
}

int on_progress(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Exchange*>(context)->stopped ? 1 : 0;
}

std::size_t on_read(char* into, std::size_t, std::size_t count, void* context) {
  auto& exchange = *static_cast<Exchange*>(context);
  const std::size_t taken = std::min(count, exchange.sending.size());
  std::memcpy(into, exchange.sending.data(), taken);
  exchange.sending.remove_prefix(taken);
  return taken;
}

struct Place {
  std::string host;
  std::string port;
};

// By the library that dials, so that nobody reads a URL in two ways.
Result<Place> place_of(const std::string& url) {
  const std::unique_ptr<CURLU, Close> parsed(curl_url());
  const auto part = [&](CURLUPart which, unsigned flags) -> std::string {
    char* text = nullptr;
    if (curl_url_get(parsed.get(), which, &text, flags) != CURLUE_OK) return {};
    const std::unique_ptr<char, Close> owned(text);
    return text;
  };
  if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK)
    return invalid("the URL cannot be read");
  Place out{part(CURLUPART_HOST, 0), part(CURLUPART_PORT, CURLU_DEFAULT_PORT)};
  if (out.host.starts_with('[') && out.host.ends_with(']'))
    out.host = out.host.substr(1, out.host.size() - 2);
  if (out.host.empty() || out.port.empty()) return invalid("the URL names no host");
  return out;
}

// The name leads to these addresses, whatever anybody says later.
List pinned(const Place& place, const std::vector<Address>& addresses) {
  List list;
  if (parse_address(place.host)) return list;
  append(list, fmt::format("-{}:{}", place.host, place.port));
  std::string line = fmt::format("{}:{}:", place.host, place.port);
  for (const Address& each : addresses) {
    if (line.back() != ':') line += ',';
    line += each.is_v4() ? to_text(each) : "[" + to_text(each) + "]";
  }
  append(list, line);
  return list;
}

class CurlOutbound final : public Outbound {
 public:
  CurlOutbound(CurlOptions options, std::optional<Place> mail_at)
      : options_(std::move(options)),
        gate_(options_.allowed, options_.resolve),
        mail_at_(std::move(mail_at)) {}

  Result<int> post(const Request& request) override;
  Result<void> mail(const Mail& mail) override;
  void stop() override { stopped_ = true; }

 private:
  Handle take();
  void keep(Handle handle);
  void set_manners(CURL* handle, Exchange& exchange) const;
  void set_login(CURL* handle, const std::vector<Address>& server) const;

  const CurlOptions options_;
  const Gate gate_;
  const std::optional<Place> mail_at_;
  std::atomic<bool> stopped_ = false;
  std::mutex mutex_;
  std::vector<Handle> idle_;  // each with its connections
};

Handle CurlOutbound::take() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return Handle(curl_easy_init());
  Handle out = std::move(idle_.back());
  idle_.pop_back();
  curl_easy_reset(out.get());
  return out;
}

void CurlOutbound::keep(Handle handle) {
  const std::lock_guard lock(mutex_);
  if (idle_.size() < kHandlesKept) idle_.push_back(std::move(handle));
}

// All that decides where something may go, or how long we wait, is spelt out here.
void CurlOutbound::set_manners(CURL* handle, Exchange& exchange) const {
  set(handle, CURLOPT_FOLLOWLOCATION, 0L);
  set(handle, CURLOPT_PROXY, "");
  set(handle, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(handle, CURLOPT_SSL_VERIFYPEER, 1L);
  set(handle, CURLOPT_SSL_VERIFYHOST, 2L);
  set(handle, CURLOPT_NOSIGNAL, 1L);
  set(handle, CURLOPT_CONNECTTIMEOUT_MS, kConnectMillis);
  set(handle, CURLOPT_TIMEOUT_MS,
      static_cast<long>(std::chrono::duration_cast<Millis>(options_.patience).count()));
  set(handle, CURLOPT_NOPROGRESS, 0L);
  set(handle, CURLOPT_XFERINFOFUNCTION, on_progress);
  set(handle, CURLOPT_XFERINFODATA, static_cast<void*>(&exchange));
  set(handle, CURLOPT_OPENSOCKETFUNCTION, on_open);
  set(handle, CURLOPT_OPENSOCKETDATA, static_cast<void*>(&exchange));
  set(handle, CURLOPT_WRITEFUNCTION, on_body);
  set(handle, CURLOPT_WRITEDATA, static_cast<void*>(&exchange));
}

Result<int> CurlOutbound::post(const Request& request) {
  HANSA_CHECK(check_url(request.url));
  const std::string url(request.url);
  HANSA_TRY(const Place place, place_of(url));
  HANSA_TRY(const auto addresses, gate_.open(place.host));
  Handle handle = take();
  if (!handle) return exhausted("out of memory");
  Exchange exchange{.stopped = stopped_, .gate = &gate_};
  set_manners(handle.get(), exchange);
  set(handle.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  set(handle.get(), CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(handle.get(), CURLOPT_URL, url.c_str());
  const List pins = pinned(place, addresses);
  set(handle.get(), CURLOPT_RESOLVE, pins.get());
  List headers;
  append(headers, "Expect:");
  append(headers, "User-Agent: Hansa");
  for (const auto& [name, value] : request.headers)
    append(headers, fmt::format("{}: {}", name, value));
  set(handle.get(), CURLOPT_HTTPHEADER, headers.get());
  set(handle.get(), CURLOPT_POST, 1L);
  set(handle.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  set(handle.get(), CURLOPT_POSTFIELDS, request.body.data());
  const CURLcode code = curl_easy_perform(handle.get());
  long status = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  if (exchange.refused) return not_allowed();
  if (code != CURLE_OK && (code != CURLE_WRITE_ERROR || status == 0))
    return unavailable(curl_easy_strerror(code));
  if (code == CURLE_OK) keep(std::move(handle));
  return static_cast<int>(status);
}

void CurlOutbound::set_login(CURL* handle, const std::vector<Address>& server) const {
  static const Network own4 = *parse_network("127.0.0.0/8");
  static const Network own6 = *parse_network("::1");
  const bool here = std::ranges::all_of(
      server, [](const Address& each) { return own4.contains(each) || own6.contains(each); });
  const bool secret = !options_.mail->user.empty() && !here;
  set(handle, CURLOPT_USE_SSL, static_cast<long>(secret ? CURLUSESSL_ALL : CURLUSESSL_TRY));
  if (options_.mail->user.empty()) return;
  set(handle, CURLOPT_USERNAME, options_.mail->user.c_str());
  set(handle, CURLOPT_PASSWORD, options_.mail->password.expose().c_str());
}

Result<void> CurlOutbound::mail(const Mail& mail) {
  if (!options_.mail)
    return blocked("no mail server is configured", "an administrator sets mail_server");
  HANSA_CHECK(check_mail_address(mail.to));
  HANSA_TRY(const auto addresses, gate_.resolve(mail_at_->host));
  Handle handle = take();
  if (!handle) return exhausted("out of memory");
  Exchange exchange{.stopped = stopped_, .sending = mail.message};
  set_manners(handle.get(), exchange);
  set(handle.get(), CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  set(handle.get(), CURLOPT_URL, options_.mail->url.c_str());
  const List pins = pinned(*mail_at_, addresses);
  set(handle.get(), CURLOPT_RESOLVE, pins.get());
  set_login(handle.get(), addresses);
  set(handle.get(), CURLOPT_MAIL_FROM, options_.mail->from.c_str());
  List to;
  append(to, mail.to);
  set(handle.get(), CURLOPT_MAIL_RCPT, to.get());
  set(handle.get(), CURLOPT_UPLOAD, 1L);
  set(handle.get(), CURLOPT_READFUNCTION, on_read);
  set(handle.get(), CURLOPT_READDATA, static_cast<void*>(&exchange));
  // A connection that is kept says QUIT when its handle goes, and curl then waits two minutes for
  // the answer, whatever was set here. Said at the end of the exchange, it heeds this and stop().
  set(handle.get(), CURLOPT_FORBID_REUSE, 1L);
  set(handle.get(), CURLOPT_SERVER_RESPONSE_TIMEOUT, kReplySeconds);
  const CURLcode code = curl_easy_perform(handle.get());
  long status = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  if (code == CURLE_OK) {
    keep(std::move(handle));
    return {};
  }
  if (status >= 500 && status < 600) return invalid(fmt::format("the mail server says {}", status));
  if (status >= 400) return unavailable(fmt::format("the mail server says {}", status));
  return unavailable(curl_easy_strerror(code));
}

}  // namespace

Result<std::unique_ptr<Outbound>> open_curl(CurlOptions options) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (ready != CURLE_OK) return unavailable("libcurl cannot be used");
  std::optional<Place> mail_at;
  if (options.mail) {
    const std::string& url = options.mail->url;
    if (!url.starts_with("smtp://") && !url.starts_with("smtps://"))
      return invalid("mail_server begins with neither smtp:// nor smtps://");
    if (url.contains('@'))
      return invalid("mail_server names a user", "set mail_user and mail_password_file");
    HANSA_TRY(mail_at, place_of(url));
    HANSA_CHECK(check_mail_address(options.mail->from));
  }
  return std::make_unique<CurlOutbound>(std::move(options), std::move(mail_at));
}

}  // namespace hansa::outbound
