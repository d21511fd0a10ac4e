#include "model/name_pattern.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace hansa {
namespace {

bool fits(std::string_view pattern, std::string_view name) {
  const auto parsed = NamePattern::parse(pattern);
  EXPECT_TRUE(parsed) << pattern;
  return parsed && parsed->fits(name);
}

TEST(NamePattern, FitsWholeNames) {
  EXPECT_TRUE(fits("plays", "plays"));
  EXPECT_FALSE(fits("plays", "play"));
  EXPECT_FALSE(fits("plays", "plays2"));
  EXPECT_TRUE(fits("dim_*", "dim_"));
  EXPECT_TRUE(fits("dim_*", "dim_shows"));
  EXPECT_FALSE(fits("dim_*", "adim_shows"));
  EXPECT_TRUE(fits("*_id", "show_id"));
  EXPECT_TRUE(fits("*", ""));
  EXPECT_TRUE(fits("?", "\xC3\xA9"));
  EXPECT_FALSE(fits("?", ""));
  EXPECT_FALSE(fits("[a-z]", "\xC3\xA9"));
  EXPECT_TRUE(fits("[a-z][a-z0-9_]+", "show_id"));
  EXPECT_FALSE(fits("[a-z][a-z0-9_]+", "s"));
  EXPECT_FALSE(fits("[a-z][a-z0-9_]+", "Show"));
  EXPECT_TRUE(fits("[]x-]+", "]-x"));
  EXPECT_TRUE(fits("[*][+][?]", "*+?"));
}

TEST(NamePattern, RefusesWhatIsNone) {
  for (const char* bad : {"", "[", "[]", "[a-z", "[^a]", "[!a]", "[z-a]", "+", "a+", "*+", "a]",
                          "a b", "\xC3\xA9", "a\n"})
    EXPECT_FALSE(NamePattern::parse(bad)) << bad;
  EXPECT_TRUE(NamePattern::parse(std::string(name_pattern_max, '*')));
  EXPECT_FALSE(NamePattern::parse(std::string(name_pattern_max + 1, '*')));
}

// The obvious matcher, which may take for ever: only for short ones.
bool slow(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty();
  if (pattern[0] == '*')
    return slow(pattern.substr(1), name) || (!name.empty() && slow(pattern, name.substr(1)));
  if (pattern.starts_with("[ab]+")) {
    if (name.empty() || (name[0] != 'a' && name[0] != 'b')) return false;
    return slow(pattern.substr(5), name.substr(1)) || slow(pattern, name.substr(1));
  }
  if (name.empty() || (pattern[0] != '?' && pattern[0] != name[0])) return false;
  return slow(pattern.substr(1), name.substr(1));
}

TEST(NamePattern, AgreesWithTheObviousMatcher) {
  std::mt19937_64 random(5);
  int fitting = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string pattern, name;
    for (std::size_t n = 1 + random() % 5; n > 0; --n)
      pattern += std::array{"a", "b", "*", "?", "[ab]+"}[random() % 5];
    for (std::size_t n = random() % 7; n > 0; --n) name += "abc"[random() % 3];
    const bool wanted = slow(pattern, name);
    fitting += wanted;
    ASSERT_EQ(fits(pattern, name), wanted) << pattern << " " << name;
  }
  EXPECT_GT(fitting, 1'000);
}

// A matcher that goes back needs longer than there is for this one.
TEST(NamePattern, EndsForTheWorst) {
  std::string stars;
  while (stars.size() + 2 <= name_pattern_max) stars += "a*";
  stars.back() = 'b';
  EXPECT_FALSE(fits(stars, std::string(100'000, 'a')));
}

}  // namespace
}  // namespace hansa
