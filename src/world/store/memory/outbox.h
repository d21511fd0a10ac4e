// The outbox of the fake store.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "world/store/outbox.h"

namespace hansa::store {

class MemoryOutbox final : public Outbox {
 public:
  // Called before each write; an error of it is the write's, done or not.
  struct Verdict {
    Result<void> answer;
    bool written = true;
  };
  explicit MemoryOutbox(std::function<Verdict()> step) : step_(std::move(step)) {}

  void add(const std::vector<Message>& messages);

  Result<std::vector<Message>> unrouted(std::size_t max) override;
  Result<void> route(std::vector<Routed> routed, Time now) override;
  Result<std::vector<Delivery>> due(Time now, std::size_t max, std::size_t in_row) override;
  Result<std::vector<Delivery>> gathered(Ulid channel, Time now, std::size_t max) override;
  Result<void> mark(std::vector<Marked> marks) override;
  Result<std::vector<Delivery>> deliveries(const DeliveryQuestion& question) override;
  Result<std::uint64_t> waiting() override;

 private:
  void deliver(const Message& message, Ulid channel, bool urgent, Time now);
  void drop_old();

  std::function<Verdict()> step_;
  std::mutex mutex_;
  std::vector<Message> unrouted_;
  std::map<std::uint64_t, Delivery> deliveries_;
  std::uint64_t last_ = 0;
};

}  // namespace hansa::store
