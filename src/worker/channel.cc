#include "worker/channel.h"

#include <errno.h>
#include <poll.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace hansa::worker {
namespace {

// Frames up to this size are sent and read together.
constexpr std::size_t kTogetherBytes = 64 * 1024;

// A thread that sleeps in read() is woken as well when the other end takes what was sent; one that
// polls is not.
Result<void> wait_for_bytes(int descriptor) {
  pollfd poll{descriptor, POLLIN, 0};
  while (::poll(&poll, 1, -1) < 0)
    if (errno != EINTR) return unavailable("the server is gone");
  return {};
}

}  // namespace

Result<void> Channel::read_all(char* at, std::size_t bytes) {
  while (bytes > 0) {
    if (taken_ == arrived_.size()) {
      HANSA_CHECK(flush());
      HANSA_CHECK(wait_for_bytes(descriptor_));
      taken_ = 0;
      arrived_.resize(kTogetherBytes);
      const ssize_t got = ::read(descriptor_, arrived_.data(), arrived_.size());
      arrived_.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return unavailable("the server is gone");
    }
    const std::size_t step = std::min(bytes, arrived_.size() - taken_);
    std::memcpy(at, arrived_.data() + taken_, step);
    taken_ += step;
    at += step;
    bytes -= step;
  }
  return {};
}

Result<query::Frame> Channel::receive() {
  if (!std::exchange(held_, false)) HANSA_CHECK(flush());
  std::array<char, query::kFrameHeadBytes> bytes{};
  HANSA_CHECK(read_all(bytes.data(), bytes.size()));
  HANSA_TRY(const query::FrameHead head, query::read_head(bytes));
  query::Frame frame{head.kind, std::string(head.bytes, '\0')};
  HANSA_CHECK(read_all(frame.body.data(), frame.body.size()));
  return frame;
}

Result<void> Channel::send(query::FrameKind kind, std::string_view body) {
  return send(kind, body, {});
}

Result<void> Channel::send(query::FrameKind kind, std::string_view front, std::string_view rest) {
  const auto head = query::write_head(kind, front.size() + rest.size());
  const std::lock_guard lock(mutex_);
  unsent_.append(head.data(), head.size()).append(front);
  if (unsent_.size() + rest.size() <= kTogetherBytes) {
    unsent_.append(rest);
    return {};
  }
  HANSA_CHECK(write_all(unsent_, rest));
  unsent_.clear();
  return {};
}

Result<void> Channel::flush() {
  const std::lock_guard lock(mutex_);
  return flush_locked();
}

Result<void> Channel::flush_locked() {
  HANSA_CHECK(write_all(unsent_, {}));
  unsent_.clear();
  return {};
}

Result<void> Channel::write_all(std::string_view front, std::string_view rest) {
  while (!front.empty() || !rest.empty()) {
    std::array<iovec, 2> parts{{{const_cast<char*>(front.data()), front.size()},
                                {const_cast<char*>(rest.data()), rest.size()}}};
    const ssize_t put = ::writev(descriptor_, parts.data(), static_cast<int>(parts.size()));
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return unavailable("the server is gone");
    const std::size_t of_front = std::min(static_cast<std::size_t>(put), front.size());
    front.remove_prefix(of_front);
    rest.remove_prefix(static_cast<std::size_t>(put) - of_front);
  }
  return {};
}

}  // namespace hansa::worker
