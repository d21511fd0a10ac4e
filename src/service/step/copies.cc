#include "service/step/copies.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "base/log.h"
#include "base/text.h"
#include "query/visible.h"
#include "world/engine/engine.h"
#include "world/object/object_store.h"

namespace hansa::service {
namespace {

constexpr std::string_view kBucket = "visible";
// Each holds a worker; the rest of them is for queries.
constexpr std::size_t kMakersMax = 4;
// Nobody's large copies keep everybody else's small ones waiting.
constexpr std::size_t kMakersEachMax = 2;

// Errors of the stage that sees hidden rows: their texts may hold values, so only their kind is
// told.
Error told(Code code) {
  if (code == Code::exhausted)
    return {
        code,
        "the part of the data that your access shows could not be prepared within the limits of "
        "time, memory and disk",
        "try again with more time (--timeout), or ask the owner for a product of that part"};
  if (code == Code::unavailable)
    return {code, "preparing the part of the data that your access shows was cut", "try again"};
  return {Code::corrupt, "the part of the data that your access shows could not be prepared",
          "tell the owner of the data: its files, or the filter of the access, are at fault"};
}

}  // namespace

VisibleCopy::~VisibleCopy() {
  if (pushed_out) (void)where.remove(at);
}

VisibleCopies::VisibleCopies(std::unique_ptr<object::ObjectStore> where, Secret<std::string> key,
                             std::uint64_t bytes_max)
    : where_(std::move(where)), key_(std::move(key)), bytes_max_(bytes_max) {}
VisibleCopies::~VisibleCopies() = default;

Result<std::unique_ptr<VisibleCopies>> VisibleCopies::open(
    std::unique_ptr<object::ObjectStore> where, Secret<std::string> key, std::uint64_t bytes_max) {
  HANSA_CHECK(where->make_bucket(kBucket));
  return std::unique_ptr<VisibleCopies>(
      new VisibleCopies(std::move(where), std::move(key), bytes_max));
}

std::string VisibleCopies::mask_key(const CopyAsk& ask) const {
  return to_hex(hmac_sha256(key_.expose(), "mask " + to_text(ask.product)));
}

std::string VisibleCopies::key_of(const CopyAsk& ask) const {
  Digest digest;
  digest.add(to_text(ask.whole.port));
  digest.add(fmt::format(" {} ", ask.snapshot));
  digest.add(query::visible_sql(ask.visible, ask.whole.columns, "port", mask_key(ask)));
  return to_hex(digest.finish());
}

std::shared_ptr<const VisibleCopy> VisibleCopies::look(const std::string& key) {
  const auto found = known_.find(key);
  if (found == known_.end()) return nullptr;
  order_.splice(order_.begin(), order_, found->second.used);
  return found->second.copy;
}

std::shared_ptr<const VisibleCopy> VisibleCopies::find(const CopyAsk& ask) {
  const std::string key = key_of(ask);
  std::shared_ptr<const VisibleCopy> copy;
  {
    const std::lock_guard lock(mutex_);
    copy = look(key);
  }
  if (copy == nullptr) return nullptr;
  // Somebody may have deleted it: then it is made anew.
  const auto info = where_->info(copy->at);
  if (info && info->bytes == copy->file.bytes) return copy;
  const std::lock_guard lock(mutex_);
  if (look(key) == copy) forget(key);
  return nullptr;
}

void VisibleCopies::forget(const std::string& key) {
  const auto found = known_.find(key);
  bytes_ -= found->second.copy->file.bytes;
  found->second.copy->pushed_out = true;
  order_.erase(found->second.used);
  known_.erase(found);
}

void VisibleCopies::keep(const std::string& key, std::shared_ptr<VisibleCopy> copy) {
  bytes_ += copy->file.bytes;
  order_.push_front(key);
  known_.emplace(key, Known{std::move(copy), order_.begin()});
  while (bytes_ > bytes_max_ && order_.size() > 1) forget(std::string(order_.back()));
}

Result<std::shared_ptr<VisibleCopy>> VisibleCopies::write(const Context& context,
                                                          engine::Engine& engine,
                                                          const CopyAsk& ask,
                                                          const std::string& name) {
  HANSA_TRY(query::ClosedPlan plan,
            query::ClosedPlan::copy(ask.whole, ask.visible, ask.permit, mask_key(ask)));
  HANSA_TRY(const Location at, Location::make(kBucket, name + ".parquet"));
  // Nobody's worker: it has never met the statement of anybody.
  HANSA_TRY(auto lease, engine.lease(PrincipalId{}, context.deadline, context.stop));
  auto opened = lease->run(std::move(plan), Want{});
  if (!opened) return std::unexpected(std::move(opened).error());
  HANSA_TRY(auto writing, where_->write(at, object::Taken::replace));
  while (true) {
    HANSA_TRY(const auto chunk, opened->rows->next({}));
    if (!chunk) break;
    HANSA_CHECK(writing->write(chunk->bytes));
  }
  HANSA_TRY(const auto info, writing->finish());
  HANSA_TRY(std::string path, where_->local(at));
  const query::PlanFile file{
      .path = std::move(path),
      .label = fmt::format("the visible part of {}.{}", ask.whole.schema, ask.whole.name),
      .bytes = info.bytes,
      .rows = opened->counters->look().rows};
  return std::make_shared<VisibleCopy>(file, *where_, at);
}

Result<std::shared_ptr<const VisibleCopy>> VisibleCopies::make(const Context& context,
                                                               engine::Engine& engine,
                                                               const CopyAsk& ask) {
  const std::string key = key_of(ask);
  std::unique_lock lock(mutex_);
  // Whoever waits looks again: the one who made it may have been cut, and then it is this one's
  // turn.
  const bool turn = bell_.wait_for(lock, context.stop, context.deadline - context.now, [&] {
    const auto mine = makers_.find(context.who.id);
    return known_.contains(key) || (!making_.contains(key) && making_.size() < kMakersMax &&
                                    (mine == makers_.end() || mine->second < kMakersEachMax));
  });
  if (!turn)
    return std::unexpected(
        told(context.stop.stop_requested() ? Code::unavailable : Code::exhausted));
  if (auto known = look(key)) return known;
  making_.insert(key);
  ++makers_[context.who.id];
  // A name of its own: one that was pushed out and is still in use keeps its file.
  const std::string name = fmt::format("{}-{}", key, ++made_);
  lock.unlock();
  auto made = write(context, engine, ask, name);
  lock.lock();
  making_.erase(key);
  if (--makers_[context.who.id] == 0) makers_.erase(context.who.id);
  if (made) keep(key, *made);
  lock.unlock();
  bell_.notify_all();
  if (made) return *std::move(made);
  log(Level::warning, "a visible copy could not be made",
      {{"port", to_text(ask.whole.port)}, {"code", std::string(name_of(made.error().code))}});
  return std::unexpected(told(made.error().code));
}

}  // namespace hansa::service
