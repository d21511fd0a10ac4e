#include "model/lineage.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <random>
#include <set>

#include "base/limits.h"
#include "model/states.h"

namespace hansa {
namespace {

constexpr std::uint64_t kPorts = 24;

std::vector<SourceRead> recorded(const Derivation& derivation) { return derivation.sources; }

PortId port_id(std::uint64_t number) { return {{1, number + 1}}; }

// Ports of one product each, with what their contract and product say; what is made of what is kept
// beside the mesh as plain numbers, and judged by looking at every path.
class Made {
 public:
  explicit Made(std::uint64_t seed) : random_(seed) {
    for (std::uint64_t i = 0; i < kPorts; ++i) {
      const std::string words[] = {"", "public", "internal", "Confidential", "restricted", "pii"};
      words_.push_back(words[pick(6)]);
      closed_.push_back(static_cast<Closed>(pick(3)));
      Contract contract{.id = {{3, i + 1}}, .port = port_id(i)};
      contract.schema.columns = {{.id = 1, .name = "a"}, {.id = 2, .name = "b"}};
      if (!words_.back().empty()) contract.classified = {{"a", words_.back()}};
      put(Product{
          .id = {{2, i + 1}},
          .name = "p" + std::to_string(i),
          .visibility = closed_.back() == Closed::no ? Visibility::open : Visibility::restricted,
          .hidden = closed_.back() == Closed::hidden});
      put(Port{.id = port_id(i), .product = {{2, i + 1}}, .contract = contract.id});
      put(contract);
    }
  }

  std::uint64_t pick(std::uint64_t below) { return random_() % below; }

  std::vector<SourceRead> reads() {
    std::vector<SourceRead> out;
    for (std::uint64_t n = 1 + pick(3); n > 0; --n)
      out.push_back({.port = port_id(pick(kPorts)), .columns = {pick(2) == 0 ? "a" : "b"}});
    return out;
  }
  void set(std::uint64_t port, const std::vector<SourceRead>& reads) {
    sources[port] = reads;
    Derivation derivation;
    derivation.id = port_id(port);
    derivation.sources = reads;
    put(derivation);
  }
  void unset(std::uint64_t port) {
    if (!sources.contains(port)) return;
    Derivation derivation;
    derivation.id = port_id(port);
    mesh.apply(share(derivation), true, Seq{++seq_});
    sources.erase(port);
  }

  // Every read below `port`, by every path, one step further than is allowed: a round never ends.
  void below(const std::vector<SourceRead>& reads, std::size_t depth,
             const std::function<void(const SourceRead&, std::size_t)>& look) const {
    for (const SourceRead& read : reads) {
      look(read, depth);
      const auto found = sources.find(read.port.ulid.low - 1);
      if (found != sources.end() && depth <= limits::derivation_depth_max)
        below(found->second, depth + 1, look);
    }
  }
  std::size_t longest() const {
    std::size_t out = 0;
    for (const auto& [port, reads] : sources)
      below(reads, 1, [&](const SourceRead&, std::size_t depth) { out = std::max(out, depth); });
    return out;
  }
  const Contract& contract(std::uint64_t port) const {
    return *mesh.find<Contract>(ContractId{{3, port + 1}});
  }
  const Product& product(std::uint64_t port) const {
    return *mesh.find<Product>(ProductId{{2, port + 1}});
  }

  template <class T>
  void put(const T& noun) {
    mesh.apply(share(noun), false, Seq{++seq_});
  }

  Mesh mesh;
  std::map<std::uint64_t, std::vector<SourceRead>> sources;
  std::vector<std::string> words_;
  std::vector<Closed> closed_;

 private:
  std::mt19937_64 random_;
  std::uint64_t seq_ = 0;
};

TEST(Lineage, NoPortIsMadeOfItselfNorTheChainTooLong) {
  std::size_t refused = 0;
  std::size_t longest = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Made made(seed);
    for (int step = 0; step < 60; ++step) {
      const std::uint64_t port = made.pick(kPorts);
      const auto reads = made.reads();
      const auto before = made.sources;
      const bool allowed = check_acyclic(made.mesh, port_id(port), reads, recorded).has_value();
      made.set(port, reads);
      const bool right = made.longest() <= limits::derivation_depth_max;
      ASSERT_EQ(allowed, right) << "seed " << seed << " step " << step;
      if (allowed) {
        longest = std::max(longest, made.longest());
        continue;
      }
      ++refused;
      if (const auto old = before.find(port); old != before.end()) made.set(port, old->second);
      else made.unset(port);
    }
  }
  EXPECT_GT(refused, 100U);
  EXPECT_EQ(longest, limits::derivation_depth_max);  // exactly at the limit is allowed
}

TEST(Lineage, NothingDerivedIsLessProtectedThanWhatItWasReadFrom) {
  std::size_t refused = 0;
  std::size_t allowed = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Made made(seed);
    for (int step = 0; step < 40; ++step) {
      const std::uint64_t port = made.pick(kPorts);
      const auto reads = made.reads();
      if (!check_acyclic(made.mesh, port_id(port), reads, recorded)) continue;
      Protection demanded;
      made.below(reads, 1, [&](const SourceRead& read, std::size_t) {
        const std::uint64_t source = read.port.ulid.low - 1;
        demanded.closed = std::max(demanded.closed, made.closed_[source]);
        if (read.columns.front() == "a")
          demanded.level = std::max(demanded.level, level_of(made.words_[source]));
      });
      EXPECT_EQ(protection_of(made_of(made.mesh, reads, recorded)), demanded);
      const bool holds =
          check_protected(made.contract(port), made.product(port), demanded).has_value();
      const bool says = !made.words_[port].empty();
      EXPECT_EQ(holds, made.closed_[port] >= demanded.closed &&
                           (!says || level_of(made.words_[port]) >= demanded.level));
      ++(holds ? allowed : refused);
      if (holds) made.set(port, reads);
    }
  }
  EXPECT_GT(refused, 100U);
  EXPECT_GT(allowed, 100U);
}

TEST(Lineage, RowsCountForWhatTheyWereMadeOfThen) {
  Made made(3);
  const std::vector<SourceRead> low{{.port = port_id(5), .columns = {"b"}}};
  const Protection plain = protection_of(made_of(made.mesh, low, recorded));
  Table table{.id = port_id(5)};
  const MadeOf secret{port_id(9), "1", {Sensitivity::restricted, Closed::hidden}};
  add_state(table, {.snapshot = 1, .operation = "overwrite", .at = Time{1}, .made_of = {secret}});
  made.put(table);
  EXPECT_EQ(protection_of(made_of(made.mesh, low, recorded)), secret.demands);
  add_state(table, {.snapshot = 2, .operation = "overwrite", .at = Time{2}});
  made.put(table);
  // Of what is read now, and of what was read then; of what is not kept, whatever it may have been.
  EXPECT_EQ(protection_of(made_of(made.mesh, low, recorded)), plain);
  for (const auto& [state, demands] :
       {std::pair{"1", secret.demands}, {"2", plain}, {"3", secret.demands}}) {
    auto reads = low;
    reads.front().state = state;
    EXPECT_EQ(protection_of(made_of(made.mesh, reads, recorded)), demands) << state;
  }
  // The port's own: until nobody reads them any more, and its query's besides.
  EXPECT_EQ(protection_of(made_of(made.mesh, port_id(5), Time{1}, recorded)), secret.demands);
  EXPECT_EQ(protection_of(made_of(made.mesh, port_id(5), Time{2}, recorded)), Protection{});
  made.set(5, {{.port = port_id(6), .columns = {"a"}}});
  EXPECT_EQ(protection_of(made_of(made.mesh, port_id(5), Time{2}, recorded)),
            (Protection{level_of(made.words_[6]), made.closed_[6]}));
}

TEST(Lineage, CountsWhereNamesLeadNow) {
  Made made(1);
  made.set(1, {{.port = port_id(2)}});
  const SourcesOf moved = [](const Derivation&) {
    return std::vector<SourceRead>{{.port = port_id(4), .columns = {"a"}}};
  };
  const std::vector<SourceRead> reads{{.port = port_id(1), .columns = {"b"}}};
  EXPECT_EQ(
      protection_of(made_of(made.mesh, reads, moved)),
      highest({Sensitivity::open, made.closed_[1]}, {level_of(made.words_[4]), made.closed_[4]}));
  EXPECT_FALSE(check_acyclic(made.mesh, port_id(4), reads, moved));
  EXPECT_TRUE(check_acyclic(made.mesh, port_id(4), reads, recorded));
  EXPECT_TRUE(check_acyclic(made.mesh, port_id(2), reads, moved));
  EXPECT_FALSE(check_acyclic(made.mesh, port_id(2), reads, recorded));
}

TEST(Lineage, WhatIsNotUnderstoodCountsAsTheHighest) {
  EXPECT_EQ(level_of(""), Sensitivity::open);
  EXPECT_EQ(level_of("PUBLIC"), Sensitivity::open);
  EXPECT_EQ(level_of("internal"), Sensitivity::internal);
  EXPECT_EQ(level_of("confidential"), Sensitivity::confidential);
  for (const char* words : {"restricted", "pii", "top secret", " public"})
    EXPECT_EQ(level_of(words), Sensitivity::restricted) << words;
}

TEST(Lineage, SaysWhoseDerivationsTheAnswerRestsOn) {
  Made made(1);
  made.set(1, {{.port = port_id(2)}});
  const auto chain = check_acyclic(made.mesh, port_id(0), {{.port = port_id(1)}}, recorded);
  ASSERT_TRUE(chain);
  const std::set<PortId> all(chain->looked_at.begin(), chain->looked_at.end());
  EXPECT_EQ(all, (std::set<PortId>{port_id(1), port_id(2)}));
}

}  // namespace
}  // namespace hansa
