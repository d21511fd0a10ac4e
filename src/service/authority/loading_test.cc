#include "service/authority/loading.h"

#include <gtest/gtest.h>

#include <memory>
#include <ranges>
#include <string>

#include "model/domain.h"
#include "model/people.h"
#include "world/store/body/body.h"

namespace hansa::service {
namespace {

// More than the queue between the two threads holds.
constexpr std::uint64_t kMany = 150'500;

store::Row row_of(std::uint64_t number) {
  const TeamId id{{1, number}};
  if (number % 2 == 0) {
    Team team;
    team.id = id;
    team.name = "team" + std::to_string(number);
    const Noun noun = std::make_shared<const Team>(team);
    return {std::string(kind_of(noun)), id.ulid, Rev{number + 1}, store::body_of(noun)};
  }
  Principal principal;
  principal.id = PrincipalId{id.ulid};
  principal.name = "person" + std::to_string(number);
  const Noun noun = std::make_shared<const Principal>(principal);
  return {std::string(kind_of(noun)), id.ulid, Rev{number + 1}, store::body_of(noun)};
}

TEST(Loading, GivesEveryNounByKindInTheOrderOfItsRows) {
  Loading loading;
  for (std::uint64_t i = 0; i < kMany; ++i) loading.add(row_of(i));
  const auto nouns = loading.finish();
  ASSERT_TRUE(nouns) << nouns.error().text;
  std::uint64_t count = 0;
  for (const auto& kind : *nouns) {
    std::uint64_t before = 0;
    for (const auto& each : std::views::join(kind)) {
      EXPECT_GT(each.rev.number, before);
      before = each.rev.number;
      const store::Row row = row_of(before - 1);
      EXPECT_EQ(kind_of(each.noun), row.kind);
      EXPECT_EQ(store::body_of(each.noun), row.body);
      ++count;
    }
  }
  EXPECT_EQ(count, kMany);
}

TEST(Loading, NamesTheFirstRowThatIsNoNoun) {
  Loading loading;
  for (std::uint64_t i = 0; i < 5'500; ++i) {
    store::Row row = row_of(i);
    if (i == 2'700 || i == 4'100 || i == 5'400) row.body = "nonsense";
    loading.add(std::move(row));
  }
  const auto nouns = loading.finish();
  ASSERT_FALSE(nouns);
  EXPECT_TRUE(nouns.error().text.starts_with("loading team " + to_text(row_of(2'700).id)))
      << nouns.error().text;
}

TEST(Loading, AnEmptyStoreHasNoNouns) {
  const auto nouns = Loading().finish();
  ASSERT_TRUE(nouns);
  for (const auto& kind : *nouns) EXPECT_TRUE(kind.empty());
}

}  // namespace
}  // namespace hansa::service
