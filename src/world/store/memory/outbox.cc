#include "world/store/memory/outbox.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/limits.h"
#include "world/store/commit.h"

namespace hansa::store {
namespace {

// Messages to one channel about one thing stand in a row.
using RowKey = std::pair<Ulid, Ulid>;
RowKey row_of(const Delivery& delivery) { return {delivery.channel, delivery.message.about}; }

bool waits(const Delivery& delivery) { return delivery.state == DeliveryState::waiting; }

}  // namespace

void MemoryOutbox::add(const std::vector<Message>& messages) {
  const std::lock_guard lock(mutex_);
  unrouted_.insert(unrouted_.end(), messages.begin(), messages.end());
}

Result<std::vector<Message>> MemoryOutbox::unrouted(std::size_t max) {
  const std::lock_guard lock(mutex_);
  const auto count = static_cast<std::ptrdiff_t>(std::min(max, unrouted_.size()));
  return std::vector<Message>(unrouted_.begin(), unrouted_.begin() + count);
}

void MemoryOutbox::deliver(const Message& message, Ulid channel, bool urgent, Time now) {
  Delivery added{.number = ++last_, .message = message, .channel = channel, .urgent = urgent};
  std::size_t waiting = 0;
  bool behind = false;
  for (const auto& [number, each] : deliveries_) {
    if (!waits(each) || each.channel != channel) continue;
    ++waiting;
    behind = behind || row_of(each) == row_of(added);
  }
  if (waiting >= limits::deliveries_waiting_max) {
    added.state = DeliveryState::given_up;
    added.said = too_many_for_channel;
  } else if (!behind) {
    added.due = now;
  }
  if (urgent && waits(added))
    for (auto& [number, each] : deliveries_) {
      if (!waits(each) || row_of(each) != row_of(added)) continue;
      each.urgent = true;
      if (each.due) each.due = now;
    }
  deliveries_.emplace(last_, std::move(added));
}

Result<void> MemoryOutbox::route(std::vector<Routed> routed, Time now) {
  const Verdict verdict = step_();
  if (!verdict.written) return verdict.answer;
  const std::lock_guard lock(mutex_);
  for (const Routed& each : routed) {
    const auto found = std::ranges::find(unrouted_, each.message, &Message::id);
    if (found == unrouted_.end()) continue;
    for (const Ulid& channel : std::set(each.channels.begin(), each.channels.end()))
      deliver(*found, channel, each.urgent, now);
    unrouted_.erase(found);
  }
  return verdict.answer;
}

Result<std::vector<Delivery>> MemoryOutbox::due(Time now, std::size_t max, std::size_t in_row) {
  const std::lock_guard lock(mutex_);
  std::vector<const Delivery*> heads;
  for (const auto& [number, each] : deliveries_)
    if (each.due && *each.due <= now) heads.push_back(&each);
  std::ranges::stable_sort(heads, {}, [](const Delivery* each) { return *each->due; });
  std::vector<Delivery> out;
  for (const Delivery* head : heads) {
    std::size_t taken = 0;
    for (const auto& [number, each] : deliveries_) {
      if (out.size() == max) return out;
      if (!waits(each) || row_of(each) != row_of(*head) || taken == in_row) continue;
      out.push_back(each);
      ++taken;
    }
  }
  return out;
}

Result<std::vector<Delivery>> MemoryOutbox::gathered(Ulid channel, Time now, std::size_t max) {
  const std::lock_guard lock(mutex_);
  std::set<Ulid> subjects;
  std::vector<Delivery> out;
  for (const auto& [number, each] : deliveries_) {
    if (each.channel != channel || !waits(each)) continue;
    if (each.due && *each.due <= now && !each.urgent) subjects.insert(each.message.about);
    if (out.size() < max && subjects.contains(each.message.about)) out.push_back(each);
  }
  return out;
}

Result<void> MemoryOutbox::mark(std::vector<Marked> marks) {
  const Verdict verdict = step_();
  if (!verdict.written) return verdict.answer;
  const std::lock_guard lock(mutex_);
  for (Marked& mark : marks) {
    const auto found = deliveries_.find(mark.number);
    if (found == deliveries_.end() || !waits(found->second)) continue;
    Delivery& delivery = found->second;
    delivery.state = mark.state;
    delivery.said = std::move(mark.said);
    if (mark.attempted) {
      ++delivery.attempts;
      delivery.last = mark.at;
    }
    if (waits(delivery)) {
      if (delivery.due) delivery.due = mark.due;
      continue;
    }
    delivery.due.reset();
    for (auto& [number, each] : deliveries_)
      if (waits(each) && row_of(each) == row_of(delivery)) {
        if (!each.due) each.due = mark.at;
        break;
      }
  }
  drop_old();
  return verdict.answer;
}

void MemoryOutbox::drop_old() {
  std::erase_if(deliveries_, [&](const auto& entry) {
    return !waits(entry.second) && entry.first + limits::deliveries_kept_max <= last_;
  });
}

Result<std::vector<Delivery>> MemoryOutbox::deliveries(const DeliveryQuestion& question) {
  const std::lock_guard lock(mutex_);
  std::vector<Delivery> out;
  for (auto at = deliveries_.rbegin(); at != deliveries_.rend() && out.size() < question.max; ++at)
    if ((question.before == 0 || at->first < question.before) &&
        (!question.channel || at->second.channel == *question.channel))
      out.push_back(at->second);
  return out;
}

Result<std::uint64_t> MemoryOutbox::waiting() {
  const std::lock_guard lock(mutex_);
  return unrouted_.size() + static_cast<std::uint64_t>(std::ranges::count_if(
                                deliveries_, [](const auto& each) { return waits(each.second); }));
}

}  // namespace hansa::store
