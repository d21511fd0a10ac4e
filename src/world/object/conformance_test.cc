// What every object store promises, tried against each adapter.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "base/limits.h"
#include "base/scratch_test.h"
#include "world/object/local/local.h"
#include "world/object/memory/memory.h"

namespace hansa::object {
namespace {

Location at(std::string_view key, std::string_view bucket = "bucket") {
  return *Location::make(bucket, key);
}

class ObjectConformance : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() == "memory") {
      objects_ = std::make_unique<MemoryObjects>(scratch_.path());
    } else {
      auto opened = open_local(scratch_.path());
      ASSERT_TRUE(opened) << opened.error().text;
      objects_ = *std::move(opened);
    }
    ASSERT_TRUE(objects_->make_bucket("bucket"));
  }

  Result<ObjectInfo> put(std::string_view key, std::string_view bytes = "x",
                         Taken taken = Taken::refuse) {
    return write_all(*objects_, at(key), bytes, taken);
  }
  std::string get(std::string_view key) {
    return read_all(*objects_, at(key), 1 << 20).value_or("?");
  }
  std::vector<std::string> keys(std::string_view prefix = "", std::string_view after = "",
                                std::size_t max = 100'000) {
    auto listing = objects_->list("bucket", prefix, after, max);
    EXPECT_TRUE(listing) << listing.error().text;
    std::vector<std::string> found;
    for (const ObjectInfo& info : listing->objects) found.push_back(info.location.key());
    return found;
  }

  Scratch scratch_;
  std::unique_ptr<ObjectStore> objects_;
};

INSTANTIATE_TEST_SUITE_P(Adapters, ObjectConformance, testing::Values("memory", "local"),
                         [](const auto& info) { return info.param; });

// --- refusals
// ---------------------------------------------------------------------------------------

TEST_P(ObjectConformance, KnowsNothingOfWhatIsNotThere) {
  for (const Location& nowhere : {at("a"), at("a/b/c"), at("a", "other")}) {
    EXPECT_EQ(objects_->info(nowhere).error().code, Code::not_found);
    EXPECT_EQ(objects_->read(nowhere, 0, 0).error().code, Code::not_found);
    EXPECT_EQ(objects_->local(nowhere).error().code, Code::not_found);
    EXPECT_TRUE(objects_->remove(nowhere));
  }
  EXPECT_EQ(objects_->write(at("a", "other"), Taken::refuse).error().code, Code::not_found);
  EXPECT_EQ(objects_->list("other", "", "", 1).error().code, Code::not_found);
  EXPECT_EQ(read_all(*objects_, at("a"), 1).error().code, Code::not_found);
}

TEST_P(ObjectConformance, RefusesBucketsThatAreNone) {
  for (const std::string_view bucket : {"..", ".", "", ".staging", "a/b", "Bucket", "b.c"}) {
    EXPECT_EQ(objects_->make_bucket(bucket).error().code, Code::invalid) << bucket;
    EXPECT_EQ(objects_->list(bucket, "", "", 1).error().code, Code::invalid) << bucket;
  }
  EXPECT_TRUE(objects_->make_bucket("bucket"));  // twice is fine
}

TEST_P(ObjectConformance, RefusesATakenKeyAtOnceAndAtTheEnd) {
  auto early = objects_->write(at("a"), Taken::refuse);
  ASSERT_TRUE(early);
  ASSERT_TRUE((*early)->write("late"));
  ASSERT_TRUE(put("a", "first"));
  EXPECT_EQ(objects_->write(at("a"), Taken::refuse).error().code, Code::conflict);
  EXPECT_EQ((*early)->finish().error().code, Code::conflict);
  EXPECT_EQ(get("a"), "first");
}

TEST_P(ObjectConformance, RefusesAnObjectBelowOrAboveAnother) {
  ASSERT_TRUE(put("a"));
  ASSERT_TRUE(put("d/e/f"));
  for (const Taken taken : {Taken::refuse, Taken::replace}) {
    EXPECT_EQ(put("a/b", "x", taken).error().code, Code::conflict);
    EXPECT_EQ(put("a/b/c/d", "x", taken).error().code, Code::conflict);
    EXPECT_EQ(put("d", "x", taken).error().code, Code::conflict);
    EXPECT_EQ(put("d/e", "x", taken).error().code, Code::conflict);
  }
  EXPECT_EQ(keys(), (std::vector<std::string>{"a", "d/e/f"}));
  EXPECT_EQ(objects_->info(at("d/e")).error().code, Code::not_found);
  EXPECT_EQ(objects_->read(at("d"), 0, 0).error().code, Code::not_found);
  EXPECT_EQ(objects_->local(at("d")).error().code, Code::not_found);
  EXPECT_TRUE(objects_->remove(at("d")));
  EXPECT_EQ(get("d/e/f"), "x");
  // Once it is gone there is room.
  ASSERT_TRUE(objects_->remove(at("d/e/f")));
  ASSERT_TRUE(put("d"));
  ASSERT_TRUE(objects_->remove(at("a")));
  ASSERT_TRUE(put("a/b/c"));
}

TEST_P(ObjectConformance, RefusesAPartThatNoDiskCanName) {
  EXPECT_EQ(put(std::string(256, 'x')).error().code, Code::invalid);
  EXPECT_TRUE(put(std::string(255, 'x') + "/" + std::string(255, 'y')));
}

TEST_P(ObjectConformance, LeavesNothingOfAnUnfinishedObject) {
  {
    auto writing = objects_->write(at("a/b"), Taken::refuse);
    ASSERT_TRUE((*writing)->write("half"));
    EXPECT_EQ(objects_->info(at("a/b")).error().code, Code::not_found);
    EXPECT_TRUE(keys().empty());
  }
  EXPECT_TRUE(keys().empty());
  EXPECT_TRUE(put("a"));
}

TEST_P(ObjectConformance, RefusesToReadMoreThanTheCallerTakes) {
  ASSERT_TRUE(put("a", "12345"));
  EXPECT_EQ(*read_all(*objects_, at("a"), 5), "12345");
  EXPECT_EQ(read_all(*objects_, at("a"), 4).error().code, Code::exhausted);
}

// --- what is written
// --------------------------------------------------------------------------------

TEST_P(ObjectConformance, GivesBackWhatWasWritten) {
  std::string bytes(3 * limits::chunk_bytes + 17, '\0');
  std::mt19937_64 random(1);
  for (char& byte : bytes) byte = static_cast<char>(random());
  auto writing = objects_->write(at("a b/\xc3\xa9%2F.parquet"), Taken::refuse);
  for (std::size_t i = 0; i < bytes.size(); i += 100'000)
    ASSERT_TRUE((*writing)->write(std::string_view(bytes).substr(i, 100'000)));
  const auto written = (*writing)->finish();
  ASSERT_TRUE(written);
  EXPECT_EQ(written->bytes, bytes.size());
  const auto info = objects_->info(written->location);
  EXPECT_EQ(info->tag, written->tag);
  EXPECT_EQ(info->modified, written->modified);
  EXPECT_EQ(*read_all(*objects_, written->location, bytes.size()), bytes);
  for (const auto& [offset, count] :
       std::vector<std::pair<std::size_t, std::size_t>>{{0, 1},
                                                        {5, 300'000},
                                                        {bytes.size() - 1, 10},
                                                        {bytes.size(), 1},
                                                        {bytes.size() + 9, 0},
                                                        {7, 0}}) {
    auto source = objects_->read(written->location, offset, count);
    const auto expected =
        offset >= bytes.size() ? "" : bytes.substr(offset, count == 0 ? std::string::npos : count);
    EXPECT_EQ(*drain(**source, bytes.size()), expected);
  }
  auto source = objects_->read(written->location, 0, 0);
  EXPECT_EQ((*(*source)->next({.bytes_max = 10}))->bytes, bytes.substr(0, 10));
  EXPECT_EQ((*(*source)->next({.bytes_max = 10}))->bytes, bytes.substr(10, 10));
}

TEST_P(ObjectConformance, ReplacesAndGivesEveryContentItsTag) {
  std::set<std::string> tags;
  for (int i = 0; i < 60; ++i) tags.insert(put("a", i % 2 ? "odd" : "eve", Taken::replace)->tag);
  EXPECT_EQ(tags.size(), 60U);
  EXPECT_EQ(get("a"), "odd");
  // Who reads goes on with what he opened.
  auto source = objects_->read(at("a"), 0, 0);
  ASSERT_TRUE(put("a", "new", Taken::replace));
  ASSERT_TRUE(objects_->remove(at("a")));
  EXPECT_EQ(*drain(**source, 100), "odd");
}

TEST_P(ObjectConformance, KeepsAnEmptyObject) {
  EXPECT_EQ(put("a", "")->bytes, 0U);
  EXPECT_EQ(get("a"), "");
}

TEST_P(ObjectConformance, LendsAReadOnlyFile) {
  ASSERT_TRUE(put("a/b", "content"));
  const auto path = objects_->local(at("a/b"));
  ASSERT_TRUE(path);
  EXPECT_EQ(*read_file(*path, 100), "content");
  struct stat info{};
  ASSERT_EQ(::stat(path->c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0444U);
}

TEST_P(ObjectConformance, OneOfManyWritersWins) {
  std::atomic<int> winners = 0;
  {
    std::vector<std::jthread> all;
    for (int t = 0; t < 16; ++t)
      all.emplace_back([&, t] {
        const auto done = put("deep/in/the/bucket", std::to_string(t));
        if (done) ++winners;
        else EXPECT_EQ(done.error().code, Code::conflict);
      });
  }
  EXPECT_EQ(winners, 1);
}

// Removals take hollow folders away under writers that have just walked through them.
TEST_P(ObjectConformance, WritersAndRemoversDoNotDisturbEachOther) {
  std::atomic<int> failures = 0;
  {
    std::vector<std::jthread> all;
    for (int t = 0; t < 4; ++t)
      all.emplace_back([&, t] {
        for (int i = 0; i < 40; ++i) {
          const std::string key = "a/b/c/" + std::to_string(t);
          if (!put(key)) ++failures;
          if (get(key) != "x") ++failures;
          if (!objects_->remove(at(key))) ++failures;
        }
      });
  }
  EXPECT_EQ(failures, 0);
  EXPECT_TRUE(put("a"));
}

// --- listing
// ----------------------------------------------------------------------------------------

TEST_P(ObjectConformance, ListsWholeKeysInTheOrderOfTheirBytes) {
  for (const std::string_view key :
       {"a/b", "a-b", "a0", "a.b", "a b", "A", "a!/x", "\xc3\xa9", "ab/c/d", "ab/c-d"})
    ASSERT_TRUE(put(key));
  EXPECT_EQ(keys(), (std::vector<std::string>{"A", "a b", "a!/x", "a-b", "a.b", "a/b", "a0",
                                              "ab/c-d", "ab/c/d", "\xc3\xa9"}));
  EXPECT_EQ(keys("a/"), std::vector<std::string>{"a/b"});
  EXPECT_EQ(keys("ab/c"), (std::vector<std::string>{"ab/c-d", "ab/c/d"}));
  EXPECT_TRUE(keys("ac").empty());
}

TEST_P(ObjectConformance, ListsAsASortedSetWould) {
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    std::mt19937_64 random(seed);
    const auto word = [&] {
      constexpr std::string_view letters = "ab-.0/!/";
      std::string text;
      for (std::size_t i = 0, size = 1 + random() % 7; i < size; ++i)
        text += letters[random() % letters.size()];
      return text;
    };
    std::set<std::string> expected;
    for (const std::string& key : keys()) ASSERT_TRUE(objects_->remove(at(key)));
    for (int i = 0; i < 60; ++i) {
      const auto location = Location::make("bucket", word());
      if (location && write_all(*objects_, *location, "x", Taken::refuse))
        expected.insert(location->key());
    }
    ASSERT_GT(expected.size(), 10U);
    for (int i = 0; i < 150; ++i) {
      const std::string prefix = random() % 3 == 0 ? "" : word().substr(0, random() % 4);
      const std::string after = random() % 3 == 0 ? "" : word();
      const std::size_t max = random() % 8;
      std::vector<std::string> some;
      for (const std::string& key : expected)
        if (key.starts_with(prefix) && key > after) some.push_back(key);
      const auto listing = objects_->list("bucket", prefix, after, max);
      ASSERT_TRUE(listing);
      EXPECT_EQ(listing->more, some.size() > max);
      some.resize(std::min(some.size(), max));
      std::vector<std::string> found;
      for (const ObjectInfo& info : listing->objects) found.push_back(info.location.key());
      ASSERT_EQ(found, some) << "seed " << seed << " prefix " << prefix << " after " << after;
    }
  }
}

TEST_P(ObjectConformance, PagesThroughEverything) {
  std::vector<std::string> expected;
  for (int i = 0; i < 57; ++i) {
    expected.push_back("p" + std::to_string(i % 5) + "/" + std::to_string(100 + i));
    ASSERT_TRUE(put(expected.back()));
  }
  std::ranges::sort(expected);
  std::vector<std::string> found;
  for (bool more = true; more;) {
    const auto page = objects_->list("bucket", "", found.empty() ? "" : found.back(), 10);
    ASSERT_TRUE(page);
    for (const ObjectInfo& info : page->objects) found.push_back(info.location.key());
    more = page->more;
  }
  EXPECT_EQ(found, expected);
}

TEST(MemoryObjects, FailsAtEachStepWithoutAnEffect) {
  for (std::uint64_t step = 1; step <= 3; ++step) {
    MemoryObjects objects;
    ASSERT_TRUE(objects.make_bucket("bucket"));
    objects.fail_at(step);
    EXPECT_EQ(write_all(objects, at("a"), "x", Taken::refuse).error().code, Code::unavailable);
    EXPECT_EQ(objects.steps(), step);
    EXPECT_TRUE(objects.list("bucket", "", "", 10)->objects.empty());
    EXPECT_TRUE(write_all(objects, at("a"), "x", Taken::refuse));
  }
}

}  // namespace
}  // namespace hansa::object
