#include "world/store/watched.h"

#include "base/time.h"

namespace hansa::store {

Result<void> Watched::writable() const {
  const std::lock_guard lock(mutex_);
  if (failed_) return std::unexpected(*failed_);
  return {};
}

// What is the caller's own fault says nothing about the disk, and neither does a full queue of
// records, which the next write waits behind.
void Watched::note(const Error* error) {
  if (error != nullptr && error->code != Code::exhausted && error->code != Code::unavailable)
    return;
  if (error != nullptr) ++figures_.failures;
  const std::lock_guard lock(mutex_);
  if (error != nullptr) failed_ = *error;
  else failed_.reset();
}

Result<Seq> Watched::commit(Commit commit) {
  const std::int64_t started_us = steady_us();
  auto done = store_->commit(std::move(commit));
  if (done) figures_.commits.observe(steady_us() - started_us);
  else if (done.error().code == Code::conflict) ++figures_.conflicts;
  // A commit larger than may be is refused before anything is written.
  if (!done && done.error().code == Code::exhausted) return done;
  return noted(std::move(done));
}

Result<std::unique_ptr<Ticket>> Watched::count(Uses uses) {
  const std::size_t many = uses.taken_back ? 0 : uses.all.size();
  auto ticket = store_->count(std::move(uses));
  if (ticket) figures_.uses += many;
  return ticket;
}

Result<std::unique_ptr<Ticket>> Watched::record(Record record) {
  auto ticket = store_->record(std::move(record));
  if (ticket) ++figures_.records;
  return ticket;
}

}  // namespace hansa::store
