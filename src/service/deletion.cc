#include "service/deletion.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/digest.h"
#include "base/text.h"
#include "service/authority/commit.h"
#include "service/step/bridging.h"
#include "service/step/derived.h"
#include "service/step/doomed.h"
#include "service/step/find.h"
#include "service/step/owners.h"
#include "service/step/present.h"
#include "service/step/standards.h"
#include "world/store/store.h"

namespace hansa::service {
namespace {

constexpr std::chrono::hours kRecently{24 * 30};
// Records looked at for one plan: whoever reads this often is among the newest.
constexpr std::size_t kRecordsMax = 20'000;
constexpr std::size_t kRecordsAtOnce = 1'000;
// It stands in every grant, mount and event that ends.
constexpr std::size_t kWhyBytesMax = 500;
// Others that a refusal names; the plan names all.
constexpr std::size_t kNamedMax = 10;

// Who read it lately, by its records: they are the store's, so this is done before the mesh is
// looked at.
struct Readers {
  struct Count {
    std::uint64_t reads = 0;
    Time last;
  };
  std::map<PrincipalId, Count> by;
  bool more = false;
};

Result<Readers> readers_of(const Context& context, World& world, const std::vector<PortId>& ports) {
  Readers out;
  std::size_t looked = 0;
  for (const PortId port : ports) {
    store::Question question;
    question.max = kRecordsAtOnce;
    question.newest_first = true;
    question.kinds = {"read"};
    question.subject = port.ulid;
    for (bool older = true; older;) {
      if (looked >= kRecordsMax) {
        out.more = true;
        return out;
      }
      HANSA_TRY(const auto lines, world.store.history(question));
      looked += lines.size();
      older = lines.size() == question.max;
      for (const store::Line& line : lines) {
        question.after = line.number;
        if (line.at + kRecently < context.now) older = false;
        if (line.at + kRecently < context.now) break;
        Readers::Count& count = out.by[line.who];
        ++count.reads;
        count.last = std::max(count.last, line.at);
      }
    }
  }
  return out;
}

// Errors: as find_doomed; denied.
Result<std::pair<Doomed, Permit>> doomed_for(const Context& context, const View& view,
                                             DeletionKind kind, std::string_view name) {
  HANSA_TRY(Doomed doomed, find_doomed(context, view, kind, name));
  HANSA_TRY(Permit permit, authorize(context, view, Action::manage, doomed.resource, doomed.name));
  return std::pair(std::move(doomed), std::move(permit));
}

// The figures of reads grow all the time; who reads is what is agreed to.
std::string digest_of(api::DeletionPlan plan, const std::string& revisions) {
  plan.digest.clear();
  for (api::ReaderView& reader : plan.readers) reader = {reader.who, 0, {}, reader.others};
  return to_hex(sha256(to_text(to_json(plan)) + revisions)).substr(0, 32);
}

api::DeletionPlan plan_of(const View& view, const Doomed& doomed, const Ruin& ruin,
                          const Readers& readers) {
  api::DeletionPlan out{.kind = doomed.kind,
                        .name = doomed.name,
                        .id = to_text(doomed.id),
                        .goes = ruin.goes,
                        .hit = ruin.hit,
                        .readers = {},
                        .more_readers = readers.more,
                        .notes = ruin.notes,
                        .digest = {}};
  for (const api::GoneView& each : out.goes) {
    out.snapshots += each.snapshots;
    out.rows += each.rows;
    out.bytes += each.bytes;
  }
  for (const auto& [who, count] : readers.by)
    out.readers.push_back({.who = name_of_principal(view, who),
                           .reads = count.reads,
                           .last = count.last,
                           .others = !is_own(view, doomed.team, who)});
  std::ranges::sort(out.readers, {}, &api::ReaderView::who);
  out.others =
      static_cast<std::uint64_t>(std::ranges::count_if(out.hit, &api::HitView::others) +
                                 std::ranges::count_if(out.readers, &api::ReaderView::others));
  out.digest = digest_of(out, ruin.revisions);
  return out;
}

std::unexpected<Error> others_are_hit(const api::DeletionPlan& plan) {
  std::vector<std::string> named;
  for (const api::HitView& hit : plan.hit)
    if (hit.others) named.push_back(fmt::format("{} {} ({})", hit.kind, hit.what, hit.who));
  for (const api::ReaderView& reader : plan.readers)
    if (reader.others)
      named.push_back(
          fmt::format("{} read it {}", reader.who,
                      reader.reads == 1 ? "once" : fmt::format("{} times", reader.reads)));
  const std::size_t all = named.size();
  if (all > kNamedMax) named.resize(kNamedMax);
  return blocked(
      fmt::format("{} was not deleted, since others are hit: {}{}", plan.name, join(named, "; "),
                  all > kNamedMax ? fmt::format(" and {} more", all - kNamedMax) : ""),
      "talk to them first; to delete it all the same: --override --why TEXT, which they will read");
}

// A standard's time between the announcement of an end and the end is not for whoever ends it to
// shorten: not by a deletion either.
Result<void> check_notice(const Context& context, const View& view, const Doomed& doomed) {
  for (const Port* port : doomed.ports) {
    const auto* ends = view.mesh.find<Deprecation>(port->id);
    if (ends != nullptr && ends->retired_at) continue;
    const LeastNotice least = least_notice(view, *port, Requirement::Severity::block);
    const Time earliest =
        (ends ? ends->set_at : context.now) + Micros(std::chrono::days(least.days));
    if (least.days == 0 || earliest <= context.now) continue;
    const std::string ref = view.mesh.ref_of(*port);
    const std::string date = to_text(earliest + Micros(std::chrono::days(1))).substr(0, 10);
    return blocked(
        fmt::format("standard {} asks for {} between the announcement and the end of {}, and "
                    "others are hit",
                    least.standard, counted(least.days, "day"), ref),
        ends ? fmt::format("wait until {}, or talk to those who need it", date)
             : fmt::format("tell them: hansa deprecate {} --by {} --why TEXT", ref, date));
  }
  return {};
}

bool goes(const Doomed& doomed, PortId port) {
  return std::ranges::find(doomed.ports, port, &Port::id) != doomed.ports.end();
}

Result<void> check_bridges(const View& view, const Doomed& doomed) {
  for (const Port* port : doomed.ports)
    HANSA_CHECK(check_serves_none(view, *port, [&](PortId id) { return goes(doomed, id); }));
  return {};
}

// A name whose version goes means another one.
Result<void> check_heirs(const Context& context, const View& view, const Ruin& ruin, Attempt& out) {
  for (const PortId heir : ruin.heirs)
    HANSA_CHECK(check_default(context, view, *view.mesh.find<Port>(heir), out));
  return {};
}

// Nobody sets a bridge over what goes meanwhile.
void rely_on_versions(const View& view, const Doomed& doomed, Attempt& out) {
  for (const Port* port : doomed.ports)
    for (const Port* each : view.mesh.majors(port->domain, port->name))
      if (!goes(doomed, each->id)) out.relies_on.push_back(deprecation_or_none(view, each->id));
}

api::DeletionView view_of(const View& view, const Deletion& deletion) {
  return {.kind = deletion.kind,
          .name = deletion.name,
          .id = to_text(deletion.id),
          .at = deletion.at,
          .by = name_of_principal(view, deletion.by),
          .why = deletion.why,
          .seq = view.mesh.rev<Deletion>(deletion.id.ulid).number};
}

// What this caller did with this plan before: the answer to it may have been lost.
const Deletion* made_before(const Context& context, const View& view, const api::Delete& ask) {
  for (const auto& [id, entry] : view.mesh.all<Deletion>())
    if (const Deletion& each = *entry.noun;
        each.by == context.who.id && each.plan == ask.digest && each.kind == ask.kind)
      return &each;
  return nullptr;
}

Result<void> check(const api::Delete& ask) {
  if (ask.digest.empty())
    return invalid("a deletion names the plan that was looked at",
                   "give `digest` as POST /api/v1/deletions/plan said it");
  HANSA_CHECK(check_text("why", ask.why));
  if (ask.why.size() > kWhyBytesMax)
    return invalid(fmt::format("the why is longer than {} bytes", kWhyBytesMax));
  if (ask.override_ && trim(ask.why).empty())
    return invalid("say why, since others are hit", "--why TEXT: they will read it");
  return {};
}

Result<std::vector<PortId>> ports_of(const Context& context, const Live& live, DeletionKind kind,
                                     std::string_view name) {
  return live.read([&](const View& view) -> Result<std::vector<PortId>> {
    HANSA_TRY(const auto doomed, doomed_for(context, view, kind, name));
    std::vector<PortId> out;
    for (const Port* port : doomed.first.ports) out.push_back(port->id);
    return out;
  });
}

// What was deleted, with the nouns that it points to.
struct Gone {
  Doomed doomed;
  std::vector<Noun> kept;
};

Result<Attempt> undo(const Context& context, const View& view, const Readers& readers,
                     const api::Delete& ask, Gone& gone) {
  HANSA_TRY(auto doomed, doomed_for(context, view, ask.kind, ask.name));
  Ruin ruin = ruin_of(context, view, doomed.first, ask.digest, trim(ask.why));
  const api::DeletionPlan plan = plan_of(view, doomed.first, ruin, readers);
  if (plan.digest != ask.digest)
    return conflict("what would go has changed since the plan was made",
                    fmt::format("look at the new plan: hansa delete {} {}",
                                hansa::name_of(ask.kind), ask.name));
  HANSA_CHECK(check_bridges(view, doomed.first));
  if (plan.others > 0) HANSA_CHECK(check_notice(context, view, doomed.first));
  if (plan.others > 0 && !ask.override_) return others_are_hit(plan);
  if (ruin.changes.size() > limits::changes_per_commit_max)
    return exhausted(fmt::format("{} changes in one deletion; at most {} are allowed",
                                 ruin.changes.size(), limits::changes_per_commit_max),
                     "delete its products one by one first");
  gone = {doomed.first, keep_of(view, doomed.first)};
  Attempt out;
  out.permits.push_back(std::move(doomed.second));
  HANSA_CHECK(check_heirs(context, view, ruin, out));
  out.changes = std::move(ruin.changes);
  rely_on_versions(view, doomed.first, out);
  return out;
}

// A request or a mount that was written beside the deletion was in no plan; it ends as the others
// did.
Result<void> end_stragglers(const Context& context, const Live& live, World& world,
                            const Gone& gone, const std::string& why) {
  HANSA_CHECK(commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    Attempt out;
    out.changes = stragglers_of(context, view, gone.doomed, why);
    if (out.changes.empty()) return out;
    HANSA_TRY(Permit permit,
              authorize(context, view, Action::manage,
                        {ResourceKind::domain, gone.doomed.domain.ulid}, gone.doomed.name));
    out.permits.push_back(std::move(permit));
    return out;
  }));
  return {};
}

}  // namespace

Result<api::DeletionPlan> plan_deletion(const Context& context, Live& live, World& world,
                                        const api::PlanDeletion& ask) {
  HANSA_TRY(const auto ports, ports_of(context, live, ask.kind, ask.name));
  HANSA_TRY(const Readers readers, readers_of(context, world, ports));
  return live.read([&](const View& view) -> Result<api::DeletionPlan> {
    HANSA_TRY(const auto doomed, doomed_for(context, view, ask.kind, ask.name));
    HANSA_CHECK(check_bridges(view, doomed.first));
    return plan_of(view, doomed.first, ruin_of(context, view, doomed.first, {}, {}), readers);
  });
}

Result<api::DeletionView> make_deletion(const Context& context, Live& live, World& world,
                                        const api::Delete& ask) {
  HANSA_CHECK(check(ask));
  const auto before = live.read([&](const View& view) -> std::optional<api::DeletionView> {
    const Deletion* made = made_before(context, view, ask);
    return made ? std::optional(view_of(view, *made)) : std::nullopt;
  });
  if (before) return *before;
  HANSA_TRY(const auto ports, ports_of(context, live, ask.kind, ask.name));
  HANSA_TRY(const Readers readers, readers_of(context, world, ports));
  Gone gone;
  HANSA_CHECK(commit(context, live, world.store,
                     [&](const View& view) { return undo(context, view, readers, ask, gone); }));
  HANSA_CHECK(end_stragglers(context, live, world, gone, trim(ask.why)));
  return live.read([&](const View& view) -> Result<api::DeletionView> {
    const auto* made = view.mesh.find<Deletion>(gone.doomed.id);
    HANSA_ASSERT(made != nullptr);
    return view_of(view, *made);
  });
}

Result<api::PageOf<api::DeletionView>> list_deletions(const Context& context, const Live& live,
                                                      const api::List& ask) {
  return live.read([&](const View& view) -> Result<api::PageOf<api::DeletionView>> {
    const auto* domain =
        ask.domain.empty() ? nullptr : view.mesh.named<Domain>(claim::domain(ask.domain));
    std::vector<const Deletion*> all;
    for (const auto& [id, entry] : view.mesh.all<Deletion>())
      if ((ask.domain.empty() || (domain != nullptr && entry.noun->domain == domain->id)) &&
          knows(context, view, *entry.noun))
        all.push_back(entry.noun.get());
    const auto key = [](const Deletion& each) {
      return fmt::format("{:020}-{}", each.at.us, to_text(each.id));
    };
    std::ranges::sort(all, {}, [&](const Deletion* each) { return key(*each); });
    return page_of<api::DeletionView>(all, ask.paging, key,
                                      [&](const Deletion& each) { return view_of(view, each); });
  });
}

}  // namespace hansa::service
