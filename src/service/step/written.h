// Objects on their way into a table: rows as a worker encodes them, and what no table lists yet.
#pragma once

#include <vector>

#include "base/stream.h"
#include "service/step/staged.h"
#include "world/object/object_store.h"

namespace hansa::service {

// What the account's quota leaves for a table's new rows, in bytes; all there is without one.
std::uint64_t room_of(const Target& target);
std::unexpected<Error> over_quota(std::uint64_t room);

// All of `rows` under `at`, durable on return; nothing of it is there if they end in an error.
// Errors: those of the rows; as ObjectStore::write; exhausted: more than `bytes_max`.
Result<object::ObjectInfo> write_object(object::ObjectStore& objects, const Location& at,
                                        Source& rows, std::uint64_t bytes_max);

// Objects that no table lists yet: removed again unless they are kept.
class Unlisted {
 public:
  explicit Unlisted(object::ObjectStore& objects) : objects_(objects) {}
  ~Unlisted() {
    for (const Location& at : files)
      if (!keep) (void)objects_.remove(at);
  }
  Unlisted(const Unlisted&) = delete;
  Unlisted& operator=(const Unlisted&) = delete;

  std::vector<Location> files;
  // Before the commit that lists them: a lost answer of the store may mean that it did.
  bool keep = false;

 private:
  object::ObjectStore& objects_;
};

}  // namespace hansa::service
