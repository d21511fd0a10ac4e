// Objects on a disk: ROOT/BUCKET/KEY are plain files, so that what a team's own tools put there is
// an object as well. An object is written under ROOT/.staging, on the same file system, and
// renamed.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "world/object/object_store.h"

namespace hansa::object {

// Makes the root if there is none, and sweeps what an earlier run left in its staging. Errors:
// conflict if another server uses the root; denied; unavailable. Names the disk cannot keep as a
// file and a folder at once (`a` and `a/b`) are a conflict of `write` or `finish`.
Result<std::unique_ptr<ObjectStore>> open_local(const std::string& root);

}  // namespace hansa::object
