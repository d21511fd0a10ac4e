#include "service/step/resolve.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace hansa::service {
namespace {

struct Versioned {
  std::string_view name;
  std::optional<std::uint32_t> major;
};

// `plays_v2` is the second major of `plays`: the suffix is reserved, so no port is called so
// itself.
Versioned versioned(std::string_view name) {
  const auto at = name.rfind("_v");
  if (at == std::string_view::npos || at == 0) return {name, std::nullopt};
  const auto major = parse_int(name.substr(at + 2));
  if (!major || *major < 1 || *major > 1'000'000) return {name, std::nullopt};
  return {name.substr(0, at), static_cast<std::uint32_t>(*major)};
}

Meant in_domain(const View& view, const Domain* domain, const Versioned& wanted) {
  if (domain == nullptr) return {};
  return {view.mesh.port(domain->id, wanted.name, wanted.major), !wanted.major};
}

Meant through_port(const View& view, const Mount& mount, const Versioned& wanted) {
  const auto* product = view.mesh.find<Product>(mount.target);
  if (product == nullptr || !mount.ended.empty()) return {};
  if (mount.target_major != 0 && wanted.major && *wanted.major != mount.target_major) return {};
  const auto major = mount.target_major != 0 ? std::optional(mount.target_major) : wanted.major;
  return {view.mesh.port(product->domain, mount.target_port, major), !major};
}

Meant in_account(const View& view, const Account& account, std::string_view schema,
                 const Versioned& wanted, bool through_catalogs);

Meant mounted(const View& view, const Account& account, std::string_view schema,
              const Versioned& wanted, bool through_catalogs) {
  for (const Mount* mount : view.mesh.mounts_of(account.id)) {
    switch (mount->kind) {
      case MountKind::port:
        if (mount->schema == schema && mount->table == wanted.name)
          return through_port(view, *mount, wanted);
        break;
      case MountKind::domain:
        if (mount->schema == schema)
          return in_domain(view, view.mesh.find<Domain>(mount->target), wanted);
        break;
      case MountKind::catalog: {
        const auto* other = view.mesh.find<Account>(mount->target);
        const std::string prefix = mount->schema + "_";
        // One step only: a catalog mounted in a mounted catalog is not followed, so mounts cannot
        // run in circles.
        if (through_catalogs && other != nullptr && schema.starts_with(prefix))
          if (const Meant meant =
                  in_account(view, *other, schema.substr(prefix.size()), wanted, false);
              meant.port != nullptr)
            return meant;
        break;
      }
    }
  }
  return {};
}

Meant in_account(const View& view, const Account& account, std::string_view schema,
                 const Versioned& wanted, bool through_catalogs) {
  const Meant meant = mounted(view, account, schema, wanted, through_catalogs);
  if (meant.port != nullptr) return meant;
  const Meant own = in_domain(view, view.mesh.named<Domain>(claim::domain(schema)), wanted);
  const auto* product = own.port ? view.mesh.find<Product>(own.port->product) : nullptr;
  return product != nullptr && product->account == account.id ? own : Meant{};
}

// Adds a port under its bare name if it is the default, and under its version where there are
// several: with one only, the second name would be noise, though it may be written.
void place(const View& view, std::vector<Placed>& out, const std::string& schema,
           const std::string& name, const Port* port) {
  if (port->is_default) out.push_back({schema, name, port});
  if (!port->is_default || view.mesh.majors(port->domain, port->name).size() > 1)
    out.push_back({schema, fmt::format("{}_v{}", name, port->major), port});
}

void place_account(const Context& context, const View& view, const Account& account,
                   const std::string& prefix, bool through_catalogs, std::vector<Placed>& out) {
  const auto known = [&](const Port* port) { return may(context, view, Action::know, on(*port)); };
  if (const auto* domain = view.mesh.find<Domain>(account.domain))
    for (const Port* port : view.mesh.ports_of(domain->id)) {
      const auto* product = view.mesh.find<Product>(port->product);
      if (product != nullptr && product->account == account.id && known(port))
        place(view, out, prefix + domain->name, port->name, port);
    }
  for (const Mount* mount : view.mesh.mounts_of(account.id)) {
    if (mount->kind == MountKind::port) {
      const auto* product = view.mesh.find<Product>(mount->target);
      if (product == nullptr || !mount->ended.empty()) continue;
      for (const Port* port : view.mesh.majors(product->domain, mount->target_port))
        if ((mount->target_major == 0 || mount->target_major == port->major) && known(port)) {
          if (mount->target_major != 0 || port->is_default)
            out.push_back({prefix + mount->schema, mount->table, port});
        }
    } else if (mount->kind == MountKind::domain) {
      for (const Port* port : view.mesh.ports_of(DomainId{mount->target}))
        if (known(port)) place(view, out, prefix + mount->schema, port->name, port);
    } else if (const auto* other = view.mesh.find<Account>(mount->target);
               other && through_catalogs) {
      place_account(context, view, *other, prefix + mount->schema + "_", false, out);
    }
  }
}

}  // namespace

bool is_catalog(const Context& context, const View& view, std::string_view catalog) {
  if (catalog == kMeshCatalog) return true;
  const auto* account = view.mesh.named<Account>(claim::catalog(catalog));
  return account != nullptr && may(context, view, Action::know, on(*account));
}

Meant meant_by(const View& view, const SqlTable& table) {
  const Versioned wanted = versioned(table.name);
  if (table.catalog == kMeshCatalog)
    return in_domain(view, view.mesh.named<Domain>(claim::domain(table.schema)), wanted);
  const auto* account = view.mesh.named<Account>(claim::catalog(table.catalog));
  return account ? in_account(view, *account, table.schema, wanted, true) : Meant{};
}

const Port* resolve(const View& view, const SqlTable& table) { return meant_by(view, table).port; }

std::string written_port(const SqlTable& table) {
  const Versioned wanted = versioned(table.name);
  return fmt::format("{}/{}{}", table.schema, wanted.name,
                     wanted.major ? fmt::format("@{}", *wanted.major) : "");
}

const Mount* ended_mount(const View& view, const SqlTable& table) {
  const auto* account = view.mesh.named<Account>(claim::catalog(table.catalog));
  if (account == nullptr) return nullptr;
  for (const Mount* mount : view.mesh.mounts_of(account->id)) {
    if (mount->ended.empty()) continue;
    if (mount->kind == MountKind::catalog
            ? table.schema.starts_with(mount->schema + "_")
            : mount->schema == table.schema && mount->table == versioned(table.name).name)
      return mount;
  }
  return nullptr;
}

std::vector<Placed> tables_of(const Context& context, const View& view, std::string_view catalog,
                              std::size_t max) {
  std::vector<Placed> out;
  if (catalog == kMeshCatalog) {
    const auto sight = sight_of(context, view);
    for (const auto& [key, id, slot] : view.mesh.ports_in_order()) {
      if (!sight.port(slot)) continue;
      const auto* port = view.mesh.find<Port>(id);
      place(view, out, key.substr(0, key.find('/')), port->name, port);
      if (out.size() > max) break;
    }
  } else if (const auto* account = view.mesh.named<Account>(claim::catalog(catalog))) {
    place_account(context, view, *account, "", true, out);
  }
  std::ranges::sort(out, {}, [](const Placed& p) { return std::tie(p.schema, p.name); });
  if (out.size() > max + 1) out.resize(max + 1);
  return out;
}

}  // namespace hansa::service
