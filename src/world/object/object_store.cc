#include "world/object/object_store.h"

#include <fmt/format.h>

namespace hansa::object {

Result<std::string> read_all(ObjectStore& objects, const Location& at, std::size_t bytes_max) {
  HANSA_TRY(const ObjectInfo info, objects.info(at));
  // Refused before a byte is read: the size is known, whatever it is.
  if (info.bytes > bytes_max)
    return exhausted(fmt::format("{} is larger than {} bytes", at.text(), bytes_max));
  HANSA_TRY(const auto source, objects.read(at, 0, 0));
  return drain(*source, bytes_max);
}

Result<ObjectInfo> write_all(ObjectStore& objects, const Location& at, std::string_view bytes,
                             Taken taken) {
  HANSA_TRY(const auto writing, objects.write(at, taken));
  HANSA_CHECK(writing->write(bytes));
  return writing->finish();
}

}  // namespace hansa::object
