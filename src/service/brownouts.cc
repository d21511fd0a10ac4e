#include "service/brownouts.h"

#include <fmt/format.h>

#include <algorithm>

#include "service/authority/commit.h"
#include "service/step/migration.h"
#include "service/step/tidings.h"
#include "service/step/told.h"

namespace hansa::service {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

std::string words(const Brownout& brownout) {
  return fmt::format("{} to {}", to_text(brownout.from), to_text(brownout.until));
}

// Errors: invalid.
Result<Brownout> wanted(const Context& context, const api::BrownOut& ask) {
  // Whole seconds, so that it can be named again.
  const Brownout out{
      .from = Time{ask.from.us / kSecond * kSecond},
      .until = Time{(ask.from.us / kSecond + static_cast<std::int64_t>(std::min<std::uint64_t>(
                                                 ask.seconds, brownout_max.count() + 1))) *
                    kSecond},
      .by = context.who.id,
      .announced = context.now};
  HANSA_CHECK(check_date(context, ask.from));
  if (out.from < context.now + brownout_notice)
    return invalid("a brown-out is announced a day ahead at least",
                   fmt::format("--at {} or later",
                               to_text(context.now + brownout_notice + std::chrono::seconds(1))));
  if (out.until - out.from < brownout_min || out.until - out.from > brownout_max)
    return invalid("a brown-out takes a minute to an hour", "--for 5m");
  return out;
}

// `last`: the version ends after that.
using Edit = std::function<Result<Brownout>(std::vector<Brownout>& all, Time last)>;

// Changes the brown-outs of a version, and tells everybody `type`.
Result<void> change_brownouts(const Context& context, Live& live, World& world,
                              const std::string& text, std::string_view type, const Edit& edit) {
  HANSA_CHECK(commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    HANSA_TRY(const Port* port, find_version(context, view, text));
    const std::string ref = view.mesh.ref_of(*port);
    HANSA_TRY(Permit permit, authorize(context, view, Action::manage, on(*port), ref));
    HANSA_TRY(const Deprecation* found, deprecation_of(view, *port));
    if (found->retired_at) return blocked(fmt::format("{} is retired already", ref));
    Deprecation after = *found;
    std::erase_if(after.brownouts, [&](const Brownout& each) {
      return each.until + brownouts_apart <= context.now;
    });
    HANSA_TRY(const Brownout which,
              edit(after.brownouts, last_day(*found, view.mesh.migrations_of(port->id))));
    store::Message told_all = tell_brownout(context, view, *port, after, which, type);
    Attempt out =
        attempt(std::move(permit), change(context, share(std::move(after)), type,
                                          Json::Object{{"port", ref}, {"when", words(which)}}));
    out.messages.push_back(std::move(told_all));
    return out;
  }));
  return {};
}

}  // namespace

Result<api::DeprecationView> brown_out(const Context& context, Live& live, World& world,
                                       const HouseRules& rules, const api::BrownOut& ask) {
  const std::string text = ask.domain + "/" + ask.port;
  HANSA_TRY(const Versions ids, versions_of(context, live, text));
  const auto add = [&](std::vector<Brownout>& all, Time last) -> Result<Brownout> {
    HANSA_TRY(const Brownout added, wanted(context, ask));
    if (added.until > last)
      return invalid(fmt::format("the version is read until {}, and a brown-out shows before that "
                                 "who reads it",
                                 to_words(last)),
                     "give an earlier time");
    for (const Brownout& each : all)
      if (each.from < added.until + brownouts_apart && added.from < each.until + brownouts_apart)
        return conflict("there is one already from " + words(each),
                        fmt::format("leave {} hours between two", brownouts_apart.count()));
    if (all.size() >= brownouts_ahead_max)
      return exhausted(fmt::format("at most {} lie ahead", brownouts_ahead_max));
    all.push_back(added);
    std::ranges::sort(all, {}, &Brownout::from);
    return added;
  };
  HANSA_CHECK(change_brownouts(context, live, world, text, "version.brownout", add));
  // Whoever came to read it since is told of all of it.
  HANSA_CHECK(tell_newcomers(context, live, world, ids.port));
  return deprecation_now(context, live, world, rules, ids);
}

Result<api::DeprecationView> cancel_brownout(const Context& context, Live& live, World& world,
                                             const HouseRules& rules,
                                             const api::CancelBrownout& ask) {
  const std::string text = ask.domain + "/" + ask.port;
  HANSA_TRY(const Versions ids, versions_of(context, live, text));
  const auto take = [&](std::vector<Brownout>& all, Time) -> Result<Brownout> {
    const auto found = std::ranges::find(all, ask.from, &Brownout::from);
    if (found == all.end() || found->until <= context.now)
      return not_found("no brown-out that begins then lies ahead",
                       "hansa deprecate status lists them");
    const Brownout taken = *found;
    all.erase(found);
    return taken;
  };
  HANSA_CHECK(change_brownouts(context, live, world, text, "version.brownout_cancelled", take));
  return deprecation_now(context, live, world, rules, ids);
}

}  // namespace hansa::service
