#include "service/doctor.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "service/authority/authorize.h"
#include "service/step/references.h"
#include "world/engine/engine.h"
#include "world/object/object_store.h"
#include "world/store/store.h"

namespace hansa::service {
namespace {

constexpr std::string_view kFromBackup =
    "restore it from a backup (hansa admin restore), beside this mesh, and put it back";
constexpr Micros kWorkerPatience = std::chrono::seconds(20);
// A table that changes under the walk is walked again.
constexpr int kWalks = 3;

void look_at_store(World& world, Findings& out) {
  if (const auto sound = world.store.check(); !sound)
    out.add("store", "store/mesh.db", sound.error(),
            "stop the server, keep a copy of the folder, and restore a backup");
  out.looked("store", 1);
  const auto head = world.store.audit_head();
  if (const auto chain = world.store.verify_chain(); !chain)
    out.add("audit", "the audit's chain", chain.error(),
            "somebody or something changed the store or audit/audit.anchors: keep a copy of both, "
            "and compare with a backup");
  out.looked("audit", head ? head->number : 0);
}

// Nouns that name others: a hole is a bug of ours or damage that no checksum covers.
void look_at_mesh(const View& view, Findings& out) {
  std::uint64_t looked = 0;
  const auto need = [&](std::string_view kind, const std::string& name, bool there,
                        std::string_view what) {
    ++looked;
    if (!there)
      out.add({.check = "mesh",
               .severity = api::Severity::error,
               .where = fmt::format("{} {}", kind, name),
               .says = fmt::format("its {} is not there", what),
               .next = std::string(kFromBackup)});
  };
  const Mesh& mesh = view.mesh;
  for (const auto& [id, entry] : mesh.all<Domain>())
    need("domain", entry.noun->name, mesh.find<Team>(entry.noun->owner) != nullptr, "team");
  for (const auto& [id, entry] : mesh.all<Account>())
    need("account", entry.noun->name, mesh.find<Domain>(entry.noun->domain) != nullptr, "domain");
  for (const auto& [id, entry] : mesh.all<Product>()) {
    const std::string name = mesh.ref_of(*entry.noun);
    need("product", name, mesh.find<Domain>(entry.noun->domain) != nullptr, "domain");
    need("product", name, mesh.find<Account>(entry.noun->account) != nullptr, "account");
  }
  for (const auto& [id, entry] : mesh.all<Port>()) {
    const Port& port = *entry.noun;
    const std::string name = mesh.ref_of(port);
    need("port", name, mesh.find<Product>(port.product) != nullptr, "product");
    need("port", name, mesh.find<Contract>(port.contract) != nullptr, "contract");
    if (port.kind == PortKind::table)
      need("port", name, mesh.find<Table>(port.id.ulid) != nullptr, "table");
  }
  for (const auto& [id, entry] : mesh.all<Grant>())
    need("access", fmt::format("r-{}", entry.noun->number),
         mesh.find<Product>(entry.noun->product) != nullptr ||
             mesh.find<Deletion>(entry.noun->product.ulid) != nullptr,
         "product");
  out.looked("mesh", looked);
}

// One table, each thing it names once.
struct Walked {
  std::uint64_t objects = 0;
  std::vector<api::Symptom> symptoms;
};

Result<Walked> walk(object::ObjectStore& objects, const Table& table, const std::string& name,
                    const std::stop_token& stop) {
  Walked out;
  const auto found = [&](const std::string& where, std::string says) {
    out.symptoms.push_back({.check = "objects",
                            .severity = api::Severity::error,
                            .where = fmt::format("{}: {}", name, where),
                            .says = std::move(says),
                            .next = std::string(kFromBackup) + ", or publish the port anew"});
  };
  // What was expired may go meanwhile, and nobody needs it.
  constexpr Time kAfterAllExpiries{INT64_MAX};
  const EachReference look = [&](const Reference& each) -> Result<void> {
    if (stop.stop_requested()) return unavailable("the caller has gone");
    ++out.objects;
    const auto info = objects.info(each.location);
    if (!info)
      found(each.location.text(), info.error().code == Code::not_found
                                      ? "a state of the table names it, and it is not there"
                                      : info.error().text);
    else if (each.bytes && info->bytes != *each.bytes)
      found(each.location.text(),
            fmt::format("it has {} bytes, and was published with {}", info->bytes, *each.bytes));
    return {};
  };
  const auto done = each_reference(objects, table, kAfterAllExpiries, Gone::pass_over, look);
  if (stop.stop_requested()) return unavailable("the caller has gone");
  if (!done) found(table.location.text(), "its metadata cannot be read: " + done.error().text);
  return out;
}

Result<void> look_at_objects(const Live& live, World& world, const std::stop_token& stop,
                             Findings& out) {
  std::vector<Ulid> ids = live.read([](const View& view) {
    std::vector<Ulid> all;
    for (const auto& [id, entry] : view.mesh.all<Table>()) all.push_back(id);
    return all;
  });
  std::ranges::sort(ids);
  std::uint64_t looked = 0;
  for (const Ulid id : ids) {
    Walked walked;
    for (int tries = 0; tries < kWalks; ++tries) {
      using Entry = std::pair<std::shared_ptr<const Table>, std::string>;
      const auto now = [&] {
        return live.read([&](const View& view) -> Entry {
          const auto* table = view.mesh.all<Table>().find(id);
          const auto* port = view.mesh.find<Port>(id);
          if (table == nullptr || port == nullptr) return {};
          return {table->noun, view.mesh.ref_of(*port)};
        });
      };
      const Entry table = now();
      walked = {};
      if (table.first == nullptr) break;
      HANSA_TRY(walked, walk(world.objects, *table.first, table.second, stop));
      if (walked.symptoms.empty() || now().first == table.first) break;
    }
    looked += walked.objects;
    for (api::Symptom& each : walked.symptoms) out.add(std::move(each));
  }
  out.looked("objects", looked);
  return {};
}

void look_at_worker(World& world, Clock& clock, Findings& out) {
  out.looked("worker", 1);
  const auto lease = world.engine.lease(PrincipalId{}, clock.now() + kWorkerPatience, {});
  if (!lease) return out.add("worker", "hansa-worker", lease.error());
  if (const auto tree = (*lease)->parse("select 1"); !tree)
    out.add("worker", "hansa-worker", tree.error());
}

}  // namespace

void Findings::add(api::Symptom symptom) {
  out_.healthy = false;
  if (out_.symptoms.size() < api::symptoms_max) out_.symptoms.push_back(std::move(symptom));
  else ++out_.more;
}

void Findings::add(std::string_view check, std::string where, const Error& error,
                   std::string next) {
  add({.check = std::string(check),
       .severity = api::Severity::error,
       .where = std::move(where),
       .says = error.text,
       .next = next.empty() ? error.next : std::move(next)});
}

api::Diagnosis Findings::finish(Time now) && {
  out_.at = now;
  std::ranges::stable_sort(out_.symptoms, {}, &api::Symptom::severity);
  return std::move(out_);
}

Result<void> examine(const Live& live, World& world, Clock& clock, const api::Examine& ask,
                     const std::stop_token& stop, Findings& out) {
  look_at_store(world, out);
  live.read([&](const View& view) {
    look_at_mesh(view, out);
    return 0;
  });
  if (ask.objects) HANSA_CHECK(look_at_objects(live, world, stop, out));
  look_at_worker(world, clock, out);
  return {};
}

Result<api::Diagnosis> diagnose(const Context& context, const Live& live, World& world,
                                Clock& clock, const LookAround& around, const api::Examine& ask) {
  HANSA_CHECK(live.read([&](const View& view) {
    return authorize(context, view, Action::administer, on_organisation(), "the server");
  }));
  Findings out;
  around(out);
  HANSA_CHECK(examine(live, world, clock, ask, context.stop, out));
  return std::move(out).finish(context.now);
}

}  // namespace hansa::service
