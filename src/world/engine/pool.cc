#include "world/engine/pool.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <list>
#include <map>
#include <mutex>
#include <vector>

#include "base/log.h"
#include "world/engine/lease.h"
#include "world/engine/process.h"
#include "world/engine/seat.h"
#include "world/engine/tender.h"

namespace hansa::engine {
namespace {

using Worker = std::shared_ptr<Process>;

constexpr std::int64_t kRoundUs =
    250'000;  // how late a spill quota or a moved clock may be noticed
constexpr std::int64_t kQuietRoundUs = 4 * kRoundUs;  // the same while nothing runs
// A worker waits so long for its principal's next query; then the files it holds are let go.
constexpr std::int64_t kKeptUs = 10'000'000;
// After this many failed starts in a row the reason is told to whoever waits.
constexpr int kStartsFailedMax = 3;

struct Starting {
  Worker worker;
  std::int64_t since_us = 0;
};
struct Idle {
  enum class State {
    fresh,   // never served: there is nothing to wipe
    kept,    // as its last principal left it, and for that one alone
    soiled,  // to be wiped: by the tender, or by whoever takes it before that
    wiping,  // asked to forget; whoever takes it waits for the answer
  };
  Worker worker;
  PrincipalId last;
  State state = State::fresh;
  std::int64_t since_us = 0;
};
struct Leased {
  Worker worker;
  Time deadline;
  std::uint64_t number = 0;  // of the lease: its worker may serve another one soon
};
struct Waiter {
  Time deadline;
  std::optional<Idle> given;
  std::optional<Error> refused;
  std::condition_variable_any bell;
};

}  // namespace

class Pool::State {
 public:
  State(PoolOptions options, Clock& clock) : options_(std::move(options)), clock_(clock) {}
  ~State() { tender_.stop(); }

  void open() {
    tender_.start([this](int bell) { round(bell); });
  }

  Result<std::unique_ptr<Lease>> lease(PrincipalId who, Time deadline, std::stop_token stop);
  PoolCounts counts() const;
  Result<void> health() const;

 private:
  // Called with the lock held.
  Result<void> may_wait(PrincipalId who) const;
  std::optional<Idle> take_idle(PrincipalId who);
  std::size_t ready() const;
  void wipe_ahead();
  bool is_news(Time deadline) const;
  bool may_hold_more(PrincipalId who) const;
  void serve_waiters();
  void enqueue(PrincipalId who, Waiter& waiter);
  void forget(PrincipalId who, Waiter& waiter);
  std::size_t alive() const {
    return starting_.size() + starts_wanted_ + idle_.size() + wiping_.size() + leased_.size();
  }
  std::size_t waiting() const;
  void want_starts();
  void finish_lease(PrincipalId who, const Worker& worker);

  Result<Idle> wait(PrincipalId who, Time deadline, const std::stop_token& stop);
  void give_back(PrincipalId who, Worker worker, Back back);

  // The tender's.
  void round(int bell);
  void start_workers();
  void wait_for_news(int bell);
  void hear_greetings();
  void look_after_idle();
  void wipe_soiled();
  void look_after_leased();
  void bury();
  void start_failed(Error error);
  void check_spill();

  PoolOptions options_;
  Clock& clock_;
  mutable std::mutex mutex_;
  std::vector<Starting> starting_;
  std::size_t starts_wanted_ = 0;
  std::vector<Idle> idle_;
  std::vector<Idle> wiping_;  // soiled ones in the tender's hands; idle again in a moment
  std::vector<Leased> leased_;
  std::vector<Worker> dead_;  // killed, and not reaped yet: a large one takes the kernel 0.1 s
  std::map<PrincipalId, std::size_t> held_;  // leases by principal
  std::map<PrincipalId, std::deque<Waiter*>> waiting_;
  std::list<PrincipalId> turns_;  // principals that wait, the next in front
  std::optional<Error> start_error_;
  int starts_failed_ = 0;
  std::int64_t start_after_us_ = 0;
  std::uint64_t named_ = 0;
  std::uint64_t leases_ = 0;
  std::uint64_t started_ = 0;
  std::uint64_t died_ = 0;
  Tender tender_;
};

// --- leasing
// ---------------------------------------------------------------------------------------------

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

// The worker that this principal left; else one that knows nobody; else one that is being wiped;
// else the one that was left longest ago, for the taker to wipe.
std::optional<Idle> Pool::State::take_idle(PrincipalId who) {
  const auto cost = [&](const Idle& idle) {
    // What others used is no use to nobody, and is ended: those that wait least for it go first.
    if (!who && idle.worker->has_met_caller()) return 6;
    switch (idle.state) {
      case Idle::State::kept: return idle.last == who ? 0 : 5;
      case Idle::State::fresh: return 1;
      case Idle::State::soiled: return 4;
      case Idle::State::wiping: break;
    }
    pollfd poll{idle.worker->socket(), POLLIN, 0};
    return ::poll(&poll, 1, 0) == 1 ? 2 : 3;
  };
  // The longest idle come first, and the first of the cheapest is taken.
  const auto found = std::ranges::min_element(idle_, {}, cost);
  if (found == idle_.end()) return std::nullopt;
  Idle idle = std::move(*found);
  idle_.erase(found);
  if (idle.state == Idle::State::kept && idle.last != who) idle.state = Idle::State::soiled;
  return idle;
}

// Those that the next principal can have without waiting long.
std::size_t Pool::State::ready() const {
  return wiping_.size() +
         static_cast<std::size_t>(std::ranges::count_if(
             idle_, [](const Idle& idle) { return idle.state != Idle::State::kept; }));
}

// No room to start more for those who come: the longest kept are wiped before they are needed.
void Pool::State::wipe_ahead() {
  std::size_t have = ready() + starting_.size() + starts_wanted_;
  for (Idle& idle : idle_) {
    if (have >= options_.workers_min) return;
    if (idle.state != Idle::State::kept) continue;
    idle.state = Idle::State::soiled;
    tender_.ring();
    ++have;
  }
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
  while (!idle_.empty()) {
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
    waiter->given = take_idle(who);
    ++held_[who];
    leased_.push_back({waiter->given->worker, waiter->deadline, leases_++});
    waiter->bell.notify_one();
  }
}

void Pool::State::want_starts() {
  const std::size_t coming = ready() + starting_.size() + starts_wanted_;
  const std::size_t wanted = std::max(options_.workers_min, waiting());
  const std::size_t room = options_.workers_max - std::min(options_.workers_max, alive());
  if (coming >= wanted) return;
  if (room == 0) return wipe_ahead();
  starts_wanted_ += std::min(wanted - coming, room);
  tender_.ring();
}

// Whether the tender must look sooner than it would by itself.
bool Pool::State::is_news(Time deadline) const {
  return deadline - clock_.now() < Micros(kQuietRoundUs);
}

Result<Idle> Pool::State::wait(PrincipalId who, Time deadline, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  HANSA_CHECK(may_wait(who));
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
    idle_.push_back({std::move(worker), who, state, steady_us()});
    if (back == Back::wipe) tender_.ring();
    serve_waiters();
  } else {
    ++died_;
    dead_.push_back(std::move(worker));
    tender_.ring();
  }
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

// --- tending
// ---------------------------------------------------------------------------------------------

void Pool::State::round(int bell) {
  start_workers();
  wait_for_news(bell);
  hear_greetings();
  look_after_idle();
  wipe_soiled();
  look_after_leased();
  bury();
}

void Pool::State::start_workers() {
  for (;;) {
    {
      const std::scoped_lock lock(mutex_);
      want_starts();
      if (starts_wanted_ == 0 || steady_us() < start_after_us_) return;
    }
    const ProcessOptions process{options_.worker_path, options_.memory_bytes, options_.spill_bytes,
                                 options_.threads, options_.landlock_abi_max};
    auto worker = [&]() -> Result<std::unique_ptr<Process>> {
      HANSA_TRY(Seat seat, Seat::make(options_.run_folder, fmt::format("{}", named_++)));
      return Process::start(process, std::move(seat));
    }();
    const std::scoped_lock lock(mutex_);
    --starts_wanted_;
    if (!worker) {
      start_failed(std::move(worker).error());
      return;
    }
    ++started_;
    starting_.push_back({Worker(*std::move(worker)), steady_us()});
  }
}

// Until the bell rings, a worker speaks or dies, or a deadline may have passed.
void Pool::State::wait_for_news(int bell) {
  std::vector<pollfd> polls{{bell, POLLIN, 0}};
  std::int64_t timeout_us = kRoundUs;
  {
    const std::scoped_lock lock(mutex_);
    for (const Starting& starting : starting_)
      polls.push_back({starting.worker->socket(), POLLIN, 0});
    for (const Idle& idle : idle_) polls.push_back({idle.worker->handle(), POLLIN, 0});
    for (const Worker& dead : dead_) polls.push_back({dead->handle(), POLLIN, 0});
    const Time now = clock_.now();
    for (const Leased& leased : leased_)
      timeout_us = std::clamp<std::int64_t>((leased.deadline - now).count(), 0, timeout_us);
    if (leased_.empty() && starting_.empty() && starts_wanted_ == 0) timeout_us = kQuietRoundUs;
  }
  poll(polls.data(), polls.size(), static_cast<int>((timeout_us + 999) / 1000));
}

// A start that fails is tried again later, ever more rarely; the waiting are told why once it keeps
// failing.
void Pool::State::start_failed(Error error) {
  log(Level::error, "a worker does not start", {{"why", error.text}});
  start_error_ = error;
  ++starts_failed_;
  start_after_us_ =
      steady_us() + std::min<std::int64_t>(10'000'000, 100'000LL << std::min(starts_failed_, 7));
  if (starts_failed_ < kStartsFailedMax || !leased_.empty()) return;
  for (auto& [who, waiters] : waiting_) {
    for (Waiter* waiter : waiters) {
      waiter->refused = error;
      waiter->bell.notify_one();
    }
  }
  waiting_.clear();
  turns_.clear();
}

void Pool::State::hear_greetings() {
  std::vector<Starting> speaking;
  {
    const std::scoped_lock lock(mutex_);
    const auto speaks = [](const Starting& starting) {
      pollfd poll{starting.worker->socket(), POLLIN, 0};
      return ::poll(&poll, 1, 0) == 1;
    };
    const std::int64_t oldest = steady_us() - std::chrono::microseconds(options_.start_max).count();
    for (const Starting& starting : starting_)
      if (speaks(starting)) speaking.push_back(starting);
      else if (starting.since_us < oldest) starting.worker->kill(Ending::misbehaved);
  }
  for (Starting& starting : speaking) {
    auto hello = starting.worker->greet();
    const std::scoped_lock lock(mutex_);
    std::erase_if(starting_,
                  [&](const Starting& other) { return other.worker == starting.worker; });
    if (!hello) {
      dead_.push_back(starting.worker);
      start_failed(std::move(hello).error());
      continue;
    }
    starts_failed_ = 0;
    idle_.push_back({starting.worker, {}, Idle::State::fresh, steady_us()});
    serve_waiters();
  }
}

void Pool::State::look_after_idle() {
  const std::scoped_lock lock(mutex_);
  const std::int64_t oldest = steady_us() - std::chrono::microseconds(options_.idle_max).count();
  std::size_t spare = idle_.size() - std::min(idle_.size(), options_.workers_min);
  for (Idle& idle : idle_)
    if (idle.state == Idle::State::kept && steady_us() - idle.since_us > kKeptUs)
      idle.state = Idle::State::soiled;
  std::erase_if(idle_, [&](Idle& idle) {
    const bool old = spare > 0 && idle.since_us < oldest;
    if (!old && !idle.worker->exited()) return false;
    spare -= old ? 1 : 0;
    idle.worker->kill(Ending::idle);
    dead_.push_back(std::move(idle.worker));
    return true;
  });
  want_starts();
}

// Emptying a seat waits for the disk: nobody else waits meanwhile.
void Pool::State::wipe_soiled() {
  {
    const std::scoped_lock lock(mutex_);
    std::erase_if(idle_, [&](Idle& idle) {
      if (idle.state != Idle::State::soiled) return false;
      wiping_.push_back(std::move(idle));
      return true;
    });
    if (wiping_.empty()) return;
  }
  // Only this thread changes the list. A worker that cannot be asked is noticed by whoever waits
  // for its answer.
  for (const Idle& idle : wiping_) (void)begin_wipe(*idle.worker);
  const std::scoped_lock lock(mutex_);
  for (Idle& idle : wiping_) {
    idle.state = Idle::State::wiping;
    idle_.push_back(std::move(idle));
  }
  wiping_.clear();
  serve_waiters();
}

void Pool::State::look_after_leased() {
  {
    const std::scoped_lock lock(mutex_);
    const Time now = clock_.now();
    for (const Leased& one : leased_)
      if (one.deadline <= now) one.worker->kill(Ending::deadline);
  }
  check_spill();
}

// The kernel bounds each file, DuckDB their sum; this bounds what a worker that obeys neither can
// write.
void Pool::State::check_spill() {
  std::vector<Leased> leased;
  {
    const std::scoped_lock lock(mutex_);
    leased = leased_;
  }
  const std::uint64_t most = options_.spill_bytes + (options_.spill_bytes >> 3);
  std::erase_if(leased,
                [&](const Leased& one) { return one.worker->seat().spilled_bytes() <= most; });
  if (leased.empty()) return;
  // Whoever was given back while its folder was looked at may serve somebody else by now.
  const std::scoped_lock lock(mutex_);
  for (const Leased& one : leased)
    if (std::ranges::find(leased_, one.number, &Leased::number) != leased_.end())
      one.worker->kill(Ending::spill);
}

void Pool::State::bury() {
  std::vector<Worker> buried;  // their folders go outside the lock
  const std::scoped_lock lock(mutex_);
  std::erase_if(dead_, [&](Worker& worker) {
    worker->kill(Ending::cut);
    if (!worker->exited()) return false;
    buried.push_back(std::move(worker));
    return true;
  });
}

// --- the pool
// --------------------------------------------------------------------------------------------

Pool::Pool(std::unique_ptr<State> state) : state_(std::move(state)) {}
Pool::~Pool() = default;

Result<std::unique_ptr<Pool>> Pool::open(PoolOptions options, Clock& clock) {
  HANSA_CHECK(sweep_seats(options.run_folder));
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
