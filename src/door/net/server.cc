// The listener and its threads: the only start of the I/O threads.
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.h"
#include "door/net/connection.h"
#include "door/net/message.h"
#include "door/net/wire.h"

namespace hansa::net {

namespace {

namespace asio = boost::asio;
using asio::awaitable;
using asio::ip::tcp;
using boost::system::error_code;

// Deadlines are in seconds; a tenth is exact enough, and one timer a thread costs less than one a
// connection.
constexpr std::chrono::milliseconds kTick{100};
constexpr std::chrono::milliseconds kPause{100};
// What the system holds unsent: after a cut it is lost, and a slow client holds it.
constexpr int kUnsentBytesMax = 128 * 1024;

struct IoThread {
  asio::io_context context{1};
  Lane lane{context};
  std::thread thread;
};

class AsioServer : public Server {
 public:
  AsioServer(ServerOptions options, Router router)
      : shared_(std::move(options), std::move(router)) {}
  ~AsioServer() override;
  Result<void> listen();
  void run();
  unsigned short port() const override { return port_; }
  void drain(int seconds) override;

 private:
  awaitable<void> accept_all();
  void admit(int socket, Lane& lane);
  static awaitable<void> tick(Lane& lane);
  void stop_listening();
  void on_each_connection(void (Connection::*what)());
  bool await_none(std::chrono::seconds most);

  Shared shared_;
  std::vector<std::unique_ptr<IoThread>> io_;
  std::optional<tcp::acceptor> acceptor_;
  unsigned short port_ = 0;
  bool is_v6_ = false;
};

Result<void> AsioServer::listen() {
  const ServerOptions& options = shared_.options;
  error_code error;
  const auto address =
      asio::ip::make_address(options.address == "localhost" ? "127.0.0.1" : options.address, error);
  if (error) {
    return invalid("'" + options.address + "' is not an address to listen on",
                   "Write 127.0.0.1 or ::1.");
  }
  if (!address.is_loopback()) {
    return invalid(
        "'" + options.address +
            "' can be reached from other machines, and this port is not encrypted",
        "Hansa does not speak TLS itself. Listen on 127.0.0.1, let a reverse proxy on this machine "
        "(nginx, Caddy) speak it, and name in `hosts` of the configuration what clients call the "
        "proxy.");
  }
  for (std::size_t i = 0; i < std::max<std::size_t>(1, options.io_threads); ++i) {
    io_.push_back(std::make_unique<IoThread>());
  }
  tcp::acceptor& acceptor = acceptor_.emplace(io_.front()->context);
  const tcp::endpoint endpoint(address, options.port);
  acceptor.open(endpoint.protocol(), error);
  // A restarted server takes its port back while old connections still time out.
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  // Both are passed on to what is accepted.
  if (!error) acceptor.set_option(tcp::no_delay(true), error);
  ::setsockopt(acceptor.native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kUnsentBytesMax,
               sizeof kUnsentBytesMax);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  const std::string port = std::to_string(options.port);
  if (error == asio::error::address_in_use) {
    return conflict("port " + port + " of " + options.address + " is taken by another program",
                    "Stop that program, or start Hansa on another port.");
  }
  if (error == asio::error::access_denied) {
    return denied("port " + port + " needs rights that this program does not have",
                  "Choose a port from 1024.");
  }
  if (error)
    return unavailable("cannot listen on " + options.address + " port " + port + ": " +
                       error.message());
  acceptor.non_blocking(true);
  port_ = acceptor.local_endpoint().port();
  is_v6_ = address.is_v6();
  return {};
}

void AsioServer::run() {
  asio::co_spawn(io_.front()->context, accept_all(), asio::detached);
  for (const auto& io : io_) {
    io->lane.tick();
    asio::co_spawn(io->context, tick(io->lane), asio::detached);
    io->thread = std::thread([&context = io->context] { context.run(); });
  }
}

awaitable<void> AsioServer::tick(Lane& lane) {
  asio::steady_timer timer(lane.context);
  for (;;) {
    timer.expires_after(kTick);
    co_await timer.async_wait(kQuiet);
    lane.tick();
    for (Connection* connection : lane.connections) connection->check_deadlines();
  }
}

awaitable<void> AsioServer::accept_all() {
  std::size_t next = 0;
  while (acceptor_->is_open()) {
    const int socket =
        ::accept4(acceptor_->native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket >= 0) {
      admit(socket, io_[next++ % io_.size()]->lane);
    } else if (errno == EAGAIN) {
      co_await acceptor_->async_wait(tcp::acceptor::wait_read, kQuiet);
    } else if (errno != EINTR && errno != ECONNABORTED) {
      // Out of descriptors, most likely: trying again at once would only burn a processor.
      log(Level::warning, "accept_failed", {{"why", std::strerror(errno)}});
      asio::steady_timer pause(io_.front()->context, kPause);
      co_await pause.async_wait(kQuiet);
    }
  }
}

void AsioServer::admit(int socket, Lane& lane) {
  {
    std::unique_lock lock(shared_.mutex);
    if (shared_.connections < shared_.options.connections_max) {
      ++shared_.connections;
      lock.unlock();
      return Connection::start(socket, is_v6_, lane, shared_);
    }
  }
  const Response busy =
      problem(503, "all connections of this server are taken", "Try again in a second.");
  const std::string bytes = write_head(busy, {.date = io_.front()->lane.date,
                                              .close = true,
                                              .content_length = busy.text.size()}) +
                            busy.text;
  ::send(socket, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  ::close(socket);
}

void AsioServer::stop_listening() {
  shared_.draining = true;
  if (!io_.front()->thread.joinable()) return;
  asio::post(io_.front()->context, [this] {
    error_code ignored;
    acceptor_->close(ignored);
  });
}

void AsioServer::on_each_connection(void (Connection::*what)()) {
  for (const auto& io : io_) {
    asio::post(io->context, [&lane = io->lane, what] {
      // What ends during the walk leaves the set later, in a turn of its own coroutine.
      for (Connection* connection : lane.connections) (connection->*what)();
    });
  }
}

bool AsioServer::await_none(std::chrono::seconds most) {
  std::unique_lock lock(shared_.mutex);
  return shared_.left.wait_for(lock, most, [&] { return shared_.connections == 0; });
}

void AsioServer::drain(int seconds) {
  stop_listening();
  on_each_connection(&Connection::retire);
  if (await_none(std::chrono::seconds(seconds))) return;
  on_each_connection(&Connection::cut);
  await_none(std::chrono::seconds(1));
}

AsioServer::~AsioServer() {
  if (io_.empty()) return;
  stop_listening();
  on_each_connection(&Connection::cut);
  shared_.pool.stop();
  // A connection admitted meanwhile was in nobody's set when the others were cut.
  on_each_connection(&Connection::cut);
  await_none(std::chrono::seconds(1));
  for (const auto& io : io_) io->context.stop();
  for (const auto& io : io_) {
    if (io->thread.joinable()) io->thread.join();
  }
}

}  // namespace

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, Router router) {
  auto server = std::make_unique<AsioServer>(std::move(options), std::move(router));
  HANSA_CHECK(server->listen());
  server->run();
  return server;
}

}  // namespace hansa::net
