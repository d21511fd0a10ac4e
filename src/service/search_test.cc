// Search against a plain reading of what policy lets each principal know, on meshes made at random.
#include "service/search.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "base/text.h"
#include "search/document.h"
#include "search/query.h"
#include "service/house_test.h"
#include "world/store/body/body.h"

namespace hansa::service {
namespace {

constexpr Time kNow{1'795'338'000'000'000};

// A store that only hands out what a test writes into it.
class World {
 public:
  explicit World(std::uint64_t seed) : random_(seed) {
    add(Organisation{.id = {id(0)}, .name = "acme", .title = {}});
    for (std::uint64_t n = 0; n < 6; ++n)
      add(Principal{.id = {id(100 + n)},
                    .name = "p" + std::to_string(n),
                    .organisation = {n < 4 ? id(0) : Ulid{}}});
    for (std::uint64_t n = 0; n < 3; ++n) {
      add(Team{.id = {id(200 + n)},
               .name = word(),
               .title = word(),
               .members = {{id(100 + n)}},
               .channels = {{.channel = "#" + word()}}});
      add(Domain{.id = {id(300 + n)},
                 .name = "d" + std::to_string(n),
                 .title = word(),
                 .owner = {id(200 + n)},
                 .stewards = {{id(101 + n)}}});
    }
    for (std::uint64_t n = 0; n < 25; ++n) add_product(n, pick(3) == 0, pick(2) == 0);
    for (std::uint64_t n = 0; n < 8; ++n)
      add(Grant{.id = {id(900 + n)},
                .number = n + 1,
                .product = {id(400 + pick(25))},
                .port = "any",
                .grantee = {GranteeKind::user, id(102 + pick(4))},
                .state = GrantState::active,
                .requested_by = {id(100)}});
    commit();
  }

  std::string word() {
    static constexpr std::string_view kWords[] = {"plays", "play",    "daily",  "user", "users",
                                                  "shows", "episode", "payout", "ad",   "müller"};
    std::string out(kWords[pick(10)]);
    if (pick(4) == 0) out += "_" + std::string(kWords[pick(10)]);
    return out;
  }
  std::uint64_t pick(std::uint64_t below) { return random_() % below; }

  void add_product(std::uint64_t n, bool hidden, bool open) {
    static constexpr std::string_view kStatus[] = {"active", "draft", "deprecated", "retired", ""};
    const DomainId domain{id(300 + n % 3)};
    add(Product{.id = {id(400 + n)},
                .name = name_from(word()) + std::to_string(n),
                .domain = domain,
                .title = word(),
                .description = word() + " and " + word(),
                .status = std::string(kStatus[pick(5)]),
                .visibility = open ? Visibility::open : Visibility::restricted,
                .hidden = hidden,
                .tags = {word()}});
    add(Port{.id = {id(500'000 + n)},
             .product = {id(400 + n)},
             .domain = domain,
             .name = name_from(word()) + "_p" + std::to_string(n),
             .contract = {id(700'000 + n)}});
    add(Contract{.id = {id(700'000 + n)},
                 .port = {id(500'000 + n)},
                 .key = "c",
                 .schema = {.columns = {{.name = word(), .type = {}, .description = word()}}},
                 .synonyms = {{"", word()}}});
  }
  // Into the store, and as the follower does it, into every mesh that is loaded.
  void commit(const std::vector<Live*>& others = {}) {
    if (live.seq().number == 0) {
      ASSERT_TRUE(live.load(store));
    }
    ASSERT_TRUE(store.commit({.writes = std::exchange(writes_, {})}));
    const auto batches = store.follow(live.seq(), 0);
    ASSERT_TRUE(batches);
    for (const store::Batch& batch : *batches) {
      ASSERT_TRUE(live.apply(batch));
      for (Live* other : others) ASSERT_TRUE(other->apply(batch));
    }
  }
  template <class T>
  void add(T noun) {
    write(share(std::move(noun)), false);
  }
  void remove_product(std::uint64_t n) {
    live.read([&](const View& view) {
      for (const auto& [kind, at] :
           {std::pair("product", 400 + n), {"port", 500'000 + n}, {"contract", 700'000 + n}})
        if (const auto noun = view.mesh.noun(kind, id(at))) write(*noun, true);
      return 0;
    });
  }
  static Ulid id(std::uint64_t n) { return {n + 1, n + 1}; }

  Context context(std::uint64_t who) {
    return {
        .who = {.id = {id(100 + who)}, .credential = {}, .door = "http", .client = {}, .peer = {}},
        .request = {{1, 1}},
        .now = kNow,
        .deadline = kNow + std::chrono::minutes(1),
        .stop = {},
        .trail = trail};
  }
  std::string search(std::uint64_t who, const api::Search& ask) {
    const auto found = search_products(context(who), live, ask);
    return found ? to_text(to_json(*found)) : found.error().text + found.error().next;
  }

  Live live;
  store::MemoryStore store;
  Trail trail;

 private:
  void write(const Noun& noun, bool gone) {
    store::Write out{
        .kind = std::string(kind_of(noun)), .id = id_of(noun), .body = {}, .names = {}};
    if (!gone) out.body = store::body_of(noun);
    writes_.push_back(std::move(out));
  }
  std::mt19937_64 random_;
  std::vector<store::Write> writes_;
};

// One term in one product, word by word.
bool holds(const View& view, const Product& product, const search::Term& term) {
  bool whole = false;
  std::vector<bool> parts(term.parts.size());
  const auto look = [&](std::string_view word) {
    whole = whole || term.whole.fit(word) != search::Fit::none;
    for (std::size_t i = 0; i < parts.size(); ++i)
      parts[i] = parts[i] || term.parts[i].fit(word) != search::Fit::none;
  };
  const search::OnText on = [&](const search::Text& text) {
    search::Splitter splitter(text.text);
    while (const auto* compound = splitter.next()) {
      look(compound->word());
      for (std::size_t i = 0; i < compound->parts.size(); ++i) look(compound->part(i));
    }
  };
  search::texts_of(view.mesh, product, on);
  search::texts_of(view.mesh, *view.mesh.find<Domain>(product.domain), on);
  return whole || (!parts.empty() && std::ranges::all_of(parts, [](bool part) { return part; }));
}

struct Expected {
  std::set<std::string> refs;
  std::map<std::string, std::uint64_t> domains, statuses, tags, visibilities;
};

Expected expected(World& world, std::uint64_t who, const api::Search& ask) {
  auto query = *search::parse_query(ask.q);
  const Context context = world.context(who);
  return world.live.read([&](const View& view) {
    std::vector<const Product*> known;
    for (const auto& [id, entry] : view.mesh.all<Product>())
      if (may(context, view, Action::know, on(*entry.noun))) known.push_back(entry.noun.get());
    const auto finds = [&](const Product* product) {
      return std::ranges::all_of(query.terms,
                                 [&](const auto& term) { return holds(view, *product, term); });
    };
    const auto takes = [&](const Product* product) {
      const bool open = product->visibility == Visibility::open && !product->hidden;
      return (ask.domain.empty() || view.mesh.find<Domain>(product->domain)->name == ask.domain) &&
             (!ask.visibility || (*ask.visibility == Visibility::open) == open) &&
             (ask.status.empty() || product->status == ask.status) && finds(product);
    };
    if (std::ranges::none_of(known, takes))
      for (auto& term : query.terms)
        if (std::ranges::none_of(known, [&](const Product* p) { return holds(view, *p, term); }))
          search::loosen(term);
    Expected out;
    for (const Product* product : known) {
      if (!takes(product)) continue;
      out.refs.insert(view.mesh.ref_of(*product));
      ++out.domains[view.mesh.find<Domain>(product->domain)->name];
      if (!product->status.empty()) ++out.statuses[product->status];
      ++out.tags[product->tags.front()];
      const bool open = product->visibility == Visibility::open && !product->hidden;
      ++out.visibilities[open ? "open" : "restricted"];
    }
    return out;
  });
}

std::map<std::string, std::uint64_t> counts(const std::vector<api::FacetView>& facet) {
  std::map<std::string, std::uint64_t> out;
  for (const auto& each : facet) out[each.name] = each.count;
  return out;
}

api::Search any_search(World& world) {
  api::Search ask{.q = world.word()};
  if (world.pick(2) == 0) ask.q += " " + world.word();
  if (world.pick(2) == 0) ask.q.resize(std::max<std::size_t>(1, ask.q.size() - world.pick(2)));
  if (world.pick(6) == 0) ask.q[world.pick(ask.q.size())] = 'x';
  if (world.pick(4) == 0)
    ask.visibility = world.pick(2) ? Visibility::open : Visibility::restricted;
  if (world.pick(5) == 0) ask.status = world.pick(2) ? "draft" : "none";
  if (world.pick(5) == 0) ask.domain = "d" + std::to_string(world.pick(3));
  ask.paging.limit = 1'000;
  return ask;
}

TEST(Search, FindsWhatAPlainReadingOfTheKnownFinds) {
  int compared = 0;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    World world(seed);
    for (int turn = 0; turn < 40; ++turn) {
      const api::Search ask = any_search(world);
      if (!is_utf8(ask.q) || !search::parse_query(ask.q)) continue;
      const std::uint64_t who = world.pick(6);
      const Expected wanted = expected(world, who, ask);
      const auto found = search_products(world.context(who), world.live, ask);
      if (!found) {
        // A guest that is shown nothing of a domain is not told that there is one.
        EXPECT_TRUE(wanted.refs.empty() && who >= 4 && !ask.domain.empty());
        continue;
      }
      std::set<std::string> refs;
      for (const auto& item : found->items) refs.insert(item.ref);
      ASSERT_EQ(refs, wanted.refs) << "seed " << seed << ", p" << who << ": " << ask.q;
      EXPECT_EQ(found->total, wanted.refs.size());
      EXPECT_EQ(counts(found->facets.domains), wanted.domains);
      EXPECT_EQ(counts(found->facets.statuses), wanted.statuses);
      EXPECT_EQ(counts(found->facets.tags), wanted.tags);
      EXPECT_EQ(counts(found->facets.visibilities), wanted.visibilities);
      for (const auto& item : found->items) EXPECT_FALSE(item.matched.empty()) << item.ref;
      compared += !refs.empty();
      // The mesh goes on: products come, change and go.
      const std::uint64_t n = world.pick(30);
      if (world.pick(3) == 0) world.remove_product(n);
      else world.add_product(n, world.pick(3) == 0, world.pick(2) == 0);
      world.commit();
    }
  }
  EXPECT_GT(compared, 300);
}

TEST(Search, ShowsAStrangerNoByteOfAThousandHiddenProducts) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    World world(seed);
    std::vector<api::Search> asks;
    while (asks.size() < 40) {
      api::Search ask = any_search(world);
      ask.paging.limit = static_cast<std::uint32_t>(1 + world.pick(5));
      asks.push_back(std::move(ask));
    }
    const auto answers = [&] {
      std::vector<std::string> out;
      // p3 is a member who owns nothing and, with p4 and p5, who are guests, a steward of none of
      // the domain below.
      for (const std::uint64_t who : {3U, 4U, 5U})
        for (const auto& ask : asks) out.push_back(world.search(who, ask));
      return out;
    };
    const auto before = answers();
    for (std::uint64_t n = 1'000; n < 4'000; n += 3) world.add_product(n, true, n % 2 == 0);
    world.commit();
    EXPECT_EQ(answers(), before) << "seed " << seed;
    for (std::uint64_t n = 1'000; n < 4'000; n += 3) world.remove_product(n);
    world.commit();
    EXPECT_EQ(answers(), before) << "seed " << seed;
  }
}

TEST(Search, GivesEachHitOncePageByPage) {
  World world(3);
  api::Search ask{.q = "d"};
  ask.paging.limit = 1'000;
  const auto all = search_products(world.context(0), world.live, ask);
  ASSERT_TRUE(all) << all.error().text;
  ASSERT_GT(all->items.size(), 5U);
  ask.paging.limit = 2;
  std::vector<std::string> refs;
  do {
    const auto page = search_products(world.context(0), world.live, ask);
    ASSERT_TRUE(page);
    EXPECT_EQ(page->total, all->total);
    for (const auto& item : page->items) refs.push_back(item.ref);
    ask.paging.after = page->next;
  } while (!ask.paging.after.empty());
  ASSERT_EQ(refs.size(), all->items.size());
  for (std::size_t i = 0; i < refs.size(); ++i) EXPECT_EQ(refs[i], all->items[i].ref);
}

// Several lessons are loaded, so that commits meet a learner at work.
TEST(Search, FindsAllThatWasCommittedWhileItStillLearned) {
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    World world(seed);
    for (std::uint64_t n = 30; n < 2'000; ++n) world.add_product(n, false, true);
    world.commit();
    Live again;
    ASSERT_TRUE(again.load(world.store));
    for (int turn = 0; turn < 20; ++turn) {
      for (std::uint64_t n = world.pick(40); n < 2'000; n += 40) {
        if (turn % 3 == 0) world.remove_product(n);
        else world.add_product(n, turn % 3 == 1, true);
      }
      world.add(Domain{.id = {World::id(300)},
                       .name = "d0",
                       .title = world.word(),
                       .owner = {World::id(200 + world.pick(3))}});
      world.commit({&again});
    }
    for (const char* q : {"plays", "u", "daily user", "epizode", "d0"}) {
      const api::Search ask{.q = q};
      const auto one = search_products(world.context(3), world.live, ask);
      const auto other = search_products(world.context(3), again, ask);
      ASSERT_TRUE(one && other);
      EXPECT_GT(one->total, 0U) << q;
      EXPECT_EQ(to_text(to_json(*one)), to_text(to_json(*other))) << q;
    }
  }
}

}  // namespace
}  // namespace hansa::service
