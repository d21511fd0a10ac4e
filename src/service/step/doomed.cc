#include "service/step/doomed.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "contract/document.h"
#include "contract/facts.h"
#include "policy/explain.h"
#include "service/authority/commit.h"
#include "service/step/find.h"
#include "service/step/owners.h"
#include "service/step/present.h"

namespace hansa::service {
namespace {

std::string team_name(const View& view, DomainId id) {
  const auto* domain = view.mesh.find<Domain>(id);
  const auto* team = domain ? view.mesh.find<Team>(domain->owner) : nullptr;
  return team ? "team " + team->name : "?";
}

// One walk: each part adds what it ends and whom that hits.
class Walk {
 public:
  Walk(const Context& context, const View& view, const Doomed& doomed, const std::string& digest,
       const std::string& why)
      : context_(context), view_(view), doomed_(doomed), digest_(digest), why_(why) {
    for (const Product* product : doomed.products) products_.insert(product->id.ulid);
    for (const Port* port : doomed.ports) ports_.insert(port->id.ulid);
  }

  Ruin all() {
    if (doomed_.account != nullptr) account(*doomed_.account);
    for (const Product* product : doomed_.products) whole_product(*product);
    for (const Port* port : doomed_.ports) one_port(*port);
    if (doomed_.kind == DeletionKind::port) leave_product(*doomed_.ports.front());
    stragglers();
    if (doomed_.kind != DeletionKind::account)
      out_.notes.emplace_back(
          "a manifest that still lists it makes it anew when it is applied: without data, and "
          "without anybody's access");
    std::ranges::sort(out_.hit, {}, [](const api::HitView& hit) {
      return std::pair(std::string_view(hit.kind), std::string_view(hit.what));
    });
    for (const std::string& each : revisions_) out_.revisions += each + " ";
    return std::move(out_);
  }

  std::vector<Change> stragglers() {
    accesses();
    mounts();
    derivations();
    subscriptions();
    issues();
    incidents();
    return out_.changes;
  }

 private:
  std::string reason() const {
    return fmt::format("{} was deleted{}", doomed_.name, why_.empty() ? "" : ": " + why_);
  }
  // For those who need not know what a hidden product is called.
  std::string veiled_reason(std::string_view veil) const {
    if (!doomed_.hidden) return reason();
    return fmt::format("{} was deleted{}", veil, why_.empty() ? "" : ": " + why_);
  }
  Json details(const std::string& name) const {
    Json out{Json::Object{{"name", name}}};
    if (!why_.empty()) out.set("why", why_);
    return out;
  }

  template <class T>
  void note(const T& noun) {
    const Rev rev = view_.mesh.rev<T>(noun.id.ulid);
    revisions_.insert(fmt::format("{}@{}", to_text(noun.id), rev.number));
  }
  template <class T>
  void remove(const T* noun, std::string_view event, const std::string& name) {
    if (noun == nullptr) return;
    note(*noun);
    out_.changes.push_back(removal(context_, share(*noun), event, details(name)));
  }
  // What others or the clock may change at any time makes no other plan.
  template <class T>
  void drop(const T* noun, std::string_view event) {
    if (noun != nullptr)
      out_.changes.push_back(removal(context_, share(*noun), event, details(doomed_.name)));
  }
  void bury(DeletionKind kind, Ulid id, const std::string& name, bool hidden,
            const std::string& bucket) {
    out_.changes.push_back(change(context_,
                                  share(Deletion{.id = {id},
                                                 .kind = kind,
                                                 .name = name,
                                                 .domain = doomed_.domain,
                                                 .hidden = hidden,
                                                 .bucket = bucket,
                                                 .by = context_.who.id,
                                                 .at = context_.now,
                                                 .why = why_,
                                                 .plan = id == doomed_.id ? digest_ : ""}),
                                  "deletion.recorded", details(name)));
  }

  // --- what goes ---

  void account(const Account& account) {
    remove(&account, "account.deleted", account.name);
    bury(DeletionKind::account, account.id.ulid, account.name, false, account.bucket);
    out_.goes.push_back({.kind = "account", .name = account.name});
    for (const Mount* mount : view_.mesh.mounts_of(account.id))
      remove(mount, "mount.removed",
             mount->schema + (mount->table.empty() ? "" : "." + mount->table));
    out_.notes.push_back(fmt::format(
        "an administrator can make an account {} again; it needs another bucket than {}, since "
        "the files stay there for now",
        account.name, account.bucket));
  }

  void whole_product(const Product& product) {
    const std::string name = view_.mesh.ref_of(product);
    remove(&product, "product.deleted", name);
    bury(DeletionKind::product, product.id.ulid, name, product.hidden, {});
    out_.goes.push_back({.kind = "product", .name = name});
  }

  void one_port(const Port& port) {
    const std::string name = view_.mesh.ref_of(port);
    const auto* product = view_.mesh.find<Product>(port.product);
    const auto* table = view_.mesh.find<Table>(port.id.ulid);
    remove(&port, "port.deleted", name);
    bury(DeletionKind::port, port.id.ulid, name, product == nullptr || product->hidden,
         table ? table->location.bucket() : "");
    remove(view_.mesh.find<Contract>(port.contract), "contract.deleted", name);
    remove(table, "table.deleted", name);
    remove(view_.mesh.find<Derivation>(port.id), "derivation.removed", name);
    remove(view_.mesh.find<Deprecation>(port.id), "version.deprecation_withdrawn", name);
    for (const Migration* each : view_.mesh.migrations_of(port.id))
      remove(each, "notice.withdrawn", name);
    remove(view_.mesh.find<Checks>(port.id), "checks.deleted", name);
    remove(view_.mesh.find<Replay>(port.id), "replay.deleted", name);
    api::GoneView gone{.kind = "port", .name = name};
    if (table != nullptr && table->current() != nullptr)
      gone = {"port", name, table->states.size(), table->current()->rows, table->current()->bytes};
    out_.goes.push_back(std::move(gone));
  }

  // Its product stays, with a manifest that lists it no longer.
  void leave_product(const Port& port) {
    const auto* product = view_.mesh.find<Product>(port.product);
    if (product == nullptr) return;
    note(*product);
    Product after = *product;
    const contract::SourceFile file{"product", product->manifest.text().value_or("")};
    const contract::Manifests read = contract::read_manifests({&file, 1});
    if (read.problems.empty() && read.products.size() == 1) {
      contract::DataProduct document = read.products.front().value;
      std::erase_if(document.outputs, [&](const contract::OutputPort& each) {
        const auto facts = contract::facts_of(each);
        return facts && facts->name == port.name && facts->major == port.major;
      });
      after.manifest = PackedText(contract::to_yaml(document));
    }
    if (after != *product)
      out_.changes.push_back(change(context_, share(std::move(after)), "product.changed",
                                    details(view_.mesh.ref_of(*product))));
    leave_majors(port);
  }

  void leave_majors(const Port& port) {
    const auto left = staying(port.product, port.name);
    if (!port.is_default || left.empty()) return;
    Port heir = *left.back();
    note(*left.back());
    heir.is_default = true;
    out_.heirs.push_back(heir.id);
    const std::string name = view_.mesh.ref_of(heir);
    out_.notes.push_back(fmt::format("{} without a version means {} from then on",
                                     name.substr(0, name.find('@')), name));
    out_.changes.push_back(change(context_, share(std::move(heir)), "port.changed", details(name)));
  }

  // The versions of a port that stay, ascending.
  std::vector<const Port*> staying(ProductId product, std::string_view name) const {
    std::vector<const Port*> out;
    for (const Port* port : view_.mesh.ports_of(product))
      if (port->name == name && !ports_.contains(port->id.ulid)) out.push_back(port);
    return out;
  }
  bool goes(ProductId product, std::string_view name, std::uint32_t major) const {
    return std::ranges::any_of(doomed_.ports, [&](const Port* port) {
      return port->product == product && port->name == name && (major == 0 || port->major == major);
    });
  }

  // --- who is hit ---

  void accesses() {
    // Once a product is gone, what was given on it lies in no domain.
    for (const Ulid domain : {doomed_.domain.ulid, Ulid{}})
      for (const Ledger::Entry& entry : view_.mesh.ledger().all(Ledger::By::domain, domain))
        if (const auto* grant = view_.mesh.find<Grant>(entry.grant)) access(*grant);
    std::vector<Ulid> holders{products_.begin(), products_.end()};
    if (doomed_.account != nullptr) holders.push_back(doomed_.account->id.ulid);
    for (const Ulid holder : holders)
      for (const Ledger::Entry& entry : view_.mesh.ledger().all(Ledger::By::given_to, holder))
        if (const auto* grant = view_.mesh.find<Grant>(entry.grant);
            grant != nullptr && is_open(*grant) && !met_.contains(grant->id))
          end(*grant, "what held it goes");
  }

  static bool is_open(const Grant& grant) {
    return grant.state == GrantState::active || grant.state == GrantState::requested;
  }
  bool on_what_goes(const Grant& grant) const {
    return std::ranges::any_of(doomed_.ports, [&](const Port* port) {
      return port->product == grant.product && port->name == grant.port &&
             covers_major(grant, port->major);
    });
  }

  void access(const Grant& grant) {
    if (!is_open(grant)) return;
    if (products_.contains(grant.product.ulid)) return end(grant, "ends");
    if (!on_what_goes(grant)) return;
    const auto left = staying(grant.product, grant.port);
    std::vector<std::uint32_t> majors;
    for (const Port* port : left)
      if (covers_major(grant, port->major)) majors.push_back(port->major);
    if (majors.empty()) return end(grant, "ends");
    hit(grant, "keeps its other versions");
    if (grant.majors.empty()) return;
    Grant after = grant;
    std::erase_if(after.carried, [&](std::uint32_t major) {
      return std::ranges::find(majors, major) == majors.end();
    });
    after.majors = std::move(majors);
    add_step(after, GrantAct::changed, context_.who.id, context_.now);
    out_.changes.push_back(change(context_, share(std::move(after)), "access.changed",
                                  details(port_name_of(view_, grant))));
  }

  void end(const Grant& grant, std::string_view says) {
    hit(grant, says);
    auto after = revoke(grant, context_.who.id, context_.now, reason());
    HANSA_ASSERT(after.has_value());  // It is open, and `why` is short.
    out_.changes.push_back(
        change(context_, share(*std::move(after)), "access.revoked",
               Json::Object{{"number", fmt::format("r-{}", grant.number)}, {"reason", reason()}}));
  }

  void hit(const Grant& grant, std::string_view says) {
    met_.insert(grant.id);
    const bool asked = grant.state == GrantState::requested;
    const bool ended = !asked && grant.until && *grant.until <= context_.now;
    note(grant);
    if (ended) return;
    const std::string holder = policy::name_of(view_.mesh, grant.grantee);
    out_.hit.push_back(
        {.kind = asked ? "request" : "access",
         .what = fmt::format("r-{} on {}", grant.number, port_name_of(view_, grant)),
         .who = asked
                    ? fmt::format("{} for {}", name_of_principal(view_, grant.requested_by), holder)
                    : holder,
         .says = std::string(says),
         .others = !is_own(view_, doomed_.team, grant.grantee)});
  }

  void mounts() {
    for (const auto& [id, entry] : view_.mesh.all<Mount>()) {
      const Mount& mount = *entry.noun;
      if (!mount.ended.empty() || !leads_here(mount)) continue;
      if (doomed_.account != nullptr && mount.into == doomed_.account->id) continue;
      const auto* into = view_.mesh.find<Account>(mount.into);
      if (into != nullptr && may(context_, view_, Action::know, on(*into))) {
        note(mount);
        out_.hit.push_back({.kind = "mount",
                            .what = fmt::format("{}.{}{}", into->catalog, mount.schema,
                                                mount.table.empty() ? "" : "." + mount.table),
                            .who = team_name(view_, into->domain),
                            .says = "leads nowhere",
                            .others = team_of(view_, into->domain) != doomed_.team});
      }
      Mount after = mount;
      after.ended = veiled_reason("what it led to");
      out_.changes.push_back(change(context_, share(std::move(after)), "mount.ended",
                                    Json::Object{{"why", veiled_reason("what it led to")}}));
    }
  }

  bool leads_here(const Mount& mount) const {
    if (mount.kind == MountKind::catalog)
      return doomed_.account != nullptr && mount.target == doomed_.account->id.ulid;
    if (mount.kind != MountKind::port) return false;
    if (products_.contains(mount.target)) return true;
    const ProductId product{mount.target};
    if (mount.target_major != 0) return goes(product, mount.target_port, mount.target_major);
    return goes(product, mount.target_port, 0) && staying(product, mount.target_port).empty();
  }

  void derivations() {
    for (const auto& [id, entry] : view_.mesh.all<Derivation>()) {
      const Derivation& derivation = *entry.noun;
      const bool reads = std::ranges::any_of(derivation.sources, [&](const SourceRead& read) {
        return ports_.contains(read.port.ulid);
      });
      const auto* port = view_.mesh.find<Port>(derivation.id);
      if (!reads || port == nullptr || ports_.contains(port->id.ulid)) continue;
      if (derivation.stopped == veiled_reason("a port that it reads")) continue;
      const std::string name = view_.mesh.ref_of(*port);
      if (may(context_, view_, Action::know, on(*port))) {
        note(derivation);
        out_.hit.push_back({.kind = "derived",
                            .what = name,
                            .who = team_name(view_, port->domain),
                            .says = port->kind == PortKind::view ? "does not answer any more"
                                                                 : "is not made anew any more",
                            .others = team_of(view_, port->domain) != doomed_.team});
      }
      Derivation after = derivation;
      after.stopped = veiled_reason("a port that it reads");
      after.next = "set another query: hansa publish " + name + " --query FILE.sql";
      after.stopped_at = context_.now;
      out_.changes.push_back(change(context_, share(std::move(after)), "derivation.stopped",
                                    Json::Object{{"port", name}}));
    }
  }

  void subscriptions() {
    for (const auto& [id, entry] : view_.mesh.all<Subscription>()) {
      const Subscription& each = *entry.noun;
      const bool to_it = ports_.contains(each.port.ulid);
      if (!to_it && !products_.contains(each.subscriber.id)) continue;
      const auto* port = view_.mesh.find<Port>(each.port);
      const std::string ref = port != nullptr ? view_.mesh.ref_of(*port) : "?";
      const std::string name = policy::name_of(view_.mesh, each.subscriber);
      note(each);
      // Who reads something else by what goes is not hit by that.
      if (to_it)
        out_.hit.push_back({.kind = "subscription",
                            .what = ref,
                            .who = name,
                            .says = "ends",
                            .others = !is_own(view_, doomed_.team, each.subscriber)});
      out_.changes.push_back(
          removal(context_, share(each), "subscription.ended",
                  Json::Object{{"port", ref}, {"subscriber", name}, {"why", reason()}}));
    }
  }

  // What was said of a product goes with it; of one port, it stays with the product.
  void issues() {
    for (const Ulid product : products_)
      for (const Issue* each : view_.mesh.issues_of(ProductId{product}))
        drop(each, "issue.removed");
  }

  void incidents() {
    for (const Ulid port : ports_) drop(view_.mesh.find<Slo>(port), "slo.removed");
    for (const auto& [id, entry] : view_.mesh.all<Incident>())
      if (ports_.contains(entry.noun->port.ulid)) drop(entry.noun.get(), "incident.removed");
  }

  const Context& context_;
  const View& view_;
  const Doomed& doomed_;
  const std::string digest_;
  const std::string why_;
  std::set<Ulid> products_;
  std::set<Ulid> ports_;
  std::set<GrantId> met_;
  std::set<std::string> revisions_;  // in an order of their own: nouns are met in any
  Ruin out_;
};

Result<Doomed> doomed_port(const Context& context, const View& view, std::string_view name) {
  HANSA_TRY(const PortRef ref, parse_port_ref(name));
  HANSA_TRY(const Port* port, find_port(context, view, ref));
  const auto majors = view.mesh.majors(port->domain, port->name);
  if (!ref.major && majors.size() > 1)
    return invalid(fmt::format("{} has {} versions", name, majors.size()),
                   fmt::format("say which: {}", view.mesh.ref_of(*majors.front())));
  const auto* product = view.mesh.find<Product>(port->product);
  return Doomed{.kind = DeletionKind::port,
                .id = port->id.ulid,
                .name = view.mesh.ref_of(*port),
                .resource = on(*port),
                .domain = port->domain,
                .hidden = product == nullptr || product->hidden,
                .ports = {port}};
}

Result<Doomed> doomed_product(const Context& context, const View& view, std::string_view name) {
  const auto slash = name.find('/');
  if (slash == std::string_view::npos)
    return invalid(fmt::format("'{}' does not name a product", name.substr(0, 140)),
                   "write domain/product");
  HANSA_TRY(const Product* product,
            find_product(context, view, name.substr(0, slash), name.substr(slash + 1)));
  return Doomed{.kind = DeletionKind::product,
                .id = product->id.ulid,
                .name = view.mesh.ref_of(*product),
                .resource = on(*product),
                .domain = product->domain,
                .hidden = product->hidden,
                .products = {product},
                .ports = view.mesh.ports_of(product->id)};
}

Result<Doomed> doomed_account(const Context& context, const View& view, std::string_view name) {
  HANSA_TRY(const Account* account, find_account(context, view, name));
  Doomed out{.kind = DeletionKind::account,
             .id = account->id.ulid,
             .name = account->name,
             .resource = on(*account),
             .domain = account->domain,
             .account = account};
  for (const Order::Entry& each : view.mesh.products_in_order())
    if (const auto* product = view.mesh.find<Product>(each.id);
        product != nullptr && product->account == account->id) {
      out.products.push_back(product);
      out.hidden = out.hidden || product->hidden;
      for (const Port* port : view.mesh.ports_of(product->id)) out.ports.push_back(port);
    }
  return out;
}

}  // namespace

Result<Doomed> find_doomed(const Context& context, const View& view, DeletionKind kind,
                           std::string_view name) {
  HANSA_TRY(Doomed out, kind == DeletionKind::port      ? doomed_port(context, view, name)
                        : kind == DeletionKind::product ? doomed_product(context, view, name)
                                                        : doomed_account(context, view, name));
  if (const auto* domain = view.mesh.find<Domain>(out.domain)) out.team = domain->owner;
  return out;
}

Ruin ruin_of(const Context& context, const View& view, const Doomed& doomed,
             const std::string& digest, const std::string& why) {
  return Walk(context, view, doomed, digest, why).all();
}

std::vector<Change> stragglers_of(const Context& context, const View& view, const Doomed& doomed,
                                  const std::string& why) {
  return Walk(context, view, doomed, {}, why).stragglers();
}

std::vector<Noun> keep_of(const View& view, const Doomed& doomed) {
  std::vector<Noun> out;
  const auto keep = [&](std::string_view kind, Ulid id) {
    if (auto noun = view.mesh.noun(kind, id)) out.push_back(*std::move(noun));
  };
  if (doomed.account != nullptr) keep("account", doomed.account->id.ulid);
  for (const Product* product : doomed.products) keep("product", product->id.ulid);
  for (const Port* port : doomed.ports) keep("port", port->id.ulid);
  return out;
}

}  // namespace hansa::service
