#include "service/prompts.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "service/authority/commit.h"
#include "service/step/house_context.h"
#include "service/step/migration.h"
#include "service/step/tidings.h"
#include "world/store/store.h"

namespace hansa::service {
namespace {

// These moments are days, and each look goes over all grants.
constexpr std::chrono::hours kLookEvery{1};
// Changes and messages of one commit, of which there is one for each steward.
constexpr std::size_t kAtOnce = 500;

using ReadingOf = std::map<PortId, Reading>;
using ReadsOf = std::map<PortId, ReadsBy>;

// Versions that it opens and that are read still.
std::vector<const Port*> ports_of(const View& view, const Grant& grant) {
  std::vector<const Port*> out;
  for (const Port* port : view.mesh.ports_of(grant.product)) {
    const auto* ends = view.mesh.find<Deprecation>(port->id);
    if (port->name == grant.port && covers_major(grant, port->major) &&
        (ends == nullptr || !ends->retired_at))
      out.push_back(port);
  }
  return out;
}

// Whether `other` goes on giving all that `grant` gives.
bool outlasts(const View& view, const Grant& other, const Grant& grant) {
  return other.id != grant.id && other.product == grant.product && other.port == grant.port &&
         other.grantee == grant.grantee && in_force(other, *grant.until) &&
         (other.scope.empty() || other.scope == grant.scope) &&
         std::ranges::all_of(ports_of(view, grant),
                             [&](const Port* port) { return covers_major(other, port->major); });
}

bool ends_soon(const View& view, const Grant& grant, Time now) {
  return expiry_prompt_due(grant, now) && !ports_of(view, grant).empty();
}

// Leaves out those that others outlast. Looks once over all grants: one grantee may have as many
// as there are ports.
void drop_outlasted(const View& view, std::vector<const Grant*>& due) {
  using Key = std::tuple<Ulid, Ulid, std::string_view>;
  const auto key = [](const Grant& grant) {
    return Key{grant.grantee.id, grant.product.ulid, grant.port};
  };
  std::map<Key, std::vector<const Grant*>> beside;
  for (const Grant* each : due) beside[key(*each)];
  if (beside.empty()) return;
  for (const auto& [id, entry] : view.mesh.all<Grant>())
    if (entry.noun->state == GrantState::active)
      if (const auto found = beside.find(key(*entry.noun)); found != beside.end())
        found->second.push_back(entry.noun.get());
  std::erase_if(due, [&](const Grant* grant) {
    return std::ranges::any_of(beside[key(*grant)],
                               [&](const Grant* other) { return outlasts(view, *other, *grant); });
  });
}

bool is_used(const View& view, const Grant& grant, const ReadsOf& reads) {
  return std::ranges::any_of(ports_of(view, grant), [&](const Port* port) {
    const auto found = reads.find(port->id);
    return found != reads.end() && found->second.of(grant.grantee).reads > 0;
  });
}

struct Due {
  std::vector<GrantId> all;
  std::vector<PortId> ports;  // whose reads tell which of them are used
};

Due due_now(const View& view, const HouseRules& rules, Time now) {
  Due out;
  std::vector<const Grant*> ending;
  for (const auto& [id, entry] : view.mesh.all<Grant>()) {
    const Grant& grant = *entry.noun;
    if (answer_prompt_due(grant, rules.answer, now) != AnswerPrompt::none)
      out.all.push_back(grant.id);
    else if (ends_soon(view, grant, now)) ending.push_back(&grant);
  }
  drop_outlasted(view, ending);
  for (const Grant* grant : ending) {
    out.all.push_back(grant->id);
    for (const Port* port : ports_of(view, *grant)) out.ports.push_back(port->id);
  }
  return out;
}

// One of those that were due, if it still is.
void add_prompt(const Context& context, const View& view, GrantId id, const HouseRules& rules,
                const ReadsOf& reads, Attempt& out) {
  const auto* grant = view.mesh.find<Grant>(id);
  if (grant == nullptr) return;
  const AnswerPrompt waits = answer_prompt_due(*grant, rules.answer, context.now);
  if (waits == AnswerPrompt::none &&
      !(ends_soon(view, *grant, context.now) && is_used(view, *grant, reads)))
    return;
  const std::string_view type = waits == AnswerPrompt::none      ? "access.expiring"
                                : waits == AnswerPrompt::waiting ? "access.waiting"
                                                                 : "access.overdue";
  tell_access(context, view, *grant, type, out.messages);
  Grant after = *grant;
  after.prompted_at = context.now;
  out.changes.push_back(change(context, share(std::move(after)), type,
                               Json::Object{{"number", fmt::format("r-{}", grant->number)}}));
}

std::size_t size_of(const Attempt& attempt) {
  return attempt.changes.size() + attempt.messages.size();
}

}  // namespace

Result<std::size_t> prompt_due(Live& live, World& world, const HouseRules& rules, Clock& clock,
                               std::optional<Time>& looked) {
  const Time now = clock.now();
  if (looked && now < *looked + kLookEvery) return std::size_t{0};
  Trail trail;
  const Context context = house_context(now, "prompts", trail);
  const Due due = live.read([&](const View& view) { return due_now(view, rules, now); });
  ReadingOf readings;
  Result<std::size_t> told{0};
  for (const PortId port : due.ports) {
    if (readings.contains(port)) continue;
    auto reading = reading_of(world.store, port, {}, now);
    // What is wrong with one port must not be silence about all others.
    if (reading) readings.emplace(port, *std::move(reading));
    else if (told) told = std::unexpected(std::move(reading).error());
  }
  for (std::size_t from = 0; from < due.all.size();) {
    std::size_t next = from + 1;
    std::size_t count = 0;
    const auto done = observe(context, live, world.store, [&](const View& view) {
      Attempt out;
      ReadsOf reads;
      for (const auto& [port, reading] : readings) reads.try_emplace(port, view, reading.old_reads);
      for (next = from; next < due.all.size() && size_of(out) < kAtOnce; ++next)
        add_prompt(context, view, due.all[next], rules, reads, out);
      count = out.changes.size();
      return Result<Attempt>(std::move(out));
    });
    // Nor what one commit cannot hold about what others can.
    if (!done && done.error().code != Code::exhausted) return std::unexpected(done.error());
    if (!done && told) told = std::unexpected(done.error());
    if (done && told) *told += count;
    from = next;
  }
  looked = now;
  return told;
}

}  // namespace hansa::service
