// A store that is watched: how long commits take, and whether it can be written at all.
#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "base/meter.h"
#include "world/store/store.h"

namespace hansa::store {

class Watched final : public Store {
 public:
  explicit Watched(std::unique_ptr<Store> store) : store_(std::move(store)) {}

  struct Figures {
    Counter conflicts = 0, failures = 0, records = 0, uses = 0;
    Histogram commits;  // those that succeeded
  };
  const Figures& figures() const { return figures_; }

  // The last error of a write that was not the caller's own, until one succeeds again: the disk is
  // full, or an fsync failed.
  Result<void> writable() const;

  Result<Seq> load(const std::function<void(Row)>& each) override { return store_->load(each); }
  Result<Seq> commit(Commit commit) override;
  Result<std::vector<Batch>> follow(Seq after, std::int64_t deadline_us) override {
    return store_->follow(after, deadline_us);
  }
  Result<std::unique_ptr<Ticket>> record(Record record) override;
  Result<std::optional<std::string>> recall(PrincipalId who, std::string_view key,
                                            Time now) override {
    return store_->recall(who, key, now);
  }
  // These may have nothing to write, so their success proves nothing.
  Result<void> forget(Time now) override { return store_->forget(now); }
  Result<void> drop_texts(Time before) override { return store_->drop_texts(before); }
  Result<std::unique_ptr<Ticket>> count(Uses uses) override;
  Result<void> uses(const UseQuestion& question,
                    const std::function<void(const UseKey&, const UseCount&)>& each) override {
    return store_->uses(question, each);
  }
  Result<void> drop_uses(std::int64_t hour) override { return store_->drop_uses(hour); }
  Outbox& outbox() override { return store_->outbox(); }
  Result<std::vector<Line>> history(const Question& question) override {
    return store_->history(question);
  }
  Result<std::optional<std::string>> fact(std::string_view name) override {
    return store_->fact(name);
  }
  Result<void> set_fact(std::string_view name, std::string_view value) override {
    return noted(store_->set_fact(name, value));
  }
  Result<std::string> verify_chain() override { return store_->verify_chain(); }
  Result<AuditHead> audit_head() override { return store_->audit_head(); }
  Result<Seq> copy(const std::string& path, const std::function<void(Row)>& each,
                   std::stop_token stop) override {
    return store_->copy(path, each, std::move(stop));
  }
  Result<void> check() override { return store_->check(); }

 private:
  template <class T>
  Result<T> noted(Result<T> done) {
    note(done ? nullptr : &done.error());
    return done;
  }
  void note(const Error* error);

  std::unique_ptr<Store> store_;
  Figures figures_;
  mutable std::mutex mutex_;
  std::optional<Error> failed_;
};

}  // namespace hansa::store
