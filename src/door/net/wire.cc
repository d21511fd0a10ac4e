#include "door/net/wire.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <utility>

namespace hansa::net {

namespace {

namespace asio = boost::asio;
using asio::awaitable;
using asio::ip::tcp;
using boost::system::error_code;

// How long a refused client may go on sending before the close, so that it sees why.
constexpr int kLingerSeconds = 2;
constexpr std::size_t kLingerBytesMax = 1024 * 1024;
// A client whose bytes are always there already would keep the thread for itself.
constexpr std::size_t kBusyMax = 16;

}  // namespace

awaitable<void> Signal::wait() {
  if (!set_) co_await timer_.async_wait(kQuiet);
  set_ = false;
}

void Signal::notify() {
  set_ = true;
  timer_.cancel();
}

Wire::Wire(int socket, bool is_v6, Lane& lane, const ServerOptions& options)
    : socket_(lane.context, is_v6 ? tcp::v6() : tcp::v4(), socket),
      lane_(lane),
      options_(options) {}

std::string Wire::peer() const {
  error_code error;
  const auto peer = socket_.remote_endpoint(error);
  return error ? std::string() : peer.address().to_string();
}

std::int64_t Wire::after(int seconds) const {
  return lane_.now_us + std::int64_t{seconds} * 1'000'000;
}

awaitable<Got> Wire::receive(std::string& into, std::size_t bytes_max) {
  for (;;) {
    if (cut_) co_return Got::reset;
    if (std::exchange(late_, false)) co_return Got::late;
    const ssize_t count = ::recv(socket_.native_handle(), lane_.scratch.data(),
                                 std::min(bytes_max, lane_.scratch.size()), MSG_DONTWAIT);
    if (count > 0) {
      into.append(lane_.scratch.data(), static_cast<std::size_t>(count));
      read_progress(static_cast<std::size_t>(count));
      if (++busy_ >= kBusyMax) co_await let_others();
      co_return Got::bytes;
    }
    if (count == 0) co_return Got::ended;
    if (errno == EINTR) continue;
    if (errno != EAGAIN) co_return Got::reset;
    busy_ = 0;
    const auto [error] = co_await socket_.async_wait(tcp::socket::wait_read, kQuiet);
    if (error && !cut_ && !late_) co_return socket_.is_open() ? Got::interrupted : Got::reset;
  }
}

awaitable<bool> Wire::send(std::array<std::string_view, 4> parts) {
  std::size_t left = 0;
  for (const std::string_view part : parts) left += part.size();
  for (bool waited = false; left > 0;) {
    if (cut_) co_return false;
    std::array<iovec, 4> pieces{};
    for (std::size_t i = 0; i < parts.size(); ++i) {
      pieces[i] = {const_cast<char*>(parts[i].data()), parts[i].size()};  // sendmsg reads only.
    }
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = pieces.size();
    const auto call = [&] {
      return ::sendmsg(socket_.native_handle(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    };
    const std::optional<ssize_t> passed = valve_ ? valve_->pass(call) : call();
    if (!passed) co_return false;
    const ssize_t count = *passed;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno != EAGAIN) co_return false;
    std::size_t taken = count < 0 ? 0 : static_cast<std::size_t>(count);
    left -= taken;
    write_progress(taken);
    for (std::string_view& part : parts) {
      const std::size_t of_part = std::min(taken, part.size());
      part.remove_prefix(of_part);
      taken -= of_part;
    }
    if (left == 0 && !waited) write_deadline_us_ = 0;  // The client takes what it is given.
    if (left == 0) break;
    waited = true;
    if (!co_await await_writable()) co_return false;
  }
  if (++busy_ >= kBusyMax) co_await let_others();
  co_return true;
}

awaitable<void> Wire::let_others() {
  busy_ = 0;
  co_await asio::post(lane_.context, asio::use_awaitable);
}

awaitable<bool> Wire::await_writable() {
  if (write_deadline_us_ == 0) {
    write_deadline_us_ = after(options_.stall_seconds);
    write_bytes_ = 0;
  }
  writing_ = true;
  busy_ = 0;
  co_await socket_.async_wait(tcp::socket::wait_write, kQuiet);
  writing_ = false;
  co_return !cut_;
}

void Wire::read_within(int seconds) {
  late_ = false;
  read_deadline_us_ = after(seconds);
  at_rate_ = false;
}

void Wire::read_at_rate() {
  if (read_deadline_us_ != 0 && at_rate_) return;
  read_within(options_.stall_seconds);
  at_rate_ = true;
  read_bytes_ = 0;
}

void Wire::read_in_peace() {
  read_deadline_us_ = 0;
  late_ = false;
}

// Bytes that trickle are no progress: a window must bring enough of them to earn the next one.
void Wire::read_progress(std::size_t bytes) {
  read_bytes_ += bytes;
  if (!at_rate_ || read_bytes_ < options_.progress_bytes_min) return;
  read_bytes_ = 0;
  if (read_deadline_us_ != 0) read_deadline_us_ = after(options_.stall_seconds);
}

void Wire::write_progress(std::size_t bytes) {
  write_bytes_ += bytes;
  if (write_bytes_ >= options_.progress_bytes_min) write_deadline_us_ = 0;
}

void Wire::check_deadlines() {
  if (read_deadline_us_ != 0 && lane_.now_us > read_deadline_us_) {
    read_deadline_us_ = 0;
    late_ = true;
    interrupt();
  }
  if (writing_ && write_deadline_us_ != 0 && lane_.now_us > write_deadline_us_) cut();
}

bool Wire::send_now(std::string_view bytes) {
  const ssize_t count =
      ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  return count == static_cast<ssize_t>(bytes.size());
}

bool Wire::has_left() const {
  pollfd look{
      .fd = const_cast<tcp::socket&>(socket_).native_handle(), .events = POLLRDHUP, .revents = 0};
  return ::poll(&look, 1, 0) > 0;
}

awaitable<void> Wire::linger() {
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  read_within(kLingerSeconds);
  std::string thrown_away;
  for (std::size_t bytes = 0; bytes < kLingerBytesMax; bytes += thrown_away.size()) {
    thrown_away.clear();
    if (co_await receive(thrown_away, lane_.scratch.size()) != Got::bytes) break;
  }
}

void Wire::interrupt() {
  error_code ignored;
  socket_.cancel(ignored);
}

void Wire::close() {
  error_code ignored;
  socket_.close(ignored);
}

void Wire::cut() {
  cut_ = true;
  error_code ignored;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  socket_.close(ignored);
}

}  // namespace hansa::net
