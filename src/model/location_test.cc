#include "model/location.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "base/text.h"

namespace hansa {
namespace {

TEST(Location, RefusesEverySecondSpelling) {
  const std::vector<std::string> bad{"",
                                     "s3:",
                                     "s3://",
                                     "s3:///",
                                     "s3://b",
                                     "s3://bucket",
                                     "s3://bucket/",
                                     "s3://bucket//a",
                                     "s3://bucket/a/",
                                     "s3://bucket/a//b",
                                     "s3://bucket/.",
                                     "s3://bucket/..",
                                     "s3://bucket/a/../b",
                                     "s3://bucket/a/./b",
                                     "s3://bucket/../x",
                                     "s3://bucket/a/..",
                                     "S3://bucket/a",
                                     "s3:/bucket/a",
                                     "s3//bucket/a",
                                     "file:///bucket/a",
                                     "/bucket/a",
                                     "bucket/a",
                                     "http://bucket/a",
                                     " s3://bucket/a",
                                     "s3://Bucket/a",
                                     "s3://bu_cket/a",
                                     "s3://bu.cket/a",
                                     "s3://ab/a",
                                     "s3://-bucket/a",
                                     "s3://bucket-/a",
                                     "s3://bucket:9000/a",
                                     "s3://user@bucket/a",
                                     "s3://buc ket/a",
                                     "s3://bucket%2F/a",
                                     "s3://bucket\\a/b",
                                     "s3://bucket/a\\b",
                                     "s3://bucket/a\nb",
                                     "s3://bucket/a\x7F",
                                     "s3://bucket/\xFF",
                                     "s3://bucket/\xC0\xAF",
                                     "s3://bucket/\xED\xA0\x80",
                                     "s3://../a",
                                     "s3://./a",
                                     "s3://b\xC3\xA9\xC3\xA9/a",
                                     std::string("s3://bucket/a\0b", 15),
                                     "s3://" + std::string(64, 'b') + "/a",
                                     "s3://bucket/" + std::string(1025, 'a')};
  for (const std::string& text : bad) {
    const auto location = Location::parse(text);
    ASSERT_FALSE(location) << text;
    EXPECT_EQ(location.error().code, Code::invalid) << text;
    EXPECT_TRUE(is_utf8(location.error().text)) << text;
    EXPECT_LT(location.error().text.size(), 400U);
    EXPECT_EQ(location.error().text.find('\n'), std::string::npos);
  }
}

TEST(Location, DecodesNothing) {
  const auto location = Location::parse("s3://bucket/a%2Fb/%2e%2e/c+d ?x=1#f");
  ASSERT_TRUE(location);
  EXPECT_EQ(location->key(), "a%2Fb/%2e%2e/c+d ?x=1#f");
}

TEST(Location, HasOneCanonicalForm) {
  for (const std::string_view text : {"s3://bucket/a/b", "s3a://bucket/a/b", "s3n://bucket/a/b"}) {
    const auto location = Location::parse(text);
    ASSERT_TRUE(location) << text;
    EXPECT_EQ(location->text(), "s3://bucket/a/b");
    EXPECT_EQ(*Location::parse(location->text()), *location);
  }
  EXPECT_TRUE(Location::parse("s3://" + std::string(63, 'b') + "/" + std::string(1024, 'a')));
  EXPECT_TRUE(Location::parse("s3://0ab/..."));
  EXPECT_TRUE(Location::parse("s3://bucket/\xC3\xA9"));
}

TEST(Location, NowhereIsFalseAndContainsNoPlace) {
  const Location place = *Location::parse("s3://bucket/a");
  EXPECT_FALSE(Location());
  EXPECT_TRUE(place);
  EXPECT_FALSE(Location().contains(place));
  EXPECT_FALSE(place.contains(Location()));
}

TEST(Location, BelowIsCheckedLikeAnyOther) {
  const Location table = *Location::parse("s3://bucket/tables/t1");
  for (const std::string_view name : {"", "..", "../t2", "a/../../t2", "/a", "a/", "a\\b"})
    EXPECT_FALSE(table.below(name)) << name;
  EXPECT_EQ(table.below("data/x.parquet")->text(), "s3://bucket/tables/t1/data/x.parquet");
  EXPECT_FALSE(table.below(std::string(1020, 'x')));
  EXPECT_TRUE(table.contains(*table.below("x")));
}

// Containment by whole parts, written over lists of parts.
bool reference_contains(const Location& a, const Location& b) {
  if (a.bucket() != b.bucket()) return false;
  const auto above = split(a.key(), '/');
  const auto below = split(b.key(), '/');
  if (above.size() > below.size()) return false;
  for (std::size_t i = 0; i < above.size(); ++i)
    if (above[i] != below[i]) return false;
  return true;
}

TEST(Location, OverlapsByWholePartsOn100000RandomPairs) {
  std::mt19937_64 random(23);
  constexpr std::string_view kParts[] = {"t", "t1", "t10", "T1", "t1%2F", "1", "data", "t1 "};
  const auto any = [&] {
    std::string key;
    for (std::uint64_t i = 1 + random() % 4; i > 0; --i)
      key += (key.empty() ? "" : "/") + std::string(kParts[random() % std::size(kParts)]);
    return *Location::make(random() % 8 == 0 ? "other" : "bucket", key);
  };
  std::size_t overlapping = 0;
  for (int i = 0; i < 100'000; ++i) {
    const Location a = any();
    const Location b = any();
    ASSERT_EQ(a.contains(b), reference_contains(a, b)) << a.text() << " " << b.text();
    ASSERT_EQ(a.overlaps(b), reference_contains(a, b) || reference_contains(b, a));
    ASSERT_EQ(a.overlaps(b), b.overlaps(a));
    ASSERT_TRUE(a.contains(a));
    overlapping += a.overlaps(b);
  }
  EXPECT_GT(overlapping, 3'000U);
}

TEST(Location, NoByteOfNoiseMakesASecondSpellingOfAPlace) {
  std::mt19937_64 random(29);
  const std::string base = "s3://bucket/tables/t1/data.parquet";
  for (int i = 0; i < 100'000; ++i) {
    std::string text = base;
    text[random() % text.size()] = static_cast<char>(random());
    if (const auto location = Location::parse(text); location && location->text() == base) {
      ASSERT_TRUE(text == base) << text;
    }
  }
}

}  // namespace
}  // namespace hansa
