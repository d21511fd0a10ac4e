#include "service/step/recipients.h"

#include <algorithm>
#include <set>

#include "base/fields.h"
#include "model/spelling.h"
#include "policy/decide.h"
#include "service/step/outbox.h"
#include "service/step/owners.h"

namespace hansa::service {
namespace {

template <class T>
bool is_in(const std::vector<T>& all, const T& one) {
  return std::ranges::find(all, one) != all.end();
}

std::optional<GranteeKind> kind_of_text(std::string_view text) {
  for (const auto& [kind, name] : names_of(std::type_identity<GranteeKind>{}))
    if (name == text) return kind;
  return std::nullopt;
}

std::vector<PrincipalId> people_of(const View& view, const Grantee& grantee) {
  std::vector<PrincipalId> out;
  if (grantee.kind == GranteeKind::role || grantee.kind == GranteeKind::group) {
    for (const auto& [each, entry] : view.mesh.all<Principal>())
      if (is_in(entry.noun->belongs_to, PrincipalId{grantee.id})) out.push_back({each});
    return out;
  }
  const auto* team = view.mesh.find<Team>(team_of(view, grantee));
  return team != nullptr ? team->members : out;
}

bool knows(const View& view, PrincipalId who, Ulid about, Time now) {
  const auto* principal = view.mesh.find<Principal>(who);
  if (principal == nullptr || principal->disabled) return false;
  if (const auto* gone = view.mesh.find<Deletion>(about)) return !gone->hidden;
  const auto may = [&](ResourceKind kind) {
    return policy::judge(view.rights, view.mesh, {who, Action::know, {kind, about}, now}, view.seq)
        .allowed;
  };
  if (view.mesh.find<Product>(about) != nullptr) return may(ResourceKind::product);
  if (view.mesh.find<Port>(about) != nullptr) return may(ResourceKind::port);
  return true;  // About itself: a channel that is tried, a list of its own.
}

void add_own(const View& view, Ulid owner, Ulid about, Time now, std::vector<Ulid>& out) {
  for (const NoticeChannel* each : view.mesh.channels_of(owner))
    if (may_learn(view, *each, about, now) && !is_in(out, each->id.ulid))
      out.push_back(each->id.ulid);
}

}  // namespace

bool may_learn(const View& view, const NoticeChannel& channel, Ulid about, Time now) {
  if (channel.owner.kind != GranteeKind::team)
    return knows(view, PrincipalId{channel.owner.id}, about, now);
  const auto* team = view.mesh.find<Team>(channel.owner.id);
  if (team == nullptr) return false;
  bool anybody = false;
  for (const PrincipalId each : team->members) {
    const auto* member = view.mesh.find<Principal>(each);
    if (member == nullptr || member->disabled) continue;
    if (!knows(view, each, about, now)) return false;
    anybody = true;
  }
  return anybody;
}

namespace {

std::vector<Ulid> channels_of(const View& view, const Grantee& to, Ulid about, Time now) {
  std::vector<Ulid> out;
  if (to.kind == GranteeKind::user || to.kind == GranteeKind::service_account)
    add_own(view, to.id, about, now, out);
  if (out.empty() && to.kind != GranteeKind::user)
    add_own(view, team_of(view, to).ulid, about, now, out);
  if (out.empty() && to.kind != GranteeKind::user)
    for (const PrincipalId each : people_of(view, to)) add_own(view, each.ulid, about, now, out);
  return out;
}

}  // namespace

std::vector<Ulid> channels_for(const View& view, const store::Message& message, Time now) {
  if (message.to_kind == told_kind) {
    std::set<Ulid> out;
    for (const Migration* each : view.mesh.migrations_of(PortId{message.to}))
      for (const Ulid channel : channels_of(view, each->consumer, message.about, now))
        out.insert(channel);
    return {out.begin(), out.end()};
  }
  const auto kind = kind_of_text(message.to_kind);
  if (!kind) return {};
  return channels_of(view, {*kind, message.to}, message.about, now);
}

}  // namespace hansa::service
