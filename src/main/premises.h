// What a mesh stands on: the data directory, the disk, the kernel and the clock.
#pragma once

#include <string>

#include "base/time.h"
#include "service/doctor.h"

namespace hansa {

void look_around(const std::string& data, service::Findings& out);
// That and the clock, whenever it is asked.
service::LookAround looking_around(const std::string& data, Clock& clock);
// `installation` is the latest time that the mesh has seen.
void look_at_clock(Time machine, Time installation, service::Findings& out);

// A data directory that no server has open: all of it, as `hansa admin doctor` of a running one.
// Errors: not_found: there is no mesh.
Result<api::Diagnosis> examine_folder(const std::string& data);

// --- in parts, for tests ---

void look_at_secrets(const std::string& data, service::Findings& out);
void look_at_disk(std::uint64_t free_bytes, std::uint64_t all_bytes, bool read_only,
                  service::Findings& out);
void look_at_kernel(long landlock_abi, service::Findings& out);

}  // namespace hansa
