#include "worker/channel.h"

#include <errno.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>

namespace hansa::worker {

Result<void> Channel::read_all(char* at, std::size_t bytes) {
  while (bytes > 0) {
    const ssize_t got = ::read(descriptor_, at, bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return unavailable("the server is gone");
    at += got;
    bytes -= static_cast<std::size_t>(got);
  }
  return {};
}

Result<query::Frame> Channel::receive() {
  std::array<char, query::kFrameHeadBytes> bytes{};
  HANSA_CHECK(read_all(bytes.data(), bytes.size()));
  HANSA_TRY(const query::FrameHead head, query::read_head(bytes));
  query::Frame frame{head.kind, std::string(head.bytes, '\0')};
  HANSA_CHECK(read_all(frame.body.data(), frame.body.size()));
  return frame;
}

Result<void> Channel::send(query::FrameKind kind, std::string_view body) { return send(kind, body, {}); }

Result<void> Channel::send(query::FrameKind kind, std::string_view front, std::string_view rest) {
  const auto head = query::write_head(kind, front.size() + rest.size());
  std::array<iovec, 3> parts{{{const_cast<char*>(head.data()), head.size()},
                              {const_cast<char*>(front.data()), front.size()},
                              {const_cast<char*>(rest.data()), rest.size()}}};
  std::size_t first = 0;
  while (first < parts.size()) {
    if (parts[first].iov_len == 0) {
      ++first;
      continue;
    }
    const ssize_t put = ::writev(descriptor_, parts.data() + first, static_cast<int>(parts.size() - first));
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return unavailable("the server is gone");
    for (auto left = static_cast<std::size_t>(put); left > 0;) {
      iovec& part = parts[first];
      const std::size_t step = left < part.iov_len ? left : part.iov_len;
      part.iov_base = static_cast<char*>(part.iov_base) + step;
      part.iov_len -= step;
      left -= step;
      if (part.iov_len == 0) ++first;
    }
  }
  return {};
}

}  // namespace hansa::worker
