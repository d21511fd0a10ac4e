#include "service/apply.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "base/limits.h"
#include "base/text.h"
#include "contract/lint.h"
#include "service/step/difference.h"
#include "world/object/object_store.h"

namespace hansa::service {
namespace {

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
                    .findings = {},
                    .adds = 0,
                    .updates = 0,
                    .digest = digest_of(view, difference)};
  for (const api::PlannedChange& each : out.changes) ++(each.sign == "+" ? out.adds : out.updates);
  return out;
}

std::unexpected<Error> refusal(const std::vector<api::BlockedView>& blocked) {
  std::string text = blocked.front().why;
  if (blocked.size() > 1) text += fmt::format(" (and {} more)", blocked.size() - 1);
  return hansa::blocked(std::move(text), blocked.front().next);
}

Result<void> make_buckets(World& world, const Difference& difference) {
  for (const Change& each : difference.attempt.changes)
    if (const auto* account = std::get_if<std::shared_ptr<const Account>>(&each.after))
      HANSA_CHECK(world.objects.make_bucket((*account)->bucket));
  return {};
}

}  // namespace

Result<api::PlanView> plan_manifests(const Context& context, const Live& live,
                                     const api::PlanManifests& ask) {
  const contract::Manifests manifests = read(ask.files);
  api::PlanView out;
  if (manifests.problems.empty()) {
    HANSA_TRY(out, live.read([&](const View& view) -> Result<api::PlanView> {
      HANSA_TRY(const Difference found, difference(context, view, manifests));
      return view_of(view, found);
    }));
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
  HANSA_TRY(const Seq seq,
            commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
              HANSA_TRY(Difference found, difference(context, view, manifests));
              out.plan = view_of(view, found);
              if (!ask.digest.empty() && ask.digest != out.plan.digest)
                return conflict("the mesh has changed since the plan was made",
                                "look at the new plan: hansa plan");
              if (!found.blocked.empty()) return refusal(found.blocked);
              if (found.attempt.changes.size() > limits::changes_per_commit_max)
                return exhausted(
                    fmt::format("{} changes in one apply; at most {} are allowed",
                                found.attempt.changes.size(), limits::changes_per_commit_max),
                    "apply in several parts");
              return std::move(found.attempt);
            }));
  if (!out.plan.changes.empty()) out.seq = seq.number;
  add_findings(out.plan.findings, manifests.warnings);
  return out;
}

}  // namespace hansa::service
