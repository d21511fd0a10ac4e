// The one writer: takes what waits, writes it in one transaction with one fsync, then answers
// everybody. While it syncs, the next group gathers; so the busier the store, the cheaper a commit.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "base/result.h"
#include "world/store/sqlite/apply.h"
#include "world/store/sqlite/apply_outbox.h"
#include "world/store/sqlite/apply_uses.h"
#include "world/store/sqlite/sqlite.h"
#include "world/store/sqlite/tail.h"
#include "world/store/store.h"

namespace hansa::store::sqlite {

struct SetFact {
  std::string name, value;
};
struct Forget {
  Time now;
};
struct DropTexts {
  Time before;
};
struct DropUses {
  std::int64_t hour;
};
struct Route {
  std::vector<Routed> routed;
  Time now;
};
struct Mark {
  std::vector<Marked> marks;
};
using Work = std::variant<Commit, Record, Uses, SetFact, Forget, DropTexts, DropUses, Route, Mark>;

// What became of one piece of work; whoever asked for it and the writer hold it together.
class Outcome {
 public:
  void set(Result<Seq> result);
  Result<Seq> wait();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Result<Seq>> result_;
};

struct WriterOptions {
  std::uint64_t batches_kept;
  // For the kill test's negative control only: answers before the transaction is committed.
  bool answers_early = false;
};

class Writer {
 public:
  // `connection` and `tail` outlive the writer, and the connection is used by nobody else.
  Writer(Connection& connection, Apply apply, ApplyUses uses, ApplyOutbox outbox, Position at,
         Tail& tail, WriterOptions options);
  // Writes what was accepted, then ends.
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // The outcome comes once the work is durable, or is not going to be. Errors: exhausted if too
  // much waits; unavailable after an error of the disk.
  Result<std::shared_ptr<Outcome>> accept(Work work);

  // Unavailable from the first error of the disk on: what was written before may not be there any
  // more (the kernel reports a failed write-back once and forgets it), so nothing may build on it.
  Result<void> healthy() const;
  // Durable.
  Position position() const;

 private:
  struct Job {
    Work work;
    std::size_t bytes;
    std::shared_ptr<Outcome> outcome;
    bool patient;
  };

  void loop();
  std::vector<Job> next_group();
  void write(std::span<Job> jobs);
  Result<std::vector<Result<Seq>>> write_together(std::span<Job> jobs, Position& at);
  Result<Seq> apply(const Work& work, Position& at);
  Result<void> check(std::span<const Unread> unread);
  Result<void> drop(Time before);
  void publish(std::span<Job> jobs, std::vector<Result<Seq>>& results, Position at);
  void stop_after(const Error& error, std::span<Job> jobs);
  void tidy();

  Connection& connection_;
  Apply apply_;
  ApplyUses uses_;
  ApplyOutbox outbox_;
  Tail& tail_;
  const WriterOptions options_;

  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Job> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::size_t urgent_ = 0;  // of those that wait
  Position at_;
  bool stopping_ = false;
  bool failed_ = false;
  std::jthread thread_;  // the last member: it uses all others
};

}  // namespace hansa::store::sqlite
