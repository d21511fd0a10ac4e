// A mail server for trying things out: it keeps mail instead of sending it.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "world/outbound/outbound.h"

namespace hansa::outbound {

struct Caught {
  std::uint64_t number = 0;  // ascends
  Mail mail;
};

class MailCatcher final : public Outbound {
 public:
  // The last ones, in memory.
  static constexpr std::size_t kept_max = 200;

  // Everything but mail goes to `inner`.
  explicit MailCatcher(std::unique_ptr<Outbound> inner) : inner_(std::move(inner)) {}

  Result<int> post(const Request& request) override { return inner_->post(request); }
  Result<void> mail(const Mail& mail) override;
  void stop() override { inner_->stop(); }

  // Newest first.
  std::vector<Caught> all() const;

 private:
  std::unique_ptr<Outbound> inner_;
  mutable std::mutex mutex_;
  std::deque<Caught> kept_;
  std::uint64_t last_ = 0;
};

}  // namespace hansa::outbound
