#include "world/store/sqlite/writer.h"

#include <chrono>

#include "base/limits.h"
#include "base/log.h"
#include "world/store/commit.h"

namespace hansa::store::sqlite {
namespace {

// A checkpoint costs two fsyncs; this many frames (16 MiB) make that small beside those of the
// commits, and still fit the page cache of any machine.
constexpr std::int64_t frames_per_checkpoint = 4'000;
// What nobody waits for goes with what is written next, or after this. A query leaves its record
// when it ends and the next one its count a moment later: so both take one fsync.
constexpr std::chrono::milliseconds patience{5};

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};

std::size_t bytes_of(const Work& work) {
  return std::visit(
      Overloaded{[](const Commit& commit) { return bytes_in(commit); },
                 [](const Record& record) { return bytes_in(record); },
                 [](const Uses& uses) { return bytes_in(uses); },
                 [](const SetFact& fact) { return fact.name.size() + fact.value.size(); },
                 [](const Forget&) { return std::size_t{0}; },
                 [](const DropTexts&) { return std::size_t{0}; },
                 [](const DropUses&) { return std::size_t{0}; },
                 [](const Route& route) { return bytes_in(route.routed); },
                 [](const Mark& mark) { return bytes_in(mark.marks); }},
      work);
}

Result<Seq> without_number(Result<void> done) {
  HANSA_CHECK(std::move(done));
  return Seq{};
}

bool is_patient(const Work& work) {
  const auto* record = std::get_if<Record>(&work);
  return record != nullptr && record->patient;
}

std::unexpected<Error> cannot_write() {
  return unavailable("the store cannot be written: it stopped after an error of the disk",
                     "the server's operator must look at its log, repair the disk and restart");
}

}  // namespace

void Outcome::set(Result<Seq> result) {
  const std::lock_guard lock(mutex_);
  if (!result_) result_ = std::move(result);  // Only the kill test's control answers twice.
  changed_.notify_all();
}

Result<Seq> Outcome::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return result_.has_value(); });
  return *result_;
}

Writer::Writer(Connection& connection, Apply apply, ApplyUses uses, ApplyOutbox outbox, Position at,
               Tail& tail, WriterOptions options)
    : connection_(connection),
      apply_(std::move(apply)),
      uses_(std::move(uses)),
      outbox_(std::move(outbox)),
      tail_(tail),
      options_(options),
      at_(std::move(at)),
      thread_([this] { loop(); }) {}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  arrived_.notify_one();
  thread_.join();
}

Result<std::shared_ptr<Outcome>> Writer::accept(Work work) {
  const std::size_t bytes = bytes_of(work);
  const bool patient = is_patient(work);
  auto outcome = std::make_shared<Outcome>();
  {
    const std::lock_guard lock(mutex_);
    if (failed_ || stopping_) return cannot_write();
    if (waiting_.size() >= limits::store_waiting_max ||
        (!waiting_.empty() && waiting_bytes_ + bytes > limits::store_waiting_bytes_max))
      return too_many_waiting();
    waiting_bytes_ += bytes;
    urgent_ += patient ? 0 : 1;
    waiting_.push_back({std::move(work), bytes, outcome, patient});
  }
  arrived_.notify_one();
  return outcome;
}

Result<void> Writer::healthy() const {
  const std::lock_guard lock(mutex_);
  if (failed_) return cannot_write();
  return {};
}

Position Writer::position() const {
  const std::lock_guard lock(mutex_);
  return at_;
}

void Writer::loop() {
  for (;;) {
    std::vector<Job> group = next_group();
    if (group.empty()) return;
    write(group);
    tidy();
  }
}

// Empty: the end.
std::vector<Writer::Job> Writer::next_group() {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
  arrived_.wait_for(lock, patience, [&] {
    return stopping_ || urgent_ != 0 || waiting_.size() >= limits::commits_per_group_max;
  });
  std::vector<Job> group;
  std::size_t bytes = 0;
  while (!waiting_.empty() && group.size() < limits::commits_per_group_max &&
         bytes <= limits::commit_bytes_max) {
    bytes += waiting_.front().bytes;
    urgent_ -= waiting_.front().patient ? 0 : 1;
    group.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  waiting_bytes_ -= bytes;
  return group;
}

void Writer::write(std::span<Job> jobs) {
  if (const auto health = healthy(); !health) return stop_after(health.error(), jobs);
  Position at = position();
  auto results = write_together(jobs, at);
  if (results) return publish(jobs, *results, std::move(at));
  if (results.error().code != Code::exhausted) return stop_after(results.error(), jobs);
  // The disk is full and nothing was written. One large commit must not take small ones with it.
  if (jobs.size() == 1) return jobs.front().outcome->set(std::unexpected(results.error()));
  for (std::size_t i = 0; i < jobs.size(); ++i) write(jobs.subspan(i, 1));
}

Result<std::vector<Result<Seq>>> Writer::write_together(std::span<Job> jobs, Position& at) {
  HANSA_TRY(Transaction transaction, Transaction::begin(connection_, Access::write));
  uses_.begin();
  std::vector<Result<Seq>> results;
  results.reserve(jobs.size());
  for (const Job& job : jobs) {
    Result<Seq> result = apply(job.work, at);
    if (!result && result.error().code != Code::conflict)
      return std::unexpected(std::move(result).error());
    results.push_back(std::move(result));
  }
  HANSA_CHECK(uses_.write());
  HANSA_CHECK(apply_.prune(at.seq, options_.batches_kept));
  if (options_.answers_early)
    for (std::size_t i = 0; i < jobs.size(); ++i) jobs[i].outcome->set(results[i]);
  HANSA_CHECK(transaction.commit());
  return results;
}

Result<void> Writer::check(std::span<const Unread> unread) {
  for (const Unread& each : unread) {
    HANSA_TRY(const std::uint64_t reads, uses_.reads_of(each.port));
    if (reads != each.reads) return read_meanwhile();
  }
  return {};
}

Result<Seq> Writer::apply(const Work& work, Position& at) {
  return std::visit(
      Overloaded{
          [&](const Commit& commit) -> Result<Seq> {
            HANSA_CHECK(check(commit.unread));
            return apply_.commit(commit, at);
          },
          [&](const Record& record) { return without_number(apply_.record(record, at)); },
          [&](const SetFact& fact) { return without_number(apply_.fact(fact.name, fact.value)); },
          [&](const Forget& forget) { return without_number(apply_.forget(forget.now)); },
          [&](const Uses& uses) {
            uses_.add(uses);
            return Result<Seq>(Seq{});
          },
          [&](const DropTexts& texts) { return without_number(drop(texts.before)); },
          [&](const DropUses& uses) { return without_number(uses_.drop(uses.hour)); },
          [&](const Route& route) {
            return without_number(outbox_.route(route.routed, route.now));
          },
          [&](const Mark& mark) { return without_number(outbox_.mark(mark.marks)); }},
      work);
}

// What people wrote is overwritten; for everything else that would be work without a reason.
Result<void> Writer::drop(Time before) {
  HANSA_CHECK(connection_.run("PRAGMA secure_delete = ON"));
  const auto done = apply_.drop_texts(before);
  HANSA_CHECK(connection_.run("PRAGMA secure_delete = OFF"));
  return done;
}

// Followers see a batch no later than its committer hears of it.
void Writer::publish(std::span<Job> jobs, std::vector<Result<Seq>>& results, Position at) {
  std::vector<Batch> batches;
  for (std::size_t i = 0; i < jobs.size(); ++i)
    if (auto* commit = std::get_if<Commit>(&jobs[i].work); commit != nullptr && results[i])
      batches.push_back(batch_of(std::move(*commit), *results[i]));
  {
    const std::lock_guard lock(mutex_);
    at_ = std::move(at);
  }
  if (!batches.empty()) tail_.push(std::move(batches));
  for (std::size_t i = 0; i < jobs.size(); ++i) jobs[i].outcome->set(std::move(results[i]));
}

void Writer::stop_after(const Error& error, std::span<Job> jobs) {
  std::deque<Job> waiting;
  {
    const std::lock_guard lock(mutex_);
    if (!failed_) log(Level::error, "store stopped", {{"error", error.text}});
    failed_ = true;
    waiting.swap(waiting_);
    waiting_bytes_ = 0;
    urgent_ = 0;
  }
  tail_.end();
  for (const Job& job : jobs) job.outcome->set(cannot_write());
  for (const Job& job : waiting) job.outcome->set(cannot_write());
}

void Writer::tidy() {
  if (connection_.frames() < frames_per_checkpoint || !healthy()) return;
  const auto done = connection_.checkpoint();
  // A full disk loses nothing: the log still has it all, and the next checkpoint tries again.
  if (!done && done.error().code != Code::exhausted) stop_after(done.error(), {});
}

}  // namespace hansa::store::sqlite
