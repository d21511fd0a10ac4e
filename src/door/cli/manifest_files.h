// The manifests that a command line means by its paths.
#pragma once

#include <string>
#include <vector>

#include "contract/document.h"
#include "door/cli/session.h"

namespace hansa::cli {

// Files as they are; of folders, every *.yaml and *.yml below that is a manifest (other YAML is
// passed over with a message; hidden folders are not entered); "-" is standard input. No path means
// this folder. Errors: exit code 64 if there is nothing; exhausted past limits::body_bytes_max.
Outcome<std::vector<contract::SourceFile>> read_manifest_files(
    Session& session, const std::vector<std::string>& paths);

// Whether a text says that it is one of ours: an ODPS, an ODCS, or of `apiVersion: hansa/...`.
bool looks_like_manifest(std::string_view file_name, std::string_view text);

}  // namespace hansa::cli
