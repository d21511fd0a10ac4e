#include "service/retirement.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "policy/explain.h"
#include "service/authority/commit.h"
#include "service/step/bridging.h"
#include "service/step/derived.h"
#include "service/step/migration.h"
#include "service/step/present.h"
#include "service/step/shifts.h"
#include "service/step/standards.h"
#include "service/step/subscribers.h"
#include "service/step/tidings.h"
#include "service/step/told.h"
#include "world/store/store.h"

namespace hansa::service {
namespace {

// Those that a refusal names; the status names all.
constexpr std::size_t kNamedMax = 10;
constexpr int kLooksMax = 8;

std::string list_of(std::vector<std::string> lines) {
  const std::size_t all = lines.size();
  if (all > kNamedMax) lines.resize(kNamedMax);
  return join(lines, "; ") + (all > kNamedMax ? fmt::format("; and {} more", all - kNamedMax) : "");
}

// The version that a bare name means now, and who of its readers would break untold.
std::vector<std::string> untold(const Context& context, const View& view, const Port& from,
                                const Port& to, const Reading& reading) {
  const auto* before = view.mesh.find<Contract>(from.contract);
  const auto* after = view.mesh.find<Contract>(to.contract);
  if (before == nullptr || after == nullptr) return {};
  const auto was = promise_of(*before, from.name);
  const auto is = promise_of(*after, to.name);
  std::vector<std::string> out;
  const ReadsBy reads(view, reading.old_reads);
  for (const Reader& reader : audience_of(view, from, reading, context.now)) {
    if (view.mesh.named<Migration>(claim::migration(from.id, reader.consumer)) != nullptr) continue;
    const ReadOf read = reads.of(reader.consumer);
    // Whoever only may read it has nothing that could break.
    if (read.reads == 0 && reader.consumer.kind != GranteeKind::product) continue;
    std::string what = "its contract cannot be read";
    if (was && is) {
      auto hit = shifts_for(*was, *is, read.columns);
      std::erase_if(hit, [](const contract::Shift& shift) {
        return shift.verdict != contract::Verdict::breaking;
      });
      if (hit.empty()) continue;
      what = words(hit.front());
    }
    out.push_back(fmt::format("{} ({})", named(context, view, reader.consumer), what));
  }
  return out;
}

const Port* default_of(const View& view, const Port& port) {
  for (const Port* each : view.mesh.majors(port.domain, port.name))
    if (each->is_default) return each;
  return nullptr;
}

Result<Attempt> move_name(const Context& context, const View& view, const Reading& reading,
                          PortId read, const api::MoveDefault& ask) {
  HANSA_TRY(const Port* to, find_version(context, view, ask.domain + "/" + ask.port));
  const std::string ref = view.mesh.ref_of(*to);
  Attempt out;
  HANSA_TRY(Permit permit, authorize(context, view, Action::manage, on(*to), ref));
  if (to->is_default) return out;
  const auto* ends = view.mesh.find<Deprecation>(to->id);
  if (ends != nullptr && !ask.override_)
    return blocked(fmt::format("{} is deprecated", ref), "move the name to a version that stays");
  if (ends != nullptr && ends->retired_at) return blocked(fmt::format("{} is retired", ref));
  const Port* from = default_of(view, *to);
  if (from != nullptr) {
    if (from->id != read) return conflict("the name was moved meanwhile", "look again");
    const auto hit = untold(context, view, *from, *to, reading);
    if (!hit.empty() && !ask.override_)
      return blocked(
          fmt::format("{} read {}/{} and would break untold: {}", counted(hit.size(), "consumer"),
                      ask.domain, to->name, list_of(hit)),
          fmt::format("tell them first: hansa deprecate {} --use {} --by DATE --why TEXT; or "
                      "--override --why TEXT",
                      view.mesh.ref_of(*from), ref));
    HANSA_CHECK(check_default(context, view, *to, out));
    Port before = *from;
    before.is_default = false;
    out.changes.push_back(change(context, share(std::move(before)), "port.changed",
                                 Json::Object{{"name", view.mesh.ref_of(*from)}}));
    // Whether they were told must not change before this is written.
    out.relies_on.push_back(deprecation_or_none(view, from->id));
  }
  Port after = *to;
  after.is_default = true;
  Json details{Json::Object{{"name", ref}, {"default", true}}};
  if (ask.override_) details.set("why", trim(ask.why));
  out.changes.push_back(
      change(context, share(std::move(after)), "version.default_moved", std::move(details)));
  out.permits.push_back(std::move(permit));
  return out;
}

// Commits what `step` makes of who reads the version, and begins anew if somebody read it
// meanwhile: nobody is passed over because a read and a decision fell into one moment. `despite`:
// whoever decides knows that it is read, and who reads it is told behind.
Result<void> commit_unread(
    const Context& context, Live& live, World& world, const Versions& ids, bool despite,
    const std::function<Result<Attempt>(const View&, const Reading&)>& step) {
  for (int looks = 1;; ++looks) {
    HANSA_TRY(const store::Unread counted, counted_of(world.store, ids.port));
    HANSA_TRY(const Reading reading, reading_of(world.store, ids.port, ids.use, context.now));
    const auto done = commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
      HANSA_TRY(Attempt out, step(view, reading));
      if (!despite) out.unread.push_back(counted);
      return out;
    });
    if (done) return {};
    if (done.error().code != Code::conflict || looks == kLooksMax)
      return std::unexpected(done.error());
  }
}

}  // namespace

Result<api::DeprecationView> retire_version(const Context& context, Live& live, World& world,
                                            const HouseRules& rules,
                                            const api::RetireVersion& ask) {
  HANSA_CHECK(check_override(ask.override_, ask.why));
  const std::string text = ask.domain + "/" + ask.port;
  HANSA_TRY(const Versions ids, versions_of(context, live, text));
  // Nobody learns of it by a read that fails.
  HANSA_TRY(const std::size_t told, tell_newcomers(context, live, world, ids.port));
  const auto step = [&](const View& view, const Reading& reading) -> Result<Attempt> {
    HANSA_TRY(const Port* port, find_version(context, view, text));
    const std::string ref = view.mesh.ref_of(*port);
    HANSA_TRY(Permit permit, authorize(context, view, Action::manage, on(*port), ref));
    HANSA_TRY(const Deprecation* found, deprecation_of(view, *port));
    if (found->retired_at) return Attempt{};
    auto blockers = blockers_of(context, view, *found, *port, reading, rules);
    if (told > 0)
      blockers.push_back(
          fmt::format("{} came to read it lately and just now told",
                      told == 1 ? "1 consumer was" : fmt::format("{} consumers were", told)));
    if (!blockers.empty() && !ask.override_)
      return blocked(
          fmt::format("{} was not retired: {}", ref, list_of(blockers)),
          fmt::format("hansa deprecate status {} shows where everybody stands; to retire "
                      "it all the same: --override --why TEXT, which they will read",
                      ref));
    HANSA_CHECK(check_serves_none(view, *port));
    const LeastNotice least = least_notice(view, *port, Requirement::Severity::block);
    const Time earliest = found->set_at + std::chrono::days(least.days);
    if (!blockers.empty() && context.now < earliest)
      return blocked(
          fmt::format("standard {} asks for {} between the announcement and the end of "
                      "{}, and somebody needs it: {}",
                      least.standard, counted(least.days, "day"), ref, list_of(blockers)),
          fmt::format("wait until {}, or talk to those who need it",
                      to_text(earliest).substr(0, 10)));
    Deprecation after = *found;
    after.retired_at = context.now;
    after.retired_by = context.who.id;
    after.retired_why = blockers.empty() ? "" : trim(ask.why);
    Json details{Json::Object{{"port", ref}}};
    if (!blockers.empty()) {
      details.set("override", true);
      details.set("why", after.retired_why);
    }
    store::Message told_all = tell_all_told(context, view, *port, after, "version.retired");
    Attempt out = attempt(std::move(permit), change(context, share(std::move(after)),
                                                    "version.retired", std::move(details)));
    out.messages.push_back(std::move(told_all));
    for (const Subscription* each : subscriptions_to(view, port->id))
      out.changes.push_back(
          removal(context, share(*each), "subscription.ended",
                  Json::Object{{"port", ref},
                               {"subscriber", policy::name_of(view.mesh, each->subscriber)},
                               {"why", "the version was retired"}}));
    out.relies_on.push_back(*view.mesh.noun("port", port->id.ulid));
    return out;
  };
  HANSA_CHECK(commit_unread(context, live, world, ids, ask.override_, step));
  // Whoever read it all the same is told now: nobody begins to read it any more.
  HANSA_CHECK(tell_newcomers(context, live, world, ids.port));
  return deprecation_now(context, live, world, rules, ids);
}

Result<api::DeprecationView> restore_version(const Context& context, Live& live, World& world,
                                             const HouseRules& rules, const api::OneVersion& ask) {
  HANSA_TRY(const Versions ids, versions_of(context, live, ask.domain + "/" + ask.port));
  HANSA_CHECK(commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    HANSA_TRY(const Port* port, find_version(context, view, ask.domain + "/" + ask.port));
    const std::string ref = view.mesh.ref_of(*port);
    HANSA_TRY(Permit permit, authorize(context, view, Action::manage, on(*port), ref));
    HANSA_TRY(const Deprecation* found, deprecation_of(view, *port));
    if (!found->retired_at) return Attempt{};
    Deprecation after = *found;
    after.retired_at.reset();
    after.retired_by = {};
    after.retired_why.clear();
    Attempt held;
    if (after.bridge)
      if (auto holds = check_bridge_holds(view, *port, after, context.now, held); !holds)
        return blocked(
            fmt::format("the bridge of {} does not hold any more: {}", ref, holds.error().text),
            fmt::format("take it away first: hansa deprecate bridge {} --none", ref));
    store::Message told_all = tell_all_told(context, view, *port, after, "version.restored");
    Attempt out = attempt(
        std::move(permit),
        change(context, share(std::move(after)), "version.restored", Json::Object{{"port", ref}}));
    out.messages.push_back(std::move(told_all));
    out.relies_on = std::move(held.relies_on);
    return out;
  }));
  return deprecation_now(context, live, world, rules, ids);
}

Result<api::PortView> move_default(const Context& context, Live& live, World& world,
                                   const api::MoveDefault& ask) {
  HANSA_CHECK(check_override(ask.override_, ask.why));
  const std::string text = ask.domain + "/" + ask.port;
  HANSA_TRY(const PortId from, live.read([&](const View& view) -> Result<PortId> {
    HANSA_TRY(const Port* to, find_version(context, view, text));
    HANSA_CHECK(authorize(context, view, Action::manage, on(*to), view.mesh.ref_of(*to)));
    const Port* found = default_of(view, *to);
    return found ? found->id : PortId{};
  }));
  HANSA_CHECK(commit_unread(context, live, world, {.port = from, .use = {}}, ask.override_,
                            [&](const View& view, const Reading& reading) {
                              return move_name(context, view, reading, from, ask);
                            }));
  return live.read([&](const View& view) -> Result<api::PortView> {
    HANSA_TRY(const Port* port, find_version(context, view, text));
    return port_view(context, view, *port, false);
  });
}

}  // namespace hansa::service
