// What leasing (pool.cc) and tending (tending.cc) share: who holds which worker, and who waits.
#pragma once

#include <condition_variable>
#include <deque>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "world/engine/pool.h"
#include "world/engine/shelf.h"
#include "world/engine/tender.h"

namespace hansa::engine {

struct Starting {
  Worker worker;
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

// How late a spill quota or a moved clock may be noticed.
constexpr std::int64_t kRoundUs = 250'000;
constexpr std::int64_t kQuietRoundUs = 4 * kRoundUs;  // the same while nothing runs
// After this many failed starts in a row the reason is told to whoever waits.
constexpr int kStartsFailedMax = 3;

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
  void wipe_ahead();
  bool is_news(Time deadline) const;
  bool may_hold_more(PrincipalId who) const;
  void serve_waiters();
  void enqueue(PrincipalId who, Waiter& waiter);
  void forget(PrincipalId who, Waiter& waiter);
  std::size_t alive() const {
    return starting_.size() + starts_wanted_ + idle_.size() + wiping_.size() + leased_.size();
  }
  std::size_t ready() const { return idle_.ready() + wiping_.size(); }
  std::size_t free_seats() const {
    return options_.workers_max - std::min(options_.workers_max, leased_.size());
  }
  std::size_t room() const;
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
  void weigh_idle();
  void look_after_idle();
  void end_idle(Worker worker);
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
  Shelf idle_;
  std::vector<Idle> wiping_;  // soiled ones in the tender's hands; idle again in a moment
  std::vector<Leased> leased_;
  std::vector<Worker> dead_;  // killed, and not reaped yet: a large one takes the kernel 0.1 s
  std::map<PrincipalId, std::size_t> held_;  // leases by principal
  std::map<PrincipalId, std::deque<Waiter*>> waiting_;
  std::list<PrincipalId> turns_;  // principals that wait, the next in front
  std::optional<Error> start_error_;
  int starts_failed_ = 0;
  std::int64_t start_after_us_ = 0;
  std::int64_t asked_us_ = 0;    // when somebody wanted a worker last
  std::int64_t weighed_us_ = 0;  // the tender's
  std::uint64_t named_ = 0;
  std::uint64_t leases_ = 0;
  std::uint64_t started_ = 0;
  std::uint64_t died_ = 0;
  Tender tender_;
};

}  // namespace hansa::engine
