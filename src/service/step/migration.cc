#include "service/step/migration.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "model/bridge.h"
#include "policy/explain.h"
#include "query/names.h"
#include "service/step/derived.h"
#include "service/step/doomed.h"
#include "service/step/find.h"
#include "service/step/owners.h"
#include "service/step/present.h"
#include "service/step/subscribers.h"

namespace hansa::service {
namespace {

using Because = std::map<Grantee, std::set<std::string>>;

Grantee product_making(const View& view, PortId made) {
  const auto* port = view.mesh.find<Port>(made);
  return {GranteeKind::product, port ? port->product.ulid : Ulid{}};
}

bool exists(const View& view, const Grantee& grantee) {
  switch (grantee.kind) {
    case GranteeKind::user:
    case GranteeKind::service_account:
    case GranteeKind::role:
    case GranteeKind::group: return view.mesh.find<Principal>(grantee.id) != nullptr;
    case GranteeKind::team: return view.mesh.find<Team>(grantee.id) != nullptr;
    case GranteeKind::account: return view.mesh.find<Account>(grantee.id) != nullptr;
    case GranteeKind::product: return view.mesh.find<Product>(grantee.id) != nullptr;
  }
  return false;
}

bool is_own_grantee(const View& view, TeamId team, const Grantee& grantee) {
  if (grantee.kind == GranteeKind::user || grantee.kind == GranteeKind::service_account)
    return is_own(view, team, PrincipalId{grantee.id});
  return grantee.kind == GranteeKind::team && grantee.id == team.ulid;
}

void add_grants(const View& view, const Port& port, Time now, Because& out) {
  for (const auto& entry : view.mesh.ledger().all(Ledger::By::domain, port.domain.ulid)) {
    const auto* grant = view.mesh.find<Grant>(entry.grant);
    if (grant->product == port.product && grant->port == port.name &&
        covers_major(*grant, port.major) && in_force(*grant, now))
      out[grant->grantee].insert(fmt::format("r-{}", grant->number));
  }
}

std::vector<const Mount*> mounts_of(const View& view, const Port& port) {
  std::vector<const Mount*> out;
  for (const auto& [id, entry] : view.mesh.all<Mount>()) {
    const Mount& mount = *entry.noun;
    if (mount.kind == MountKind::port && mount.ended.empty() && mount.target == port.product.ulid &&
        mount.target_port == port.name && mount.target_major == port.major)
      out.push_back(&mount);
  }
  return out;
}

void add(ReadOf& out, const UseBy& use) {
  out.reads += use.reads;
  out.columns.insert(use.columns.begin(), use.columns.end());
  if (out.last && use.last <= *out.last) return;
  out.last = use.last;
  out.client = use.client;
}

void merge(ReadOf& out, const ReadOf& other) {
  out.reads += other.reads;
  out.columns.insert(other.columns.begin(), other.columns.end());
  if (!other.last || (out.last && *other.last <= *out.last)) return;
  out.last = other.last;
  out.client = other.client;
}

// Whether the caller may know that this consumer exists.
bool knows_consumer(const Context& context, const View& view, const Grantee& consumer) {
  const auto* product =
      consumer.kind == GranteeKind::product ? view.mesh.find<Product>(consumer.id) : nullptr;
  return product == nullptr || may(context, view, Action::know, on(*product));
}

std::string day(Time at) { return to_text(at).substr(0, 10); }

const Migration* told_of(const View& view, PortId port, const Grantee& consumer) {
  return view.mesh.named<Migration>(claim::migration(port, consumer));
}

}  // namespace

Grantee consumer_of(const View& view, PrincipalId who, PortId makes) {
  if (makes != PortId{}) return product_making(view, makes);
  const auto* reader = view.mesh.find<Principal>(who);
  const bool robot = reader != nullptr && reader->kind == PrincipalKind::service_account;
  return {robot ? GranteeKind::service_account : GranteeKind::user, who.ulid};
}

std::vector<const Port*> made_of_it(const View& view, PortId port) {
  std::vector<const Port*> out;
  for (const auto& [id, entry] : view.mesh.all<Derivation>()) {
    const auto* made = view.mesh.find<Port>(entry.noun->id);
    if (made == nullptr) continue;
    const auto reads = sources_now(view, *entry.noun);
    if (std::ranges::find(reads, port, &SourceRead::port) != reads.end()) out.push_back(made);
  }
  return out;
}

Result<Reading> reading_of(store::Store& store, PortId port, std::optional<PortId> use, Time now) {
  Reading out;
  HANSA_TRY(out.old_reads, readers_of(store, port, now - audience_looks_back));
  if (use) {
    HANSA_TRY(out.new_reads, readers_of(store, *use, now - audience_looks_back));
  }
  return out;
}

Result<store::Unread> counted_of(store::Store& store, PortId port) {
  store::Unread out{.port = port};
  HANSA_CHECK(store.uses(
      {.port = port, .who = {}},
      [&](const store::UseKey&, const store::UseCount& count) { out.reads += count.reads; }));
  return out;
}

Result<const Port*> find_version(const Context& context, const View& view, std::string_view text) {
  HANSA_TRY(const PortRef ref, parse_port_ref(text));
  HANSA_TRY(const Port* port, find_port(context, view, ref));
  const auto majors = view.mesh.majors(port->domain, port->name);
  if (!ref.major && majors.size() > 1)
    return invalid(fmt::format("{} has {} versions", text, majors.size()),
                   fmt::format("name one: {}@{}", text, majors.front()->major));
  return port;
}

Result<const Deprecation*> deprecation_of(const View& view, const Port& port) {
  const auto* found = view.mesh.find<Deprecation>(port.id);
  if (found != nullptr) return found;
  const std::string ref = view.mesh.ref_of(port);
  return not_found(fmt::format("{} is not deprecated", ref),
                   fmt::format("announce its end: hansa deprecate {} --use PORT --by DATE", ref));
}

std::vector<Reader> audience_of(const View& view, const Port& port, const Reading& reading,
                                Time now) {
  Because because;
  for (const UseBy& use : reading.old_reads)
    because[consumer_of(view, use.who, use.makes)].insert("reads");
  add_grants(view, port, now, because);
  for (const Subscription* each : subscriptions_to(view, port.id))
    because[each->subscriber].insert("subscribes to it");
  for (const Port* made : made_of_it(view, port.id))
    because[product_making(view, made->id)].insert("makes " + view.mesh.ref_of(*made));
  for (const Mount* mount : mounts_of(view, port))
    because[{GranteeKind::account, mount->into.ulid}].insert(
        fmt::format("mounts it as {}.{}", mount->schema, mount->table));
  const TeamId team = team_of(view, port.domain);
  std::vector<Reader> out;
  for (auto& [consumer, reasons] : because)
    if (exists(view, consumer) && !is_own_grantee(view, team, consumer))
      out.push_back({consumer, {reasons.begin(), reasons.end()}});
  return out;
}

ReadsBy::ReadsBy(const View& view, const std::vector<UseBy>& reads) : view_(view) {
  for (const UseBy& use : reads) add(by_[consumer_of(view, use.who, use.makes)], use);
}

ReadOf ReadsBy::of(const Grantee& consumer) const {
  if (const auto found = by_.find(consumer); found != by_.end()) return found->second;
  ReadOf out;
  if (consumer.kind == GranteeKind::user || consumer.kind == GranteeKind::service_account ||
      consumer.kind == GranteeKind::product)
    return out;
  for (const auto& [reader, read] : by_)
    if (reader.kind != GranteeKind::product &&
        view_.rights.acts_as(PrincipalId{reader.id}, consumer))
      merge(out, read);
  return out;
}

std::vector<std::string> blockers_of(const Context& context, const View& view,
                                     const Deprecation& deprecation, const Port& port,
                                     const Reading& reading, const HouseRules& rules) {
  const Time now = context.now;
  const ReadsBy reads(view, reading.old_reads);
  std::set<std::string> out;
  bool all_done = true;
  for (const Migration* each : view.mesh.migrations_of(port.id)) {
    const Standing stands = standing(*each, reads.of(each->consumer).last);
    all_done = all_done && (stands == Standing::moved || stands == Standing::not_mine);
    const Time until = std::max(each->agreed.value_or(Time{}), each->wanted.value_or(Time{}));
    if (until > now)
      out.insert(fmt::format("{} {} until {}", named(context, view, each->consumer),
                             each->agreed == until ? "is served, as was agreed," : "asked for it",
                             day(until)));
  }
  for (const auto& [consumer, read] : reads.all())
    if (*read.last + rules.quiet > now)
      out.insert(fmt::format("{} read it on {}", named(context, view, consumer), day(*read.last)));
  for (const Reader& reader : audience_of(view, port, reading, now))
    if (told_of(view, port.id, reader.consumer) == nullptr)
      out.insert(fmt::format("{} was not told yet", named(context, view, reader.consumer)));
  for (const Port* made : made_of_it(view, port.id))
    out.insert(fmt::format("{} is made of it", may(context, view, Action::know, on(*made))
                                                   ? view.mesh.ref_of(*made)
                                                   : "a port that you may not know of"));
  for (const Deprecation* older : bridged_from(view.mesh, port.id))
    if (const auto* served = view.mesh.find<Port>(older->id))
      out.insert(fmt::format("{} is served from it by a bridge", view.mesh.ref_of(*served)));
  if (deprecation.by > now && !all_done)
    out.insert(fmt::format("it was announced to be read until {}", day(deprecation.by)));
  if (port.is_default && view.mesh.majors(port.domain, port.name).size() > 1)
    out.insert("the name without a version means it: move that first, with hansa default");
  return {out.begin(), out.end()};
}

std::string named(const Context& context, const View& view, const Grantee& consumer) {
  return knows_consumer(context, view, consumer) ? policy::name_of(view.mesh, consumer)
                                                 : "a product that you may not know of";
}

std::string written(const View& view, const Grantee& grantee) {
  const std::string_view kind =
      grantee.kind == GranteeKind::service_account ? "service" : name_of(grantee.kind);
  const auto named = [&](const auto* noun) {
    return fmt::format("{}:{}", kind, noun ? noun->name : to_text(grantee.id));
  };
  switch (grantee.kind) {
    case GranteeKind::team: return named(view.mesh.find<Team>(grantee.id));
    case GranteeKind::account: return named(view.mesh.find<Account>(grantee.id));
    case GranteeKind::product: {
      const auto* product = view.mesh.find<Product>(grantee.id);
      return fmt::format("product:{}", product ? view.mesh.ref_of(*product) : to_text(grantee.id));
    }
    case GranteeKind::user:
    case GranteeKind::service_account:
    case GranteeKind::role:
    case GranteeKind::group: break;
  }
  return named(view.mesh.find<Principal>(grantee.id));
}

api::ToldView consumer_view(const Context& context, const View& view, const Migration& migration,
                            const ReadsBy& old_reads, const ReadsBy& new_reads) {
  ReadOf read = old_reads.of(migration.consumer);
  const bool known = knows_consumer(context, view, migration.consumer);
  return {
      .who = named(context, view, migration.consumer),
      .kind = migration.consumer.kind,
      .name = known ? written(view, migration.consumer)
                    : fmt::format("product:{}", to_text(migration.consumer.id)),
      .because = known ? migration.because : std::vector<std::string>{"makes a port of it"},
      .standing = standing(migration, read.last),
      .told_at = migration.told_at,
      .answer = migration.answer,
      .text = migration.text,
      .answered_by = migration.answered_at ? name_of_principal(view, migration.answered_by) : "",
      .answered_at = migration.answered_at,
      .wanted = migration.wanted,
      .agreed = migration.agreed,
      .reads = read.reads,
      .last_read = read.last,
      .columns = {read.columns.begin(), read.columns.end()},
      .client = std::move(read.client),
      .last_read_new = new_reads.of(migration.consumer).last,
      .reminded_at = migration.reminded_at,
      .answered_via = migration.answered_via};
}

api::DeprecationView deprecation_view(const Context& context, const View& view,
                                      const Deprecation& deprecation, const Port& port,
                                      const Reading& reading, const HouseRules& rules, bool whole) {
  const auto migrations = view.mesh.migrations_of(port.id);
  const auto* use = deprecation.use ? view.mesh.find<Port>(*deprecation.use) : nullptr;
  const bool known = use != nullptr && may(context, view, Action::know, on(*use));
  api::DeprecationView out{.port = view.mesh.ref_of(port),
                           .use = known ? view.mesh.ref_of(*use) : "",
                           .state = deprecation.retired_at ? "retired" : "announced",
                           .until = deprecation.by,
                           .last_day = last_day(deprecation, migrations),
                           .why = deprecation.why,
                           .renamed = {},
                           .owner = policy::owner_words(view.mesh, port.domain),
                           .set_by = name_of_principal(view, deprecation.set_by),
                           .set_at = deprecation.set_at,
                           .retired_at = deprecation.retired_at,
                           .retired_why = deprecation.retired_why,
                           .told = migrations.size(),
                           .reminded_at = deprecation.reminded_at,
                           .brownouts = {}};
  for (const Brownout& each : deprecation.brownouts)
    if (each.until > context.now)
      out.brownouts.push_back({each.from, each.until, name_of_principal(view, each.by)});
  for (const Renamed& each : deprecation.renamed) out.renamed.push_back({each.from, each.to});
  const bool owner = may(context, view, Action::manage, on(port));
  const ReadsBy old_reads(view, reading.old_reads);
  const ReadsBy new_reads(view, reading.new_reads);
  for (const Migration* each : migrations) {
    const std::optional<Time> last = old_reads.of(each->consumer).last;
    out.moved += standing(*each, last) == Standing::moved ? 1 : 0;
    out.reading += last && *last + rules.quiet > context.now ? 1 : 0;
    if (whole &&
        (owner || policy::benefits(view.rights, view.mesh, context.who.id, each->consumer)))
      out.consumers.push_back(consumer_view(context, view, *each, old_reads, new_reads));
  }
  out.bridged = bridged(view.mesh, port.id) != nullptr;
  if (whole && owner && deprecation.bridge) out.bridge = deprecation.bridge->sql;
  if (whole && owner && !deprecation.retired_at)
    out.blockers = blockers_of(context, view, deprecation, port, reading, rules);
  return out;
}

std::string table_of(const View& view, const Port& port) {
  const auto* domain = view.mesh.find<Domain>(port.domain);
  return query::sql_name_of({domain ? domain->name : "?", port.name, port.major});
}

}  // namespace hansa::service
