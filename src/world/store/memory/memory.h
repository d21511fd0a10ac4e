// The fake store: everything a store promises but durability, and faults on demand.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "world/store/chain.h"
#include "world/store/memory/outbox.h"
#include "world/store/store.h"

namespace hansa::store {

// What happens at the step that fails.
enum class Fault {
  refused,     // exhausted: nothing was written
  lost,        // unavailable: nothing was written, but the caller cannot know
  lost_reply,  // unavailable: it was written, but the caller cannot know
};

class MemoryStore : public Store {
 public:
  // The `step`-th call from now on that writes (commit, record, count, forget, drop_texts,
  // drop_uses, set_fact, route, mark; the first is 1) fails. Zero: none does.
  void fail_at(std::uint64_t step, Fault fault = Fault::lost);
  // Writing calls since the last fail_at, so that a test can try each.
  std::uint64_t steps() const;

  Result<Seq> load(const std::function<void(Row)>& each) override;
  Result<Seq> commit(Commit commit) override;
  Result<std::vector<Batch>> follow(Seq after, std::int64_t deadline_us) override;
  Result<std::unique_ptr<Ticket>> record(Record record) override;
  Result<std::optional<std::string>> recall(PrincipalId who, std::string_view key,
                                            Time now) override;
  Result<void> forget(Time now) override;
  Result<void> drop_texts(Time before) override;
  Result<std::unique_ptr<Ticket>> count(Uses uses) override;
  Result<void> uses(const UseQuestion& question,
                    const std::function<void(const UseKey&, const UseCount&)>& each) override;
  Result<void> drop_uses(std::int64_t hour) override;
  Outbox& outbox() override { return outbox_; }
  Result<std::vector<Line>> history(const Question& question) override;
  Result<std::optional<std::string>> fact(std::string_view name) override;
  Result<void> set_fact(std::string_view name, std::string_view value) override;
  Result<std::string> verify_chain() override;
  Result<AuditHead> audit_head() override;
  // The file holds kinds, ids, revisions and bodies, for tests to look at.
  Result<Seq> copy(const std::string& path, const std::function<void(Row)>& each,
                   std::stop_token stop) override;
  Result<void> check() override { return {}; }

 private:
  using Key = std::pair<std::string, Ulid>;
  struct Kept {
    Rev rev;
    std::string body;
  };
  struct Hashed {
    Line line;
    std::string hash;
  };

  // The rest is called with the lock held.
  std::optional<Fault> step();
  Result<void> check_expects(const Commit& commit) const;
  Result<void> check_names(const Commit& commit) const;
  void write(const Write& write, Seq seq);
  void append(Line line);
  MemoryOutbox::Verdict next_of_outbox();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t steps_ = 0;
  std::uint64_t failing_ = 0;
  Fault fault_ = Fault::lost;
  std::map<Key, Kept> rows_;
  std::map<std::string, Key, std::less<>> names_;
  std::map<Key, std::set<std::string>> names_of_;
  std::vector<Batch> batches_;  // batch n lies at n - 1
  std::map<std::pair<PrincipalId, std::string>, Remembered> answers_;
  std::map<std::string, std::string, std::less<>> facts_;
  std::vector<Hashed> lines_;
  ChainEnd chain_;
  std::map<UseKey, UseCount> uses_;
  MemoryOutbox outbox_{[this] { return next_of_outbox(); }};
};

}  // namespace hansa::store
