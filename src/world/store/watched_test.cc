#include "world/store/watched.h"

#include <gtest/gtest.h>

#include "world/store/memory/memory.h"

namespace hansa::store {
namespace {

TEST(Watched, KnowsWhetherItCanBeWritten) {
  auto memory = std::make_unique<MemoryStore>();
  MemoryStore& inner = *memory;
  Watched store(std::move(memory));
  EXPECT_TRUE(store.writable());
  inner.fail_at(1, Fault::refused);
  EXPECT_FALSE(store.set_fact("clock", "1"));
  EXPECT_EQ(store.writable().error().code, Code::exhausted);
  EXPECT_TRUE(store.forget(Time{1}));
  EXPECT_FALSE(store.writable());
  EXPECT_TRUE(store.set_fact("clock", "1"));
  EXPECT_TRUE(store.writable());
  inner.fail_at(1, Fault::lost);
  EXPECT_FALSE(store.commit({}));
  EXPECT_EQ(store.writable().error().code, Code::unavailable);
  EXPECT_TRUE(store.commit({}));
  EXPECT_TRUE(store.writable());
  // Somebody else's mistake.
  Commit commit;
  commit.expects = {{"port", {1, 1}, Rev{7}}};
  EXPECT_EQ(store.commit(commit).error().code, Code::conflict);
  EXPECT_TRUE(store.writable());
  EXPECT_EQ(store.figures().conflicts, 1U);
  EXPECT_EQ(store.figures().failures, 2U);
  EXPECT_TRUE(store.record({}));
  EXPECT_EQ(store.figures().records, 1U);
}

}  // namespace
}  // namespace hansa::store
