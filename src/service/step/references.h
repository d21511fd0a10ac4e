// Everything that the states of a table stand on.
#pragma once

#include <functional>

#include "base/result.h"
#include "model/product.h"
#include "world/object/object_store.h"

namespace hansa::service {

struct Reference {
  Location location;
  // What the metadata says; none: it says nothing about the size.
  std::optional<std::uint64_t> bytes = {};
};

// Metadata, manifest lists, manifests, data files, fingerprints and rejects of all states, each
// once. What is missing is handed over too, and what it would have led to is not known. Errors:
// corrupt; those of `each`; unavailable.
Result<void> each_reference(object::ObjectStore& objects, const Table& table,
                            const std::function<Result<void>(const Reference&)>& each);

}  // namespace hansa::service
