// What a request leaves behind besides its commit.
#pragma once

#include "service/authority/context.h"

namespace hansa {
struct World;
}

namespace hansa::service {

// Hands the refusals of this request to the store. Does not wait for the disk. Errors: exhausted:
// the store cannot take records: then the request must not succeed either.
Result<void> record_refusals(const Context& context, World& world);

}  // namespace hansa::service
