#include "world/engine/pool.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "base/log.h"
#include "world/engine/lease.h"
#include "world/engine/state.h"

namespace hansa::engine {
namespace {

constexpr std::uint64_t kKeptShare = 16;
constexpr std::uint64_t kKeptBytesMax = std::uint64_t{1} << 30;

std::uint64_t usual_kept_bytes() {
  const auto pages = static_cast<std::uint64_t>(std::max(1L, sysconf(_SC_PHYS_PAGES)));
  const auto page = static_cast<std::uint64_t>(std::max(1L, sysconf(_SC_PAGESIZE)));
  return std::min(kKeptBytesMax, pages * page / kKeptShare);
}

}  // namespace

std::size_t Pool::State::waiting() const {
  std::size_t count = 0;
  for (const auto& [who, waiters] : waiting_) count += waiters.size();
  return count;
}

Result<void> Pool::State::may_wait(PrincipalId who) const {
  const auto held = held_.find(who);
  const auto queued = waiting_.find(who);
  const std::size_t mine = (held == held_.end() ? 0 : held->second) +
                           (queued == waiting_.end() ? 0 : queued->second.size());
  if (mine >= options_.queries_per_principal_max)
    return exhausted(fmt::format("{} queries of yours are running or waiting", mine),
                     "wait for one to end, or cancel one");
  if (waiting() >= options_.queries_waiting_max)
    return exhausted(fmt::format("{} queries are waiting already", options_.queries_waiting_max),
                     "try again in a moment");
  return {};
}

// No room to start more for those who come: the longest kept are wiped before they are needed.
void Pool::State::wipe_ahead() {
  std::size_t have = ready() + starting_.size() + starts_wanted_;
  for (; have < options_.workers_min && idle_.soil_longest_kept(); ++have) tender_.ring();
}

void Pool::State::enqueue(PrincipalId who, Waiter& waiter) {
  auto& mine = waiting_[who];
  if (mine.empty()) turns_.push_back(who);
  mine.push_back(&waiter);
}

void Pool::State::forget(PrincipalId who, Waiter& waiter) {
  const auto mine = waiting_.find(who);
  if (mine == waiting_.end()) return;
  std::erase(mine->second, &waiter);
  if (!mine->second.empty()) return;
  waiting_.erase(mine);
  turns_.remove(who);
}

// A principal that holds all workers but one waits for one of its own: the last is for somebody
// else.
bool Pool::State::may_hold_more(PrincipalId who) const {
  const auto held = held_.find(who);
  return held == held_.end() || held->second + 1 < options_.workers_max;
}

// One worker to each principal in turn, however many queries it has queued.
void Pool::State::serve_waiters() {
  while (!idle_.empty() && free_seats() > 0) {
    const auto turn =
        std::ranges::find_if(turns_, [&](PrincipalId who) { return may_hold_more(who); });
    if (turn == turns_.end()) return;
    const PrincipalId who = *turn;
    turns_.erase(turn);
    auto& mine = waiting_[who];
    Waiter* const waiter = mine.front();
    mine.pop_front();
    if (mine.empty()) waiting_.erase(who);
    else turns_.push_back(who);
    // Counted as leased from here on, though its thread has not woken yet.
    waiter->given = idle_.take(who);
    ++held_[who];
    leased_.push_back({waiter->given->worker, waiter->deadline, leases_++});
    waiter->bell.notify_one();
  }
}

// How many more may live: as many as may work, and idle ones beside them while their memory allows.
std::size_t Pool::State::room() const {
  const std::size_t most = options_.workers_max + options_.workers_kept_max;
  const std::size_t usual = options_.workers_max - std::min(options_.workers_max, alive());
  const std::uint64_t each = idle_.typical_bytes();
  if (each == 0) return std::max(usual, most - std::min(most, alive()));
  const std::uint64_t fit = options_.kept_bytes_max / each;
  const std::uint64_t idle = alive() - leased_.size();
  const std::uint64_t more =
      std::min<std::uint64_t>(fit - std::min(fit, idle), most - std::min(most, alive()));
  return std::max(usual, static_cast<std::size_t>(more));
}

void Pool::State::want_starts() {
  const std::size_t coming = ready() + starting_.size() + starts_wanted_;
  const std::size_t wanted = std::max(options_.workers_min, std::min(waiting(), free_seats()));
  if (coming >= wanted) return;
  const std::size_t more = std::min(wanted - coming, room());
  if (more == 0) return wipe_ahead();
  starts_wanted_ += more;
  tender_.ring();
}

// Whether the tender must look sooner than it would by itself.
bool Pool::State::is_news(Time deadline) const {
  return deadline - clock_.now() < Micros(kQuietRoundUs);
}

Result<Idle> Pool::State::wait(PrincipalId who, Time deadline, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  HANSA_CHECK(may_wait(who));
  asked_us_ = steady_us();
  Waiter waiter;
  waiter.deadline = deadline;
  enqueue(who, waiter);
  serve_waiters();
  want_starts();
  while (!waiter.given && !waiter.refused && !stop.stop_requested() && clock_.now() < deadline)
    waiter.bell.wait_for(lock, stop, Micros(kRoundUs),
                         [&] { return waiter.given || waiter.refused; });
  if (waiter.given) {
    want_starts();
    if (is_news(deadline)) tender_.ring();
    return *std::move(waiter.given);
  }
  forget(who, waiter);
  if (waiter.refused) return std::unexpected(*std::move(waiter.refused));
  if (stop.stop_requested()) return unavailable("the query was cut");
  return exhausted("no worker became free in time", "try again in a moment");
}

Result<std::unique_ptr<Lease>> Pool::State::lease(PrincipalId who, Time deadline,
                                                  std::stop_token stop) {
  for (;;) {
    HANSA_TRY(Idle idle, wait(who, deadline, stop));
    Worker worker = idle.worker;
    if (!who && worker->has_met_caller()) {
      worker->kill(Ending::idle);
      give_back(who, std::move(worker), Back::end);
      continue;
    }
    if (who) worker->meet_caller();
    // One that did not forget its last principal never meets the next.
    Result<void> settled;
    if (idle.state == Idle::State::soiled) settled = begin_wipe(*worker);
    if (settled && idle.state >= Idle::State::soiled) settled = settle(*worker);
    if (settled && !worker->exited())
      return make_lease(
          worker, [this, who](Worker given, Back back) { give_back(who, std::move(given), back); },
          std::move(stop));
    if (!settled) log(Level::warning, "a worker was not wiped", {{"why", settled.error().text}});
    worker->kill(Ending::misbehaved);
    give_back(who, std::move(worker), Back::end);
  }
}

void Pool::State::finish_lease(PrincipalId who, const Worker& worker) {
  std::erase_if(leased_, [&](const Leased& leased) { return leased.worker == worker; });
  if (--held_[who] == 0) held_.erase(who);
}

void Pool::State::give_back(PrincipalId who, Worker worker, Back back) {
  const std::scoped_lock lock(mutex_);
  finish_lease(who, worker);
  if (back != Back::end && !worker->exited()) {
    const auto state = back == Back::wipe ? Idle::State::soiled : Idle::State::kept;
    idle_.put({std::move(worker), who, state, steady_us()});
    if (back == Back::wipe) tender_.ring();
  } else {
    ++died_;
    dead_.push_back(std::move(worker));
    tender_.ring();
  }
  serve_waiters();
  want_starts();
}

PoolCounts Pool::State::counts() const {
  const std::scoped_lock lock(mutex_);
  return {starting_.size() + starts_wanted_,
          idle_.size() + wiping_.size(),
          leased_.size(),
          waiting(),
          started_,
          died_};
}

Result<void> Pool::State::health() const {
  const std::scoped_lock lock(mutex_);
  if (starts_failed_ < kStartsFailedMax) return {};
  return std::unexpected(*start_error_);
}

Pool::Pool(std::unique_ptr<State> state) : state_(std::move(state)) {}
Pool::~Pool() = default;

Result<std::unique_ptr<Pool>> Pool::open(PoolOptions options, Clock& clock) {
  HANSA_CHECK(sweep_seats(options.run_folder));
  if (options.kept_bytes_max == 0) options.kept_bytes_max = usual_kept_bytes();
  auto state = std::make_unique<State>(std::move(options), clock);
  state->open();
  return std::unique_ptr<Pool>(new Pool(std::move(state)));
}

Result<std::unique_ptr<Lease>> Pool::lease(PrincipalId who, Time deadline, std::stop_token stop) {
  return state_->lease(who, deadline, std::move(stop));
}

Result<void> Pool::health() const { return state_->health(); }

PoolCounts Pool::counts() const { return state_->counts(); }

}  // namespace hansa::engine
