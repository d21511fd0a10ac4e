// What carries over shows nothing more: against generated versions, where a column is the same only
// if it came from the same one.
#include "policy/carry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>

#include "model/lineage.h"

namespace hansa::policy {
namespace {

Column column(std::string name, TypeKind kind = TypeKind::string) {
  return {.id = 0, .name = std::move(name), .type = {.kind = kind, .fields = {}}};
}
Contract contract(std::vector<Column> columns,
                  std::vector<std::pair<std::string, std::string>> classified = {}) {
  Contract out;
  out.schema.columns = std::move(columns);
  out.classified = std::move(classified);
  return out;
}
Scope scope(std::vector<std::string> columns, std::string_view filter = "",
            std::map<std::string, Mask> masks = {}) {
  Scope out{
      .columns = std::move(columns), .filter = {}, .masks = std::move(masks), .conditions = {}};
  if (!filter.empty()) out.filter = *parse_predicate(filter);
  return out;
}

TEST(Carry, TakesTheSameColumns) {
  const Contract one = contract({column("a"), column("b")}, {{"b", "internal"}});
  EXPECT_TRUE(shows_more({}, one, one).empty());
  EXPECT_TRUE(shows_more(scope({"a"}), one, one).empty());
  EXPECT_TRUE(shows_more(scope({"a", "b"}, "a = 'x'", {{"b", Mask::hash}}), one, one).empty());
  EXPECT_TRUE(shows_more({}, one, contract({column("a")})).empty());
  EXPECT_TRUE(shows_more({}, one, contract({column("a"), column("c")})).empty());
  EXPECT_TRUE(shows_more({}, one, contract({column("a"), column("b")}, {{"b", "public"}})).empty());
}

TEST(Carry, TakesNothingMoreSensitive) {
  const Contract one = contract({column("a"), column("b")}, {{"b", "internal"}});
  const auto raised = contract({column("a"), column("b")}, {{"b", "restricted"}});
  EXPECT_EQ(shows_more({}, one, raised), std::vector<std::string>{"b is restricted"});
  EXPECT_TRUE(shows_more(scope({"a"}), one, raised).empty());
  EXPECT_FALSE(shows_more({}, one, contract({column("c")}, {{"c", "internal"}})).empty());
  // Words that nobody knows count as the highest.
  EXPECT_FALSE(shows_more({}, one, contract({column("b")}, {{"b", "not for everybody"}})).empty());
  // Lowered, then raised again: what the last version said is what somebody agreed to.
  const auto lowered = contract({column("a"), column("b")}, {{"b", "public"}});
  EXPECT_TRUE(shows_more({}, one, lowered).empty());
  EXPECT_FALSE(shows_more({}, lowered, one).empty());
}

TEST(Carry, LosesNoNarrowing) {
  const Contract one = contract({column("id"), column("email"), column("country")});
  const Contract renamed = contract({column("id"), column("contact"), column("country")});
  const Contract moved = contract({column("id"), column("email"), column("land")});
  EXPECT_TRUE(shows_more({}, one, renamed).empty());
  EXPECT_FALSE(shows_more(scope({}, "", {{"email", Mask::hash}}), one, renamed).empty());
  EXPECT_FALSE(shows_more(scope({}, "country = 'SE'"), one, moved).empty());
  EXPECT_FALSE(shows_more(scope({}, "not (id = 'x' or country like 'S%')"), one, moved).empty());
  EXPECT_FALSE(shows_more(scope({"id", "email"}), one, renamed).empty());
  EXPECT_TRUE(shows_more(scope({"id", "country"}), one, renamed).empty());
  // A masked column may come back under another name.
  const Contract twice = contract({column("id"), column("email"), column("country"), column("e")});
  EXPECT_FALSE(shows_more(scope({}, "", {{"email", Mask::hash}}), one, twice).empty());
  EXPECT_FALSE(shows_more(scope({}, "country = 'SE'"), one, twice).empty());
  // Names differ by their case, too.
  EXPECT_FALSE(shows_more(scope({}, "", {{"email", Mask::hash}}), one,
                          contract({column("id"), column("EMAIL"), column("country")}))
                   .empty());
}

TEST(Carry, LooksAtTypes) {
  const Contract one = contract({column("id"), column("at", TypeKind::date)});
  const Contract finer = contract({column("id"), column("at", TypeKind::timestamp)});
  EXPECT_FALSE(shows_more(scope({"id", "at"}), one, finer).empty());
  EXPECT_FALSE(shows_more(scope({}, "", {{"at", Mask::year}}), one, finer).empty());
  Column parts{
      .id = 0, .name = "id", .type = {.kind = TypeKind::structure, .fields = {column("x")}}};
  EXPECT_FALSE(shows_more({}, one, contract({parts, column("at", TypeKind::date)})).empty());
  Column more = parts;
  more.type.fields.push_back(column("y"));
  EXPECT_FALSE(shows_more({}, contract({parts}), contract({more})).empty());
}

TEST(Carry, KeepsGivenAndCarriedApart) {
  Grant grant;
  grant.majors = {1, 2, 3};
  grant.carried = {2, 3};
  EXPECT_EQ(given_majors(grant), std::vector<std::uint32_t>{1});
  EXPECT_TRUE(leave_major(grant, 2));
  EXPECT_EQ(grant.majors, (std::vector<std::uint32_t>{1, 3}));
  EXPECT_EQ(grant.carried, std::vector<std::uint32_t>{3});
  grant.majors = {3};
  EXPECT_EQ(given_majors(grant), std::vector<std::uint32_t>{3});
  // No version is not every version.
  EXPECT_FALSE(leave_major(grant, 3));
  EXPECT_EQ(grant.majors, std::vector<std::uint32_t>{3});
}

// A version as it is made: what each column is called, and which one of all it really is.
struct Version {
  Contract contract;
  std::map<std::string, int> origin;
};

class Generated : public testing::TestWithParam<unsigned> {
 protected:
  int draw(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }

  std::string words() {
    static constexpr const char* kWords[] = {"public", "internal", "confidential", "restricted"};
    return kWords[draw(4)];
  }
  void add(Version& out, const std::string& name, int origin, const std::string& level,
           TypeKind kind) {
    out.contract.schema.columns.push_back(column(name, kind));
    out.origin[name] = origin;
    if (!level.empty()) out.contract.classified.emplace_back(name, level);
  }
  Version first() {
    Version out;
    for (int i = 0; i < 1 + draw(4); ++i)
      add(out, "c" + std::to_string(i), i, draw(2) == 0 ? "" : words(),
          draw(4) == 0 ? TypeKind::date : TypeKind::string);
    return out;
  }
  // Columns go, come, change their type or classification, and are called otherwise.
  Version next(const Version& before) {
    Version out;
    int fresh = 100;
    for (const Column& each : before.contract.schema.columns) {
      const int origin = before.origin.at(each.name);
      std::string level;
      for (const auto& [name, word] : before.contract.classified)
        if (name == each.name) level = word;
      const int fate = draw(8);
      if (fate == 0) continue;
      const TypeKind kind = fate == 1 ? TypeKind::int64 : each.type.kind;
      if (fate == 2) level = words();
      if (fate == 3) level.clear();
      const std::string name = fate == 4 ? each.name + "_new" : each.name;
      add(out, name, origin, level, kind);
      if (fate == 5) add(out, each.name + "_copy", origin, "", kind);
    }
    if (draw(3) == 0) add(out, "extra", ++fresh, draw(2) == 0 ? "" : words(), TypeKind::string);
    return out;
  }
  Scope narrowing(const Version& before) {
    Scope out;
    const auto& columns = before.contract.schema.columns;
    if (draw(3) == 0)
      for (const Column& each : columns)
        if (draw(2) == 0) out.columns.push_back(each.name);
    for (const Column& each : columns) {
      const bool shown = out.columns.empty() || std::ranges::count(out.columns, each.name) > 0;
      if (shown && draw(4) == 0) out.masks[each.name] = Mask::null;
    }
    if (draw(3) == 0 && columns.front().type.kind == TypeKind::string)
      out.filter = *parse_predicate(columns.front().name + " = 'x'");
    return out;
  }

  // What of a row somebody sees: which columns of all there are, and how; in rows that hold a value
  // in the column that chooses them.
  struct Sight {
    std::map<int, bool> plain;  // by origin: as it is, or masked
    std::optional<int> chosen_by;
  };
  Sight sight(const Scope& scope, const Version& version) {
    Sight out;
    for (const Column& each : version.contract.schema.columns) {
      if (!scope.columns.empty() && std::ranges::count(scope.columns, each.name) == 0) continue;
      bool& plain = out.plain[version.origin.at(each.name)];
      plain = plain || !scope.masks.contains(each.name);
    }
    if (scope.filter)
      for (const auto& [name, origin] : version.origin)
        if (name == scope.filter->column) out.chosen_by = origin;
    return out;
  }
  static Sensitivity level(const Version& version, int origin) {
    Sensitivity out = Sensitivity::open;
    for (const auto& [name, word] : version.contract.classified)
      if (version.origin.at(name) == origin) out = std::max(out, level_of(word));
    return out;
  }

 private:
  std::mt19937 random_{GetParam()};
};

TEST_P(Generated, ShowsNothingMore) {
  int carried = 0;
  for (int round = 0; round < 4'000; ++round) {
    const Version before = first();
    const Version after = next(before);
    const Scope scope = narrowing(before);
    ASSERT_TRUE(check(scope, before.contract.schema));
    if (!shows_more(scope, before.contract, after.contract).empty()) continue;
    ++carried;
    EXPECT_TRUE(check(scope, after.contract.schema)) << words();
    const Sight had = sight(scope, before);
    const Sight has = sight(scope, after);
    EXPECT_EQ(has.chosen_by, had.chosen_by);
    for (const auto& [origin, plain] : has.plain) {
      const auto known = had.plain.find(origin);
      if (known == had.plain.end()) {
        // Only who is shown all there is, and only what nobody keeps from anybody.
        EXPECT_TRUE(scope.shows_all() && origin > 100);
        EXPECT_EQ(level(after, origin), Sensitivity::open);
        continue;
      }
      EXPECT_TRUE(known->second || !plain) << "round " << round << " origin " << origin;
      EXPECT_LE(level(after, origin), level(before, origin)) << "round " << round;
    }
  }
  EXPECT_GT(carried, 200);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Generated, testing::Values(1U, 2U, 3U, 4U));

}  // namespace
}  // namespace hansa::policy
