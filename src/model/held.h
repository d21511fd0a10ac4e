// Batches that failed the checks of their contract and are kept aside with their table, until
// somebody releases or drops them, or their time is over. Pure.
#pragma once

#include <chrono>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/product.h"

namespace hansa {

// So many wait for a word at once, and so long.
inline constexpr std::size_t held_batches_max = 10;
inline constexpr std::chrono::hours held_for{24 * 30};
// Dropped ones whose files may be there still; the files of older ones go when they are old.
inline constexpr std::size_t dropped_batches_max = 100;

enum class HeldState {
  waits,
  dropped,
  over,  // nobody said anything for as long as `held_for`
};
HeldState state_of(const HeldBatch& batch, Time now);

// Of this publish, whatever its state; nullptr: there is none.
const HeldBatch* find_held(const Table& table, std::string_view publish);
// Those that wait, oldest first.
std::vector<const HeldBatch*> waiting(const Table& table, Time now);

// Each forgets what is over. Errors of hold: exhausted: as many wait as may; conflict: this publish
// is held, or was dropped.
Result<void> hold(Table& table, HeldBatch batch, Time now);
// Not held any more: false if it does not wait.
bool let_go(Table& table, std::string_view publish, Time now);
// The same, and its files go: which publish it was, and when, is all that stays. False if it does
// not wait.
bool drop_held(Table& table, std::string_view publish, Time now);

}  // namespace hansa
