// Stands in for src/worker/sandbox.cc and probe.cc in a worker that only test/layers/run builds and
// starts: no namespace, no root of its own, no Landlock, no seccomp, every capability. What must
// stop a statement is the server's allow-list and the engine's settings. Limits of quantity stay:
// they shut nothing in, and a bomb without them would take the machine.
#include <sys/resource.h>
#include <unistd.h>

#include "worker/probe.h"
#include "worker/sandbox.h"

// test/layers/run looks for it: a program with these words is never shipped.
extern "C" [[gnu::used]] const char hansa_layer_off[] = "hansa-layer-off: the sandbox";

namespace hansa::worker {

std::vector<std::string> Sealed::layers() const { return {}; }

Result<Sealed> enter(const Sandbox& sandbox) {
  const rlimit memory{sandbox.memory_bytes, sandbox.memory_bytes};
  const rlimit spill{sandbox.spill_bytes, sandbox.spill_bytes};
  if (setrlimit(RLIMIT_DATA, &memory) != 0 || setrlimit(RLIMIT_FSIZE, &spill) != 0)
    return unavailable("the limits of quantity");
  return Sealed{};
}

Result<void> seal(const Sandbox& sandbox, Sealed&) {
  if (chdir(sandbox.seat.c_str()) != 0) return unavailable("the seat");
  return {};
}

std::vector<std::string> possible(const Sandbox&, std::uint32_t& tried) {
  tried = 0;
  return {};
}

Result<std::uint32_t> prove(const Sandbox&, const Sealed&) { return 0; }

}  // namespace hansa::worker
