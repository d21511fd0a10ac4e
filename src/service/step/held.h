// A contract that was applied, out of the manifest that is kept of it.
#pragma once

#include "contract/odcs.h"
#include "model/product.h"

namespace hansa::service {

// Errors: corrupt: it cannot be read.
Result<contract::DataContract> document_of(const PackedText& manifest);

}  // namespace hansa::service
