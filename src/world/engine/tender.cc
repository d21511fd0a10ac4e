#include "world/engine/tender.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

#include "base/result.h"

namespace hansa::engine {

Tender::Tender() : bell_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  HANSA_ASSERT(static_cast<bool>(bell_));
}

Tender::~Tender() { stop(); }

void Tender::start(std::move_only_function<void(int bell)> round) {
  thread_ = std::jthread(
      [bell = bell_.descriptor(), round = std::move(round)](std::stop_token stop) mutable {
        while (!stop.stop_requested()) {
          round(bell);
          std::uint64_t rings = 0;
          // Answered before the next round looks, so that no ring is lost.
          [[maybe_unused]] const ssize_t read = ::read(bell, &rings, sizeof rings);
        }
      });
}

void Tender::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  ring();
  thread_.join();
}

void Tender::ring() noexcept {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(bell_.descriptor(), &one, sizeof one);
}

}  // namespace hansa::engine
