#include "model/mesh.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "model/spelling.h"

namespace hansa {
namespace {

Ulid id(std::uint64_t kind, std::uint64_t number) { return {kind + 1, number + 1}; }

// The same mesh as plain lists: each question is answered by looking at everything.
struct Naive {
  std::map<Ulid, Domain> domains;
  std::map<Ulid, Product> products;
  std::map<Ulid, Port> ports;
  std::map<Ulid, Mount> mounts;
  std::map<Ulid, Grant> grants;

  std::vector<std::pair<std::string, Ulid>> ports_in_order() const {
    std::vector<std::tuple<std::string, std::string, std::uint32_t, Ulid>> all;
    for (const auto& [ulid, port] : ports)
      all.emplace_back(domains.at(port.domain.ulid).name, port.name, port.major, ulid);
    // '/' and '@' sort before what names are made of, but for '-': so does the index.
    std::ranges::sort(all, {}, [](const auto& t) {
      return std::get<0>(t) + "/" + std::get<1>(t) + "@" + padded(std::get<2>(t));
    });
    std::vector<std::pair<std::string, Ulid>> out;
    for (const auto& [domain, name, major, ulid] : all)
      out.emplace_back(domain + "/" + name + "@" + padded(major), ulid);
    return out;
  }
  static std::string padded(std::uint32_t major) {
    const std::string text = std::to_string(major);
    return std::string(10 - text.size(), '0') + text;
  }
  template <class T>
  static bool is_called(const T& noun, const std::string& name) {
    return noun.name == name || std::ranges::find(noun.aliases, name) != noun.aliases.end();
  }
  const Port* port(const PortRef& ref) const {
    for (const auto& [domain_id, domain] : domains) {
      if (!is_called(domain, ref.domain)) continue;
      for (const auto& [ulid, each] : ports) {
        if (each.domain.ulid != domain_id || !is_called(each, ref.port)) continue;
        if (ref.major ? each.major == *ref.major : each.is_default) return &each;
      }
    }
    return nullptr;
  }
};

class Random {
 public:
  explicit Random(std::uint64_t seed) : random_(seed) {
    for (std::uint64_t i = 0; i < 3; ++i) put(domain(i), naive.domains);
    for (std::uint64_t i = 0; i < 4; ++i) put(product(i), naive.products);
  }

  // Names are drawn from few, so that they move about; what would collide is not done, as the store
  // refuses it.
  void change() {
    switch (pick(6)) {
      case 0: rename(naive.domains, pick(3)); break;
      case 1: rename(naive.products, pick(4)); break;
      case 2:
      case 3: {
        const std::uint64_t number = pick(12);
        const auto found = naive.ports.find(id(2, number));
        if (found == naive.ports.end()) put(port(number), naive.ports);
        else if (pick(3) == 0) remove(found->first, naive.ports);
        else rename(naive.ports, number);
        break;
      }
      case 4: {
        const Mount mount{.id = {id(3, pick(6))},
                          .into = {id(5, pick(2))},
                          .kind = MountKind::domain,
                          .schema = "s" + std::to_string(pick(20)),
                          .table = {},
                          .target = id(0, pick(3)),
                          .target_port = {},
                          .target_major = 0};
        if (const auto found = naive.mounts.find(mount.id.ulid);
            found != naive.mounts.end() && pick(2) == 0)
          remove(found->first, naive.mounts);
        else put(mount, naive.mounts);
        break;
      }
      default: swap(); break;
    }
  }

  Mesh mesh;
  Naive naive;

 private:
  std::uint64_t pick(std::uint64_t below) { return random_() % below; }
  std::string name() {
    return std::string(1, static_cast<char>('a' + pick(4))) + (pick(3) == 0 ? "-x" : "");
  }

  template <class T>
  void put(const T& noun, std::map<Ulid, T>& all) {
    if (taken(share(noun))) return;
    all.insert_or_assign(noun.id.ulid, noun);
    mesh.apply(share(noun), false, Seq{++seq_});
  }
  template <class T>
  void remove(Ulid ulid, std::map<Ulid, T>& all) {
    mesh.apply(share(all.at(ulid)), true, Seq{++seq_});
    all.erase(ulid);
  }
  template <class T>
  void rename(std::map<Ulid, T>& all, std::uint64_t number) {
    const auto found =
        std::ranges::find_if(all, [&](const auto& each) { return each.first.low == number + 1; });
    if (found == all.end()) return;
    T noun = found->second;
    if (pick(2) == 0) noun.aliases = {noun.name};
    else noun.aliases.clear();
    noun.name = name();
    if (std::ranges::find(noun.aliases, noun.name) != noun.aliases.end()) noun.aliases.clear();
    put(noun, all);
  }
  // Two products or ports take one another's names in one commit.
  void swap() {
    if (naive.ports.size() < 2) return;
    Port a = naive.ports.begin()->second;
    Port b = naive.ports.rbegin()->second;
    if (a.domain != b.domain || a.id == b.id) return;
    a.aliases.clear(), b.aliases.clear();
    std::swap(a.name, b.name), std::swap(a.major, b.major);
    ++seq_;
    for (const Port& port : {a, b}) {
      naive.ports.insert_or_assign(port.id.ulid, port);
      mesh.apply(share(port), false, Seq{seq_});
    }
  }
  bool taken(const Noun& noun) const {
    for (const std::string& claim : claims_of(noun)) {
      const auto holds = [&](const auto& all) {
        return std::ranges::any_of(all, [&](const auto& each) {
          const auto others = claims_of(share(each.second));
          return each.first != id_of(noun) && std::ranges::find(others, claim) != others.end();
        });
      };
      if (holds(naive.domains) || holds(naive.products) || holds(naive.ports) ||
          holds(naive.mounts))
        return true;
    }
    return false;
  }

  Domain domain(std::uint64_t n) {
    Domain out;
    out.id = {id(0, n)};
    out.name = "d" + std::to_string(n);
    return out;
  }
  Product product(std::uint64_t n) {
    Product out;
    out.id = {id(1, n)};
    out.name = "p" + std::to_string(n);
    out.domain = {id(0, n % 3)};
    return out;
  }
  Port port(std::uint64_t n) {
    Port out;
    out.id = {id(2, n)};
    out.product = {id(1, n % 4)};
    out.domain = naive.products.at(out.product.ulid).domain;
    out.name = name();
    out.major = 1 + static_cast<std::uint32_t>(pick(12));
    out.is_default = false;
    return out;
  }

  std::mt19937_64 random_;
  std::uint64_t seq_ = 0;
};

void compare(const Random& world, std::uint64_t seed) {
  const auto expected = world.naive.ports_in_order();
  std::vector<std::pair<std::string, Ulid>> actual;
  std::set<Slot> slots;
  for (const auto& [key, ulid, slot] : world.mesh.ports_in_order()) {
    actual.emplace_back(key, ulid);
    ASSERT_EQ(slot, world.mesh.slot(PortId{ulid}));
    ASSERT_TRUE(slots.insert(slot).second) << "two share slot " << slot << ", seed " << seed;
  }
  ASSERT_EQ(actual, expected) << "seed " << seed;
  ASSERT_EQ(world.mesh.products_in_order().size(), world.naive.products.size()) << "seed " << seed;
  for (const auto& [key, ulid, slot] : world.mesh.products_in_order()) {
    ASSERT_EQ(slot, world.mesh.slot(ProductId{ulid}));
    const Product& product = world.naive.products.at(ulid);
    ASSERT_EQ(key, world.naive.domains.at(product.domain.ulid).name + "/" + product.name)
        << "seed " << seed;
  }
  for (const auto& [ulid, port] : world.naive.ports) {
    ASSERT_EQ(*world.mesh.find<Port>(ulid), port);
    const std::string ref = world.naive.domains.at(port.domain.ulid).name + "/" + port.name + "@" +
                            std::to_string(port.major);
    ASSERT_EQ(world.mesh.ref_of(port), ref);
    ASSERT_EQ(world.mesh.port(*parse_port_ref(ref)), world.mesh.find<Port>(ulid)) << ref;
  }
  for (const auto& [domain_id, domain] : world.naive.domains) {
    const auto in_it = std::ranges::count_if(
        world.naive.ports, [&](const auto& each) { return each.second.domain == domain.id; });
    ASSERT_EQ(world.mesh.ports_of(domain.id).size(), static_cast<std::size_t>(in_it))
        << "seed " << seed;
    for (const char* name : {"a", "b-x", "c", "d"})
      for (std::uint32_t major = 1; major <= 12; ++major) {
        const PortRef ref{domain.name, name, major};
        const Port* found = world.naive.port(ref);
        const Port* ours = world.mesh.port(ref);
        ASSERT_EQ(ours ? ours->id : PortId{}, found ? found->id : PortId{})
            << "seed " << seed << " " << domain.name << "/" << name << "@" << major;
      }
  }
  for (std::uint64_t account = 0; account < 2; ++account) {
    const AccountId into{id(5, account)};
    const auto mounts = world.mesh.mounts_of(into);
    ASSERT_EQ(mounts.size(),
              static_cast<std::size_t>(std::ranges::count_if(
                  world.naive.mounts, [&](const auto& each) { return each.second.into == into; })));
    ASSERT_TRUE(std::ranges::is_sorted(
        mounts, {}, [](const Mount* mount) { return std::tie(mount->schema, mount->table); }));
  }
}

TEST(Mesh, AgreesWithPlainListsThroughRandomChanges) {
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    Random world(seed);
    for (int i = 0; i < 60; ++i) {
      world.change();
      ASSERT_NO_FATAL_FAILURE(compare(world, seed));
    }
  }
}

Port port_of(std::uint64_t number, std::string name, std::uint32_t major, bool is_default) {
  Port out;
  out.id = {id(2, number)};
  out.product = {id(1, 0)};
  out.domain = {id(0, 0)};
  out.name = std::move(name);
  out.major = major;
  out.is_default = is_default;
  return out;
}

Mesh small() {
  Mesh mesh;
  Domain domain;
  domain.id = {id(0, 0)};
  domain.name = "shows";
  domain.aliases = {"podcasts"};
  mesh.apply(share(domain), false, Seq{1});
  for (const auto& [number, major] : {std::pair{1U, 1U}, {2U, 2U}, {3U, 10U}}) {
    Port port = port_of(number, "plays", major, major == 2);
    port.aliases = {"listens"};
    mesh.apply(share(port), false, Seq{major});
  }
  return mesh;
}

TEST(Mesh, FindsThePortAReferenceMeansThroughAliasesToo) {
  const Mesh mesh = small();
  for (const std::string_view text : {"shows/plays", "podcasts/plays", "shows/listens",
                                      "podcasts/listens", "shows/plays@2", "shows/listens@2"}) {
    const Port* found = mesh.port(*parse_port_ref(text));
    ASSERT_NE(found, nullptr) << text;
    EXPECT_EQ(found->major, 2U) << text;
  }
  for (const std::string_view text :
       {"shows/plays@3", "shows/play", "show/plays", "plays/shows", "shows/listens@3"})
    EXPECT_EQ(mesh.port(*parse_port_ref(text)), nullptr) << text;
  const auto majors = mesh.majors({id(0, 0)}, "listens");
  ASSERT_EQ(majors.size(), 3U);
  EXPECT_EQ(majors[2]->major, 10U);  // as numbers: 10 after 2
}

TEST(Mesh, KnowsRevisionsAndKinds) {
  Mesh mesh = small();
  EXPECT_EQ(mesh.rev<Port>(id(2, 3)), Rev{10});
  EXPECT_EQ(mesh.rev<Port>(id(2, 99)), Rev{});
  EXPECT_TRUE(mesh.noun("port", id(2, 3)));
  EXPECT_FALSE(mesh.noun("product", id(2, 3)));
  EXPECT_FALSE(mesh.noun("port", id(2, 99)));
  const Port port = *mesh.find<Port>(id(2, 3));
  mesh.apply(share(port), true, Seq{11});
  EXPECT_EQ(mesh.rev<Port>(id(2, 3)), Rev{});
  mesh.apply(share(port), true, Seq{12});  // Gone twice is gone.
  EXPECT_EQ(mesh.majors({id(0, 0)}, "plays").size(), 2U);
}

TEST(Mesh, NeverForgetsTheHighestNumberOfAGrant) {
  Mesh mesh;
  Grant grant;
  grant.id = {id(7, 0)};
  grant.number = 9;
  mesh.apply(share(grant), false, Seq{1});
  mesh.apply(share(grant), true, Seq{2});
  EXPECT_EQ(mesh.last_grant_number(), 9U);
}

TEST(ParsePortRef, RefusesWhatNamesNoPort) {
  for (const std::string_view text : {"",
                                      "/",
                                      "a",
                                      "a/",
                                      "/b",
                                      "a/b/c",
                                      "a/b@",
                                      "a/b@0",
                                      "a/b@-1",
                                      "a/b@+1",
                                      "a/b@1.0",
                                      "a/b@1000001",
                                      "a/b@99999999999999999999",
                                      "a/b@1@2",
                                      "A/b",
                                      "a/B",
                                      "a b/c",
                                      "a/b ",
                                      "\xFF/b",
                                      "a/b@ 1"}) {
    const auto ref = parse_port_ref(text);
    ASSERT_FALSE(ref) << text;
    EXPECT_EQ(ref.error().code, Code::invalid);
  }
  EXPECT_FALSE(parse_port_ref(std::string(1'000'000, 'a')));
  EXPECT_EQ(parse_port_ref("a/b@7")->major, 7U);
  EXPECT_FALSE(parse_port_ref("a/b")->major);
}

// Every noun with everything that could claim set alike: no two kinds share a claim, and none
// claims one thing twice.
TEST(Claims, AreUniqueAcrossKindsAndWithinANoun) {
  const Ulid one = id(9, 9);
  Team team;
  Domain domain;
  Account account;
  Principal principal;
  Product product;
  Port port;
  team.id = {one}, domain.id = {one}, account.id = {one}, principal.id = {one}, product.id = {one},
  port.id = {one};
  for (auto* name :
       {&team.name, &domain.name, &account.name, &principal.name, &product.name, &port.name})
    *name = "same";
  for (auto* aliases : {&team.aliases, &domain.aliases, &account.aliases, &principal.aliases,
                        &product.aliases, &port.aliases})
    *aliases = {"was", "before"};
  account.bucket = "same";
  account.catalog = "same";
  product.domain = port.domain = {one};
  Credential credential;
  credential.id = {one};
  credential.lookup = "same";
  Organisation organisation;
  organisation.id = {one};
  organisation.name = "same";
  Grant grant;
  grant.id = {one};
  Mount mount;
  mount.id = {one}, mount.into = {one}, mount.schema = "same", mount.table = "same";
  Contract contract;
  contract.id = {one};
  Table table;
  table.id = {one};
  Derivation derivation;
  derivation.id = {one};
  Deletion deletion;
  deletion.id = {one}, deletion.kind = DeletionKind::account, deletion.bucket = "gone";
  Deprecation deprecation;
  deprecation.id = {one};
  Migration migration;
  migration.id = {one};
  Checks checks;
  checks.id = {one};
  Subscription subscription;
  subscription.id = {one};
  Replay replay;
  replay.id = {one};
  NoticeChannel channel;
  channel.id = {one};
  Slo slo;
  slo.id = {one};
  Issue issue;
  issue.id = {one}, issue.product = {one}, issue.text = "same";
  Incident incident;
  incident.id = {one};
  Standard standard;
  standard.id = {one}, standard.name = "same";
  std::set<std::string> seen;
  std::set<std::size_t> kinds;
  for (const Noun& noun :
       {share(organisation), share(team),         share(domain),      share(account),
        share(principal),    share(credential),   share(product),     share(port),
        share(contract),     share(table),        share(grant),       share(mount),
        share(derivation),   share(deletion),     share(deprecation), share(migration),
        share(checks),       share(subscription), share(slo),         share(issue),
        share(incident),     share(replay),       share(channel),     share(standard)}) {
    kinds.insert(noun.index());
    EXPECT_EQ(id_of(noun), one);
    EXPECT_EQ(kind_of(noun), kNounKinds[noun.index()]);
    for (const std::string& claim : claims_of(noun))
      EXPECT_TRUE(seen.insert(claim).second) << claim;
  }
  EXPECT_EQ(kinds.size(), std::variant_size_v<Noun>);
  EXPECT_EQ(std::size(kNounKinds), std::variant_size_v<Noun>);
}

TEST(Claims, OfARevokedTokenAreNone) {
  Credential credential;
  credential.lookup = "abc";
  EXPECT_EQ(claims_of(share(credential)).size(), 1U);
  credential.revoked = true;
  EXPECT_TRUE(claims_of(share(credential)).empty());
  credential.revoked = false;
  credential.lookup.clear();
  EXPECT_TRUE(claims_of(share(credential)).empty());
}

template <class E>
void expect_spelling(std::size_t count) {
  const auto names = names_of(std::type_identity<E>{});
  ASSERT_EQ(names.size(), count);
  std::set<std::string_view> spellings;
  for (std::size_t i = 0; i < count; ++i) {
    EXPECT_EQ(static_cast<std::size_t>(names[i].first), i);
    EXPECT_TRUE(spellings.insert(names[i].second).second);
  }
}

TEST(Spelling, NamesEachValueOnce) {
  expect_spelling<Visibility>(2);
  expect_spelling<PrincipalKind>(4);
  expect_spelling<CredentialKind>(2);
  expect_spelling<PortKind>(4);
  expect_spelling<GranteeKind>(7);
  expect_spelling<GrantState>(4);
  expect_spelling<MountKind>(3);
  expect_spelling<Objective::Kind>(5);
  expect_spelling<SloState>(4);
  expect_spelling<IssueKind>(3);
  expect_spelling<IssueState>(4);
  expect_spelling<IssueAct>(3);
  expect_spelling<IncidentCause>(4);
}

}  // namespace
}  // namespace hansa
