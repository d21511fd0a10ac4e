// Keys in the order of whole keys, out of folders that are read one by one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace hansa::object::local {

struct Keys {
  std::vector<std::string> keys;
  bool more = false;
};

// At most `max` keys of regular files below `bucket` that begin with `prefix` and come after
// `after`, in ascending order of their bytes. Names that no Location can hold are left out. Errors:
// unavailable.
Result<Keys> keys_below(const File& bucket, std::string_view prefix, std::string_view after,
                        std::size_t max);

}  // namespace hansa::object::local
