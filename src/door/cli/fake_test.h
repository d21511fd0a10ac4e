// What tests stand the command line on: a console that remembers, and a server that answers as it
// is told.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/text.h"
#include "door/cli/cli.h"

namespace hansa::cli {

class FakeConsole : public Console {
 public:
  Result<void> out(std::string_view bytes) override {
    if (out_gone) return unavailable("gone");
    printed += bytes;
    return {};
  }
  void err(std::string_view text) override { said += text; }
  Result<void> flush() override { return {}; }
  bool reader_gone() const override { return out_gone; }
  bool out_is_terminal() const override { return terminal; }
  bool err_is_terminal() const override { return terminal; }
  bool in_is_terminal() const override { return !typed.empty() || terminal; }
  std::size_t columns() const override { return terminal ? width : 0; }
  Result<std::string> read_all(std::size_t) override { return piped; }
  Result<std::string> ask(std::string_view question, bool) override {
    said += question;
    if (typed.empty()) return invalid("nothing was typed");
    std::string line = typed.front();
    typed.erase(typed.begin());
    return line;
  }
  bool interrupted() const override { return stopped; }
  void resume() override { stopped = false; }

  std::string printed, said, piped;
  std::vector<std::string> typed;
  bool terminal = false;
  bool out_gone = false;
  bool stopped = false;
  std::size_t width = 80;
};

struct Asked {
  std::string method, target, head, body;
};

// One connection at a time, HTTP/1.1, "connection: close".
class FakeServer {
 public:
  // The whole answer, head and all; empty closes the connection without one.
  using Answer = std::function<std::string(const Asked&)>;

  explicit FakeServer(Answer answer)
      : answer_(std::move(answer)), socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket_, any, size) != 0 || ::listen(socket_, 16) != 0) std::abort();
    ::getsockname(socket_, any, &size);
    url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    thread_ = std::thread([this] { serve(); });
  }
  ~FakeServer() {
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    ::close(socket_);
  }

  std::vector<Asked> asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }
  std::string url;

  static std::string reply(int status, std::string_view body,
                           std::string_view type = "application/json") {
    return "HTTP/1.1 " + std::to_string(status) + " X\r\ncontent-type: " + std::string(type) +
           "\r\nx-request-id: q-1\r\ncontent-length: " + std::to_string(body.size()) +
           "\r\nconnection: close\r\n\r\n" + std::string(body);
  }

 private:
  void serve() {
    for (;;) {
      const int client = ::accept(socket_, nullptr, nullptr);
      if (client < 0) return;
      const Asked asked = read(client);
      {
        const std::lock_guard lock(mutex_);
        asked_.push_back(asked);
      }
      const std::string text = answer_(asked);
      std::size_t sent = 0;
      while (sent < text.size()) {
        const ssize_t more = ::send(client, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
        if (more <= 0) break;
        sent += static_cast<std::size_t>(more);
      }
      ::shutdown(client, SHUT_WR);
      ::close(client);
    }
  }

  static Asked read(int client) {
    std::string text;
    char piece[4096];
    std::size_t length = std::string::npos;
    std::size_t head = std::string::npos;
    while (head == std::string::npos || text.size() < head + 4 + length) {
      const ssize_t got = ::recv(client, piece, sizeof piece, 0);
      if (got <= 0) break;
      text.append(piece, static_cast<std::size_t>(got));
      if (head != std::string::npos) continue;
      head = text.find("\r\n\r\n");
      if (head == std::string::npos) continue;
      const std::string lower = lower_ascii(text.substr(0, head));
      const auto at = lower.find("content-length: ");
      length = at == std::string::npos ? 0
                                       : static_cast<std::size_t>(*parse_int(lower.substr(
                                             at + 16, lower.find("\r\n", at) - at - 16)));
    }
    Asked out;
    if (head == std::string::npos) return out;
    out.head = text.substr(0, head);
    out.body = text.substr(head + 4);
    out.method = out.head.substr(0, out.head.find(' '));
    const auto start = out.method.size() + 1;
    out.target = out.head.substr(start, out.head.find(' ', start) - start);
    return out;
  }

  Answer answer_;
  int socket_;
  mutable std::mutex mutex_;
  std::vector<Asked> asked_;
  std::thread thread_;
};

// A run of the command line in a process of its own making.
struct Invocation {
  FakeConsole console;
  std::map<std::string, std::string> env;
  Tools tools{.version = "0.1.0"};

  int operator()(const std::vector<std::string>& arguments) {
    std::vector<const char*> argv{"hansa"};
    for (const std::string& argument : arguments) argv.push_back(argument.c_str());
    tools.console = &console;
    tools.env = [this](const char* name) -> std::optional<std::string> {
      const auto found = env.find(name);
      return found == env.end() ? std::nullopt : std::optional(found->second);
    };
    return run(static_cast<int>(argv.size()), argv.data(), tools);
  }
};

}  // namespace hansa::cli
