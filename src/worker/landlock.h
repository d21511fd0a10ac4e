// Landlock by raw system calls: Debian 12's header knows ABI 2 only, kernels of today are past 7.
#pragma once

#include <cstdint>

#include "base/result.h"

namespace hansa::worker {

// The ABI of this kernel; 0: none.
std::uint32_t landlock_abi();

// Leaves the calling thread in/ to read and spill/ to write below the current folder, and, as far
// as the ABI goes, no TCP, no device ioctl, no signal and no abstract socket outside. Returns the
// ABI in force, at most `abi_max`; 0 if the kernel has none. Errors: unavailable.
Result<std::uint32_t> landlock_seal(std::uint32_t abi_max);

}  // namespace hansa::worker
