#include "service/mount.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "service/authority/commit.h"
#include "service/step/find.h"
#include "service/step/present.h"

namespace hansa::service {
namespace {

// Fills kind and target from "domain/port", "domain", or an account's catalog.
Result<void> aim(const Context& context, const View& view, std::string_view target, Mount& mount) {
  if (target.contains('/')) {
    HANSA_TRY(const PortRef ref, parse_port_ref(target));
    HANSA_TRY(const Port* port, find_port(context, view, ref));
    mount.kind = MountKind::port;
    mount.target = port->product.ulid;
    mount.target_port = port->name;
    mount.target_major = ref.major.value_or(0);
    return {};
  }
  // A catalog the caller may not know of is none: what follows says so in the usual words.
  if (const auto* account = view.mesh.named<Account>(claim::catalog(target));
      account != nullptr && may(context, view, Action::know, on(*account))) {
    mount.kind = MountKind::catalog;
    mount.target = account->id.ulid;
    return {};
  }
  HANSA_TRY(const Domain* domain, find_domain(context, view, target));
  mount.kind = MountKind::domain;
  mount.target = domain->id.ulid;
  return {};
}

// What is not deleted meanwhile: the account, and what the mount leads to.
std::vector<Noun> behind(const View& view, const Mount& mount) {
  std::vector<Noun> out;
  const auto add = [&](std::string_view kind, Ulid id) {
    if (auto noun = view.mesh.noun(kind, id)) out.push_back(*std::move(noun));
  };
  add("account", mount.into.ulid);
  if (mount.kind == MountKind::catalog) add("account", mount.target);
  if (mount.kind != MountKind::port) return out;
  for (const Port* port : view.mesh.ports_of(ProductId{mount.target}))
    if (port->name == mount.target_port) add("port", port->id.ulid);
  return out;
}

// Whether the two give one schema a second meaning. A catalog `p` brings schemas `p_...`, whatever
// they will be called.
bool collide(const Mount& a, const Mount& b) {
  const auto covers = [](const Mount& catalog, const Mount& other) {
    return catalog.kind == MountKind::catalog && other.schema.starts_with(catalog.schema + "_");
  };
  if (covers(a, b) || covers(b, a)) return true;
  if (a.schema != b.schema) return false;
  return a.kind != MountKind::port || b.kind != MountKind::port || a.table == b.table;
}

Result<void> place(std::string_view as, Mount& mount) {
  const auto dot = as.find('.');
  if ((mount.kind == MountKind::port) != (dot != std::string_view::npos))
    return invalid(
        fmt::format("'{}' is not a place for a {}", as,
                    mount.kind == MountKind::port ? "port" : "whole domain or catalog"),
        "write --as schema.table for a port, --as schema for a domain, --as prefix for a catalog");
  mount.schema = as.substr(0, dot);
  if (dot != std::string_view::npos) mount.table = as.substr(dot + 1);
  HANSA_CHECK(check_name("schema", mount.schema));
  if (mount.schema == "information_schema" || mount.schema == "main")
    return invalid(fmt::format("'{}' is a schema of every catalog", mount.schema),
                   "choose another name");
  if (mount.kind == MountKind::port) HANSA_CHECK(check_name("table", mount.table));
  return {};
}

}  // namespace

Result<api::MountView> create_mount(const Context& context, Live& live, World& world,
                                    const api::CreateMount& ask) {
  MountId id = new_id<MountId>(context.now);
  HANSA_CHECK(commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    HANSA_TRY(const Account* account, find_account(context, view, ask.into));
    HANSA_TRY(Permit permit, authorize(context, view, Action::manage, on(*account), ask.into));
    Mount mount{.id = id,
                .into = account->id,
                .kind = {},
                .schema = {},
                .table = {},
                .target = {},
                .target_port = {},
                .target_major = 0};
    HANSA_CHECK(aim(context, view, ask.target, mount));
    HANSA_CHECK(place(ask.as, mount));
    for (const Mount* other : view.mesh.mounts_of(account->id)) {
      if (!collide(*other, mount)) continue;
      Mount same = *other;
      same.id = mount.id;
      if (same == mount) {
        id = other->id;
        return Attempt{};
      }
      return conflict(fmt::format("{} is taken in catalog {}", ask.as, account->catalog),
                      fmt::format("choose another name, or: hansa unmount {}", to_text(other->id)));
    }
    Json details{Json::Object{{"into", account->name}, {"as", ask.as}, {"target", ask.target}}};
    const auto stands_on = behind(view, mount);
    Attempt out = attempt(std::move(permit), change(context, share(std::move(mount)),
                                                    "mount.created", std::move(details)));
    out.relies_on = stands_on;
    return out;
  }));
  return live.read([&](const View& view) -> Result<api::MountView> {
    const auto* mount = view.mesh.find<Mount>(id);  // Somebody may have removed it since.
    if (mount == nullptr) return unknown("mount", ask.as);
    return mount_view(view, *mount);
  });
}

Result<api::Nothing> remove_mount(const Context& context, Live& live, World& world,
                                  const api::RemoveMount& ask) {
  const auto id = parse_ulid(ask.id);
  HANSA_CHECK(commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    const auto* mount = id ? view.mesh.find<Mount>(*id) : nullptr;
    const Resource account{ResourceKind::account, mount ? mount->into.ulid : Ulid{}};
    // Who may neither change the catalog nor see the mount is told what is told of one that never
    // was.
    const bool known = mount != nullptr && (may(context, view, Action::manage, account) ||
                                            knows_target(context, view, *mount));
    if (!known) return unknown("mount", ask.id);
    HANSA_TRY(Permit permit, authorize(context, view, Action::manage, account, "the account"));
    return attempt(std::move(permit),
                   removal(context, *view.mesh.noun("mount", *id), "mount.removed"));
  }));
  return api::Nothing{};
}

Result<api::PageOf<api::MountView>> list_mounts(const Context& context, const Live& live,
                                                const api::ListMounts& ask) {
  return live.read([&](const View& view) -> Result<api::PageOf<api::MountView>> {
    std::vector<const Mount*> mounts;
    for (const Account* account : known_by_name<Account>(context, view))
      if (ask.into.empty() || ask.into == account->name)
        for (const Mount* mount : view.mesh.mounts_of(account->id))
          if (knows_target(context, view, *mount)) mounts.push_back(mount);
    const auto key = [](const Mount& mount) { return to_text(mount.id); };
    std::ranges::sort(mounts, {}, [&](const Mount* mount) { return key(*mount); });
    return page_of<api::MountView>(mounts, ask.paging, key,
                                   [&](const Mount& m) { return mount_view(view, m); });
  });
}

}  // namespace hansa::service
