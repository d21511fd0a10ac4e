// Rows that a worker encodes, as an object.
#pragma once

#include "base/stream.h"
#include "world/object/object_store.h"

namespace hansa::service {

// All of `rows` under `at`, durable on return; nothing of it is there if they end in an error.
// Errors: those of the rows; as ObjectStore::write; exhausted: more than `bytes_max`.
Result<object::ObjectInfo> write_object(object::ObjectStore& objects, const Location& at,
                                        Source& rows, std::uint64_t bytes_max);

}  // namespace hansa::service
