// Everything that the states of a table stand on.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>

#include "base/result.h"
#include "base/time.h"
#include "iceberg/metadata.h"
#include "model/product.h"
#include "world/object/object_store.h"

namespace hansa::service {

struct Reference {
  Location location;
  // What the metadata says; none: it says nothing about the size.
  std::optional<std::uint64_t> bytes = {};
  std::int64_t added_by = 0;  // of a data file: the snapshot that added it
};
using EachReference = std::function<Result<void>(const Reference&)>;

// An object that should say what else there is and is not there. `refuse`: corrupt, since whoever
// removes what nothing refers to must know all references.
enum class Gone { pass_over, refuse };

// Metadata, manifest lists, manifests, data files, fingerprints and rejects of all states, and of
// expiries that can be taken back at `now`, and the files of what waits in quarantine then, each
// once. What is missing is handed over too, and what
// it would have led to is not known. Errors: corrupt; those of `each`; unavailable.
Result<void> each_reference(object::ObjectStore& objects, const Table& table, Time now, Gone gone,
                            const EachReference& each);

// Manifest list, manifests and data files of one snapshot, but for those in `seen`, which are added
// to it. Errors: as above.
Result<void> each_of_snapshot(object::ObjectStore& objects, const iceberg::Snapshot& snapshot,
                              Gone gone, std::set<Location>& seen, const EachReference& each);

}  // namespace hansa::service
