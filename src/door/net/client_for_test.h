// A client that sends exactly the bytes it is told to, well formed or not. For tests alone.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "door/net/message.h"

namespace hansa::net {

// One that hangs is a failure; far above what any answer takes, even under a sanitizer.
inline constexpr int kClientSeconds = 30;

struct Reply {
  int status = 0;  // 0: none came
  std::string head;
  std::string body;
  bool complete = false;  // the body ended as its framing says
};

class Client {
 public:
  explicit Client(unsigned short port, int receive_buffer_bytes = 0)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (receive_buffer_bytes > 0) {
      ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes,
                   sizeof receive_buffer_bytes);
    }
    const timeval most{.tv_sec = kClientSeconds, .tv_usec = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ =
        ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() { close(); }

  bool connected() const { return connected_; }
  int socket() const { return socket_; }
  void close() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }
  void reset() {
    const linger now{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
  }
  void end_sending() { ::shutdown(socket_, SHUT_WR); }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

  // True once the server has closed, in order or not, and nothing more comes.
  bool is_closed() {
    while (fill()) buffer_.clear();
    return ended_;
  }
  bool is_reset() const { return reset_; }
  std::string rest() {
    while (fill()) continue;
    return std::exchange(buffer_, {});
  }
  // Whether anything can be read, or the end, within the time.
  bool readable(int milliseconds) {
    pollfd look{.fd = socket_, .events = POLLIN, .revents = 0};
    return !buffer_.empty() || ::poll(&look, 1, milliseconds) > 0;
  }

  Reply reply(bool to_head = false) {
    Reply reply;
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!fill()) return reply;
    }
    reply.head = buffer_.substr(0, end + 2);
    buffer_.erase(0, end + 4);
    std::from_chars(reply.head.data() + 9, reply.head.data() + 12, reply.status);
    const std::size_t length = reply.head.find("\r\ncontent-length: ");
    if (to_head || reply.status == 100 || reply.status == 204) {
      reply.complete = true;
    } else if (length != std::string::npos) {
      std::size_t bytes = 0;
      std::from_chars(reply.head.data() + length + 18, reply.head.data() + reply.head.size(),
                      bytes);
      reply.complete = take(bytes, reply.body);
    } else {
      reply.complete = take_chunks(reply.body);
    }
    return reply;
  }

  Reply ask(std::string_view bytes) {
    send(bytes);
    return reply();
  }

 private:
  bool fill() {
    char bytes[65536];
    const ssize_t count = ::recv(socket_, bytes, sizeof bytes, 0);
    if (count > 0) buffer_.append(bytes, static_cast<std::size_t>(count));
    ended_ = count == 0 || (count < 0 && errno != EAGAIN);
    reset_ = count < 0 && errno == ECONNRESET;
    return count > 0;
  }
  bool take(std::size_t bytes, std::string& into) {
    while (buffer_.size() < bytes) {
      if (!fill()) return false;
    }
    into += buffer_.substr(0, bytes);
    buffer_.erase(0, bytes);
    return true;
  }
  bool take_chunks(std::string& into) {
    for (;;) {
      std::size_t end = 0;
      while ((end = buffer_.find("\r\n")) == std::string::npos) {
        if (!fill()) return false;
      }
      std::size_t size = 0;
      std::from_chars(buffer_.data(), buffer_.data() + end, size, 16);
      buffer_.erase(0, end + 2);
      std::string line;
      if (!take(size, into) || !take(2, line)) return false;
      if (size == 0) return true;
    }
  }

  int socket_;
  bool connected_ = false;
  bool ended_ = false;
  bool reset_ = false;
  std::string buffer_;
};

// A server on any free port that answers what the test wants.
inline std::unique_ptr<Server> serve(Router router, ServerOptions options = {}) {
  options.port = 0;
  auto server = Server::start(std::move(options), std::move(router));
  EXPECT_TRUE(server) << (server ? "" : server.error().text);
  return server ? *std::move(server) : nullptr;
}

inline Router always(const Handler& handler) {
  return [&handler](Method, std::string_view) { return &handler; };
}

inline std::string get(std::string_view path, std::string_view headers = {}) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(headers) +
         "\r\n";
}

inline std::string post(std::string_view path, std::string_view body,
                        std::string_view headers = {}) {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string(headers) + "\r\n" + std::string(body);
}

// A body made of a function: a piece, the end, or an error.
struct MadeSource : Source {
  explicit MadeSource(std::function<Result<std::optional<Chunk>>()> make)
      : make_(std::move(make)) {}
  Result<std::optional<Chunk>> next(Want) override { return make_(); }
  std::function<Result<std::optional<Chunk>>()> make_;
};

inline Response streamed(std::function<Result<std::optional<Chunk>>()> make) {
  Response response;
  response.body = std::make_unique<MadeSource>(std::move(make));
  return response;
}

inline Response text(std::string body) {
  Response response;
  response.headers = {{"content-type", "text/plain"}};
  response.text = std::move(body);
  return response;
}

constexpr std::size_t kMegabyte = 1'000'000;
constexpr auto kLong = std::chrono::seconds(kClientSeconds);

// Opens once; whoever came before waits.
class Gate {
 public:
  void open() {
    std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  bool wait(std::chrono::milliseconds most = kLong) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, most, [&] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

// Waits until the client has gone.
inline bool wait_for_stop(const std::stop_token& stop) {
  Gate gone;
  const std::stop_callback on_stop(stop, [&] { gone.open(); });
  return gone.wait();
}

inline const Handler kHello{.answer = [](Request&) { return text("hello"); }};

inline Response many_bytes(std::size_t count, std::size_t piece = limits::chunk_bytes) {
  return streamed([left = count, piece]() mutable -> Result<std::optional<Chunk>> {
    if (left == 0) return std::nullopt;
    const std::size_t now = std::min(left, piece);
    left -= now;
    return Chunk{.bytes = std::string(now, 'x')};
  });
}

inline Router by_path(std::vector<std::pair<std::string, const Handler*>> handlers) {
  return [handlers = std::move(handlers)](Method, std::string_view path) -> const Handler* {
    for (const auto& [name, handler] : handlers) {
      if (name == path) return handler;
    }
    return nullptr;
  };
}

}  // namespace hansa::net
