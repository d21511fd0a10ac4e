// Whether access that was given to one version of a port shows anything more on another. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/grant.h"
#include "model/product.h"
#include "model/scope.h"

namespace hansa::policy {

// What the scope would show on `after` that it did not show on `before`, or cannot narrow there any
// more, a sentence each; none: it may carry over.
//
// A column is the same if it has the same name and type and says no higher classification. Whoever
// was shown all columns as they are is also shown new ones that nobody classified. A scope that
// hides something shows nothing new: a hidden column may have come back under another name.
std::vector<std::string> shows_more(const Scope& scope, const Contract& before,
                                    const Contract& after);

// The versions that it was given for: without those that it was carried to.
std::vector<std::uint32_t> given_majors(const Grant& grant);
// Without a version that it was carried to. False: it covers no other, and is as it was.
bool leave_major(Grant& grant, std::uint32_t major);

}  // namespace hansa::policy
