// What the server and its connections know of each other. Asio stays in the two .cc files.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_set>
#include <utility>

#include "base/limits.h"
#include "base/pool.h"
#include "base/time.h"
#include "door/net/message.h"

namespace boost::asio {
class io_context;
}

namespace hansa::net {

// What all connections share.
struct Shared {
  Shared(ServerOptions given, Router find)
      : options(std::move(given)),
        router(std::move(find)),
        pool({.threads = options.job_threads,
              .control_threads = 2,
              .waiting_max = options.waiting_max}) {}
  const ServerOptions options;
  const Router router;
  Pool pool;
  std::atomic<bool> draining = false;
  std::atomic<std::size_t> gathered_bytes = 0;
  std::mutex mutex;
  std::condition_variable left;
  std::size_t connections = 0;  // under the mutex
};

class Connection;

// One I/O thread; touched on it alone.
struct Lane {
  explicit Lane(boost::asio::io_context& runs_on) : context(runs_on) {}
  boost::asio::io_context& context;
  std::unordered_set<Connection*> connections;
  // All connections of the thread read into it, one after the other.
  std::string scratch = std::string(limits::chunk_bytes, '\0');
  SystemClock clock;
  Time dated_at;
  std::string date;         // as answers carry it
  std::int64_t now_us = 0;  // as of the last tick: exact enough for deadlines

  void tick() {
    now_us = steady_us();
    const Time now = clock.now();
    if (!date.empty() && now.us / 1'000'000 == dated_at.us / 1'000'000) return;
    dated_at = now;
    date = http_date(now);
  }
};

// One client. It owns itself: it ends when the client leaves, is late, or is cut.
class Connection {
 public:
  // Takes over the connected socket, whose protocol is IPv6 or IPv4. It was counted in `shared` and
  // takes itself off there when it ends.
  static void start(int socket, bool is_v6, Lane& lane, Shared& shared);
  virtual ~Connection() = default;
  // To be called at each tick.
  virtual void check_deadlines() = 0;
  // Closes at once and tells the client that it was not the end: a reset.
  virtual void cut() = 0;
  // Closes if no request is on its way.
  virtual void retire() = 0;
};

}  // namespace hansa::net
