// Objects: bytes under a Location. Written once; visible entirely or not at all.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/stream.h"
#include "base/time.h"
#include "model/location.h"

namespace hansa::object {

struct ObjectInfo {
  Location location;
  std::uint64_t bytes = 0;
  Time modified;
  // Changes whenever the content may have: compare, never parse.
  std::string tag;
};

// What to do if the object exists already.
enum class Taken { refuse, replace };

// An object being written. Nothing is visible before `finish`; dropping it without leaves nothing
// behind.
struct Writing : Sink {
  // Durable (content, name and folder) on return; called once. Errors: conflict if the location was
  // taken, or one of the two would lie below the other (`a` and `a/b`: a disk cannot keep both);
  // exhausted if the disk is full; unavailable, also if a `write` failed.
  virtual Result<ObjectInfo> finish() = 0;
};

struct Listing {
  std::vector<ObjectInfo> objects;  // by key, ascending
  bool more = false;                // continue after the last key
};

struct ObjectStore {
  virtual ~ObjectStore() = default;

  // Makes room for a bucket; twice is fine. Errors: invalid; unavailable.
  virtual Result<void> make_bucket(std::string_view bucket) = 0;
  // Errors: not_found; unavailable.
  virtual Result<ObjectInfo> info(const Location& at) = 0;
  // `bytes` from `offset`; bytes 0: to the end. Errors: not_found; unavailable.
  virtual Result<std::unique_ptr<Source>> read(const Location& at, std::uint64_t offset,
                                               std::uint64_t bytes) = 0;
  // The store outlives the Writing. Errors: conflict at once if `taken` is refuse and it exists;
  // invalid if a part of the key is longer than 255 bytes; not_found: no such bucket; unavailable.
  virtual Result<std::unique_ptr<Writing>> write(const Location& at, Taken taken) = 0;
  // Objects of the bucket whose key begins with `prefix`, after key `after`. Errors: invalid,
  // not_found: the bucket; unavailable.
  virtual Result<Listing> list(std::string_view bucket, std::string_view prefix,
                               std::string_view after, std::size_t max) = 0;
  // A path on this machine under which the object's bytes lie, read-only (0444), for a worker's
  // seat. A store that keeps objects elsewhere fetches it first. Errors: not_found; denied if
  // others can change it; unavailable.
  virtual Result<std::string> local(const Location& at) = 0;
  // Gone, or was not there.
  virtual Result<void> remove(const Location& at) = 0;
};

// The whole object. Errors: as read; exhausted past `bytes_max`.
Result<std::string> read_all(ObjectStore& objects, const Location& at, std::size_t bytes_max);
// One small object, durable on return.
Result<ObjectInfo> write_all(ObjectStore& objects, const Location& at, std::string_view bytes,
                             Taken taken);

}  // namespace hansa::object
