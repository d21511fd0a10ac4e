// How the states of a table follow one another: which are kept, what their rows were made of, and
// which can be read still. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

#include "model/product.h"
#include "model/protection.h"

namespace hansa {

Protection highest(Protection a, Protection b);

// Older states stay in the table's own metadata; the mesh keeps the last few, for pinned reads.
inline constexpr std::size_t table_states_max = 32;

// Whether the rows before it are there still: an append, or a replacement of files by others.
bool keeps_rows(const TableState& state);

// The next state. `next.made_of` is what its new rows were made of: what an append leaves there
// counts too, and a rollback has what that snapshot had. Of states that are not kept any more, what
// they were made of is.
void add_state(Table& table, TableState next);

// Without the states of these snapshots, which are not the current one.
void drop_states(Table& table, const std::set<std::int64_t>& snapshots);

// What the rows of this snapshot were made of; of one that is not kept, what any such was made of.
std::vector<MadeOf> made_of(const Table& table, std::int64_t snapshot);

// The same of all rows that somebody may read: those of the current state, and of the kept ones
// that were replaced after `since`, whose readers may go on.
std::vector<MadeOf> readable_rows(const Table& table, Time since);

// The kept state that a reading which began with this snapshot goes on with: the current one, or
// one that it came from and that was replaced after `since`. nullptr: there is none.
const TableState* pinned_state(const Table& table, std::int64_t snapshot, Time since);

}  // namespace hansa
