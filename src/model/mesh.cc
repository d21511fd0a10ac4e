#include "model/mesh.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/text.h"

namespace hansa {
namespace {

void add_once(std::vector<Ulid>& list, Ulid id) {
  if (std::ranges::find(list, id) == list.end()) list.push_back(id);
}

void put_in(std::unordered_map<Ulid, std::set<Ulid>>& lists, Ulid of, Ulid id, bool add) {
  if (add) {
    lists[of].insert(id);
  } else if (const auto found = lists.find(of); found != lists.end()) {
    found->second.erase(id);
    if (found->second.empty()) lists.erase(found);
  }
}

constexpr std::string_view kNoDomain = "?";

// Majors sort as numbers: "plays@10" comes after "plays@2".
std::string order_key(std::string_view domain, std::string_view name, std::uint32_t major) {
  return fmt::format(FMT_COMPILE("{}/{}@{:010}"), domain, name, major);
}

std::string earlier_key(DomainId domain, std::string_view name) {
  return fmt::format("{}/{}", to_text(domain), name);
}

}  // namespace

Result<PortRef> parse_port_ref(std::string_view text) {
  const auto bad = [&] {
    return invalid(fmt::format("'{}' does not name a port", text.substr(0, 140)),
                   "write domain/port, or domain/port@2 for its second major version");
  };
  PortRef ref;
  const auto slash = text.find('/');
  if (slash == std::string_view::npos || !is_utf8(text)) return bad();
  ref.domain = text.substr(0, slash);
  std::string_view rest = text.substr(slash + 1);
  if (const auto at = rest.find('@'); at != std::string_view::npos) {
    const auto major = parse_int(rest.substr(at + 1));
    if (!major || *major < 1 || *major > 1'000'000) return bad();
    ref.major = static_cast<std::uint32_t>(*major);
    rest = rest.substr(0, at);
  }
  ref.port = rest;
  if (!check_name("domain", ref.domain) || !check_name("port", ref.port)) return bad();
  return ref;
}

const Port* Mesh::port(const PortRef& ref) const {
  const auto* domain = named<Domain>(claim::domain(ref.domain));
  return domain == nullptr ? nullptr : port(domain->id, ref.port, ref.major);
}

const Port* Mesh::port(DomainId domain, std::string_view name,
                       std::optional<std::uint32_t> major) const {
  if (major) return named<Port>(claim::port(domain, name, *major));
  const auto all = majors(domain, name);
  const auto found = std::ranges::find_if(all, &Port::is_default);
  return found == all.end() ? nullptr : *found;
}

std::vector<const Port*> Mesh::majors(DomainId domain_id, std::string_view name) const {
  std::vector<const Port*> out;
  const auto* domain = find<Domain>(domain_id);
  if (domain == nullptr) return out;
  const std::string prefix = fmt::format("{}/{}@", domain->name, name);
  for (auto at = ports_.lower_bound(prefix); at != ports_.end() && at->key.starts_with(prefix);
       ++at)
    out.push_back(find<Port>(at->id));
  if (!out.empty()) return out;
  const auto earlier = earlier_ports_.find(earlier_key(domain_id, name));
  const Port* port = earlier == earlier_ports_.end() ? nullptr : find<Port>(earlier->second);
  return port == nullptr || port->name == name ? out : majors(domain_id, port->name);
}

std::vector<const Port*> Mesh::ports_of(DomainId domain_id) const {
  std::vector<const Port*> out;
  const auto* domain = find<Domain>(domain_id);
  if (domain == nullptr) return out;
  const std::string prefix = domain->name + "/";
  for (auto at = ports_.lower_bound(prefix); at != ports_.end() && at->key.starts_with(prefix);
       ++at)
    out.push_back(find<Port>(at->id));
  return out;
}

std::vector<const Port*> Mesh::ports_of(ProductId product) const {
  std::vector<const Port*> out;
  if (const auto found = ports_by_product_.find(product.ulid); found != ports_by_product_.end())
    for (const Ulid id : found->second) out.push_back(find<Port>(id));
  std::ranges::sort(out, {}, [](const Port* port) {
    return std::pair(std::string_view(port->name), port->major);
  });
  return out;
}

std::vector<const Mount*> Mesh::mounts_of(AccountId account) const {
  std::vector<const Mount*> out;
  if (const auto found = mounts_by_account_.find(account.ulid); found != mounts_by_account_.end())
    for (const Ulid id : found->second) out.push_back(find<Mount>(id));
  std::ranges::sort(out, {},
                    [](const Mount* mount) { return std::tie(mount->schema, mount->table); });
  return out;
}

std::vector<const Migration*> Mesh::migrations_of(PortId port) const {
  std::vector<const Migration*> out;
  if (const auto found = migrations_by_port_.find(port.ulid); found != migrations_by_port_.end())
    for (const Ulid id : found->second) out.push_back(find<Migration>(id));
  return out;
}

std::vector<const NoticeChannel*> Mesh::channels_of(Ulid owner) const {
  std::vector<const NoticeChannel*> out;
  if (const auto found = channels_by_owner_.find(owner); found != channels_by_owner_.end())
    for (const Ulid id : found->second) out.push_back(find<NoticeChannel>(id));
  return out;
}

std::vector<const Issue*> Mesh::issues_of(ProductId product) const {
  std::vector<const Issue*> out;
  if (const auto found = issues_by_product_.find(product.ulid); found != issues_by_product_.end())
    for (const Ulid id : found->second) out.push_back(find<Issue>(id));
  return out;
}

std::size_t Mesh::open_issues_of(PrincipalId asker) const {
  const auto found = open_issues_by_asker_.find(asker.ulid);
  return found == open_issues_by_asker_.end() ? 0 : found->second.size();
}

std::vector<const Incident*> Mesh::open_incidents_of(PortId port) const {
  std::vector<const Incident*> out;
  const auto found = open_incidents_by_port_.find(port.ulid);
  if (found != open_incidents_by_port_.end())
    for (const Ulid id : found->second) out.push_back(find<Incident>(id));
  return out;
}

std::vector<const Credential*> Mesh::credentials_of(PrincipalId principal) const {
  std::vector<const Credential*> out;
  if (const auto found = credentials_by_principal_.find(principal.ulid);
      found != credentials_by_principal_.end())
    for (const Ulid id : found->second) out.push_back(find<Credential>(id));
  std::ranges::sort(out, {}, &Credential::id);
  return out;
}

std::vector<const Credential*> Mesh::ended_tokens(Time now, std::size_t max) const {
  std::vector<const Credential*> out;
  for (const auto& [end, id] : token_ends_) {
    if (now < end || out.size() == max) break;
    out.push_back(find<Credential>(id));
  }
  return out;
}

std::string Mesh::ref_of(const Port& port) const {
  const auto* domain = find<Domain>(port.domain);
  return fmt::format("{}/{}@{}", domain ? domain->name : "?", port.name, port.major);
}

std::string Mesh::ref_of(const Product& product) const {
  const auto* domain = find<Domain>(product.domain);
  return fmt::format("{}/{}", domain ? domain->name : "?", product.name);
}

std::string_view Mesh::name_of(DomainId id) const {
  const auto* domain = find<Domain>(id);
  return domain ? std::string_view(domain->name) : kNoDomain;
}

void Mesh::order_port(const Port& port, bool add) {
  std::string key = order_key(name_of(port.domain), port.name, port.major);
  if (add) ports_.put(std::move(key), port.id.ulid, slot(port.id));
  else ports_.erase(key, port.id.ulid);
}

void Mesh::order_product(const Product& product, bool add) {
  std::string key = fmt::format("{}/{}", name_of(product.domain), product.name);
  if (add) products_.put(std::move(key), product.id.ulid, slot(product.id));
  else products_.erase(key, product.id.ulid);
}

void Mesh::index_port(const Port& port, bool add) {
  order_port(port, add);
  auto& list = ports_by_product_[port.product.ulid];
  if (add) list.push_back(port.id.ulid);
  else std::erase(list, port.id.ulid);
  for (const std::string& alias : port.aliases) {
    const std::string key = earlier_key(port.domain, alias);
    if (add) earlier_ports_.emplace(key, port.id.ulid);
    auto [at, end] = earlier_ports_.equal_range(key);
    while (!add && at != end) at = at->second == port.id.ulid ? earlier_ports_.erase(at) : ++at;
  }
}

void Mesh::index_credential(const Credential& credential, bool add) {
  auto& list = credentials_by_principal_[credential.principal.ulid];
  if (add) add_once(list, credential.id.ulid);
  else std::erase(list, credential.id.ulid);
  if (!credential.expires && !credential.revoked) return;
  const std::pair end{credential.revoked ? Time{} : *credential.expires, credential.id.ulid};
  if (add) token_ends_.insert(end);
  else token_ends_.erase(end);
}

void Mesh::index_relations(const Noun& noun, bool add) {
  if (const auto* port = std::get_if<std::shared_ptr<const Port>>(&noun)) {
    index_port(**port, add);
  } else if (const auto* product = std::get_if<std::shared_ptr<const Product>>(&noun)) {
    order_product(**product, add);
  } else if (const auto* grant = std::get_if<std::shared_ptr<const Grant>>(&noun)) {
    ledger_.put(**grant, domain_of((*grant)->product), add);
  } else if (const auto* credential = std::get_if<std::shared_ptr<const Credential>>(&noun)) {
    index_credential(**credential, add);
  } else if (const auto* mount = std::get_if<std::shared_ptr<const Mount>>(&noun)) {
    auto& list = mounts_by_account_[(*mount)->into.ulid];
    if (add) add_once(list, (*mount)->id.ulid);
    else std::erase(list, (*mount)->id.ulid);
  } else if (const auto* told = std::get_if<std::shared_ptr<const Migration>>(&noun)) {
    put_in(migrations_by_port_, (*told)->port.ulid, (*told)->id.ulid, add);
  } else if (const auto* channel = std::get_if<std::shared_ptr<const NoticeChannel>>(&noun)) {
    put_in(channels_by_owner_, (*channel)->owner.id, (*channel)->id.ulid, add);
  } else if (const auto* issue = std::get_if<std::shared_ptr<const Issue>>(&noun)) {
    put_in(issues_by_product_, (*issue)->product.ulid, (*issue)->id.ulid, add);
    if (is_open((*issue)->state) && !(*issue)->askers.empty())
      put_in(open_issues_by_asker_, (*issue)->askers.front().who.ulid, (*issue)->id.ulid, add);
  } else if (const auto* incident = std::get_if<std::shared_ptr<const Incident>>(&noun)) {
    if (!(*incident)->resolved_at)
      put_in(open_incidents_by_port_, (*incident)->port.ulid, (*incident)->id.ulid, add);
  }
}

void Mesh::index(const Noun& noun, bool add) {
  const Ulid id = id_of(noun);
  for (const std::string& claim : claims_of(noun)) {
    const Fingerprint print = print_.of(claim);
    if (add) claims_[print] = id;
    else if (const Ulid* holder = claims_.find(print); holder != nullptr && *holder == id)
      claims_.erase(print);
  }
  index_relations(noun, add);
}

template <class T>
void Mesh::put(const std::shared_ptr<const T>& noun, bool gone, Seq seq) {
  auto& all = std::get<Table_<T>>(tables_);
  const Ulid id = noun->id.ulid;
  // Looked up once: among a million nouns each look waits for memory.
  Entry<T>* at = gone ? all.find(id) : &all[id];
  const std::shared_ptr<const T> old = at == nullptr ? nullptr : at->noun;
  // Keys of what lies in a domain begin with its name; what lies in none yet sorts under '?'.
  bool renamed_domain = false;
  if constexpr (std::same_as<T, Domain>) {
    const auto nameless = [](const Order& order) {
      const auto first = order.lower_bound(kNoDomain);
      return first != order.end() && first->key.starts_with(kNoDomain);
    };
    renamed_domain =
        !old ? nameless(ports_) || nameless(products_) : gone || old->name != noun->name;
  }
  Ulid domain_before;
  if constexpr (std::same_as<T, Product>) domain_before = domain_of(noun->id);
  if (old) index(old, false);
  if (gone) {
    all.erase(id);
  } else {
    *at = {noun, seq};
    index(noun, true);
  }
  if constexpr (std::same_as<T, Domain>)
    if (renamed_domain) reorder(*noun);
  if constexpr (std::same_as<T, Product>)
    if (domain_of(noun->id) != domain_before) refile(noun->id, domain_before, domain_of(noun->id));
  if constexpr (std::same_as<T, Grant>)
    last_grant_number_ = std::max(last_grant_number_, noun->number);
}

// A domain's new name changes the keys of everything in it. Rare, so a walk over all is good
// enough.
void Mesh::reorder(const Domain& domain) {
  const auto empty = [&]<class T>(Order& order, const Table_<T>&) {
    order.erase_if([&](const Order::Entry& entry) {
      const T* noun = find<T>(entry.id);
      return noun == nullptr || noun->domain == domain.id;
    });
  };
  empty(ports_, all<Port>());
  empty(products_, all<Product>());
  for (const auto& [id, entry] : all<Port>())
    if (entry.noun->domain == domain.id) order_port(*entry.noun, true);
  for (const auto& [id, entry] : all<Product>())
    if (entry.noun->domain == domain.id) order_product(*entry.noun, true);
}

// Zero for what is not there.
Ulid Mesh::domain_of(ProductId id) const {
  const auto* product = find<Product>(id);
  return product ? product->domain.ulid : Ulid{};
}

// Rare, so a walk over all grants of the domain is good enough.
void Mesh::refile(ProductId product, Ulid from, Ulid to) {
  std::vector<const Grant*> moved;
  for (const Ledger::Entry& entry : ledger_.all(Ledger::By::domain, from))
    if (const auto* grant = find<Grant>(entry.grant); grant->product == product)
      moved.push_back(grant);
  for (const Grant* grant : moved) {
    ledger_.put(*grant, from, false);
    ledger_.put(*grant, to, true);
  }
}

std::optional<Noun> Mesh::noun(std::string_view kind, Ulid id) const {
  std::optional<Noun> out;
  const auto look = [&]<class T>(const Table_<T>& all) {
    if (const auto* found = all.find(id); found != nullptr && kind == kind_of(Noun(found->noun)))
      out = found->noun;
  };
  std::apply([&](const auto&... all) { (look(all), ...); }, tables_);
  return out;
}

void Mesh::reserve(const std::array<std::size_t, std::size(kNounKinds)>& counts) {
  std::size_t kind = 0;
  std::apply([&](auto&... all) { (all.reserve(all.size() + counts[kind++]), ...); }, tables_);
  claims_.reserve(claims_.size() + std::reduce(counts.begin(), counts.end()));
}

void Mesh::apply(const Noun& noun, bool gone, Seq seq) {
  std::visit([&](const auto& shared) { put(shared, gone, seq); }, noun);
}

}  // namespace hansa
