#include "model/held.h"

#include <fmt/format.h>

#include <algorithm>

namespace hansa {
namespace {

void forget(Table& table, Time now) {
  std::erase_if(table.held,
                [&](const HeldBatch& each) { return each.run.at + Micros(held_for) <= now; });
  const auto dropped = [](const HeldBatch& each) { return each.dropped.has_value(); };
  auto over = std::ranges::count_if(table.held, dropped);
  while (over-- > static_cast<std::ptrdiff_t>(dropped_batches_max))
    table.held.erase(std::ranges::find_if(table.held, dropped));
}

HeldBatch* waits(Table& table, std::string_view publish, Time now) {
  for (HeldBatch& each : table.held)
    if (each.run.publish == publish && state_of(each, now) == HeldState::waits) return &each;
  return nullptr;
}

}  // namespace

HeldState state_of(const HeldBatch& batch, Time now) {
  if (batch.dropped) return HeldState::dropped;
  return batch.run.at + Micros(held_for) <= now ? HeldState::over : HeldState::waits;
}

const HeldBatch* find_held(const Table& table, std::string_view publish) {
  for (const HeldBatch& each : table.held)
    if (each.run.publish == publish) return &each;
  return nullptr;
}

std::vector<const HeldBatch*> waiting(const Table& table, Time now) {
  std::vector<const HeldBatch*> out;
  for (const HeldBatch& each : table.held)
    if (state_of(each, now) == HeldState::waits) out.push_back(&each);
  return out;
}

Result<void> hold(Table& table, HeldBatch batch, Time now) {
  forget(table, now);
  if (find_held(table, batch.run.publish) != nullptr)
    return conflict(
        fmt::format("publish {} is in quarantine, or was dropped from it", batch.run.publish),
        "publish corrected data under a new id");
  if (waiting(table, now).size() >= held_batches_max)
    return exhausted(fmt::format("{} batches are in quarantine already", held_batches_max),
                     "release or drop one: hansa quarantine ls PORT");
  table.held.push_back(std::move(batch));
  return {};
}

bool let_go(Table& table, std::string_view publish, Time now) {
  const HeldBatch* found = waits(table, publish, now);
  if (found == nullptr) return false;
  table.held.erase(table.held.begin() + (found - table.held.data()));
  forget(table, now);
  return true;
}

bool drop_held(Table& table, std::string_view publish, Time now) {
  HeldBatch* found = waits(table, publish, now);
  if (found == nullptr) return false;
  HeldBatch left;
  left.run.publish = found->run.publish;
  left.run.at = found->run.at;
  left.dropped = now;
  *found = std::move(left);
  forget(table, now);
  return true;
}

}  // namespace hansa
