#include "service/authority/running.h"

#include <algorithm>

#include "policy/decide.h"
#include "policy/explain.h"

namespace hansa::service {

struct Running::Entry {
  Work work;
  std::mutex mutex;
  std::optional<Error> cut;  // set once; then nothing is given any more
  std::stop_source bell;
  bool ended = false;

  // Its answer may still be on its way.
  bool is_over() {
    const std::lock_guard lock(mutex);
    return ended;
  }
};

// Work is decided anew for as long as somebody holds this.
class Running::Registered {
 public:
  Registered(Running& running, QueryId id) : running_(running), id_(id) {}
  Registered(const Registered&) = delete;
  Registered& operator=(const Registered&) = delete;
  ~Registered() { running_.forget(id_); }

 private:
  Running& running_;
  QueryId id_;
};

class Running::Guarded : public Source {
 public:
  Guarded(std::shared_ptr<Registered> registered, std::shared_ptr<Entry> entry,
          std::unique_ptr<Source> rows)
      : registered_(std::move(registered)), entry_(std::move(entry)), rows_(std::move(rows)) {}
  ~Guarded() override { finish("dropped", {}); }

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
    // What they hold goes with the rows, however long the answer takes to leave.
    std::function<void()> kill;
    std::function<void(const Ending&)> end;
    {
      const std::lock_guard lock(entry_->mutex);
      if (std::exchange(entry_->ended, true)) return;
      kill = std::exchange(entry_->work.kill, nullptr);
      end = std::exchange(entry_->work.end, nullptr);
    }
    const query::Tally tally =
        entry_->work.counters ? entry_->work.counters->look() : query::Tally{};
    rows_.reset();
    if (end) end({std::string(status), std::move(error), tally});
  }

  std::shared_ptr<Registered> registered_;
  std::shared_ptr<Entry> entry_;
  std::unique_ptr<Source> rows_;
};

namespace {

// The decision as it would be now; nothing: the same.
std::optional<Decision> changed(const View& view, const Permit& permit, Time now) {
  Ask ask = permit.decision().ask;
  ask.now = now;
  Decision decision = policy::judge(view.rights, view.mesh, ask, view.seq);
  // Another part: what runs may show more than is left. All of it is no less.
  const bool other = decision.visible && decision.visible != permit.decision().visible;
  if (decision.allowed && !other) return std::nullopt;
  return decision;
}

// Why this work may not go on, or nothing.
std::optional<Error> lost(const View& view, const Work& work, Time now) {
  const auto* credential = view.mesh.find<Credential>(work.credential);
  if (work.credential && (credential == nullptr || credential->revoked ||
                          (credential->expires && *credential->expires <= now)))
    return Error{Code::denied, "the token ended while the query ran", "sign in again: hansa login"};
  for (const Permit& permit : work.permits) {
    const auto decision = changed(view, permit, now);
    if (decision && !decision->allowed)
      return Error{Code::denied,
                   "the access ended while the query ran: " + policy::words(view.mesh, *decision),
                   policy::next_action(view.mesh, *decision)};
    if (decision)
      return Error{Code::denied, "the access showed another part of the data while the query ran",
                   "run it again"};
  }
  for (const Borrowed& each : work.borrowed)
    if (changed(view, each.permit, now)) return each.lost;
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
  auto registered = std::make_shared<Registered>(*this, entry->work.id);
  auto guarded = std::make_unique<Guarded>(registered, std::move(entry), std::move(rows));
  return {std::move(guarded), bell, std::move(registered)};
}

void Running::cut(Entry& entry, Error why) {
  std::function<void()> kill;
  {
    const std::lock_guard lock(entry.mutex);
    if (entry.cut) return;
    entry.cut = std::move(why);
    kill = std::exchange(entry.work.kill, nullptr);
  }
  // The client first, the worker second: what is on its way must not arrive because a kill takes
  // its time.
  entry.bell.request_stop();
  if (kill) kill();
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
    if (found != entries_.end() && found->second->work.who == who && !found->second->is_over())
      entry = found->second;
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
    if (entry->work.who == who && !entry->is_over())
      out.push_back({id, who, entry->work.started, entry->work.ports,
                     entry->work.counters ? entry->work.counters->look() : query::Tally{}});
  return out;
}

std::size_t Running::count() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(
      std::ranges::count_if(entries_, [](const auto& each) { return !each.second->is_over(); }));
}

}  // namespace hansa::service
