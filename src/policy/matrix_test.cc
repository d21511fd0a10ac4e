// Who may do what, as a table people review: src/policy/matrix.txt. A change of policy shows as a
// change of that file, and of nothing else.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "policy/decide.h"
#include "policy/explain.h"

namespace hansa::policy {
namespace {

constexpr Time kNow{1'000'000};
constexpr std::pair<Action, std::string_view> kActions[] = {
    {Action::know, "know"},       {Action::read, "read"},
    {Action::request, "request"}, {Action::decide, "decide"},
    {Action::revoke, "revoke"},   {Action::publish, "publish"},
    {Action::manage, "manage"},   {Action::administer, "administer"}};

// One domain, `shows`, with an open, a restricted and a hidden product, and one caller of every
// kind.
class Matrix {
 public:
  Matrix() {
    Organisation organisation;
    organisation.id = {next()};
    put(organisation);
    // All are made at once; those who own, judge or hold grants are then named by what follows.
    for (const char* name :
         {"stranger", "disabled", "guest", "member", "owner", "steward", "owner-steward",
          "administrator", "requester", "grantee", "guest-grantee", "expired", "not-yet",
          "other-port", "in-role", "in-group", "in-team", "in-account", "in-product"})
      caller(name);
    const TeamId owners = team("owners", {"owner", "owner-steward", "disabled"});
    const TeamId readers = team("readers", {"in-team"});
    const TeamId consumers = team("consumers", {"in-account"});
    const TeamId makers = team("makers", {"in-product"});
    caller("service", PrincipalKind::service_account);
    const PrincipalId role = caller("role", PrincipalKind::role);
    const PrincipalId group = caller("group", PrincipalKind::group);
    edit("in-role", [&](Principal& p) { p.belongs_to = {role}; });
    edit("in-group", [&](Principal& p) { p.belongs_to = {group}; });
    edit("disabled", [&](Principal& p) { p.disabled = true; });
    edit("guest", [&](Principal& p) { p.organisation = {}; });
    edit("guest-grantee", [&](Principal& p) { p.organisation = {}; });
    edit("administrator", [&](Principal& p) { p.administrator = true; });
    const DomainId shows = domain("shows", owners, {"steward", "owner-steward"});
    const AccountId account = make_account("shows", shows);
    const AccountId consumer = make_account("consumer", domain("ads", consumers, {}));
    const Product app =
        product("app", domain("apps", makers, {}), consumer, Visibility::open, false);
    resource("domain", {ResourceKind::domain, shows.ulid});
    resource("account", {ResourceKind::account, account.ulid});
    resource("team", {ResourceKind::team, owners.ulid});
    resource("principal", {ResourceKind::principal, principals_.at("member").id.ulid});
    for (const auto& [name, visibility, hidden] : {std::tuple{"open", Visibility::open, false},
                                                   {"restricted", Visibility::restricted, false},
                                                   {"hidden", Visibility::restricted, true}}) {
      const Product made = product(name, shows, account, visibility, hidden);
      resource(fmt::format("{} product", name), {ResourceKind::product, made.id.ulid});
      resource(fmt::format("{} port", name), {ResourceKind::port, port(made).ulid});
      if (made.visibility == Visibility::open) {
        const PortId old = port(made);
        Deprecation over;
        over.id = old;
        over.retired_at = kNow;
        put(over);
        resource("retired port of it", {ResourceKind::port, old.ulid});
        continue;
      }
      for (const char* user : {"grantee", "guest-grantee"})
        grant(made, {GranteeKind::user, principals_.at(user).id.ulid});
      grant(made, {GranteeKind::service_account, principals_.at("service").id.ulid});
      grant(made, {GranteeKind::role, role.ulid});
      grant(made, {GranteeKind::group, group.ulid});
      grant(made, {GranteeKind::team, readers.ulid});
      grant(made, {GranteeKind::account, consumer.ulid});
      grant(made, {GranteeKind::product, app.id.ulid});
      grant(made, {GranteeKind::user, principals_.at("expired").id.ulid},
            [](Grant& g) { g.until = kNow; });
      grant(made, {GranteeKind::user, principals_.at("not-yet").id.ulid},
            [](Grant& g) { g.not_before = kNow + Micros{1}; });
      grant(made, {GranteeKind::user, principals_.at("other-port").id.ulid},
            [](Grant& g) { g.port = "other"; });
      if (made.hidden) continue;
      const auto asked = [&](Grant& g) {
        g.state = GrantState::requested, g.requested_by = principals_.at("requester").id;
      };
      resource("request of requester, for role",
               {ResourceKind::grant, grant(made, {GranteeKind::role, role.ulid}, asked).ulid});
      const auto by_steward = [&](Grant& g) {
        g.state = GrantState::requested, g.requested_by = principals_.at("steward").id;
      };
      resource(
          "request of steward, for itself",
          {ResourceKind::grant,
           grant(made, {GranteeKind::user, principals_.at("steward").id.ulid}, by_steward).ulid});
    }
  }

  std::string text() const {
    std::string out =
        "# Who may do what, as src/policy decides it: one table a resource, one line a kind of "
        "caller. A dot: refused;\n"
        "# otherwise the rule that allows it. Written by matrix_test.cc, reviewed by people.\n";
    for (const auto& [resource_name, on] : resources_) {
      out += fmt::format("\n[{}]\n{:14}", resource_name, "");
      for (const auto& [action, name] : kActions) out += fmt::format(" {:<12}", name);
      for (const auto& [name, id] : callers_) {
        while (out.ends_with(' ')) out.pop_back();
        out += fmt::format("\n{:14}", name);
        for (const auto& [action, action_name] : kActions)
          out += fmt::format(" {:<12}", cell(id, action, on));
      }
      while (out.ends_with(' ')) out.pop_back();
      out += '\n';
    }
    return out;
  }

  Decision decide(std::string_view who, Action what, std::string_view on) const {
    const auto caller =
        std::ranges::find(callers_, who, &std::pair<std::string, PrincipalId>::first);
    const auto resource =
        std::ranges::find(resources_, on, &std::pair<std::string, Resource>::first);
    HANSA_ASSERT(caller != callers_.end() && resource != resources_.end());
    return judge(rights_, mesh_,
                 {.who = caller->second, .what = what, .on = resource->second, .now = kNow},
                 Seq{1});
  }
  std::vector<std::string> resources() const {
    std::vector<std::string> out;
    for (const auto& [name, on] : resources_) out.push_back(name);
    return out;
  }

 private:
  Ulid next() { return {1, ++made_}; }
  template <class T>
  void put(const T& noun) {
    mesh_.apply(share(noun), false, Seq{++seq_});
    rights_.apply(mesh_, share(noun), false);
  }
  std::string cell(PrincipalId who, Action what, const Resource& on) const {
    const Decision decision =
        judge(rights_, mesh_, {.who = who, .what = what, .on = on, .now = kNow}, Seq{1});
    if (!decision.allowed) return ".";
    const std::string_view rule = name_of(decision.reason.rule);
    return std::string(rule.starts_with("template:")
                           ? rule == "template:members-may-know" ? "member" : "open"
                           : rule);
  }
  PrincipalId caller(std::string name, PrincipalKind kind = PrincipalKind::user) {
    Principal principal;
    principal.organisation = mesh_.organisation()->id;
    principal.id = {next()};
    principal.kind = kind;
    principal.name = name;
    const PrincipalId id = principal.id;
    // A stranger has an id that nobody has.
    if (name != "stranger") put(principal);
    if (kind == PrincipalKind::user || kind == PrincipalKind::service_account)
      callers_.emplace_back(name, id);
    principals_.emplace(std::move(name), std::move(principal));
    return id;
  }
  template <class Edit>
  void edit(const std::string& name, Edit change) {
    change(principals_.at(name));
    put(principals_.at(name));
  }
  TeamId team(std::string name, const std::vector<std::string>& members) {
    Team out;
    out.id = {next()};
    out.name = std::move(name);
    for (const std::string& member : members) out.members.push_back(principals_.at(member).id);
    put(out);
    return out.id;
  }
  DomainId domain(std::string name, TeamId owner, const std::vector<std::string>& stewards) {
    Domain out;
    out.id = {next()};
    out.name = std::move(name);
    out.owner = owner;
    for (const std::string& steward : stewards) out.stewards.push_back(principals_.at(steward).id);
    put(out);
    return out.id;
  }
  AccountId make_account(std::string name, DomainId domain) {
    Account out;
    out.id = {next()};
    out.name = out.bucket = out.catalog = std::move(name);
    out.domain = domain;
    put(out);
    return out.id;
  }
  Product product(std::string name, DomainId domain, AccountId account, Visibility visibility,
                  bool hidden) {
    Product out;
    out.id = {next()};
    out.name = std::move(name);
    out.domain = domain;
    out.account = account;
    out.visibility = visibility;
    out.hidden = hidden;
    put(out);
    return out;
  }
  PortId port(const Product& product) {
    Port out;
    out.id = {next()};
    out.product = product.id;
    out.domain = product.domain;
    out.name = product.name;
    put(out);
    return out.id;
  }
  template <class Edit>
  GrantId grant(const Product& product, Grantee grantee, Edit change) {
    Grant out;
    out.id = {next()};
    out.number = made_;
    out.product = product.id;
    out.port = product.name;
    out.grantee = grantee;
    out.state = GrantState::active;
    change(out);
    put(out);
    return out.id;
  }
  GrantId grant(const Product& product, Grantee grantee) {
    return grant(product, grantee, [](Grant&) {});
  }
  void resource(std::string name, Resource on) { resources_.emplace_back(std::move(name), on); }

  Mesh mesh_;
  Rights rights_;
  std::uint64_t made_ = 0;
  std::uint64_t seq_ = 0;
  std::map<std::string, Principal> principals_;
  std::vector<std::pair<std::string, PrincipalId>> callers_;
  std::vector<std::pair<std::string, Resource>> resources_{{"organisation", {}}};
};

std::string reviewed() {
  std::ifstream file("src/policy/matrix.txt");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Matrix, IsTheReviewedOne) {
  const std::string now = Matrix().text();
  EXPECT_EQ(now, reviewed()) << "If the change is meant, this is the new src/policy/matrix.txt:\n"
                             << now;
}

TEST(Matrix, GivesStrangersAndTheDisabledNothing) {
  const Matrix matrix;
  for (const std::string& on : matrix.resources())
    for (const auto& [action, name] : kActions) {
      EXPECT_FALSE(matrix.decide("stranger", action, on).allowed) << name << " " << on;
      EXPECT_FALSE(matrix.decide("disabled", action, on).allowed) << name << " " << on;
    }
}

TEST(Matrix, LetsAnAdministratorNeitherReadNorPublishNorJudge) {
  const Matrix matrix;
  for (const std::string& on : matrix.resources())
    for (const Action action : {Action::publish, Action::manage, Action::decide})
      EXPECT_FALSE(matrix.decide("administrator", action, on).allowed) << on;
  EXPECT_FALSE(matrix.decide("administrator", Action::read, "restricted port").allowed);
  EXPECT_FALSE(matrix.decide("administrator", Action::know, "hidden port").allowed);
}

TEST(Matrix, LetsNobodyJudgeTheirOwnRequest) {
  const Matrix matrix;
  EXPECT_EQ(matrix.decide("steward", Action::decide, "request of steward, for itself").reason.rule,
            Rule::own_request);
  EXPECT_TRUE(
      matrix.decide("owner-steward", Action::decide, "request of steward, for itself").allowed);
  EXPECT_FALSE(
      matrix.decide("requester", Action::decide, "request of requester, for role").allowed);
  EXPECT_FALSE(matrix.decide("in-role", Action::decide, "request of requester, for role").allowed);
}

TEST(Matrix, EndsAWindowOnTheMicrosecond) {
  const Matrix matrix;
  for (const char* who : {"expired", "not-yet", "other-port"})
    EXPECT_FALSE(matrix.decide(who, Action::read, "restricted port").allowed) << who;
  EXPECT_TRUE(matrix.decide("grantee", Action::read, "restricted port").allowed);
}

}  // namespace
}  // namespace hansa::policy
