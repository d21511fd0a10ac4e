// Everything that can be said about manifests without a server.
#pragma once

#include <span>
#include <vector>

#include "contract/document.h"
#include "contract/finding.h"

namespace hansa::contract {

// All findings, by file and line. `strict`: what leaves the standard's own version is an error.
// What only a server can know (a contract that lies elsewhere in the mesh) is a warning.
std::vector<Finding> lint(std::span<const SourceFile> files, bool strict = false);

// What read_manifests cannot see in one document: references, names that clash, ports that Hansa
// cannot serve.
std::vector<Finding> check_references(const Manifests& manifests);

}  // namespace hansa::contract
