#include "world/outbound/curl/curl.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "base/file.h"

namespace hansa::outbound {
namespace {

// Answers each connection's first request with `answer`, on 127.0.0.1.
class Sink {
 public:
  explicit Sink(std::string answer) : answer_(std::move(answer)) {
    socket_ = File(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    EXPECT_EQ(::bind(socket_.descriptor(), reinterpret_cast<sockaddr*>(&at), size), 0);
    EXPECT_EQ(::listen(socket_.descriptor(), 8), 0);
    EXPECT_EQ(::getsockname(socket_.descriptor(), reinterpret_cast<sockaddr*>(&at), &size), 0);
    port_ = ntohs(at.sin_port);
    thread_ = std::jthread([this] { serve(); });
  }
  ~Sink() { ::shutdown(socket_.descriptor(), SHUT_RDWR); }
  unsigned port() const { return port_; }
  int connections() const { return connections_; }

 private:
  void serve() {
    for (;;) {
      const File client(::accept(socket_.descriptor(), nullptr, nullptr));
      if (client.descriptor() < 0) return;
      ++connections_;
      char buffer[4096];
      if (::read(client.descriptor(), buffer, sizeof buffer) <= 0) continue;
      for (std::string_view rest = answer_; !rest.empty();) {
        const ssize_t sent = ::send(client.descriptor(), rest.data(), rest.size(), MSG_NOSIGNAL);
        if (sent <= 0) break;
        rest.remove_prefix(static_cast<std::size_t>(sent));
      }
    }
  }
  const std::string answer_;
  File socket_{-1};
  unsigned port_ = 0;
  std::atomic<int> connections_ = 0;
  std::jthread thread_;
};

constexpr const char* kOk = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";

std::unique_ptr<Outbound> door(std::vector<Address> addresses, bool allowed = true,
                               Micros patience = std::chrono::seconds(5)) {
  CurlOptions options;
  if (allowed) options.allowed = {*parse_network("127.0.0.1")};
  options.patience = patience;
  options.resolve = [all = std::move(addresses)](const std::string&) { return all; };
  auto made = open_curl(std::move(options));
  EXPECT_TRUE(made);
  return *std::move(made);
}

Result<int> post(Outbound& out, unsigned port, const std::string& host = "sink.example") {
  const std::string url = "http://" + host + ":" + std::to_string(port) + "/x";
  return out.post({url, {{"Content-Type", "application/json"}}, "{}"});
}

const Address kHere = *parse_address("127.0.0.1");

TEST(CurlOutbound, DialsWhatTheNameLedToAndNoOther) {
  Sink sink(kOk);
  const auto out = door({kHere});
  // No resolver of the system knows this name.
  EXPECT_EQ(*post(*out, sink.port()), 204);
  EXPECT_EQ(*post(*out, sink.port(), "127.0.0.1"), 204);
  EXPECT_EQ(*post(*out, sink.port(), "2130706433"), 204);
  EXPECT_EQ(sink.connections(), 3);
}

TEST(CurlOutbound, DialsNothingInsideUnlessItIsAllowed) {
  Sink sink(kOk);
  const auto closed = door({kHere}, false);
  for (const char* host : {"sink.example", "127.0.0.1", "2130706433", "0x7f.1", "127.1", "[::1]",
                           "[::ffff:127.0.0.1]", "0"})
    EXPECT_EQ(post(*closed, sink.port(), host).error().code, Code::denied) << host;
  const auto mixed = door({*parse_address("1.1.1.1"), *parse_address("10.0.0.1"), kHere});
  EXPECT_EQ(post(*mixed, sink.port()).error().code, Code::denied);
  EXPECT_EQ(sink.connections(), 0);
}

TEST(CurlOutbound, FollowsNoRedirect) {
  Sink there(kOk);
  Sink sink("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:" + std::to_string(there.port()) +
            "/\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(*post(*door({kHere}), sink.port()), 302);
  EXPECT_EQ(there.connections(), 0);
}

TEST(CurlOutbound, ReadsNoEndlessAnswer) {
  Sink sink("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n" + std::string(1 << 20, 'x'));
  EXPECT_EQ(*post(*door({kHere}), sink.port()), 200);
}

TEST(CurlOutbound, WaitsSoLongAndNoLonger) {
  Sink sink("");
  const auto out = door({kHere}, true, std::chrono::milliseconds(200));
  const auto answer = post(*out, sink.port());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::unavailable);
  EXPECT_FALSE(answer.error().text.contains("sink.example"));
}

// A mail server that says 250 to all, once for each piece that comes.
class MailSink {
 public:
  MailSink() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    EXPECT_EQ(::bind(listener_.descriptor(), reinterpret_cast<sockaddr*>(&at), size), 0);
    EXPECT_EQ(::listen(listener_.descriptor(), 8), 0);
    EXPECT_EQ(::getsockname(listener_.descriptor(), reinterpret_cast<sockaddr*>(&at), &size), 0);
    url_ = "smtp://127.0.0.1:" + std::to_string(ntohs(at.sin_port));
    thread_ = std::jthread([this] { serve(); });
  }
  ~MailSink() { ::shutdown(listener_.descriptor(), SHUT_RDWR); }
  const std::string& url() const { return url_; }
  int quits() const { return quits_; }

 private:
  void serve() {
    for (;;) {
      const File client(::accept(listener_.descriptor(), nullptr, nullptr));
      if (client.descriptor() < 0) return;
      talk(client.descriptor());
    }
  }
  void talk(int client) {
    char buffer[4096];
    bool text = false;
    std::string taken;
    for (std::string_view say = "220 sink\r\n";;) {
      if (!say.empty() && ::send(client, say.data(), say.size(), MSG_NOSIGNAL) <= 0) return;
      const ssize_t count = ::read(client, buffer, sizeof buffer);
      if (count <= 0) return;
      const std::string_view piece(buffer, static_cast<std::size_t>(count));
      if (piece.starts_with("QUIT")) ++quits_;
      if (text) taken += piece;
      const bool ends = text && taken.ends_with("\r\n.\r\n");
      say = text && !ends ? "" : "250 ok\r\n";
      if (ends) text = false;
      if (!text && !ends && piece.starts_with("DATA")) {
        taken.clear();
        text = true;
        say = "354 go on\r\n";
      }
    }
  }
  File listener_;
  std::string url_;
  std::atomic<int> quits_ = 0;
  std::jthread thread_;
};

// A kept one is left by curl when its handle goes, which no patience and no stop() ends.
TEST(CurlOutbound, LeavesTheMailServerAfterEachMail) {
  MailSink sink;
  CurlOptions options;
  options.mail = MailServer{sink.url(), "hansa@b.example", {}, {}};
  const auto out = *open_curl(std::move(options));
  ASSERT_TRUE(out->mail({.to = "ann@mail.example", .message = "Subject: x\r\n\r\nx\r\n"}));
  EXPECT_EQ(sink.quits(), 1);
  ASSERT_TRUE(out->mail({.to = "ann@mail.example", .message = "Subject: x\r\n\r\nx\r\n"}));
  EXPECT_EQ(sink.quits(), 2);
}

TEST(CurlOutbound, SendsNoMailWithoutAServer) {
  EXPECT_EQ(door({kHere})->mail({.to = "ann@mail.example", .message = "x"}).error().code,
            Code::blocked);
  CurlOptions options;
  options.mail = MailServer{"http://a.example", "a@b.example", {}, {}};
  EXPECT_EQ(open_curl(std::move(options)).error().code, Code::invalid);
}

}  // namespace
}  // namespace hansa::outbound
