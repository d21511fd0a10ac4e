#include "service/reminders.h"

#include <fmt/format.h>

#include <algorithm>

#include "service/authority/commit.h"
#include "service/step/find.h"
#include "service/step/house_context.h"
#include "service/step/migration.h"
#include "service/step/tidings.h"
#include "service/step/told.h"
#include "world/store/store.h"

namespace hansa::service {
namespace {

constexpr std::chrono::hours kByHandEvery{24};

// Who was due and had not read it since is due with the next read: looked for that often.
constexpr std::chrono::hours kLookAgain{1};

// Versions of which somebody may have to be reminded, by what memory knows. `looked`: of lately.
std::vector<PortId> candidates(const View& view, const Looked& looked, Time now) {
  std::vector<PortId> out;
  for (const auto& [id, entry] : view.mesh.all<Deprecation>()) {
    if (entry.noun->retired_at) continue;
    const auto told = view.mesh.migrations_of(entry.noun->id);
    const auto before = looked.find(entry.noun->id);
    if (std::ranges::any_of(told, [&](const Migration* each) {
          return reminder_passed(*entry.noun, *each, now) &&
                 !(before != looked.end() && reminder_passed(*entry.noun, *each, before->second));
        }))
      out.push_back(entry.noun->id);
  }
  return out;
}

// Reminds at most told_at_once of those whom `picks`. Returns how many.
std::size_t add_reminders(const Context& context, const View& view, const Port& port,
                          const Deprecation& deprecation, const Reading& reading,
                          const std::function<bool(const Migration&, std::optional<Time>)>& picks,
                          Differing& differing, Attempt& out) {
  const ReadsBy reads(view, reading.old_reads);
  std::size_t count = 0;
  for (const Migration* each : view.mesh.migrations_of(port.id)) {
    const ReadOf read = reads.of(each->consumer);
    if (count == told_at_once || !picks(*each, read.last)) continue;
    Migration after = *each;
    after.reminded_at = context.now;
    out.messages.push_back(tell_reminder(context, view, port, deprecation, after, read, differing));
    out.changes.push_back(change(context, share(std::move(after)), "notice.reminded",
                                 Json::Object{{"port", view.mesh.ref_of(port)}}));
    ++count;
  }
  return count;
}

Result<std::size_t> remind(Live& live, World& world, PortId id, Time now) {
  Trail trail;
  const Context context = house_context(now, "reminders", trail);
  HANSA_TRY(const Reading reading, reading_of(world.store, id, {}, now));
  Differing differing;
  differing.look(live, id);
  std::size_t count = 0;
  HANSA_CHECK(observe(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    Attempt out;
    count = 0;
    const auto* port = view.mesh.find<Port>(id);
    const auto* deprecation = view.mesh.find<Deprecation>(id);
    if (port == nullptr || deprecation == nullptr) return out;
    count = add_reminders(
        context, view, *port, *deprecation, reading,
        [&](const Migration& told, std::optional<Time> last) {
          return reminder_due(*deprecation, told, last, now);
        },
        differing, out);
    // It may be retired, withdrawn or put off meanwhile.
    out.relies_on.push_back(*view.mesh.noun("deprecation", id.ulid));
    return out;
  }));
  return count;
}

Result<std::size_t> remind_all(Live& live, World& world, PortId id, Time now) {
  std::size_t count = 0;
  for (std::size_t last = told_at_once; last == told_at_once; count += last) {
    HANSA_TRY(last, remind(live, world, id, now));
  }
  return count;
}

}  // namespace

Result<std::size_t> remind_due(Live& live, World& world, Clock& clock, Looked& looked) {
  const Time now = clock.now();
  std::erase_if(looked, [&](const auto& each) { return each.second + kLookAgain <= now; });
  Result<std::size_t> count{0};
  for (const PortId id :
       live.read([&](const View& view) { return candidates(view, looked, now); })) {
    auto done = remind_all(live, world, id, now);
    if (done) looked[id] = now;
    if (done && count) *count += *done;
    // What is wrong with one version must not be silence about all others.
    if (!done && count) count = std::unexpected(std::move(done).error());
  }
  return count;
}

Result<api::Reminded> remind_version(const Context& context, Live& live, World& world,
                                     const api::OneVersion& ask) {
  const std::string text = ask.domain + "/" + ask.port;
  HANSA_TRY(const Versions ids, versions_of(context, live, text));
  HANSA_TRY(const Reading reading, reading_of(world.store, ids.port, {}, context.now));
  Differing differing;
  differing.look(live, ids.port, ids.use);
  api::Reminded out;
  for (bool first = true, more = true; more; first = false) {
    std::size_t count = 0;
    HANSA_CHECK(commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
      Attempt attempt;
      HANSA_TRY(const Port* port, find_version(context, view, text));
      const std::string ref = view.mesh.ref_of(*port);
      HANSA_TRY(Permit permit, authorize(context, view, Action::manage, on(*port), ref));
      attempt.permits.push_back(std::move(permit));
      HANSA_TRY(const Deprecation* found, deprecation_of(view, *port));
      if (found->retired_at) return blocked(fmt::format("{} is retired already", ref));
      if (first && found->reminded_at && context.now < *found->reminded_at + kByHandEvery)
        return exhausted(
            fmt::format("the readers of {} were reminded {}", ref, to_words(*found->reminded_at)),
            "once a day is enough; the next reminders go out by themselves");
      count = add_reminders(
          context, view, *port, *found, reading,
          [&](const Migration& told, std::optional<Time> last) {
            return told.reminded_at != context.now && still_reads(told, last);
          },
          differing, attempt);
      if (first && count == 0) return Attempt{};
      // With the last of them: what is cut short before can be finished.
      if (count < told_at_once) {
        Deprecation after = *found;
        after.reminded_at = context.now;
        attempt.changes.push_back(change(context, share(std::move(after)), "version.reminder",
                                         Json::Object{{"port", ref}}));
      } else {
        attempt.relies_on.push_back(*view.mesh.noun("deprecation", port->id.ulid));
      }
      return attempt;
    }));
    out.reminded += count;
    more = count == told_at_once;
  }
  return out;
}

}  // namespace hansa::service
