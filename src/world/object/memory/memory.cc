#include "world/object/memory/memory.h"

#include <algorithm>

#include "world/object/key.h"

namespace hansa::object {
namespace {

class TextSource final : public Source {
 public:
  explicit TextSource(std::string bytes) : bytes_(std::move(bytes)) {}
  Result<std::optional<Chunk>> next(Want want) override {
    if (at_ >= bytes_.size()) return std::nullopt;
    const std::size_t most = want.bytes_max == 0 ? limits::chunk_bytes : want.bytes_max;
    Chunk chunk{bytes_.substr(at_, most), 0};
    at_ += chunk.bytes.size();
    return chunk;
  }

 private:
  const std::string bytes_;
  std::size_t at_ = 0;
};

}  // namespace

class MemoryWriting final : public Writing {
 public:
  MemoryWriting(MemoryObjects& store, Location at, Taken taken)
      : store_(store), at_(std::move(at)), taken_(taken) {}
  Result<void> write(std::string_view bytes) override { return store_.append(bytes_, bytes); }
  Result<ObjectInfo> finish() override { return store_.finish(at_, taken_, std::move(bytes_)); }

 private:
  MemoryObjects& store_;
  const Location at_;
  const Taken taken_;
  std::string bytes_;
};

void MemoryObjects::fail_at(std::uint64_t step) {
  const std::lock_guard lock(mutex_);
  steps_ = 0;
  failing_ = step;
}

std::uint64_t MemoryObjects::steps() const {
  const std::lock_guard lock(mutex_);
  return steps_;
}

Result<void> MemoryObjects::step() {
  if (++steps_ == failing_) return unavailable("the objects cannot be reached");
  return {};
}

ObjectInfo MemoryObjects::info_of(const Location& at, const Kept& kept) {
  return {at, kept.bytes.size(), kept.modified, std::to_string(kept.version)};
}

Result<const MemoryObjects::Kept*> MemoryObjects::find(const Location& at) const {
  const auto bucket = buckets_.find(at.bucket());
  if (bucket == buckets_.end()) return no_object(at);
  const auto kept = bucket->second.find(at.key());
  if (kept == bucket->second.end()) return no_object(at);
  return &kept->second;
}

// As on a disk: nothing is an object and a folder at once.
Result<void> MemoryObjects::check_way(const Location& at) const {
  const auto bucket = buckets_.find(at.bucket());
  if (bucket == buckets_.end()) return no_bucket(at.bucket());
  const auto below = bucket->second.lower_bound(at.key() + "/");
  if (below != bucket->second.end() && below->first.starts_with(at.key() + "/"))
    return in_the_way(at, below->first);
  for (auto slash = at.key().find('/'); slash != std::string::npos;
       slash = at.key().find('/', slash + 1))
    if (bucket->second.contains(at.key().substr(0, slash)))
      return in_the_way(at, at.key().substr(0, slash));
  return {};
}

Result<void> MemoryObjects::make_bucket(std::string_view bucket) {
  HANSA_CHECK(check_bucket(bucket));
  const std::lock_guard lock(mutex_);
  HANSA_CHECK(step());
  buckets_.try_emplace(std::string(bucket));
  return {};
}

Result<ObjectInfo> MemoryObjects::info(const Location& at) {
  const std::lock_guard lock(mutex_);
  HANSA_TRY(const Kept* kept, find(at));
  return info_of(at, *kept);
}

Result<std::unique_ptr<Source>> MemoryObjects::read(const Location& at, std::uint64_t offset,
                                                    std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  HANSA_TRY(const Kept* kept, find(at));
  const std::size_t from = std::min<std::uint64_t>(offset, kept->bytes.size());
  return std::make_unique<TextSource>(
      kept->bytes.substr(from, bytes == 0 ? std::string::npos : bytes));
}

Result<std::unique_ptr<Writing>> MemoryObjects::write(const Location& at, Taken taken) {
  HANSA_CHECK(check_parts(at));
  const std::lock_guard lock(mutex_);
  HANSA_CHECK(step());
  if (!buckets_.contains(at.bucket())) return no_bucket(at.bucket());
  if (taken == Taken::refuse && find(at)) return object_taken(at);
  return std::make_unique<MemoryWriting>(*this, at, taken);
}

Result<void> MemoryObjects::append(std::string& staged, std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  HANSA_CHECK(step());
  staged += bytes;
  return {};
}

Result<ObjectInfo> MemoryObjects::finish(const Location& at, Taken taken, std::string bytes) {
  const std::lock_guard lock(mutex_);
  HANSA_CHECK(step());
  HANSA_CHECK(check_way(at));
  if (taken == Taken::refuse && find(at)) return object_taken(at);
  Kept& kept = buckets_.find(at.bucket())->second[at.key()];
  kept = {std::move(bytes), clock_.now(), ++version_};
  return info_of(at, kept);
}

Result<Listing> MemoryObjects::list(std::string_view bucket, std::string_view prefix,
                                    std::string_view after, std::size_t max) {
  HANSA_CHECK(check_bucket(bucket));
  const std::lock_guard lock(mutex_);
  const auto found = buckets_.find(bucket);
  if (found == buckets_.end()) return no_bucket(bucket);
  Listing listing;
  for (auto at = found->second.upper_bound(std::string(after)); at != found->second.end(); ++at) {
    if (!at->first.starts_with(prefix)) continue;
    listing.more = listing.objects.size() == max;
    if (listing.more) break;
    HANSA_TRY(const Location location, Location::make(bucket, at->first));
    listing.objects.push_back(info_of(location, at->second));
  }
  return listing;
}

Result<std::string> MemoryObjects::local(const Location& at) {
  const std::lock_guard lock(mutex_);
  HANSA_TRY(const Kept* kept, find(at));
  if (folder_.empty()) return unavailable("these objects lie on no disk");
  const std::string path = folder_ + "/" + std::to_string(kept->version);
  HANSA_CHECK(write_file_atomically(path, kept->bytes, 0444));
  return path;
}

Result<void> MemoryObjects::remove(const Location& at) {
  const std::lock_guard lock(mutex_);
  HANSA_CHECK(step());
  const auto bucket = buckets_.find(at.bucket());
  if (bucket != buckets_.end()) bucket->second.erase(at.key());
  return {};
}

}  // namespace hansa::object
