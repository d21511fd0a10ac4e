// What every object store says about keys, in the same words.
#pragma once

#include <string_view>

#include "base/result.h"
#include "model/location.h"

namespace hansa::object {

// A part of a key becomes a file's or folder's name, of at most 255 bytes. Errors: invalid.
Result<void> check_parts(const Location& at);

std::unexpected<Error> no_object(const Location& at);
std::unexpected<Error> no_bucket(std::string_view bucket);
std::unexpected<Error> object_taken(const Location& at);
// One of the two lies below the other, and a disk cannot keep a name as a file and as a folder.
std::unexpected<Error> in_the_way(const Location& at, std::string_view other_key);

}  // namespace hansa::object
