#include "service/sending.h"

#include <algorithm>
#include <condition_variable>
#include <latch>
#include <map>
#include <mutex>
#include <span>
#include <stop_token>

#include "base/digest.h"
#include "base/log.h"
#include "service/step/recipients.h"

namespace hansa::service {
namespace {

constexpr std::size_t kRoutedAtOnce = 1'000;
constexpr std::size_t kSentAtOnce = 512;
// Sent one after the other before the first of them is marked: so many may come twice.
constexpr std::size_t kInRow = 32;
constexpr std::int64_t kRowMicros = 2'000'000;
constexpr auto kMarkAgain = std::chrono::seconds(1);

using store::Delivery;
using store::DeliveryState;
using store::Marked;

bool same_row(const Delivery& a, const Delivery& b) {
  return a.channel == b.channel && a.message.about == b.message.about;
}

// The channel, if it may be told.
std::shared_ptr<const NoticeChannel> channel_for(const Sender& with, const Delivery& delivery,
                                                 Time now) {
  return with.live.read([&](const View& view) -> std::shared_ptr<const NoticeChannel> {
    const auto* entry = view.mesh.all<NoticeChannel>().find(delivery.channel);
    if (entry == nullptr || !may_learn(view, *entry->noun, delivery.message.about, now)) return {};
    return entry->noun;
  });
}

bool is_final(const Error& error) {
  return error.code == Code::invalid || error.code == Code::blocked || error.code == Code::corrupt;
}

// Channels that did not take something just now, and when they are tried again: one that is slow to
// fail must not cost its time for every subject, nor keep the others waiting.
class Down {
 public:
  std::optional<Time> until(Ulid channel) {
    const std::lock_guard lock(mutex_);
    const auto found = until_.find(channel);
    return found == until_.end() ? std::nullopt : std::optional(found->second);
  }
  void add(Ulid channel, Time until) {
    const std::lock_guard lock(mutex_);
    until_[channel] = until;
  }

 private:
  std::mutex mutex_;
  std::map<Ulid, Time> until_;
};

Marked try_once(const Sender& with, const Delivery& delivery, Down& down) {
  const Time now = with.clock.now();
  if (const auto until = down.until(delivery.channel))
    return {.number = delivery.number,
            .state = DeliveryState::waiting,
            .at = now,
            .said = "its channel takes nothing now",
            .due = *until,
            .attempted = false};
  Marked out{.number = delivery.number, .state = DeliveryState::sent, .at = now, .said = {}};
  const auto channel = channel_for(with, delivery, now);
  if (channel == nullptr) {
    out.state = DeliveryState::given_up;
    out.said = "nobody is there any more who may learn of it";
    out.attempted = false;
    return out;
  }
  auto said = deliver(with.post, *channel, delivery.message, now);
  if (said) {
    out.said = *std::move(said);
    return out;
  }
  const Error& error = said.error();
  out.said = error.text;
  out.due = now + wait_after(with.persistence, delivery.attempts + 1, random_u64());
  const bool last = is_final(error) || out.due > delivery.message.at + with.persistence.all;
  out.state = last ? DeliveryState::given_up : DeliveryState::waiting;
  if (!is_final(error)) down.add(delivery.channel, out.due);
  log(last ? Level::warning : Level::info, last ? "a notice was given up" : "a notice waits",
      {{"channel", to_text(delivery.channel)},
       {"message", to_text(delivery.message.id)},
       {"why", out.said}});
  return out;
}

// One after the other, until one has to wait, or the row has had its time: the rest comes with the
// next look, so that a channel which takes long does not keep all others waiting.
void send_row(const Sender& with, const std::stop_token& stop, Down& down,
              std::span<const Delivery> row, std::span<std::optional<Marked>> to) {
  const std::int64_t end_us = steady_us() + kRowMicros;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (stop.stop_requested() || (i > 0 && steady_us() > end_us)) return;
    to[i] = try_once(with, row[i], down);
    if (to[i]->state == DeliveryState::waiting) return;
  }
}

// Nothing more is sent while what was sent cannot be marked, on a full disk: it would go out again
// and again.
Result<void> mark_at_last(store::Outbox& outbox, const std::vector<Marked>& marks,
                          const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any bell;
  for (bool said = false;; said = true) {
    auto done = outbox.mark(marks);
    if (done || done.error().code != Code::exhausted || stop.stop_requested()) return done;
    if (!said)
      log(Level::warning, "notices that were sent cannot be marked, so none are sent",
          {{"why", done.error().text}});
    std::unique_lock lock(mutex);
    bell.wait_for(lock, stop, kMarkAgain, [] { return false; });
  }
}

}  // namespace

Micros wait_after(const Persistence& persistence, std::uint32_t attempts, std::uint64_t random) {
  Micros wait = persistence.first;
  for (std::uint32_t i = 1; i < attempts && wait < persistence.longest; ++i) wait *= 2;
  wait = std::min(wait, Micros(persistence.longest));
  const auto half = static_cast<std::uint64_t>(wait.count() / 2);
  return wait - Micros{half == 0 ? 0 : static_cast<std::int64_t>(random % half)};
}

Result<std::size_t> route_messages(const Sender& with) {
  HANSA_TRY(const auto messages, with.outbox.unrouted(kRoutedAtOnce));
  if (messages.empty()) return 0;
  const Time now = with.clock.now();
  auto routed = with.live.read([&](const View& view) {
    std::vector<store::Routed> out;
    out.reserve(messages.size());
    for (const store::Message& each : messages)
      out.push_back({each.id, channels_for(view, each, now)});
    return out;
  });
  HANSA_CHECK(with.outbox.route(std::move(routed), now));
  return messages.size();
}

Result<std::size_t> send_due(const Sender& with, const std::stop_token& stop) {
  HANSA_TRY(const auto due, with.outbox.due(with.clock.now(), kSentAtOnce, kInRow));
  if (due.empty()) return 0;
  std::vector<std::optional<Marked>> came(due.size());
  std::vector<std::span<const Delivery>> rows;
  for (std::size_t first = 0, end = 0; first < due.size(); first = end) {
    while (end < due.size() && same_row(due[first], due[end])) ++end;
    rows.emplace_back(&due[first], end - first);
  }
  Down down;
  std::latch ended(static_cast<std::ptrdiff_t>(rows.size()));
  for (const auto row : rows) {
    const auto to =
        std::span(came).subspan(static_cast<std::size_t>(row.data() - due.data()), row.size());
    auto job = [&, row, to] {
      send_row(with, stop, down, row, to);
      ended.count_down();
    };
    with.pool.resume(Pool::Class::interactive, std::move(job));
  }
  ended.wait();
  std::vector<Marked> marks;
  for (auto& each : came)
    if (each) marks.push_back(*std::move(each));
  HANSA_CHECK(mark_at_last(with.outbox, marks, stop));
  return due.size();
}

}  // namespace hansa::service
