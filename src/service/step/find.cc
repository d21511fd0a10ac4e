#include "service/step/find.h"

#include <fmt/format.h>

#include "base/text.h"
#include "service/step/doomed.h"

namespace hansa::service {
namespace {

// What was deleted is told to those who might have known it while it was there.
std::optional<Error> was_deleted(const Context& context, const View& view, DeletionKind kind,
                                 std::string_view name) {
  const Deletion* deleted = find_deletion(context, view, kind, name);
  if (deleted == nullptr) return std::nullopt;
  return Error{Code::not_found, fmt::format("{} {}", hansa::name_of(kind), words(view, *deleted)),
               "hansa get deletions lists what was deleted"};
}

// Names of one kind the caller may know, nearest to `word`.
template <class T>
std::string near_names(const Context& context, const View& view, std::string_view word) {
  std::vector<std::string> known;
  for (const auto& [id, entry] : view.mesh.all<T>())
    if (may(context, view, Action::know, on(*entry.noun))) known.push_back(entry.noun->name);
  const auto near = suggestions(word, known);
  return near.empty() ? "" : fmt::format("did you mean {}?", join(near, ", "));
}

template <class T>
Result<const T*> find_named(const Context& context, const View& view, std::string_view kind,
                            std::string_view name, const std::string& claim) {
  const T* noun = view.mesh.named<T>(claim);
  if (noun != nullptr && may(context, view, Action::know, on(*noun))) return noun;
  auto missing = unknown(kind, name);
  return fail(missing.error().code, missing.error().text, near_names<T>(context, view, name));
}

}  // namespace

std::string near_ports(const Context& context, const View& view, std::string_view domain,
                       std::string_view port) {
  // Near names in the same domain first; else the same port name in another domain.
  std::vector<std::string> known;
  std::string elsewhere;
  const auto sight = sight_of(context, view);
  for (const auto& [key, id, slot] : view.mesh.ports_in_order()) {
    const std::string_view ref = std::string_view(key).substr(0, key.find('@'));
    const std::string_view name = ref.substr(ref.find('/') + 1);
    const bool here = ref.size() == domain.size() + 1 + name.size() && ref.starts_with(domain);
    if (!here && name != port) continue;
    if (!sight.port(slot)) continue;
    if (here) known.emplace_back(name);
    else if (elsewhere.empty()) elsewhere = ref;
  }
  auto near = suggestions(port, known);
  for (std::string& name : near) name = fmt::format("{}/{}", domain, name);
  if (near.empty() && !elsewhere.empty()) near.push_back(elsewhere);
  return near.empty() ? "list what there is: hansa get ports"
                      : fmt::format("did you mean {}?", join(near, ", "));
}

Result<const Port*> find_port(const Context& context, const View& view, const PortRef& ref) {
  const Port* port = view.mesh.port(ref);
  if (port != nullptr && may(context, view, Action::know, on(*port))) return port;
  const std::string called =
      fmt::format("{}/{}{}", ref.domain, ref.port, ref.major ? fmt::format("@{}", *ref.major) : "");
  if (const auto deleted = was_deleted(context, view, DeletionKind::port, called))
    return std::unexpected(*deleted);
  auto missing = unknown("port", called);
  return fail(missing.error().code, missing.error().text,
              near_ports(context, view, ref.domain, ref.port));
}

Result<const Port*> find_port(const Context& context, const View& view, std::string_view text) {
  HANSA_TRY(const PortRef ref, parse_port_ref(text));
  return find_port(context, view, ref);
}

Result<const Product*> find_product(const Context& context, const View& view,
                                    std::string_view domain, std::string_view name) {
  const auto* owner = view.mesh.named<Domain>(claim::domain(domain));
  const auto* product = owner ? view.mesh.named<Product>(claim::product(owner->id, name)) : nullptr;
  if (product != nullptr && may(context, view, Action::know, on(*product))) return product;
  const std::string called = fmt::format("{}/{}", domain, name);
  if (const auto deleted = was_deleted(context, view, DeletionKind::product, called))
    return std::unexpected(*deleted);
  return unknown("product", called);
}

Result<const Domain*> find_domain(const Context& context, const View& view, std::string_view name) {
  return find_named<Domain>(context, view, "domain", name, claim::domain(name));
}
Result<const Team*> find_team(const Context& context, const View& view, std::string_view name) {
  return find_named<Team>(context, view, "team", name, claim::team(name));
}
Result<const Account*> find_account(const Context& context, const View& view,
                                    std::string_view name) {
  auto found = find_named<Account>(context, view, "account", name, claim::account(name));
  if (found) return found;
  if (auto deleted = was_deleted(context, view, DeletionKind::account, name))
    return std::unexpected(*std::move(deleted));
  return found;
}
Result<const Principal*> find_principal(const Context& context, const View& view,
                                        std::string_view name) {
  return find_named<Principal>(context, view, "principal", name, claim::principal(name));
}

Result<const Grant*> find_grant(const Context& context, const View& view, std::string_view number) {
  const auto digits = parse_int(number.starts_with("r-") ? number.substr(2) : number);
  const auto* grant =
      digits && *digits > 0
          ? view.mesh.named<Grant>(claim::grant(static_cast<std::uint64_t>(*digits)))
          : nullptr;
  if (grant != nullptr && may(context, view, Action::know, on(*grant))) return grant;
  return unknown("request", number);
}

Result<Grantee> find_grantee(const Context& context, const View& view, std::string_view text) {
  const auto colon = text.find(':');
  const std::string_view kind = colon == std::string_view::npos ? "" : text.substr(0, colon);
  const std::string_view name = colon == std::string_view::npos ? text : text.substr(colon + 1);
  if (kind == "team") {
    HANSA_TRY(const Team* team, find_team(context, view, name));
    return Grantee{GranteeKind::team, team->id.ulid};
  }
  if (kind == "account") {
    HANSA_TRY(const Account* account, find_account(context, view, name));
    return Grantee{GranteeKind::account, account->id.ulid};
  }
  if (kind == "product") {
    const auto slash = name.find('/');
    if (slash == std::string_view::npos) return invalid("a product is written product:domain/name");
    HANSA_TRY(const Product* product,
              find_product(context, view, name.substr(0, slash), name.substr(slash + 1)));
    return Grantee{GranteeKind::product, product->id.ulid};
  }
  HANSA_TRY(const Principal* principal, find_principal(context, view, name));
  const auto is = [&](std::string_view word, PrincipalKind expected) {
    return kind == word && principal->kind == expected;
  };
  switch (principal->kind) {
    case PrincipalKind::user:
      if (kind.empty() || is("user", PrincipalKind::user))
        return Grantee{GranteeKind::user, principal->id.ulid};
      break;
    case PrincipalKind::service_account:
      if (kind.empty() || kind == "service")
        return Grantee{GranteeKind::service_account, principal->id.ulid};
      break;
    case PrincipalKind::role:
      if (kind.empty() || kind == "role") return Grantee{GranteeKind::role, principal->id.ulid};
      break;
    case PrincipalKind::group:
      if (kind.empty() || kind == "group") return Grantee{GranteeKind::group, principal->id.ulid};
      break;
  }
  return invalid(fmt::format("'{}' is not a {}", name, kind),
                 "write user:, service:, role:, group:, team:, account: or product:");
}

bool knows_target(const Context& context, const View& view, const Mount& mount) {
  // What leads nowhere is the business of those whose catalog it is in.
  if (!mount.ended.empty())
    return may(context, view, Action::manage, {ResourceKind::account, mount.into.ulid});
  const ResourceKind kind = mount.kind == MountKind::port     ? ResourceKind::product
                            : mount.kind == MountKind::domain ? ResourceKind::domain
                                                              : ResourceKind::account;
  return may(context, view, Action::know, {kind, mount.target});
}

Result<void> check_scope(const View& view, const Grant& grant) {
  if (grant.scope.empty()) return {};
  for (const Port* port : view.mesh.ports_of(grant.product)) {
    const auto* contract = view.mesh.find<Contract>(port->contract);
    if (port->name != grant.port || !covers_major(grant, port->major) || contract == nullptr)
      continue;
    if (auto right = check(grant.scope, contract->schema); !right)
      return in_context(view.mesh.ref_of(*port), std::move(right).error());
  }
  return {};
}

}  // namespace hansa::service
