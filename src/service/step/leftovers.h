// What lies in a table's folder and nothing refers to: uploads nobody published, what a crash left,
// files of snapshots that were expired.
#pragma once

#include <vector>

#include "base/time.h"
#include "model/product.h"
#include "world/object/object_store.h"

namespace hansa::service {

struct Leftover {
  object::ObjectInfo file;
  bool due = false;  // it is old enough, or of an expiry that cannot be taken back any more
};

// Metadata files last, so that a removal that is interrupted can be gone on with. Files in place
// lie elsewhere and are never among them. Errors: corrupt: not all references are known.
Result<std::vector<Leftover>> leftovers(object::ObjectStore& objects, const Table& table,
                                        Micros uploads_kept, Time now);

// What lies there under such names as Hansa gives: whatever else does is not ours to judge.
Result<std::vector<object::ObjectInfo>> own_files(object::ObjectStore& objects, const Table& table);

}  // namespace hansa::service
