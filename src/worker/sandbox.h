// What a worker gives up before it sees a byte of anybody's data. Every layer alone must be enough
// to refuse what probe.cc tries, wherever its kernel allows; together they leave the worker its
// seat (the current folder: in/ to read, spill/ to write), its socket and its memory.
//
//   enter()  before DuckDB opens: descriptors, limits, no new privileges, namespaces
//   seal()   after: a new root, no capabilities, Landlock, seccomp; binds the calling thread and
//   those
//            that it starts later, so DuckDB must have no other thread yet
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace hansa::worker {

struct Sandbox {
  int socket = 3;                  // the one descriptor that stays
  std::string seat;                // absolute; holds in/ and spill/
  std::uint64_t memory_bytes = 0;  // RLIMIT_DATA; 0: none
  std::uint64_t spill_bytes = 0;   // RLIMIT_FSIZE
  std::uint32_t threads = 2;
  std::uint32_t landlock_abi_max = 1000;  // as if the kernel knew no more
  // Each layer by itself is tested with the others left out; the program has no way to ask for
  // that.
  bool namespaces = true;
  bool new_root = true;
  bool landlock = true;
  bool seccomp = true;
};

// What is in force.
struct Sealed {
  bool user_namespace = false;
  bool new_root = false;
  std::uint32_t landlock_abi = 0;  // 0: this kernel has none
  bool seccomp = false;
  std::vector<std::string> layers() const;
};

// Errors: unavailable, naming the step.
Result<Sealed> enter(const Sandbox& sandbox);
Result<void> seal(const Sandbox& sandbox, Sealed& sealed);

}  // namespace hansa::worker
