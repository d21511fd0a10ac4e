// The tender's half of the pool: it starts workers, weighs, wipes and buries them, and ends those
// that take too long.
#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/log.h"
#include "world/engine/lease.h"
#include "world/engine/state.h"

namespace hansa::engine {
namespace {

// So long nobody must have asked for a worker before one is started that nobody waits for.
constexpr std::int64_t kPauseUs = 50'000;

}  // namespace

void Pool::State::round(int bell) {
  start_workers();
  wait_for_news(bell);
  hear_greetings();
  weigh_idle();
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
      // A start takes as much of the machine as many small queries: while one is ready for whoever
      // comes, those who are here go first.
      if (ready() > 0 && waiting() == 0 && steady_us() - asked_us_ < kPauseUs) return;
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
    if (starts_wanted_ > 0) timeout_us = std::min(timeout_us, kPauseUs);
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
    idle_.put({starting.worker, {}, Idle::State::fresh, steady_us()});
    serve_waiters();
  }
}

// Outside the lock, and each once after it served: what lies idle does not grow.
void Pool::State::weigh_idle() {
  if (steady_us() - weighed_us_ < kQuietRoundUs) return;
  weighed_us_ = steady_us();
  std::vector<Idle> idle;
  {
    const std::scoped_lock lock(mutex_);
    std::ranges::copy_if(idle_, std::back_inserter(idle),
                         [](const Idle& each) { return each.bytes == 0; });
  }
  for (Idle& each : idle) each.bytes = each.worker->own_bytes();
  const std::scoped_lock lock(mutex_);
  for (const Idle& each : idle) idle_.weighed(each);
  for (Worker& worker : idle_.take_heavy(options_.kept_bytes_max, options_.workers_min))
    end_idle(std::move(worker));
}

void Pool::State::look_after_idle() {
  const std::scoped_lock lock(mutex_);
  const std::int64_t oldest = steady_us() - std::chrono::microseconds(options_.idle_max).count();
  for (Worker& worker : idle_.take_ended(oldest, options_.workers_min)) end_idle(std::move(worker));
  want_starts();
}

void Pool::State::end_idle(Worker worker) {
  worker->kill(Ending::idle);
  dead_.push_back(std::move(worker));
}

// Emptying a seat waits for the disk: nobody else waits meanwhile.
void Pool::State::wipe_soiled() {
  {
    const std::scoped_lock lock(mutex_);
    wiping_ = idle_.take_soiled();
    if (wiping_.empty()) return;
  }
  // Only this thread changes the list. A worker that cannot be asked is noticed by whoever waits
  // for its answer.
  for (const Idle& idle : wiping_) (void)begin_wipe(*idle.worker);
  const std::scoped_lock lock(mutex_);
  for (Idle& idle : std::exchange(wiping_, {})) {
    idle.state = Idle::State::wiping;
    idle_.put(std::move(idle));
  }
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

}  // namespace hansa::engine
