#include "service/apply.h"

#include <fmt/format.h>

#include <map>
#include <mutex>

#include "base/digest.h"
#include "base/limits.h"
#include "base/text.h"
#include "contract/lint.h"
#include "service/step/difference.h"
#include "service/step/present.h"
#include "service/step/shifts.h"
#include "service/step/use.h"
#include "world/object/object_store.h"

namespace hansa::service {
namespace {

// As readers of a contract that changes count those who read it in that time.
constexpr std::chrono::hours kRecently{24 * 30};
// Those that a refusal names; the plan names all.
constexpr std::size_t kNamedMax = 10;

contract::Manifests read(const std::vector<api::ManifestFile>& files) {
  std::vector<contract::SourceFile> sources;
  for (const api::ManifestFile& file : files) sources.push_back({file.name, file.text});
  return contract::read_manifests(sources);
}

void add_findings(std::vector<api::FindingView>& out,
                  const std::vector<contract::Finding>& findings) {
  for (const contract::Finding& each : findings)
    out.push_back({each.file, each.line, each.column, std::string(contract::name_of(each.severity)),
                   each.message, each.next});
}

// What was reviewed: every change with its details, and the revisions they start from.
std::string digest_of(const View& view, const Difference& difference) {
  std::string text = to_text(to_json(difference.planned));
  for (const Change& each : difference.attempt.changes) {
    const Rev rev = std::visit(
        [&]<class T>(const std::shared_ptr<const T>& noun) {
          return view.mesh.rev<T>(noun->id.ulid);
        },
        each.after);
    text += fmt::format(" {}", rev.number);
  }
  return to_hex(sha256(text)).substr(0, 32);
}

api::PlanView view_of(const View& view, const Difference& difference) {
  api::PlanView out{.changes = difference.planned,
                    .blocked = difference.blocked,
                    .findings = difference.findings,
                    .adds = 0,
                    .updates = 0,
                    .digest = digest_of(view, difference)};
  for (const api::PlannedChange& each : out.changes) ++(each.sign == "+" ? out.adds : out.updates);
  return out;
}

// Who read these ports lately: of the store, so outside of the mesh's lock.
using Readers = std::map<PortId, std::vector<UseBy>>;

Result<Readers> readers_now(World& world, const Difference& difference, Time now) {
  Readers out;
  for (const Judgement& each : difference.judged) {
    HANSA_TRY(out[each.port], readers_of(world.store, each.port, now - kRecently));
  }
  return out;
}

std::string name_of_reader(const Context& context, const View& view, const UseBy& use) {
  if (use.makes == PortId{}) return name_of_principal(view, use.who);
  const auto* made = view.mesh.find<Port>(use.makes);
  return made != nullptr && may(context, view, Action::know, on(*made))
             ? view.mesh.ref_of(*made)
             : "a port that you may not know of";
}

// Only whoever may change a port has it judged, so all of its readers may be named.
void add_readers(const Context& context, const View& view, const Difference& difference,
                 const Readers& readers, api::PlanView& out) {
  for (const Judgement& each : difference.judged) {
    for (const UseBy& use : readers.at(each.port)) {
      api::PlannedReader reader{.who = name_of_reader(context, view, use),
                                .reads = use.reads,
                                .last = use.last,
                                .columns = use.columns,
                                .hit = {}};
      for (const contract::Shift& shift : each.shifts)
        if (shift.verdict == contract::Verdict::breaking &&
            (shift.column.empty() || reads_column(use, shift.column)))
          reader.hit.push_back(words(shift));
      out.changes[each.planned].readers.push_back(std::move(reader));
    }
  }
}

Result<api::PlanView> planned(const Context& context, Live& live, World& world,
                              const contract::Manifests& manifests) {
  Difference found;
  api::PlanView out;
  HANSA_CHECK(live.read([&](const View& view) -> Result<void> {
    HANSA_TRY(found, difference(context, view, manifests));
    out = view_of(view, found);
    return {};
  }));
  HANSA_TRY(const Readers readers, readers_now(world, found, context.now));
  live.read([&](const View& view) {
    add_readers(context, view, found, readers, out);
    return 0;
  });
  return out;
}

// A refusal names those whom the change would hit.
Error with_readers(const Context& context, Live& live, World& world,
                   const contract::Manifests& manifests, Error error) {
  const auto plan = planned(context, live, world, manifests);
  std::vector<std::string> hit;
  for (const api::PlannedChange& change : plan ? plan->changes : std::vector<api::PlannedChange>{})
    for (const api::PlannedReader& reader : change.readers)
      if (!reader.hit.empty() && hit.size() < kNamedMax)
        hit.push_back(fmt::format("{} ({})", reader.who, join(reader.hit, ", ")));
  if (!hit.empty()) error.text += "; it would hit " + join(hit, "; ");
  return error;
}

std::unexpected<Error> refusal(const std::vector<api::BlockedView>& blocked) {
  std::string text = blocked.front().why;
  if (blocked.size() > 1) text += fmt::format(" (and {} more)", blocked.size() - 1);
  return hansa::blocked(std::move(text), blocked.front().next);
}

// How many standards there may be is counted, and no revision of one of them guards a count: sets
// that bring some are written one after the other.
std::unique_lock<std::mutex> turn_of(const contract::Manifests& manifests) {
  static std::mutex turn;
  return manifests.standards.empty() ? std::unique_lock<std::mutex>() : std::unique_lock(turn);
}

Result<void> make_buckets(World& world, const Difference& difference) {
  for (const Change& each : difference.attempt.changes)
    if (const auto* account = std::get_if<std::shared_ptr<const Account>>(&each.after))
      HANSA_CHECK(world.objects.make_bucket((*account)->bucket));
  return {};
}

}  // namespace

Result<api::PlanView> plan_manifests(const Context& context, Live& live, World& world,
                                     const api::PlanManifests& ask) {
  const contract::Manifests manifests = read(ask.files);
  api::PlanView out;
  if (manifests.problems.empty()) {
    HANSA_TRY(out, planned(context, live, world, manifests));
  }
  add_findings(out.findings, manifests.problems);
  add_findings(out.findings, manifests.warnings);
  return out;
}

Result<api::Applied> apply_manifests(const Context& context, Live& live, World& world,
                                     const api::ApplyManifests& ask) {
  const contract::Manifests manifests = read(ask.files);
  if (!manifests.problems.empty()) {
    const std::size_t more = manifests.problems.size() - 1;
    return invalid(contract::to_text(manifests.problems.front()) +
                       (more > 0 ? fmt::format(" (and {} more)", more) : ""),
                   "see all of them: hansa lint");
  }
  api::Applied out;
  // Buckets are made first: an account without a place for its data would be half there. One made
  // for a commit that then fails is an empty folder.
  if (!manifests.accounts.empty()) {
    HANSA_TRY(const Difference first,
              live.read([&](const View& view) { return difference(context, view, manifests); }));
    HANSA_CHECK(make_buckets(world, first));
  }
  auto turn = turn_of(manifests);
  const auto done = commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    HANSA_TRY(Difference found, difference(context, view, manifests));
    out.plan = view_of(view, found);
    if (!ask.digest.empty() && ask.digest != out.plan.digest)
      return conflict("the mesh has changed since the plan was made",
                      "look at the new plan: hansa plan");
    if (!found.blocked.empty()) return refusal(found.blocked);
    if (found.attempt.changes.size() > limits::changes_per_commit_max)
      return exhausted(fmt::format("{} changes in one apply; at most {} are allowed",
                                   found.attempt.changes.size(), limits::changes_per_commit_max),
                       "apply in several parts");
    return std::move(found.attempt);
  });
  if (turn) turn.unlock();
  if (!done && done.error().code == Code::blocked)
    return std::unexpected(with_readers(context, live, world, manifests, done.error()));
  HANSA_CHECK(done);
  if (!out.plan.changes.empty()) out.seq = done->number;
  add_findings(out.plan.findings, manifests.warnings);
  return out;
}

}  // namespace hansa::service
