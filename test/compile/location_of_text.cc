// A location is parsed, never put together.
// expect: Location::Location\(.*private|could not convert|conversion
#include "model/location.h"

using namespace hansa;

Result<Location> place(std::string bucket, std::string key) {
#ifdef WRONG
  return Location(std::move(bucket), std::move(key));
#else
  return Location::make(bucket, key);
#endif
}
