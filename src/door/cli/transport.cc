#include "door/cli/transport.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "base/text.h"
#include "door/cli/config.h"

namespace hansa::cli {
namespace {

// What is not streamed: the largest page of a list, with room to spare.
constexpr std::size_t kReplyBytesMax = std::size_t{64} << 20;
constexpr long kConnectMillis = 10'000;
// A dead peer is noticed during a query that sends nothing for minutes.
constexpr long kKeepAliveSeconds = 30;

struct CloseHeaders {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Headers = std::unique_ptr<curl_slist, CloseHeaders>;

// One call while it runs. curl hands a pointer to it back to each function below.
struct Running {
  const Call& call;
  CURL* handle;
  Reply reply;
  std::uint64_t read = 0;      // of the file
  std::optional<Error> error;  // what one of the functions met
  bool stopped = false;
};

std::size_t on_body(char* bytes, std::size_t, std::size_t count, void* context) {
  auto& running = *static_cast<Running*>(context);
  long status = 0;
  curl_easy_getinfo(running.handle, CURLINFO_RESPONSE_CODE, &status);
  const std::string_view piece(bytes, count);
  if (running.call.receive && status >= 200 && status < 300) {
    auto done = running.call.receive(piece);
    if (done) return count;
    running.error = std::move(done).error();
    return 0;
  }
  if (running.reply.body.size() + count > kReplyBytesMax) {
    running.error = Error{Code::exhausted, "the server's answer is too large", "ask for less"};
    return 0;
  }
  running.reply.body += piece;
  return count;
}

std::size_t on_header(char* bytes, std::size_t, std::size_t count, void* context) {
  auto& running = *static_cast<Running*>(context);
  const std::string_view line(bytes, count);
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return count;
  const std::string name = lower_ascii(line.substr(0, colon));
  if (name == "x-request-id") running.reply.request_id = trim(line.substr(colon + 1));
  if (name == "content-type")
    running.reply.type = lower_ascii(trim(split(line.substr(colon + 1), ';').front()));
  return count;
}

std::size_t on_read(char* bytes, std::size_t, std::size_t count, void* context) {
  auto& running = *static_cast<Running*>(context);
  auto piece = running.call.file->read_at(running.read, count);
  if (!piece) {
    running.error = std::move(piece).error();
    return CURL_READFUNC_ABORT;
  }
  std::memcpy(bytes, piece->data(), piece->size());
  running.read += piece->size();
  return piece->size();
}

int on_progress(void* context, curl_off_t, curl_off_t received, curl_off_t, curl_off_t sent) {
  auto& running = *static_cast<Running*>(context);
  if (!running.call.progress) return 0;
  running.stopped = !running.call.progress(static_cast<std::uint64_t>(sent),
                                           static_cast<std::uint64_t>(received));
  return running.stopped ? 1 : 0;
}

template <class Value>
void set(CURL* handle, CURLoption option, Value value) {
  HANSA_ASSERT(curl_easy_setopt(handle, option, value) == CURLE_OK);
}

// Everything that decides where a token may go, or how long we wait, is spelt out here.
void set_manners(CURL* handle, const Call& call) {
  set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  set(handle, CURLOPT_FOLLOWLOCATION, 0L);
  set(handle, CURLOPT_SSL_VERIFYPEER, 1L);
  set(handle, CURLOPT_SSL_VERIFYHOST, 2L);
  set(handle, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(handle, CURLOPT_NOSIGNAL, 1L);
  set(handle, CURLOPT_CONNECTTIMEOUT_MS, kConnectMillis);
  set(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(Millis(call.timeout).count()));
  set(handle, CURLOPT_TCP_KEEPALIVE, 1L);
  set(handle, CURLOPT_TCP_KEEPIDLE, kKeepAliveSeconds);
  // A proxy of the environment serves the outside; this machine is reached directly.
  if (is_loopback(call.url)) set(handle, CURLOPT_PROXY, "");
}

void set_method(CURL* handle, const Call& call) {
  const auto length = static_cast<curl_off_t>(call.file ? call.file_bytes : call.body.size());
  if (call.method == api::Method::get) {
    set(handle, CURLOPT_HTTPGET, 1L);
  } else if (call.file != nullptr) {
    set(handle, CURLOPT_UPLOAD, 1L);
    set(handle, CURLOPT_INFILESIZE_LARGE, length);
    set(handle, CURLOPT_READFUNCTION, on_read);
  } else {
    set(handle, CURLOPT_POST, 1L);
    set(handle, CURLOPT_POSTFIELDSIZE_LARGE, length);
    set(handle, CURLOPT_POSTFIELDS, call.body.c_str());
  }
  const std::string method(api::name_of(call.method));
  set(handle, CURLOPT_CUSTOMREQUEST, method.c_str());
}

Headers headers_of(const Call& call) {
  // "Expect: 100-continue" would cost a second against a server that does not answer it.
  curl_slist* list = curl_slist_append(nullptr, "Expect:");
  for (const auto& [name, value] : call.headers)
    list = curl_slist_append(list, (name + ": " + value).c_str());
  return Headers(list);
}

Error error_of(CURLcode code, const Running& running, const char* details) {
  if (running.error) return *running.error;
  if (running.stopped) return {Code::unavailable, "interrupted", {}};
  const std::string to = running.call.url.substr(0, running.call.url.find('/', 8));
  const std::string what = *details ? details : curl_easy_strerror(code);
  switch (static_cast<int>(code)) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
      return {Code::unavailable, "no server answers at " + to + " (" + what + ")",
              is_loopback(running.call.url) ? "start one: hansa serve --data DIR"
                                            : "check the URL: hansa context ls"};
    case CURLE_OPERATION_TIMEDOUT:
      return {Code::unavailable, to + " did not answer in time (" + what + ")",
              "try again, or wait longer: --timeout 2m"};
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
      return {Code::unavailable, to + " cannot be trusted: " + what,
              "check the URL and the server's certificate"};
    default:
      return {Code::unavailable, "the connection to " + to + " was lost (" + what + ")",
              "try again"};
  }
}

class CurlTransport : public Transport {
 public:
  CurlTransport(CURL* handle, std::string user_agent)
      : handle_(handle), user_agent_(std::move(user_agent)) {}
  CurlTransport(const CurlTransport&) = delete;
  CurlTransport& operator=(const CurlTransport&) = delete;
  ~CurlTransport() override { curl_easy_cleanup(handle_); }

  Result<Reply> send(const Call& call) override {
    curl_easy_reset(handle_);  // Keeps the connection.
    Running running{.call = call, .handle = handle_};
    std::array<char, CURL_ERROR_SIZE> details{};
    set_manners(handle_, call);
    set_method(handle_, call);
    const Headers headers = headers_of(call);
    set(handle_, CURLOPT_URL, call.url.c_str());
    set(handle_, CURLOPT_USERAGENT, user_agent_.c_str());
    set(handle_, CURLOPT_HTTPHEADER, headers.get());
    set(handle_, CURLOPT_ERRORBUFFER, details.data());
    set(handle_, CURLOPT_WRITEFUNCTION, on_body);
    set(handle_, CURLOPT_WRITEDATA, &running);
    set(handle_, CURLOPT_HEADERFUNCTION, on_header);
    set(handle_, CURLOPT_HEADERDATA, &running);
    set(handle_, CURLOPT_READDATA, &running);
    set(handle_, CURLOPT_XFERINFOFUNCTION, on_progress);
    set(handle_, CURLOPT_XFERINFODATA, &running);
    set(handle_, CURLOPT_NOPROGRESS, 0L);
    const CURLcode code = curl_easy_perform(handle_);
    long status = 0;
    curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
    // A server may refuse an upload before it has read it, and close: its answer is what counts.
    const bool refused = status >= 400 && (code == CURLE_SEND_ERROR || code == CURLE_OK);
    if (code != CURLE_OK && !refused)
      return std::unexpected(error_of(code, running, details.data()));
    running.reply.status = static_cast<int>(status);
    return std::move(running.reply);
  }

 private:
  CURL* handle_;
  std::string user_agent_;
};

}  // namespace

Result<std::unique_ptr<Transport>> open_transport(std::string_view user_agent) {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
    return unavailable("the HTTP library does not start");
  CURL* handle = curl_easy_init();
  if (handle == nullptr) return unavailable("the HTTP library does not start");
  return std::make_unique<CurlTransport>(handle, std::string(user_agent));
}

}  // namespace hansa::cli
