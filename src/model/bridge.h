// A version served as a view over the version that replaces it (Bridge, model/deprecation.h): which
// there are, and what has to hold for one to answer. Pure.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/mesh.h"

namespace hansa {

// The only relation that a bridge's SQL names.
inline constexpr std::string_view kNext = "next";
// It is kept with the version, and written again with each of its changes.
inline constexpr std::size_t bridge_bytes_max = 64 * 1024;

// What serves the reads of this version; nullptr: its own data does.
const Deprecation* bridged(const Mesh& mesh, PortId port);
// Versions whose reads are served from this one's data, and that are not retired.
std::vector<const Deprecation*> bridged_from(const Mesh& mesh, PortId next);

// Whether what the bridge makes still is what `old` promises: it has the columns of `old` in their
// order, all that they depend on is in `next`, and none of them says less of its protection than
// what it depends on; a column that says nothing is public here, since access to it was given as
// such. The types of what comes out are looked at when there are rows. Errors: blocked.
Result<void> check_bridge(const Bridge& bridge, const Contract& old, const Contract& next);

}  // namespace hansa
