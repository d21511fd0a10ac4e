// What a noun is called: the unique claims it makes. The store refuses two nouns with one claim,
// and the mesh finds a noun by them, so that both always agree.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/grant.h"
#include "model/issue.h"
#include "model/noun.h"
#include "model/product.h"

namespace hansa {

// "team:ads", "domain:shows", "port:<domain id>/episodes@1", "token:<hash>". Aliases claim too: an
// earlier name is never given to somebody else while it still leads here.
std::vector<std::string> claims_of(const Noun& noun);

// The claims by which others look things up.
namespace claim {
std::string team(std::string_view name);
std::string domain(std::string_view name);
std::string account(std::string_view name);
std::string catalog(std::string_view name);
std::string bucket(std::string_view name);
std::string principal(std::string_view name);
std::string product(DomainId domain, std::string_view name);
std::string port(DomainId domain, std::string_view name, std::uint32_t major);
std::string token(std::string_view lookup);
// A principal has one password: two that are set at once meet here.
std::string password(PrincipalId principal);
std::string grant(std::uint64_t number);
std::string file(const Location& at);
// One consumer is told of one version once.
std::string migration(PortId port, const Grantee& consumer);
std::string mount(AccountId into, std::string_view schema, std::string_view table);
// One says so once.
std::string subscription(PortId port, const Grantee& subscriber);
std::string standard(std::string_view name);
std::string channel(const Grantee& owner, std::string_view name);
// Of what is open: the same words of a product, or of one of its ports, are said once.
std::string issue(ProductId product, std::optional<PortId> port, IssueKind kind,
                  std::string_view text);
inline constexpr std::string_view organisation = "organisation";
}  // namespace claim

// The catalog that maps all published ports: schema = domain, table = port.
inline constexpr std::string_view kMeshCatalog = "mesh";

}  // namespace hansa
