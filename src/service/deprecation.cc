#include "service/deprecation.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "service/authority/commit.h"
#include "service/step/bridging.h"
#include "service/step/find.h"
#include "service/step/migration.h"
#include "service/step/shifts.h"
#include "service/step/standards.h"
#include "service/step/tidings.h"
#include "service/step/told.h"
#include "world/store/store.h"

namespace hansa::service {
namespace {

// The port that replaces another. Errors: invalid; blocked: it would end before or with it.
Result<const Port*> replacement_of(const Context& context, const View& view, const Port& port,
                                   const std::string& use) {
  HANSA_TRY(const Port* found, find_version(context, view, use));
  if (found->id == port.id) return invalid(fmt::format("{} does not replace itself", use));
  const auto* ends = view.mesh.find<Deprecation>(found->id);
  if (ends != nullptr)
    return blocked(fmt::format("{} is deprecated itself", view.mesh.ref_of(*found)),
                   "name a version that stays");
  return found;
}

Result<void> check_notice(const Context& context, const View& view, const Port& port,
                          const std::vector<Reader>& audience, const HouseRules& rules,
                          const Deprecation* before, const api::Deprecate& ask) {
  HANSA_CHECK(check_date(context, ask.until));
  const bool sooner = before == nullptr || ask.until < before->by;
  if (!sooner || audience.empty() || ask.override_ || context.now + rules.notice <= ask.until)
    return {};
  return blocked(
      fmt::format(
          "{} read or may read {}, and have to be told {} before it ends",
          counted(audience.size(), "consumer"), view.mesh.ref_of(port),
          rules.notice >= std::chrono::days(1)
              ? counted(static_cast<std::size_t>(rules.notice / std::chrono::days(1)), "day")
              : fmt::format("{} s", rules.notice.count())),
      fmt::format("--by {} or later; to shorten it all the same: --override",
                  to_text(context.now + rules.notice + std::chrono::hours(24)).substr(0, 10)));
}

// What standards ask of the same. An owner's --override shortens what its readers are owed by the
// house, not what the organisation or its domain asks.
Result<void> check_standards(const Context& context, const View& view, const Port& port,
                             const Deprecation* before, const api::Deprecate& ask,
                             std::vector<std::string>& warnings) {
  if (before != nullptr && ask.until >= before->by) return {};
  for (const auto severity : {Requirement::Severity::block, Requirement::Severity::warn}) {
    const LeastNotice least = least_notice(view, port, severity);
    const Time earliest = context.now + std::chrono::days(least.days);
    if (least.days == 0 || earliest <= ask.until) continue;
    std::string says =
        fmt::format("standard {} asks for {} between the announcement and the end of {}",
                    least.standard, counted(least.days, "day"), view.mesh.ref_of(port));
    const std::string date = to_text(earliest + std::chrono::hours(24)).substr(0, 10);
    if (severity == Requirement::Severity::block)
      return blocked(std::move(says), fmt::format("--by {} or later", date));
    warnings.push_back(fmt::format("{}: --by {} or later would keep it", says, date));
  }
  return {};
}

// The one that is asked for, or the one it has, which goes with what it is made over.
Result<void> place_bridge(const Context& context, const View& view, const Port& port,
                          const Deprecation* before, const std::optional<Bridge>& wanted,
                          Deprecation& after, Attempt& out) {
  after.bridge = wanted;
  if (wanted) return check_bridge_place(view, port, after, context.now, out);
  if (before == nullptr || !before->bridge) return {};
  if (before->use != after.use) {
    const auto* next = view.mesh.find<Port>(*before->use);
    return blocked(fmt::format("{} is served from {} by a bridge", view.mesh.ref_of(port),
                               next != nullptr ? view.mesh.ref_of(*next) : "another version"),
                   fmt::format("give --bridge SQL for the other one, or end it: hansa deprecate "
                               "bridge {} --none",
                               view.mesh.ref_of(port)));
  }
  after.bridge = before->bridge;
  return {};
}

Result<Attempt> announce(const Context& context, const View& view, const Reading& reading,
                         const HouseRules& rules, const api::Deprecate& ask,
                         const std::optional<Bridge>& bridge, Differing& differing,
                         std::vector<std::string>& warnings) {
  HANSA_TRY(const Port* port, find_version(context, view, ask.port));
  const std::string ref = view.mesh.ref_of(*port);
  Attempt out;
  HANSA_TRY(Permit permit, authorize(context, view, Action::manage, on(*port), ref));
  const auto* before = view.mesh.find<Deprecation>(port->id);
  if (before != nullptr && before->retired_at)
    return blocked(fmt::format("{} is retired already", ref),
                   fmt::format("take that back first: hansa deprecate restore {}", ref));
  const Port* use = nullptr;
  if (!ask.use.empty()) {
    HANSA_TRY(use, replacement_of(context, view, *port, ask.use));
  }
  HANSA_TRY(auto renamed, renamed_columns(view, *port, use, ask.renamed));
  const auto audience = audience_of(view, *port, reading, context.now);
  HANSA_CHECK(check_notice(context, view, *port, audience, rules, before, ask));
  warnings.clear();
  HANSA_CHECK(check_standards(context, view, *port, before, ask, warnings));
  Deprecation after{.id = port->id,
                    .use = use ? std::optional(use->id) : std::nullopt,
                    .by = ask.until,
                    .why = trim(ask.why),
                    .renamed = std::move(renamed),
                    .set_by = before ? before->set_by : context.who.id,
                    .set_at = before ? before->set_at : context.now};
  if (before != nullptr) {
    after.joined = before->joined;
    after.reminded_at = before->reminded_at;
    after.brownouts = before->brownouts;
  }
  HANSA_CHECK(place_bridge(context, view, *port, before, bridge, after, out));
  const Deprecation announced = after;
  if (before != nullptr && *before != after)
    out.messages.push_back(tell_all_told(context, view, *port, after, "version.changed"));
  if (before == nullptr || *before != after) {
    Json details{Json::Object{{"port", ref}, {"by", to_text(after.by)}, {"why", after.why}}};
    if (use != nullptr) details.set("use", view.mesh.ref_of(*use));
    out.changes.push_back(change(context, share(std::move(after)),
                                 before ? "version.deprecation_changed" : "version.deprecated",
                                 std::move(details)));
  }
  add_notices(context, view, *port, announced, audience, reading, differing, told_at_once, out);
  // Nobody announces the end of what is deleted meanwhile.
  if (auto noun = view.mesh.noun("port", port->id.ulid)) out.relies_on.push_back(*std::move(noun));
  if (use != nullptr) {
    if (auto noun = view.mesh.noun("port", use->id.ulid)) out.relies_on.push_back(*std::move(noun));
    out.relies_on.push_back(share(Deprecation{.id = use->id, .by = {}, .why = {}, .renamed = {}}));
  }
  out.permits.push_back(std::move(permit));
  return out;
}

}  // namespace

Result<api::DeprecationView> deprecate(const Context& context, Live& live, World& world,
                                       const HouseRules& rules, const api::Deprecate& ask,
                                       const std::optional<Bridge>& bridge) {
  HANSA_CHECK(check_words("why", ask.why));
  if (trim(ask.why).empty())
    return invalid("say why the version ends", "--why TEXT: everybody who is told reads it");
  std::optional<PortId> replacement;
  HANSA_TRY(const PortId port, live.read([&](const View& view) -> Result<PortId> {
    HANSA_TRY(const Port* found, find_version(context, view, ask.port));
    HANSA_CHECK(authorize(context, view, Action::manage, on(*found), ask.port));
    if (const auto other = find_version(context, view, ask.use)) replacement = (*other)->id;
    return found->id;
  }));
  Differing differing;
  differing.look(live, port, replacement);
  HANSA_TRY(const Reading reading, reading_of(world.store, port, {}, context.now));
  std::vector<std::string> warnings;
  HANSA_CHECK(commit(context, live, world.store, [&](const View& view) {
    return announce(context, view, reading, rules, ask, bridge, differing, warnings);
  }));
  HANSA_CHECK(tell_newcomers(context, live, world, port));
  const auto use = live.read([&](const View& view) {
    const auto* found = view.mesh.find<Deprecation>(port);
    return found ? found->use : std::nullopt;
  });
  HANSA_TRY(api::DeprecationView out, deprecation_now(context, live, world, rules, {port, use}));
  out.warnings = std::move(warnings);
  return out;
}

Result<api::Nothing> withdraw_deprecation(const Context& context, Live& live, World& world,
                                          const api::OneVersion& ask) {
  // Those who were told go first, so that whoever announces it anew tells all of them.
  for (bool more = true; more;) {
    HANSA_CHECK(commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
      HANSA_TRY(const Port* port, find_version(context, view, ask.domain + "/" + ask.port));
      const std::string ref = view.mesh.ref_of(*port);
      Attempt out;
      HANSA_TRY(Permit permit, authorize(context, view, Action::manage, on(*port), ref));
      HANSA_TRY(const Deprecation* found, deprecation_of(view, *port));
      if (found->retired_at)
        return blocked(fmt::format("{} is retired", ref),
                       fmt::format("take that back first: hansa deprecate restore {}", ref));
      const auto told = view.mesh.migrations_of(port->id);
      const Json details{Json::Object{{"port", ref}}};
      more = told.size() > told_at_once;
      for (std::size_t i = 0; i < std::min(told.size(), told_at_once); ++i) {
        out.changes.push_back(removal(context, share(*told[i]), "notice.withdrawn", details));
        out.messages.push_back(
            tell_one_told(context, view, *port, told[i]->consumer, "version.withdrawn", {}));
      }
      if (!more)
        out.changes.push_back(
            removal(context, share(*found), "version.deprecation_withdrawn", details));
      out.permits.push_back(std::move(permit));
      return out;
    }));
  }
  return api::Nothing{};
}

Result<api::DeprecationView> get_deprecation(const Context& context, Live& live, World& world,
                                             const HouseRules& rules, const api::OneVersion& ask) {
  HANSA_TRY(const Versions ids, versions_of(context, live, ask.domain + "/" + ask.port));
  return deprecation_now(context, live, world, rules, ids);
}

Result<api::PageOf<api::DeprecationView>> list_deprecations(const Context& context, Live& live,
                                                            World& world, const HouseRules& rules,
                                                            const api::List& ask) {
  using Found = std::pair<std::string, Versions>;
  auto all = live.read([&](const View& view) {
    std::vector<Found> out;
    for (const auto& [id, entry] : view.mesh.all<Deprecation>()) {
      const auto* port = view.mesh.find<Port>(entry.noun->id);
      if (port == nullptr || !may(context, view, Action::know, on(*port))) continue;
      const std::string ref = view.mesh.ref_of(*port);
      if (ask.domain.empty() || ref.starts_with(ask.domain + "/"))
        out.emplace_back(ref, Versions{port->id, entry.noun->use});
    }
    return out;
  });
  std::ranges::sort(all, {}, &Found::first);
  api::PageOf<api::DeprecationView> page;
  for (const auto& [ref, ids] : all) {
    if (ref <= ask.paging.after) continue;
    if (page.items.size() == ask.paging.limit) {
      page.next = page.items.back().port;
      break;
    }
    // Gone meanwhile: not among them.
    auto one = deprecation_now(context, live, world, rules, ids, false);
    if (!one) continue;
    page.items.push_back(*std::move(one));
  }
  return page;
}

Result<api::ToldView> extend_version(const Context& context, Live& live, World& world,
                                     const api::ExtendVersion& ask) {
  HANSA_CHECK(check_date(context, ask.until));
  HANSA_TRY(const Versions ids, versions_of(context, live, ask.domain + "/" + ask.port));
  HANSA_TRY(const Reading reading, reading_of(world.store, ids.port, ids.use, context.now));
  api::ToldView out;
  HANSA_CHECK(commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    HANSA_TRY(const Port* port, find_version(context, view, ask.domain + "/" + ask.port));
    const std::string ref = view.mesh.ref_of(*port);
    Attempt attempt;
    HANSA_TRY(Permit permit, authorize(context, view, Action::manage, on(*port), ref));
    HANSA_TRY(const Deprecation* found, deprecation_of(view, *port));
    if (found->retired_at) return blocked(fmt::format("{} is retired already", ref));
    HANSA_TRY(const Grantee consumer, find_grantee(context, view, ask.consumer));
    const auto* told = view.mesh.named<Migration>(claim::migration(port->id, consumer));
    if (told == nullptr)
      return not_found(fmt::format("{} was not told about {}", ask.consumer, ref),
                       fmt::format("see who was: hansa deprecate status {}", ref));
    Migration after = *told;
    after.agreed = ask.until;
    attempt.messages.push_back(
        tell_one_told(context, view, *port, consumer, "version.extended", ask.until));
    out = consumer_view(context, view, after, ReadsBy(view, reading.old_reads),
                        ReadsBy(view, reading.new_reads));
    attempt.changes.push_back(change(context, share(std::move(after)), "notice.extended",
                                     Json::Object{{"port", ref}, {"until", to_text(ask.until)}}));
    attempt.relies_on.push_back(*view.mesh.noun("deprecation", port->id.ulid));
    attempt.permits.push_back(std::move(permit));
    return attempt;
  }));
  return out;
}

}  // namespace hansa::service
