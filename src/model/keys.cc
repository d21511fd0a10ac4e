#include "model/keys.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include "base/digest.h"
#include "base/text.h"
#include "model/channel.h"
#include "model/checks.h"
#include "model/deletion.h"
#include "model/deprecation.h"
#include "model/derivation.h"
#include "model/grant.h"
#include "model/incident.h"
#include "model/mount.h"
#include "model/people.h"
#include "model/replay.h"
#include "model/slo.h"
#include "model/standard.h"
#include "model/subscription.h"

namespace hansa {
namespace claim {

std::string team(std::string_view name) { return fmt::format("team:{}", name); }
std::string domain(std::string_view name) { return fmt::format("domain:{}", name); }
std::string account(std::string_view name) { return fmt::format("account:{}", name); }
std::string catalog(std::string_view name) { return fmt::format("catalog:{}", name); }
std::string bucket(std::string_view name) { return fmt::format("bucket:{}", name); }
std::string principal(std::string_view name) { return fmt::format("principal:{}", name); }
std::string product(DomainId domain, std::string_view name) {
  return fmt::format("product:{}/{}", to_text(domain), name);
}
std::string port(DomainId domain, std::string_view name, std::uint32_t major) {
  return fmt::format(FMT_COMPILE("port:{}/{}@{}"), to_text(domain), name, major);
}
std::string token(std::string_view lookup) { return fmt::format("token:{}", lookup); }
std::string password(PrincipalId principal) {
  return fmt::format("password:{}", to_text(principal));
}
std::string grant(std::uint64_t number) { return fmt::format("grant:{}", number); }
std::string file(const Location& at) { return fmt::format("file:{}", at.text()); }
std::string migration(PortId port, const Grantee& consumer) {
  return fmt::format("migration:{}/{}:{}", to_text(port), static_cast<int>(consumer.kind),
                     to_text(consumer.id));
}
std::string mount(AccountId into, std::string_view schema, std::string_view table) {
  return fmt::format("mount:{}/{}.{}", to_text(into), schema, table);
}
std::string subscription(PortId port, const Grantee& subscriber) {
  return fmt::format("subscription:{}/{}", to_text(port), to_text(subscriber.id));
}
std::string channel(const Grantee& owner, std::string_view name) {
  return fmt::format("channel:{}/{}", to_text(owner.id), name);
}

std::string standard(std::string_view name) { return fmt::format("standard:{}", name); }
std::string issue(ProductId product, std::optional<PortId> port, IssueKind kind,
                  std::string_view text) {
  return fmt::format("issue:{}/{}/{}:{}", to_text(product), port ? to_text(*port) : "",
                     static_cast<int>(kind), to_hex(sha256(normalised(text))));
}

}  // namespace claim

namespace {

using Claims = std::vector<std::string>;

// The name and all aliases, each through `make`.
template <class T, class Make>
Claims with_aliases(const T& noun, Make make) {
  Claims out{make(noun.name)};
  for (const std::string& alias : noun.aliases) out.push_back(make(alias));
  return out;
}

Claims claims(const Organisation&) { return {std::string(claim::organisation)}; }
Claims claims(const Team& team) { return with_aliases(team, claim::team); }
Claims claims(const Domain& domain) { return with_aliases(domain, claim::domain); }
Claims claims(const Account& account) {
  Claims out = with_aliases(account, claim::account);
  out.push_back(claim::catalog(account.catalog));
  out.push_back(claim::bucket(account.bucket));
  return out;
}
Claims claims(const Principal& principal) { return with_aliases(principal, claim::principal); }
Claims claims(const Credential& credential) {
  if (credential.kind == CredentialKind::password) return {claim::password(credential.principal)};
  if (credential.lookup.empty() || credential.revoked) return {};
  return {claim::token(credential.lookup)};
}
Claims claims(const Product& product) {
  return with_aliases(product,
                      [&](std::string_view name) { return claim::product(product.domain, name); });
}
Claims claims(const Port& port) {
  return with_aliases(
      port, [&](std::string_view name) { return claim::port(port.domain, name, port.major); });
}
Claims claims(const Contract&) { return {}; }
Claims claims(const Table& table) {
  Claims out;
  out.reserve(table.registered.size());
  for (const Location& file : table.registered) out.push_back(claim::file(file));
  return out;
}
Claims claims(const Grant& grant) { return {claim::grant(grant.number)}; }
Claims claims(const Derivation&) { return {}; }
Claims claims(const Checks&) { return {}; }
Claims claims(const Replay&) { return {}; }
Claims claims(const Deletion& deletion) {
  if (deletion.kind != DeletionKind::account) return {};
  return {claim::bucket(deletion.bucket)};
}
Claims claims(const Deprecation&) { return {}; }
Claims claims(const Migration& migration) {
  return {claim::migration(migration.port, migration.consumer)};
}
Claims claims(const Mount& mount) { return {claim::mount(mount.into, mount.schema, mount.table)}; }
Claims claims(const NoticeChannel& channel) {
  return {claim::channel(channel.owner, channel.name)};
}
Claims claims(const Subscription& subscription) {
  return {claim::subscription(subscription.port, subscription.subscriber)};
}
Claims claims(const Slo&) { return {}; }
Claims claims(const Incident&) { return {}; }
Claims claims(const Standard& standard) { return {claim::standard(standard.name)}; }
Claims claims(const Issue& issue) {
  if (!is_open(issue.state)) return {};
  return {claim::issue(issue.product, issue.port, issue.kind, issue.text)};
}

}  // namespace

std::vector<std::string> claims_of(const Noun& noun) {
  return std::visit([](const auto& shared) { return claims(*shared); }, noun);
}

Ulid id_of(const Noun& noun) {
  return std::visit([](const auto& shared) { return shared->id.ulid; }, noun);
}

}  // namespace hansa
