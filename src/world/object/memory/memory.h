// The fake object store: everything but durability, and faults on demand.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>

#include "world/object/object_store.h"

namespace hansa::object {

class MemoryObjects final : public ObjectStore {
 public:
  // `folder` receives what `local` is asked for; without one, `local` is unavailable.
  explicit MemoryObjects(std::string folder = {}) : folder_(std::move(folder)) {}

  // The `step`-th call from now on that changes something (make_bucket, write, Writing::write,
  // finish, remove; the first is 1) is unavailable and changes nothing. Zero: none is.
  void fail_at(std::uint64_t step);
  std::uint64_t steps() const;

  Result<void> make_bucket(std::string_view bucket) override;
  Result<ObjectInfo> info(const Location& at) override;
  Result<std::unique_ptr<Source>> read(const Location& at, std::uint64_t offset,
                                       std::uint64_t bytes) override;
  Result<std::unique_ptr<Writing>> write(const Location& at, Taken taken) override;
  Result<Listing> list(std::string_view bucket, std::string_view prefix, std::string_view after,
                       std::size_t max) override;
  Result<std::string> local(const Location& at) override;
  Result<void> remove(const Location& at) override;

 private:
  friend class MemoryWriting;
  struct Kept {
    std::string bytes;
    Time modified;
    std::uint64_t version;
  };
  using Bucket = std::map<std::string, Kept>;

  Result<void> step();
  Result<void> append(std::string& staged, std::string_view bytes);
  Result<ObjectInfo> finish(const Location& at, Taken taken, std::string bytes);
  // With the lock held.
  Result<const Kept*> find(const Location& at) const;
  Result<void> check_way(const Location& at) const;
  static ObjectInfo info_of(const Location& at, const Kept& kept);

  const std::string folder_;
  mutable std::mutex mutex_;
  SystemClock clock_;
  std::map<std::string, Bucket, std::less<>> buckets_;
  std::uint64_t version_ = 0;
  std::uint64_t steps_ = 0;
  std::uint64_t failing_ = 0;
};

}  // namespace hansa::object
