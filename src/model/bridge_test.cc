#include "model/bridge.h"

#include <gtest/gtest.h>

#include "model/lineage.h"

namespace hansa {
namespace {

constexpr PortId kOld{{1, 1}}, kNext{{1, 2}}, kOther{{1, 3}};

class BridgeTest : public testing::Test {
 protected:
  BridgeTest() {
    put(Product{.id = {{2, 1}}, .name = "pay", .visibility = Visibility::open});
    old_.schema.columns = {{.id = 1, .name = "id"}, {.id = 2, .name = "name"}};
    next_.schema.columns = {
        {.id = 1, .name = "id"}, {.id = 2, .name = "first"}, {.id = 3, .name = "pin"}};
    bridge_.columns = {{"id", {"id"}}, {"name", {"first"}}};
    place();
  }
  void place() {
    put(old_);
    put(next_);
    put(Port{.id = kOld, .product = {{2, 1}}, .contract = old_.id});
    put(Port{.id = kNext, .product = {{2, 1}}, .contract = next_.id});
    set(bridge_);
  }
  void set(std::optional<Bridge> bridge, bool retired = false) {
    Deprecation noun{.id = kOld, .use = kNext, .by = {}, .why = {}, .renamed = {}};
    noun.bridge = std::move(bridge);
    if (retired) noun.retired_at = Time{1};
    put(noun);
  }
  template <class N>
  void put(const N& noun) {
    mesh_.apply(share(N(noun)), false, Seq{++seq_});
  }
  std::string judged() const {
    const auto held = check_bridge(bridge_, old_, next_);
    return held ? "fits" : held.error().text;
  }
  // What somebody demands who reads these columns of the old version.
  Sensitivity demands(std::vector<std::string> columns) const {
    const SourcesOf none = [](const Derivation& each) { return each.sources; };
    return protection_of(made_of(mesh_, {{.port = kOld, .columns = std::move(columns)}}, none))
        .level;
  }

  Mesh mesh_;
  std::uint64_t seq_ = 0;
  Contract old_{.id = {{3, 1}}, .port = kOld};
  Contract next_{.id = {{3, 2}}, .port = kNext};
  Bridge bridge_;
};

TEST_F(BridgeTest, AVersionIsServedFromTheOneInItsDeprecation) {
  ASSERT_NE(bridged(mesh_, kOld), nullptr);
  EXPECT_EQ(bridged(mesh_, kOld)->use, kNext);
  EXPECT_EQ(bridged(mesh_, kNext), nullptr);
  ASSERT_EQ(bridged_from(mesh_, kNext).size(), 1U);
  EXPECT_TRUE(bridged_from(mesh_, kOther).empty());
  set(std::nullopt);
  EXPECT_EQ(bridged(mesh_, kOld), nullptr);
  EXPECT_TRUE(bridged_from(mesh_, kNext).empty());
  set(bridge_, true);
  EXPECT_EQ(bridged(mesh_, kOld), nullptr) << "what is retired is served from nowhere";
}

TEST_F(BridgeTest, ItGivesWhatTheOldContractSays) {
  EXPECT_EQ(judged(), "fits");
  old_.schema.columns.push_back({.id = 3, .name = "more"});
  EXPECT_EQ(judged(), "the bridge gives other columns than the contract has");
  old_.schema.columns = {{.id = 2, .name = "name"}, {.id = 1, .name = "id"}};
  EXPECT_NE(judged(), "fits");
}

TEST_F(BridgeTest, WhatItReadsIsThere) {
  next_.schema.columns.erase(next_.schema.columns.begin() + 1);
  EXPECT_EQ(judged(), "column name is made of first, which is not there any more");
}

TEST_F(BridgeTest, NoColumnSaysLessThanWhatItIsMadeOf) {
  next_.classified = {{"first", "confidential"}, {"pin", "restricted"}};
  EXPECT_EQ(judged(), "column name is not classified and is made of first, which is confidential");
  old_.classified = {{"name", "internal"}};
  EXPECT_EQ(judged(), "column name is internal and is made of first, which is confidential");
  old_.classified = {{"name", "confidential"}};
  EXPECT_EQ(judged(), "fits") << "what is not read does not count";
  bridge_.columns[0].from = {"id", "pin"};
  EXPECT_EQ(judged(), "column id is not classified and is made of pin, which is restricted");
  old_.classified = {{"name", "confidential"}, {"id", "PII"}};
  EXPECT_EQ(judged(), "fits") << "a word that nobody knows is the highest";
}

TEST_F(BridgeTest, WhatIsMadeOfTheOldVersionDemandsWhatItsColumnsAreMadeOf) {
  next_.classified = {{"first", "confidential"}, {"pin", "restricted"}};
  old_.classified = {{"name", "internal"}};  // set before the new one was classified higher
  place();
  EXPECT_EQ(demands({"id"}), Sensitivity::open);
  EXPECT_EQ(demands({"name"}), Sensitivity::confidential);
  bridge_.columns[0].from = {"id", "pin"};
  place();
  EXPECT_EQ(demands({"id"}), Sensitivity::restricted);
  set(std::nullopt);
  EXPECT_EQ(demands({"id", "name"}), Sensitivity::internal);
}

TEST_F(BridgeTest, NoVersionIsServedFromWhatIsMadeOfIt) {
  const SourcesOf recorded = [](const Derivation& each) { return each.sources; };
  set(std::nullopt);
  put(Derivation{.id = kNext, .sources = {{.port = kOld}}});
  EXPECT_FALSE(check_acyclic(mesh_, kOld, {{.port = kNext}}, recorded));
  put(Derivation{.id = kNext, .sources = {{.port = kOther}}});
  EXPECT_TRUE(check_acyclic(mesh_, kOld, {{.port = kNext}}, recorded));
  set(bridge_);
  EXPECT_FALSE(check_acyclic(mesh_, kNext, {{.port = kOld}}, recorded));
  EXPECT_FALSE(check_acyclic(mesh_, kNext, {{.port = kOther}, {.port = kOld}}, recorded));
  EXPECT_FALSE(check_acyclic(mesh_, kOther, {{.port = kOld}}, recorded));
  EXPECT_TRUE(check_acyclic(mesh_, {{1, 4}}, {{.port = kOld}}, recorded));
}

}  // namespace
}  // namespace hansa
