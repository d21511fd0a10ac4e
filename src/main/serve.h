// The server: constructs everything in order, runs until it is told to stop; destruction is
// shutdown.
#pragma once

#include <functional>
#include <string>

#include "main/config.h"
#include "main/story_clock.h"

namespace hansa {

struct Serving {
  std::string url;
  std::string data;
  bool first_start = false;  // the organisation was founded just now
  StoryClock& clock;
};

// A mesh that is founded now begins `behind` the machine's clock, until `ready` sets it or returns.
// Blocks until SIGTERM or SIGINT. `ready` is called once the door is open, from this thread; an
// error of it ends the server. Returns the exit code. Errors are printed.
int serve(const Config& config, Micros behind,
          const std::function<Result<void>(const Serving&)>& ready);

}  // namespace hansa
