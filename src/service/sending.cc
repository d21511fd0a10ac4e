#include "service/sending.h"

#include <algorithm>
#include <condition_variable>
#include <latch>
#include <map>
#include <mutex>
#include <set>
#include <span>
#include <stop_token>

#include "base/digest.h"
#include "base/log.h"
#include "service/step/recipients.h"
#include "service/step/rhythm.h"

namespace hansa::service {
namespace {

constexpr std::size_t kRoutedAtOnce = 1'000;
constexpr std::size_t kSentAtOnce = 512;
// Sent one after the other before the first of them is marked: so many may come twice.
constexpr std::size_t kInRow = 32;
constexpr std::size_t kInDigest = 100;
constexpr std::size_t kDigestsAtOnce = 64;
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

Marked put_off(const Delivery& delivery, Time now, Time until, std::string_view said) {
  return {.number = delivery.number,
          .state = DeliveryState::waiting,
          .at = now,
          .said = std::string(said),
          .due = until,
          .attempted = false};
}

Marked nobody_may(const Delivery& delivery, Time now) {
  return {.number = delivery.number,
          .state = DeliveryState::given_up,
          .at = now,
          .said = "nobody is there any more who may learn of it",
          .attempted = false};
}

// What came of an attempt that failed.
Marked failed(const Sender& with, const NoticeChannel& channel, const Delivery& delivery,
              const Error& error, Time now, Time again) {
  Marked out{.number = delivery.number, .at = now, .said = error.text, .due = again};
  // What a rhythm held back has its time from then on.
  const Time made = delivery.message.at;
  const Time began = held_until(channel.rhythm, made, made).value_or(made);
  const bool last = is_final(error) || again > began + with.persistence.all;
  out.state = last ? DeliveryState::given_up : DeliveryState::waiting;
  log(last ? Level::warning : Level::info, last ? "a notice was given up" : "a notice waits",
      {{"channel", to_text(delivery.channel)},
       {"message", to_text(delivery.message.id)},
       {"why", out.said}});
  return out;
}

constexpr std::string_view kHeld = "it waits for its channel's digest, or the end of quiet hours";
constexpr std::string_view kDown = "its channel takes nothing now";

Result<std::string> deliver_whole(const Sender& with, const NoticeChannel& channel,
                                  const store::Message& message, Time now) {
  return deliver(with.post, channel, message, now, [&](Letter& letter) {
    enclose(with.live, with.post, with.statements, channel, message, letter);
  });
}

Marked try_once(const Sender& with, const Delivery& delivery, Down& down) {
  const Time now = with.clock.now();
  if (const auto until = down.until(delivery.channel)) return put_off(delivery, now, *until, kDown);
  const auto channel = channel_for(with, delivery, now);
  if (channel == nullptr) return nobody_may(delivery, now);
  if (!delivery.urgent)
    if (const auto until = held_until(channel->rhythm, delivery.message.at, now))
      return put_off(delivery, now, *until, kHeld);
  auto said = deliver_whole(with, *channel, delivery.message, now);
  if (said)
    return {.number = delivery.number,
            .state = DeliveryState::sent,
            .at = now,
            .said = *std::move(said)};
  const Time again = now + wait_after(with.persistence, delivery.attempts + 1, random_u64());
  if (!is_final(said.error())) down.add(delivery.channel, again);
  return failed(with, *channel, delivery, said.error(), now, again);
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

using Row = std::span<const Delivery>;
using Came = std::vector<std::optional<Marked>>;

// All that a channel's digest of now may hold, however much else is due, and what came of each.
struct Digest {
  std::vector<Delivery> due;
  Came came;
};

// The rest is marked. A subject goes as far as the first that has to wait.
std::vector<std::size_t> gathered(const Sender& with, Digest& digest, Time now,
                                  std::shared_ptr<const NoticeChannel>& channel) {
  std::vector<std::size_t> out;
  std::set<Ulid> held;
  for (std::size_t i = 0; i < digest.due.size(); ++i) {
    const Delivery& each = digest.due[i];
    if (held.contains(each.message.about)) continue;
    const auto to = channel_for(with, each, now);
    if (to == nullptr) {
      digest.came[i] = nobody_may(each, now);
      continue;
    }
    channel = to;
    if (const auto until = held_until(to->rhythm, each.message.at, now)) {
      digest.came[i] = put_off(each, now, *until, kHeld);
      held.insert(each.message.about);
      continue;
    }
    out.push_back(i);
  }
  return out;
}

// One message for all of them.
void send_digest(const Sender& with, Digest& digest) {
  const Time now = with.clock.now();
  std::shared_ptr<const NoticeChannel> channel;
  const auto all = gathered(with, digest, now, channel);
  if (all.empty()) return;
  std::vector<const store::Message*> messages;
  std::uint32_t attempts = 0;
  for (const std::size_t i : all) {
    messages.push_back(&digest.due[i].message);
    attempts = std::max(attempts, digest.due[i].attempts);
  }
  const auto said = messages.size() == 1 ? deliver_whole(with, *channel, *messages.front(), now)
                                         : deliver_digest(with.post, *channel, messages, now);
  const Time again = now + wait_after(with.persistence, attempts + 1, random_u64());
  for (const std::size_t i : all)
    digest.came[i] = said ? Marked{.number = digest.due[i].number,
                                   .state = DeliveryState::sent,
                                   .at = now,
                                   .said = *said}
                          : failed(with, *channel, digest.due[i], said.error(), now, again);
}

bool has_digest(const Sender& with, const Delivery& head) {
  if (head.urgent) return false;
  return with.live.read([&](const View& view) {
    const auto* channel = view.mesh.find<NoticeChannel>(head.channel);
    return channel != nullptr && channel->rhythm.digest != DigestEvery::none;
  });
}

Result<void> fill(const Sender& with, std::map<Ulid, Digest>& digests) {
  const Time now = with.clock.now();
  for (auto& [channel, digest] : digests) {
    HANSA_TRY(digest.due, with.outbox.gathered(channel, now, kInDigest));
    digest.came.resize(digest.due.size());
  }
  return {};
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
      out.push_back({each.id, channels_for(view, each, now), is_urgent(each.type)});
    return out;
  });
  HANSA_CHECK(with.outbox.route(std::move(routed), now));
  return messages.size();
}

Result<std::size_t> send_due(const Sender& with, const std::stop_token& stop) {
  HANSA_TRY(const auto due, with.outbox.due(with.clock.now(), kSentAtOnce, kInRow));
  if (due.empty()) return 0;
  Came came(due.size());
  std::vector<Row> rows;
  std::map<Ulid, Digest> digests;
  for (std::size_t first = 0, end = 0; first < due.size(); first = end) {
    while (end < due.size() && same_row(due[first], due[end])) ++end;
    const Row row(&due[first], end - first);
    if (!has_digest(with, row.front())) rows.push_back(row);
    else if (digests.size() < kDigestsAtOnce) digests.try_emplace(row.front().channel);
  }
  HANSA_CHECK(fill(with, digests));
  Down down;
  std::latch ended(static_cast<std::ptrdiff_t>(rows.size() + digests.size()));
  const auto begin = [&](auto work) {
    with.pool.resume(Pool::Class::interactive, [&, work] {
      work();
      ended.count_down();
    });
  };
  for (const Row row : rows) {
    const auto to =
        std::span(came).subspan(static_cast<std::size_t>(row.data() - due.data()), row.size());
    begin([&, row, to] { send_row(with, stop, down, row, to); });
  }
  for (auto& [channel, digest] : digests)
    begin([&] {
      if (!stop.stop_requested()) send_digest(with, digest);
    });
  ended.wait();
  std::vector<Marked> marks;
  const auto take = [&](Came& from) {
    for (auto& each : from)
      if (each) marks.push_back(*std::move(each));
  };
  take(came);
  for (auto& [channel, digest] : digests) take(digest.came);
  HANSA_CHECK(mark_at_last(with.outbox, marks, stop));
  return due.size();
}

}  // namespace hansa::service
