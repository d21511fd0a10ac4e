// A decision with 100,000 grants, and the permission filter over 100,000 ports. Goals: 300 ns and 5
// ms.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <random>

#include "policy/decide.h"

namespace {

using namespace hansa;
using Steady = std::chrono::steady_clock;

constexpr std::uint64_t kPorts = 100'000;
constexpr std::uint64_t kGrants = 100'000;
constexpr std::uint64_t kPrincipals = 10'000;
constexpr std::uint64_t kDomains = 500;
constexpr Time kNow{1'000'000};

struct Bench {
  Mesh mesh;
  policy::Rights rights;
  std::vector<PrincipalId> people;
  std::vector<Ulid> ports;
  std::vector<std::pair<PrincipalId, Ulid>> held;  // who was given which port
  std::vector<Grant> users_grants;
  std::uint64_t seq = 0;
  std::mt19937_64 random{1};

  template <class T>
  T& put(T& noun) {
    noun.id = {new_ulid(kNow)};
    mesh.apply(share(noun), false, Seq{++seq});
    rights.apply(mesh, share(noun), false);
    return noun;
  }
  template <class T>
  Ulid any(const std::vector<T>& of) {
    return of[random() % of.size()].ulid;
  }

  void people_and_domains(std::vector<TeamId>& teams, std::vector<DomainId>& domains) {
    Organisation organisation;
    put(organisation);
    for (std::uint64_t i = 0; i < kPrincipals; ++i) {
      Principal principal;
      principal.organisation = mesh.organisation()->id;
      principal.name = fmt::format("p{}", i);
      people.push_back(put(principal).id);
    }
    for (std::uint64_t i = 0; i < kDomains; ++i) {
      Team team;
      team.name = fmt::format("t{}", i);
      for (int m = 0; m < 20; ++m) team.members.push_back({any(people)});
      teams.push_back(put(team).id);
      Domain domain;
      domain.name = fmt::format("d{}", i);
      domain.owner = teams.back();
      domain.stewards = {{any(people)}};
      domains.push_back(put(domain).id);
    }
  }

  Bench() {
    std::vector<TeamId> teams;
    std::vector<DomainId> domains;
    people_and_domains(teams, domains);
    std::vector<Product> products;
    for (std::uint64_t i = 0; i < kPorts; ++i) {
      Product product;
      product.name = fmt::format("x{}", i);
      product.domain = {any(domains)};
      product.visibility = Visibility::restricted;
      product.hidden = i % 10 == 0;
      products.push_back(put(product));
      Port port;
      port.name = product.name;
      port.product = product.id;
      port.domain = product.domain;
      ports.push_back(put(port).id.ulid);
    }
    for (std::uint64_t i = 0; i < kGrants; ++i) {
      const std::size_t which = random() % products.size();
      const Product& product = products[which];
      Grant grant;
      grant.number = i + 1;
      grant.product = product.id;
      grant.port = product.name;
      grant.state = GrantState::active;
      const bool team = i % 3 == 0;
      grant.grantee = {team ? GranteeKind::team : GranteeKind::user,
                       team ? any(teams) : any(people)};
      put(grant);
      if (team) continue;
      held.emplace_back(PrincipalId{grant.grantee.id}, ports[which]);
      users_grants.push_back(grant);
    }
  }

  // One grant is revoked and given again, as a mesh in use does.
  void change() {
    Grant grant = users_grants[random() % users_grants.size()];
    for (const GrantState state : {GrantState::revoked, GrantState::active}) {
      grant.state = state;
      mesh.apply(share(grant), false, Seq{++seq});
      rights.apply(mesh, share(grant), false);
    }
  }

  Ask any_ask(Action what) {
    return {.who = {any(people)},
            .what = what,
            .on = {ResourceKind::port, ports[random() % ports.size()]},
            .now = kNow};
  }
  Ask granted_ask() {
    const auto& [who, port] = held[random() % held.size()];
    return {.who = who, .what = Action::read, .on = {ResourceKind::port, port}, .now = kNow};
  }

  // Nanoseconds of one decision each, in batches of 64 so that the clock does not count.
  template <class Next>
  void decisions(const char* name, Next next) {
    std::vector<double> ns;
    std::size_t allowed = 0;
    for (int batch = 0; batch < 20'000; ++batch) {
      Ask asks[64];
      for (Ask& ask : asks) ask = next();
      if (batch % 100 == 0) change();
      const auto start = Steady::now();
      for (const Ask& ask : asks) allowed += policy::judge(rights, mesh, ask, Seq{1}).allowed;
      ns.push_back(std::chrono::duration<double, std::nano>(Steady::now() - start).count() / 64);
    }
    std::ranges::sort(ns);
    fmt::print("{:<28} p50 {:6.0f} ns  p99 {:6.0f} ns  allowed {}\n", name, ns[ns.size() / 2],
               ns[ns.size() * 99 / 100], allowed);
  }

  // The walk of a listing that shows nothing, so that nothing but the filter is measured.
  void filter(const char* name, bool member) {
    std::vector<double> ms;
    std::size_t known = 0;
    for (int round = 0; round < 30; ++round) {
      change();
      Principal principal = *mesh.find<Principal>(any(people));
      if (!member) principal.organisation = {};
      rights.apply(mesh, share(principal), false);
      const auto start = Steady::now();
      const policy::Sight sight(rights, mesh, principal.id, kNow);
      for (const auto& [key, id, slot] : mesh.ports_in_order()) known += sight.port(slot);
      ms.push_back(std::chrono::duration<double, std::milli>(Steady::now() - start).count());
    }
    std::ranges::sort(ms);
    fmt::print("{:<28} p50 {:6.1f} ms  p99 {:6.1f} ms  known {}\n", name, ms[ms.size() / 2],
               ms.back(), known / ms.size());
  }
};

}  // namespace

int main() {
  const auto start = Steady::now();
  Bench bench;
  fmt::print("{:<28} {:.1f} s\n", "built",
             std::chrono::duration<double>(Steady::now() - start).count());
  bench.decisions("decision: read, granted", [&] { return bench.granted_ask(); });
  bench.decisions("decision: read, any port", [&] { return bench.any_ask(Action::read); });
  bench.decisions("decision: know, any port", [&] { return bench.any_ask(Action::know); });
  bench.filter("filter for a member", true);
  bench.filter("filter for a guest", false);
}
