// What a commit must be, and what it becomes, whatever the adapter.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/result.h"
#include "world/store/store.h"

namespace hansa::store {

// Errors: invalid if one row is written twice or a removed one claims names; exhausted past
// limits::changes_per_commit_max or limits::commit_bytes_max.
Result<void> check_commit(const Commit& commit);

// What it holds in memory, roughly.
std::size_t bytes_in(const Commit& commit);
std::size_t bytes_in(const Record& record);
std::size_t bytes_in(const Batch& batch);
std::size_t bytes_in(const std::vector<Routed>& routed);
std::size_t bytes_in(const std::vector<Marked>& marks);

// The rows as they are after `commit` became `seq`; takes their bodies out of it.
Batch batch_of(Commit&& commit, Seq seq);

// A deadline of steady_us() for those who wait; "for ever" does not overflow.
std::chrono::steady_clock::time_point deadline_of(std::int64_t deadline_us);

// Without a number: the chain gives it.
Line line_of(const EventRow& event, Seq seq);
Line line_of(const Record& record);

// The errors that both adapters give, in the same words.
std::unexpected<Error> row_changed(const Expect& expect);
std::unexpected<Error> read_meanwhile();
std::unexpected<Error> name_taken(std::string_view name);
std::unexpected<Error> answer_given();
std::unexpected<Error> too_many_waiting();
inline constexpr std::string_view too_many_for_channel = "too many wait for this channel";

}  // namespace hansa::store
