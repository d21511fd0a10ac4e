// The thread that tends the workers: it alone starts them, since a worker dies with the thread that
// started it, and it looks after deadlines, dead workers and spill folders.
#pragma once

#include <functional>
#include <thread>

#include "base/file.h"

namespace hansa::engine {

class Tender {
 public:
  Tender();
  ~Tender();  // stops and joins

  // Calls `round` again and again until stopped; `round` waits itself, also on the bell's
  // descriptor.
  void start(std::move_only_function<void(int bell)> round);
  void stop();

  void ring() noexcept;

 private:
  File bell_;
  std::jthread thread_;
};

}  // namespace hansa::engine
