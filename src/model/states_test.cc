#include "model/states.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

namespace hansa {
namespace {

MadeOf part(std::uint64_t port, Sensitivity level, Closed closed = Closed::no) {
  return {.port = {{1, port}}, .state = {}, .demands = {level, closed}};
}

TableState state(std::int64_t snapshot, std::string operation, std::int64_t at,
                 std::vector<MadeOf> made_of = {}) {
  return {.metadata = {},
          .snapshot = snapshot,
          .operation = std::move(operation),
          .at = Time{at},
          .by = {},
          .made_by = {},
          .made_of = std::move(made_of)};
}

TEST(States, AnAppendKeepsWhatTheRowsBeforeItWereMadeOf) {
  Table table;
  add_state(table, state(1, "overwrite", 1, {part(7, Sensitivity::confidential)}));
  add_state(table, state(2, "append", 2));
  EXPECT_EQ(made_of(table, 2), (std::vector{part(7, Sensitivity::confidential)}));
  add_state(table, state(3, "append", 3, {part(7, Sensitivity::internal, Closed::hidden)}));
  EXPECT_EQ(made_of(table, 3), (std::vector{part(7, Sensitivity::confidential, Closed::hidden)}));
  add_state(table, state(4, "replace", 4));
  EXPECT_EQ(made_of(table, 4), made_of(table, 3));
  add_state(table, state(5, "overwrite", 5));
  EXPECT_TRUE(made_of(table, 5).empty());
}

TEST(States, ARollbackHasWhatItsSnapshotHad) {
  Table table;
  add_state(table, state(1, "overwrite", 1, {part(7, Sensitivity::confidential)}));
  add_state(table, state(2, "overwrite", 2));
  add_state(table, state(1, "rollback", 3));
  EXPECT_EQ(table.current()->made_of, (std::vector{part(7, Sensitivity::confidential)}));
  add_state(table, state(2, "rollback", 4));
  EXPECT_TRUE(table.current()->made_of.empty());
}

TEST(States, WhatIsNotKeptCountsAsAllOfIt) {
  Table table;
  add_state(table, state(1, "overwrite", 1, {part(7, Sensitivity::confidential)}));
  add_state(table, state(2, "overwrite", 2, {part(8, Sensitivity::internal, Closed::hidden)}));
  for (std::int64_t i = 3; i <= static_cast<std::int64_t>(table_states_max); ++i)
    add_state(table, state(i, "overwrite", i));
  EXPECT_EQ(table.states.size(), table_states_max);
  EXPECT_TRUE(table.earlier.empty());
  for (std::int64_t i = 1; i <= 2; ++i) add_state(table, state(100 + i, "overwrite", 100 + i));
  EXPECT_EQ(table.states.size(), table_states_max);
  const std::vector both{part(7, Sensitivity::confidential),
                         part(8, Sensitivity::internal, Closed::hidden)};
  EXPECT_EQ(table.earlier, both);
  add_state(table, state(1, "rollback", 200));
  EXPECT_EQ(table.current()->made_of, both);
}

TEST(States, WhatIsDroppedCountsAsNotKept) {
  Table table;
  add_state(table, state(1, "overwrite", 1, {part(7, Sensitivity::confidential)}));
  add_state(table, state(2, "overwrite", 2));
  add_state(table, state(1, "rollback", 3));
  add_state(table, state(3, "overwrite", 4));
  drop_states(table, {1});
  ASSERT_EQ(table.states.size(), 2U);
  EXPECT_EQ(table.states[0].snapshot, 2);
  EXPECT_EQ(made_of(table, 1), (std::vector{part(7, Sensitivity::confidential)}));
  EXPECT_EQ(table.earlier, (std::vector{part(7, Sensitivity::confidential)}));
  EXPECT_TRUE(made_of(table, 2).empty());
}

TEST(States, RowsCountUntilNobodyMayGoOnReadingThem) {
  Table table;
  add_state(table, state(1, "overwrite", 10, {part(7, Sensitivity::confidential)}));
  EXPECT_EQ(readable_rows(table, Time{1'000}).size(), 1U);  // the current ones, however old
  add_state(table, state(2, "overwrite", 20));
  EXPECT_EQ(readable_rows(table, Time{19}).size(), 1U);
  EXPECT_TRUE(readable_rows(table, Time{20}).empty());
  EXPECT_NE(pinned_state(table, 1, Time{19}), nullptr);
  EXPECT_EQ(pinned_state(table, 1, Time{20}), nullptr);
  EXPECT_NE(pinned_state(table, 2, Time{1'000}), nullptr);
}

TEST(States, AReadingGoesOnWithWhatTheCurrentStateCameFrom) {
  Table table;
  for (std::int64_t i = 1; i <= 3; ++i) add_state(table, state(i, "append", i));
  add_state(table, state(2, "rollback", 4));
  EXPECT_EQ(pinned_state(table, 3, Time{0}), nullptr);
  ASSERT_NE(pinned_state(table, 1, Time{0}), nullptr);
  EXPECT_EQ(pinned_state(table, 1, Time{0})->snapshot, 1);
  add_state(table, state(4, "append", 5));
  EXPECT_EQ(pinned_state(table, 3, Time{0}), nullptr);
  EXPECT_NE(pinned_state(table, 2, Time{0}), nullptr);
  add_state(table, state(3, "rollback", 6));  // forward again
  EXPECT_NE(pinned_state(table, 3, Time{0}), nullptr);
  EXPECT_EQ(pinned_state(table, 4, Time{0}), nullptr);
  EXPECT_EQ(pinned_state(table, 99, Time{0}), nullptr);
}

// What rows are really made of is kept beside the table as sets, and compared after every step.
TEST(States, NeverForgetWhatReadableRowsWereMadeOf) {
  std::size_t forgotten = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    std::mt19937_64 random(seed);
    Table table;
    std::map<std::int64_t, std::set<std::uint64_t>> rows;
    std::map<std::int64_t, std::int64_t> parents;
    std::int64_t current = 0;
    for (std::int64_t step = 1; step <= 120; ++step) {
      const std::uint64_t what = random() % 4;
      if (what == 3 && !rows.empty()) {
        current =
            std::next(rows.begin(), static_cast<std::ptrdiff_t>(random() % rows.size()))->first;
        add_state(table, state(current, "rollback", step));
      } else {
        std::set<std::uint64_t> now;
        std::vector<MadeOf> made;
        for (std::uint64_t n = random() % 3; n > 0; --n)
          if (const std::uint64_t port = random() % 20; now.insert(port).second)
            made.push_back(part(port, Sensitivity::internal));
        if (what == 0 && current != 0) now.insert(rows[current].begin(), rows[current].end());
        add_state(table, state(step, what == 0 ? "append" : "overwrite", step, made));
        parents[step] = current;
        rows[current = step] = now;
      }
      const auto has = [](const std::vector<MadeOf>& parts, const std::set<std::uint64_t>& all) {
        return std::ranges::all_of(all, [&](std::uint64_t port) {
          return std::ranges::find(parts, PortId{{1, port}}, &MadeOf::port) != parts.end();
        });
      };
      for (const auto& [snapshot, all] : rows)
        ASSERT_TRUE(has(made_of(table, snapshot), all)) << "seed " << seed << " step " << step;
      const Time since{step - 5};
      const auto readable = readable_rows(table, since);
      ASSERT_TRUE(has(readable, rows[current]));
      if (made_of(table, 1).size() > readable.size()) ++forgotten;
      std::set<std::int64_t> ancestors;
      for (std::int64_t at = current; at != 0; at = parents[at]) ancestors.insert(at);
      for (const auto& [snapshot, all] : rows)
        if (pinned_state(table, snapshot, since) != nullptr) {
          ASSERT_TRUE(ancestors.contains(snapshot)) << "seed " << seed << " step " << step;
          ASSERT_TRUE(has(readable, all)) << "seed " << seed << " step " << step;
        }
    }
  }
  EXPECT_GT(forgotten, 100U);  // and what nobody can read does not count for ever
}

TEST(States, KeepWhenDataCame) {
  Table table;
  add_state(table, state(1, "append", 1));
  EXPECT_FALSE(table.replaced_at);
  add_state(table, state(2, "append", 2));
  add_state(table, state(3, "replace", 3));  // the same rows in other files
  EXPECT_EQ(table.data_at, (std::vector{Time{1}, Time{2}}));
  EXPECT_FALSE(table.replaced_at);
  drop_states(table, {1, 2});
  EXPECT_EQ(table.data_at.size(), 2U);
  add_state(table, state(4, "overwrite", 4));
  EXPECT_EQ(table.replaced_at, Time{4});
  add_state(table, state(3, "rollback", 5));
  EXPECT_EQ(table.data_at, (std::vector{Time{1}, Time{2}}));
  EXPECT_EQ(table.replaced_at, Time{5});
  for (std::int64_t i = 10; i < 100; ++i) add_state(table, state(i, "append", i));
  EXPECT_EQ(table.data_at.size(), table_states_max);
}

}  // namespace
}  // namespace hansa
