#include "service/authority/sign_ins.h"

#include <fmt/format.h>

#include "base/limits.h"

namespace hansa::service {
namespace {

constexpr Millis kPatience{1'000};

std::string key_of(std::string_view text) {
  return std::string(text.substr(0, limits::name_bytes_max));
}

std::unexpected<Error> come_back(std::string text, Micros wait) {
  Error error{Code::exhausted, std::move(text), {}};
  error.wait_s = static_cast<std::uint32_t>(std::chrono::ceil<Seconds>(wait).count());
  error.next = fmt::format("try again in {} s", error.wait_s);
  return std::unexpected(std::move(error));
}

}  // namespace

Micros Attempts::take(const std::string& key, Time now) {
  while (!oldest_first_.empty()) {
    const auto oldest = counts_.find(oldest_first_.front());
    if (now < oldest->second.until && counts_.size() < limits::attempts_remembered_max) break;
    if (oldest->first == key && now < oldest->second.until) break;
    counts_.erase(oldest);
    oldest_first_.pop_front();
  }
  const auto [found, is_new] = counts_.try_emplace(key);
  if (is_new) {
    found->second.until = now + limits::attempts_window;
    oldest_first_.push_back(key);
  }
  Count& count = found->second;
  if (count.taken >= max_) return count.until - now;
  ++count.taken;
  return Micros{0};
}

void Attempts::give_back(const std::string& key) {
  if (const auto found = counts_.find(key); found != counts_.end() && found->second.taken > 0)
    --found->second.taken;
}

SignIns::SignIns()
    : names_(limits::attempts_per_name_max), addresses_(limits::attempts_per_address_max) {}

Result<void> SignIns::attempt(std::string_view name, std::string_view address, Time now) {
  const std::lock_guard lock(mutex_);
  if (const Micros wait = addresses_.take(key_of(address), now); wait.count() > 0)
    return come_back("too many wrong passwords from this address", wait);
  if (const Micros wait = names_.take(key_of(name), now); wait.count() > 0) {
    addresses_.give_back(key_of(address));
    return come_back("too many wrong passwords for this name", wait);
  }
  return {};
}

void SignIns::was_right(std::string_view name, std::string_view address) {
  const std::lock_guard lock(mutex_);
  names_.give_back(key_of(name));
  addresses_.give_back(key_of(address));
}

Result<SignIns::Turn> SignIns::turn() {
  const auto busy = [] { return come_back("too many sign in at once", Seconds(1)); };
  std::unique_lock lock(mutex_);
  if (running_ >= limits::password_checks_max) {
    if (waiting_ >= limits::password_checks_waiting_max) return busy();
    ++waiting_;
    const bool free =
        ended_.wait_for(lock, kPatience, [&] { return running_ < limits::password_checks_max; });
    --waiting_;
    if (!free) return busy();
  }
  ++running_;
  return Turn(this);
}

std::size_t SignIns::waiting() {
  const std::lock_guard lock(mutex_);
  return waiting_;
}

void SignIns::end_turn() {
  {
    const std::lock_guard lock(mutex_);
    --running_;
  }
  ended_.notify_one();
}

}  // namespace hansa::service
