#include "service/authority/running.h"

#include "policy/decide.h"
#include "policy/explain.h"

namespace hansa::service {

struct Running::Entry {
  Work work;
  std::mutex mutex;
  std::optional<Error> cut;  // set once; then nothing is given any more
  std::stop_source bell;
  bool ended = false;
};

class Running::Guarded : public Source {
 public:
  Guarded(Running& running, std::shared_ptr<Entry> entry, std::unique_ptr<Source> rows)
      : running_(running), entry_(std::move(entry)), rows_(std::move(rows)) {}
  ~Guarded() override {
    finish("dropped", {});
    running_.forget(entry_->work.id);
  }

  Result<std::optional<Chunk>> next(Want want) override {
    if (auto why = cut()) return stop(std::move(*why));
    auto chunk = rows_->next(want);
    // Asked again after the wait: rows that were on their way when the right ended stay here.
    if (auto why = cut()) return stop(std::move(*why));
    if (!chunk) finish(status_of(chunk.error()), chunk.error());
    else if (!*chunk) finish("ok", {});
    return chunk;
  }

 private:
  std::optional<Error> cut() const {
    const std::lock_guard lock(entry_->mutex);
    return entry_->cut;
  }
  std::string_view status_of(const Error& error) const {
    if (entry_->work.gone.stop_requested()) return "dropped";
    return error.code == Code::exhausted ? "limit" : "failed";
  }
  Result<std::optional<Chunk>> stop(Error why) {
    finish(why.code == Code::denied ? "revoked" : "cancelled", why);
    return std::unexpected(std::move(why));
  }
  void finish(std::string_view status, std::optional<Error> error) {
    {
      const std::lock_guard lock(entry_->mutex);
      if (std::exchange(entry_->ended, true)) return;
    }
    const query::Tally tally =
        entry_->work.counters ? entry_->work.counters->look() : query::Tally{};
    rows_.reset();
    if (entry_->work.end) entry_->work.end({std::string(status), std::move(error), tally});
  }

  Running& running_;
  std::shared_ptr<Entry> entry_;
  std::unique_ptr<Source> rows_;
};

namespace {

// Why this work may not go on, or nothing.
std::optional<Error> lost(const View& view, const Work& work, Time now) {
  const auto* credential = view.mesh.find<Credential>(work.credential);
  if (work.credential && (credential == nullptr || credential->revoked ||
                          (credential->expires && *credential->expires <= now)))
    return Error{Code::denied, "the token ended while the query ran", "sign in again: hansa login"};
  for (const Permit& permit : work.permits) {
    Ask ask = permit.decision().ask;
    ask.now = now;
    const Decision decision = policy::judge(view.rights, view.mesh, ask, view.seq);
    if (!decision.allowed)
      return Error{Code::denied,
                   "the access ended while the query ran: " + policy::words(view.mesh, decision),
                   policy::next_action(view.mesh, decision)};
    // Another part: what runs may show more than is left. All of it is no less.
    if (decision.visible && decision.visible != permit.decision().visible)
      return Error{Code::denied, "the access showed another part of the data while the query ran",
                   "run it again"};
  }
  return std::nullopt;
}

}  // namespace

Guard Running::guard(const Live& live, Time now, Work work, std::unique_ptr<Source> rows) {
  auto entry = std::make_shared<Entry>();
  entry->work = std::move(work);
  {
    const std::lock_guard lock(mutex_);
    entries_.emplace(entry->work.id, entry);
  }
  // Registered first, looked at second: a revocation between the decision and here is seen by one
  // of the two.
  if (auto why = live.read([&](const View& view) { return lost(view, entry->work, now); }))
    cut(*entry, std::move(*why));
  const std::stop_token bell = entry->bell.get_token();
  return {std::make_unique<Guarded>(*this, std::move(entry), std::move(rows)), bell};
}

void Running::cut(Entry& entry, Error why) {
  {
    const std::lock_guard lock(entry.mutex);
    if (entry.cut) return;
    entry.cut = std::move(why);
  }
  // The client first, the worker second: what is on its way must not arrive because a kill takes
  // its time.
  entry.bell.request_stop();
  if (entry.work.kill) entry.work.kill();
}

void Running::forget(const QueryId& id) {
  const std::lock_guard lock(mutex_);
  entries_.erase(id);
}

Result<void> Running::cancel(const QueryId& id, PrincipalId who) {
  std::shared_ptr<Entry> entry;
  {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(id);
    if (found != entries_.end() && found->second->work.who == who) entry = found->second;
  }
  if (!entry) return not_found("no such query is running", "it may have ended already");
  cut(*entry, {Code::unavailable, "the query was cancelled", {}});
  return {};
}

void Running::recheck(const View& view, Time now) {
  std::vector<std::pair<std::shared_ptr<Entry>, Error>> lose;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, entry] : entries_)
      if (auto why = lost(view, entry->work, now)) lose.emplace_back(entry, std::move(*why));
  }
  for (auto& [entry, why] : lose) cut(*entry, std::move(why));
}

void Running::cut_all(const Error& why) {
  std::vector<std::shared_ptr<Entry>> all;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, entry] : entries_) all.push_back(entry);
  }
  for (const auto& entry : all) cut(*entry, why);
}

std::vector<RunningWork> Running::of(PrincipalId who) const {
  std::vector<RunningWork> out;
  const std::lock_guard lock(mutex_);
  for (const auto& [id, entry] : entries_)
    if (entry->work.who == who)
      out.push_back({id, who, entry->work.started, entry->work.ports,
                     entry->work.counters ? entry->work.counters->look() : query::Tally{}});
  return out;
}

std::size_t Running::count() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

}  // namespace hansa::service
