// A client's socket, read and written by coroutines of one I/O thread, with deadlines. Asio waits;
// bytes are moved by the system's own calls, through a buffer that all sockets of a thread share: a
// connection that waits owns no buffer.
#pragma once

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "door/net/connection.h"

namespace hansa::net {

// Errors come back as values: a client that leaves is nothing exceptional.
constexpr auto kQuiet = boost::asio::as_tuple(boost::asio::use_awaitable);

// Wakes a coroutine of the same thread. A notice that comes first is not lost.
class Signal {
 public:
  explicit Signal(boost::asio::io_context& context)
      : timer_(context, boost::asio::steady_timer::time_point::max()) {}
  boost::asio::awaitable<void> wait();
  void notify();

 private:
  boost::asio::steady_timer timer_;
  bool set_ = false;
};

// Between an answer and the system, once somebody may end the answer from another thread: shutting
// it waits for the call that is on its way, and there is no other after it.
class Valve {
 public:
  void shut() {
    const std::lock_guard lock(mutex_);
    shut_ = true;
  }
  bool is_shut() const {
    const std::lock_guard lock(mutex_);
    return shut_;
  }
  // Nothing, if it is shut.
  template <class Call>
  std::optional<ssize_t> pass(Call call) const {
    const std::lock_guard lock(mutex_);
    return shut_ ? std::nullopt : std::optional<ssize_t>(call());
  }

 private:
  mutable std::mutex mutex_;
  bool shut_ = false;
};

// What came of reading: `late` if the deadline passed, `interrupted` by interrupt().
enum class Got { bytes, ended, reset, late, interrupted };

class Wire {
 public:
  Wire(int socket, bool is_v6, Lane& lane, const ServerOptions& options);

  // Appends what has arrived, at most `bytes_max`; waits if that is nothing.
  boost::asio::awaitable<Got> receive(std::string& into, std::size_t bytes_max);
  // False: the client has gone, or took too little for too long and was cut.
  boost::asio::awaitable<bool> send(std::array<std::string_view, 4> parts);
  // What is sent from now on passes there; null: nowhere.
  void send_through(std::shared_ptr<const Valve> valve) { valve_ = std::move(valve); }
  // For a few bytes in between that must not wait. False: they did not fit.
  bool send_now(std::string_view bytes);
  // Sends the end, then throws away what still comes for a while: closing on a client that still
  // sends would reset the connection before it has read the answer.
  boost::asio::awaitable<void> linger();
  void interrupt();  // whoever reads
  void close();      // the socket, in good order
  void cut();        // with a reset; what is unsent is lost

  // Reading must end within so many seconds from now ...
  void read_within(int seconds);
  // ... or go on at the rate that a body must keep. Called again, it does not start anew.
  void read_at_rate();
  void read_in_peace();  // no deadline
  void check_deadlines();

  bool is_cut() const { return cut_; }
  bool has_left() const;  // asks the system, without reading
  std::string peer() const;

 private:
  boost::asio::awaitable<bool> await_writable();
  boost::asio::awaitable<void> let_others();
  std::int64_t after(int seconds) const;
  void read_progress(std::size_t bytes);
  void write_progress(std::size_t bytes);

  boost::asio::ip::tcp::socket socket_;
  Lane& lane_;
  const ServerOptions& options_;
  std::shared_ptr<const Valve> valve_;
  std::size_t busy_ = 0;  // calls in a row that had nothing to wait for
  bool cut_ = false;
  bool late_ = false;                  // the read deadline has passed; the reader takes note
  std::int64_t read_deadline_us_ = 0;  // 0: none
  bool at_rate_ = false;               // progress moves the deadline
  std::size_t read_bytes_ = 0;         // since it was set
  std::int64_t write_deadline_us_ = 0;
  std::size_t write_bytes_ = 0;
  bool writing_ = false;  // waits until the socket takes more
};

}  // namespace hansa::net
