// Two evaluators, one question (Z14): the compiled rights against the reference, on meshes that
// change at random.
#include <gtest/gtest.h>

#include <random>

#include "policy/concerned.h"
#include "policy/decide.h"
#include "policy/explain.h"
#include "policy/reference_test.h"

namespace hansa::policy {
namespace {

constexpr Time kNow{1'000'000};

// A small world, so that random changes meet: every noun has a fixed id, and comes, changes and
// goes.
class World {
 public:
  explicit World(std::uint64_t seed) : random_(seed) {
    put(organisation(id(0, 0)), plain_.organisations);
    for (std::uint64_t n = 0; n < 2; ++n) put(contract(id(8, n)), plain_.contracts);
    for (int i = 0; i < 120; ++i) change();
  }

  // One noun is put or removed, everywhere.
  void change() {
    const std::uint64_t which = pick(50);
    if (which == 0) return any(plain_.organisations, 0, 1, [&](Ulid u) { return organisation(u); });
    // Its id is the port's.
    if (which >= 48) return any(plain_.deprecations, 6, 6, [&](Ulid u) { return deprecation(u); });
    change(which / 3);
  }
  void change(std::uint64_t which) {
    if (which < 3) any(plain_.principals, 4, 10, [&](Ulid u) { return principal(u); });
    else if (which < 5) any(plain_.teams, 1, 3, [&](Ulid u) { return team(u); });
    else if (which < 7) any(plain_.domains, 2, 3, [&](Ulid u) { return domain(u); });
    else if (which < 8) any(plain_.accounts, 3, 3, [&](Ulid u) { return account(u); });
    else if (which < 10) any(plain_.products, 5, 4, [&](Ulid u) { return product(u); });
    else if (which < 12) any(plain_.ports, 6, 6, [&](Ulid u) { return port(u); });
    else any(plain_.grants, 7, 12, [&](Ulid u) { return grant(u); });
  }

  Ask ask() {
    constexpr Action kActions[] = {
        Action::know,   Action::read,   Action::read,    Action::read,   Action::request,
        Action::decide, Action::revoke, Action::publish, Action::manage, Action::administer};
    struct Kind {
      ResourceKind kind;
      std::uint64_t number;
      std::uint64_t count;
    };
    constexpr Kind kKinds[] = {{ResourceKind::organisation, 0, 1}, {ResourceKind::team, 1, 3},
                               {ResourceKind::domain, 2, 3},       {ResourceKind::account, 3, 3},
                               {ResourceKind::principal, 4, 10},   {ResourceKind::product, 5, 4},
                               {ResourceKind::product, 5, 4},      {ResourceKind::grant, 7, 12},
                               {ResourceKind::grant, 7, 12},       {ResourceKind::port, 6, 6},
                               {ResourceKind::port, 6, 6},         {ResourceKind::port, 6, 6}};
    const Kind kind = kKinds[pick(std::size(kKinds))];
    // Now and then something or somebody that never was.
    const std::uint64_t number = chance(20) ? 99 : pick(kind.count);
    return {.who = {id(4, chance(20) ? 99 : pick(10))},
            .what = kActions[pick(std::size(kActions))],
            .on = {kind.kind, id(kind.number, number)},
            .now = kNow + Micros{static_cast<std::int64_t>(pick(5)) - 2}};
  }

  const Plain& plain() const { return plain_; }
  const Mesh& mesh() const { return mesh_; }
  const Rights& rights() const { return rights_; }

  Rights rebuilt() const {
    Rights out;
    const auto all = [&]<class T>(const std::map<Ulid, T>& nouns) {
      for (const auto& [id, noun] : nouns) out.apply(mesh_, share(noun), false);
    };
    // In the order of a load, but the other way round for a change: no order may matter.
    all(plain_.deprecations), all(plain_.grants), all(plain_.ports), all(plain_.products),
        all(plain_.principals), all(plain_.contracts), all(plain_.accounts), all(plain_.domains),
        all(plain_.teams), all(plain_.organisations);
    return out;
  }

 private:
  static Ulid id(std::uint64_t kind, std::uint64_t number) { return {kind + 1, number + 1}; }
  std::uint64_t pick(std::uint64_t below) { return random_() % below; }
  bool chance(std::uint64_t of) { return pick(of) == 0; }

  template <class T>
  void put(const T& noun, std::map<Ulid, T>& all) {
    all.insert_or_assign(noun.id.ulid, noun);
    tell(share(noun), false);
  }
  void tell(const Noun& noun, bool gone) {
    mesh_.apply(noun, gone, Seq{++seq_});
    rights_.apply(mesh_, noun, gone);
  }
  template <class T, class Make>
  void any(std::map<Ulid, T>& all, int kind, std::uint64_t count, Make make) {
    const Ulid u = id(static_cast<std::uint64_t>(kind), pick(count));
    const auto found = all.find(u);
    if (found == all.end() || !chance(8)) return put(make(u), all);
    const Noun before = share(found->second);
    all.erase(found);
    tell(before, true);
  }

  static Organisation organisation(Ulid u) { return {.id = {u}, .name = "acme", .title = {}}; }
  // Of principals 0 to 9: five users, two service accounts, a role, two groups.
  Principal principal(Ulid u) {
    const std::uint64_t n = u.low - 1;
    const PrincipalKind kind = n < 5   ? PrincipalKind::user
                               : n < 7 ? PrincipalKind::service_account
                               : n < 8 ? PrincipalKind::role
                                       : PrincipalKind::group;
    Principal out{.id = {u},
                  .kind = kind,
                  .name = "p" + std::to_string(n),
                  .title = {},
                  // A member, now and then of another organisation, or a guest.
                  .organisation = {chance(4) ? Ulid{} : id(0, chance(8) ? 1 : 0)},
                  .administrator = chance(4),
                  .disabled = chance(6),
                  .belongs_to = {},
                  .team = {},
                  .aliases = {}};
    if (n >= 7) return out;
    for (std::uint64_t role = 7; role < 10; ++role)
      if (chance(3)) out.belongs_to.push_back({id(4, role)});
    if (kind == PrincipalKind::service_account && chance(2)) out.team = TeamId{id(1, pick(3))};
    return out;
  }
  Team team(Ulid u) {
    Team out{.id = {u},
             .name = "t" + std::to_string(u.low),
             .title = {},
             .description = {},
             .members = {},
             .channels = {},
             .aliases = {}};
    for (std::uint64_t n = 0; n < 6; ++n)
      if (chance(3)) out.members.push_back({id(4, n)});
    return out;
  }
  Domain domain(Ulid u) {
    Domain out{.id = {u},
               .name = "d" + std::to_string(u.low) + (chance(4) ? "x" : ""),
               .title = {},
               .description = {},
               .owner = {id(1, pick(3))},
               .parent = {},
               .visibility = {},
               .stewards = {},
               .aliases = {}};
    for (std::uint64_t n = 0; n < 6; ++n)
      if (chance(4)) out.stewards.push_back({id(4, n)});
    return out;
  }
  Account account(Ulid u) {
    return {.id = {u},
            .name = "a" + std::to_string(u.low),
            .domain = {id(2, pick(3))},
            .bucket = "b" + std::to_string(u.low),
            .catalog = "c" + std::to_string(u.low),
            .quota_bytes = 0,
            .aliases = {}};
  }
  Product product(Ulid u) {
    Product out;
    out.id = {u};
    out.name = "x" + std::to_string(u.low);
    out.domain = {id(2, pick(3))};
    out.account = {id(3, pick(3))};
    out.visibility = chance(2) ? Visibility::open : Visibility::restricted;
    out.hidden = chance(3);
    return out;
  }
  // The second lacks column b.
  Deprecation deprecation(Ulid u) {
    Deprecation out;
    out.id = {u};
    if (chance(2)) out.retired_at = kNow;
    return out;
  }
  static Contract contract(Ulid u) {
    Contract out;
    out.id = {u};
    out.key = "c" + std::to_string(u.low);
    for (const char* name : {"a", "b"})
      if (u.low == 1 || name[0] == 'a')
        out.schema.columns.push_back({.id = 0,
                                      .name = name,
                                      .type = {.kind = TypeKind::int64, .fields = {}},
                                      .required = false,
                                      .description = {}});
    return out;
  }
  Scope scope() {
    Scope out;
    if (chance(2)) return out;
    if (chance(2))
      out.columns = chance(2) ? std::vector<std::string>{"a"} : std::vector<std::string>{"a", "b"};
    if (chance(3)) out.filter = *parse_predicate(chance(2) ? "a = 1" : "b > 2");
    if (chance(3)) out.conditions["principal.kind"] = {chance(2) ? "user" : "service_account"};
    if (chance(4)) out.conditions["principal.team"] = {"t1", "t2"};
    if (chance(5)) out.conditions["principal.name"] = {"p1", "p2", "p3"};
    if (chance(20)) out.conditions["principal.shoe"] = {"42"};
    return out;
  }
  Port port(Ulid u) {
    Port out;
    out.id = {u};
    out.contract = {id(8, pick(2))};
    out.product = {id(5, pick(4))};
    out.name = chance(2) ? "plays" : "users";
    out.major = 1 + static_cast<std::uint32_t>(pick(2));
    if (const auto* found = Plain::in(plain_.products, out.product.ulid))
      out.domain = found->domain;
    return out;
  }
  Grant grant(Ulid u) {
    constexpr std::pair<GranteeKind, std::pair<int, std::pair<int, int>>> kGrantees[] = {
        {GranteeKind::user, {4, {0, 5}}},   {GranteeKind::service_account, {4, {5, 2}}},
        {GranteeKind::role, {4, {7, 1}}},   {GranteeKind::group, {4, {8, 2}}},
        {GranteeKind::team, {1, {0, 3}}},   {GranteeKind::account, {3, {0, 3}}},
        {GranteeKind::product, {5, {0, 4}}}};
    const auto [kind, from] = kGrantees[pick(7)];
    const std::uint64_t number = static_cast<std::uint64_t>(from.second.first) +
                                 pick(static_cast<std::uint64_t>(from.second.second));
    Grant out;
    out.id = {u};
    out.number = u.low;
    out.product = {id(5, pick(4))};
    out.port = chance(2) ? "plays" : "users";
    while (chance(2)) out.majors.push_back(1 + static_cast<std::uint32_t>(pick(3)));
    out.grantee = {kind, id(static_cast<std::uint64_t>(from.first), number)};
    out.state = chance(3)   ? GrantState::requested
                : chance(5) ? GrantState::revoked
                            : GrantState::active;
    out.requested_by = {id(4, pick(5))};
    out.scope = scope();
    if (chance(3)) out.not_before = kNow + Micros{static_cast<std::int64_t>(pick(3)) - 1};
    if (chance(2)) out.until = kNow + Micros{static_cast<std::int64_t>(pick(4)) - 1};
    return out;
  }

  std::mt19937_64 random_;
  Plain plain_;
  Mesh mesh_;
  Rights rights_;
  std::uint64_t seq_ = 0;
};

Reference::Answer answer_of(const Rights& rights, const Mesh& mesh, const Decision& decision) {
  Reference::Answer out{decision.allowed, decision.reason.rule, decision.until, {}};
  if (const auto part = visible(rights, mesh, decision)) {
    EXPECT_EQ(id_of(*part), decision.visible);
    for (const auto& [grant, scope] : part->parts) out.parts[grant] = scope;
  }
  return out;
}

std::string shown(const Ask& ask) {
  return "who " + std::to_string(ask.who.ulid.low - 1) + " what " +
         std::to_string(static_cast<int>(ask.what)) + " on kind " +
         std::to_string(static_cast<int>(ask.on.kind)) + " number " +
         std::to_string(ask.on.id.low - 1);
}

TEST(Differential, NeverDisagreesWithTheReferenceOn100000Questions) {
  constexpr std::uint64_t kSeeds = 500;
  constexpr int kAsks = 200;
  std::size_t allowed = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    World world(seed);
    for (int i = 0; i < kAsks; ++i) {
      if (i % 4 == 0) world.change();
      const Ask ask = world.ask();
      const Decision decision = judge(world.rights(), world.mesh(), ask, Seq{1});
      ASSERT_EQ(answer_of(world.rights(), world.mesh(), decision),
                Reference(world.plain(), ask).answer())
          << "seed " << seed << " question " << i << ": " << shown(ask)
          << ", the compiled rights say " << name_of(decision.reason.rule) << " "
          << decision.allowed << ", the reference says "
          << name_of(Reference(world.plain(), ask).answer().rule);
      allowed += decision.allowed;
    }
  }
  // Both sides are exercised: neither answer is a rarity.
  EXPECT_GT(allowed, 5'000U);
  EXPECT_LT(allowed, 85'000U);
}

TEST(Differential, RightsKeptInStepEqualRightsBuiltAnewInAnyOrder) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    World world(seed * 7919);
    for (int round = 0; round < 10; ++round) {
      for (int i = 0; i < 5; ++i) world.change();
      const Rights anew = world.rebuilt();
      for (int i = 0; i < 40; ++i) {
        const Ask ask = world.ask();
        ASSERT_EQ(answer_of(world.rights(), world.mesh(),
                            judge(world.rights(), world.mesh(), ask, Seq{1})),
                  answer_of(anew, world.mesh(), judge(anew, world.mesh(), ask, Seq{1})))
            << "seed " << seed * 7919 << " round " << round << ": " << shown(ask);
      }
    }
  }
}

TEST(Differential, WhomOneActsAsAgrees) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    World world(seed * 31);
    for (const auto& [grant_id, grant] : world.plain().grants)
      for (const auto& [id, principal] : world.plain().principals) {
        const Ask ask{.who = {id}, .what = Action::know, .on = {}, .now = kNow};
        const bool acts = world.rights().acts_as(PrincipalId{id}, grant.grantee);
        ASSERT_EQ(acts, Reference(world.plain(), ask).is(grant.grantee)) << "seed " << seed * 31;
      }
  }
}

// What a listing walks by is the same rule: for everybody, at every time, on what there is now.
TEST(Differential, ASightSeesWhatTheReferenceLetsOneKnow) {
  std::size_t seen = 0;
  std::size_t hidden = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    World world(seed * 6133);
    for (int round = 0; round < 20; ++round) {
      for (int i = 0; i < 5; ++i) world.change();
      const Ask some = world.ask();
      const Sight sight(world.rights(), world.mesh(), some.who, some.now);
      const auto knows = [&](ResourceKind kind, Ulid id) {
        const Ask ask{.who = some.who, .what = Action::know, .on = {kind, id}, .now = some.now};
        const bool known = Reference(world.plain(), ask).answer().allowed;
        ++(known ? seen : hidden);
        return known;
      };
      for (const auto& [key, id, slot] : world.mesh().ports_in_order())
        ASSERT_EQ(sight.port(slot), knows(ResourceKind::port, id)) << "seed " << seed * 6133;
      for (const auto& [key, id, slot] : world.mesh().products_in_order())
        ASSERT_EQ(sight.product(slot), knows(ResourceKind::product, id)) << "seed " << seed * 6133;
    }
  }
  EXPECT_GT(seen, 2'000U);
  EXPECT_GT(hidden, 2'000U);
}

bool is_unowned(const Plain& plain, const Grantee& grantee) {
  DomainId domain;
  if (grantee.kind == GranteeKind::account) {
    const auto* account = Plain::in(plain.accounts, grantee.id);
    if (account != nullptr) domain = account->domain;
  } else if (grantee.kind == GranteeKind::product) {
    const auto* product = Plain::in(plain.products, grantee.id);
    if (product != nullptr) domain = product->domain;
  } else {
    return false;
  }
  return Plain::in(plain.domains, domain.ulid) == nullptr;
}

std::vector<Ulid> all_of(Concerned concerned, Time now) {
  std::vector<Ulid> out;
  while (const Grant* grant = concerned.next(now)) out.push_back(grant->id.ulid);
  return out;
}

// The lists of those concerned leave out nothing that the reference lets one know, and add nothing.
TEST(Differential, ListsOfGrantsHoldWhatTheReferenceLetsOneKnowInOrder) {
  std::size_t listed = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    World world(seed * 1297);
    for (int round = 0; round < 20; ++round) {
      for (int i = 0; i < 5; ++i) world.change();
      const Ask some = world.ask();
      std::vector<Ulid> known, own, to_decide, waiting;
      for (const auto& [id, grant] : world.plain().grants) {  // numbers ascend with ids here
        Ask ask{some.who, Action::know, {ResourceKind::grant, id}, some.now};
        if (!Reference(world.plain(), ask).answer().allowed) continue;
        known.push_back(id);
        const bool waits = grant.state == GrantState::requested;
        if (waits) waiting.push_back(id);
        if (grant.requested_by == some.who || Reference(world.plain(), ask).is(grant.grantee))
          own.push_back(id);
        ask.what = Action::decide;
        if (waits && Reference(world.plain(), ask).answer().allowed) to_decide.push_back(id);
      }
      const auto list = [&](Concerned::Which which, bool waits, std::uint64_t after) {
        return all_of({world.rights(), world.mesh(), some.who, which, waits, after}, some.now);
      };
      ASSERT_EQ(list(Concerned::Which::known, false, 0), known) << "seed " << seed * 1297;
      ASSERT_EQ(list(Concerned::Which::known, true, 0), waiting) << "seed " << seed * 1297;
      ASSERT_EQ(list(Concerned::Which::own, false, 0), own) << "seed " << seed * 1297;
      ASSERT_EQ(list(Concerned::Which::to_decide, true, 0), to_decide) << "seed " << seed * 1297;
      std::erase_if(known, [](Ulid id) { return id.low <= 4; });
      ASSERT_EQ(list(Concerned::Which::known, false, 4), known) << "seed " << seed * 1297;
      listed += known.size();
    }
  }
  EXPECT_GT(listed, 500U);
}

TEST(Differential, FindsTheActiveGrantThatIsJustLikeAnother) {
  std::size_t found = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    World world(seed * 389);
    for (const auto& [id, like] : world.plain().grants) {
      const auto same = [&](const Grant& other) {
        return other.state == GrantState::active && other.product == like.product &&
               other.port == like.port && other.majors == like.majors &&
               other.grantee == like.grantee;
      };
      const Grant* given = world.rights().given(like.product, like.port, like.majors, like.grantee);
      const bool expected = std::ranges::any_of(
          world.plain().grants, [&](const auto& each) { return same(each.second); });
      // What an account or product holds that nobody owns counts for nobody.
      if (given == nullptr && expected) {
        ASSERT_TRUE(is_unowned(world.plain(), like.grantee)) << "seed " << seed * 389;
      } else {
        ASSERT_EQ(given != nullptr, expected) << "seed " << seed * 389;
      }
      if (given != nullptr) {
        ASSERT_TRUE(same(*given));
      }
      found += given != nullptr;
    }
  }
  EXPECT_GT(found, 200U);
}

// A check says whether a value is there already, and names it. It needs the right to read, too, and
// whoever has both is shown no mere part.
TEST(Differential, WhoeverPublishesSeesNoPart) {
  std::size_t publishers = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    World world(seed * 7'919);
    for (int i = 0; i < 200; ++i) {
      Ask ask = world.ask();
      if (ask.on.kind != ResourceKind::port) continue;
      ask.what = Action::publish;
      if (!judge(world.rights(), world.mesh(), ask, Seq{1}).allowed) continue;
      ask.what = Action::read;
      const Decision reads = judge(world.rights(), world.mesh(), ask, Seq{1});
      ASSERT_FALSE(reads.visible) << "seed " << seed * 7'919 << ": " << shown(ask);
      publishers += reads.allowed;
    }
  }
  EXPECT_GT(publishers, 100U);
}

// Removing a grant never lets anybody do more; adding one changes nobody's answers but its
// holders'.
TEST(Differential, ARemovedGrantNeverWidensAndAnAddedOneIsNobodyElsesBusiness) {
  std::size_t compared = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    World world(seed * 104'729);
    for (const auto& [id, grant] : world.plain().grants) {
      Rights without = world.rebuilt();
      without.apply(world.mesh(), share(grant), true);
      for (int i = 0; i < 20; ++i) {
        const Ask ask = world.ask();
        const Decision with_it = judge(world.rights(), world.mesh(), ask, Seq{1});
        const Decision without_it = judge(without, world.mesh(), ask, Seq{1});
        ASSERT_TRUE(with_it.allowed || !without_it.allowed)
            << "seed " << seed * 104'729 << ": " << shown(ask);
        const bool all_without = without_it.allowed && !without_it.visible;
        ASSERT_TRUE(!all_without || !with_it.visible)
            << "seed " << seed * 104'729 << ": " << shown(ask);
        if (!world.rights().acts_as(ask.who, grant.grantee)) {
          ASSERT_EQ(answer_of(world.rights(), world.mesh(), with_it),
                    answer_of(without, world.mesh(), without_it))
              << "seed " << seed * 104'729 << ": " << shown(ask);
          ++compared;
        }
      }
    }
  }
  EXPECT_GT(compared, 10'000U);
}

}  // namespace
}  // namespace hansa::policy
