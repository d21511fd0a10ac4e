#include "service/step/recipients.h"

#include <algorithm>
#include <set>

#include "base/fields.h"
#include "model/spelling.h"
#include "policy/decide.h"
#include "service/step/outbox.h"

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

TeamId owner_of(const View& view, DomainId id) {
  const auto* domain = view.mesh.find<Domain>(id);
  return domain != nullptr ? domain->owner : TeamId{};
}

// The team that it is or stands for; zero: none.
TeamId team_of(const View& view, GranteeKind kind, Ulid id) {
  if (kind == GranteeKind::team) return TeamId{id};
  if (kind == GranteeKind::product) {
    const auto* product = view.mesh.find<Product>(id);
    return product != nullptr ? owner_of(view, product->domain) : TeamId{};
  }
  if (kind == GranteeKind::account) {
    const auto* account = view.mesh.find<Account>(id);
    return account != nullptr ? owner_of(view, account->domain) : TeamId{};
  }
  const auto* principal = view.mesh.find<Principal>(id);
  return principal != nullptr ? principal->team.value_or(TeamId{}) : TeamId{};
}

std::vector<PrincipalId> people_of(const View& view, GranteeKind kind, Ulid id) {
  std::vector<PrincipalId> out;
  if (kind == GranteeKind::role || kind == GranteeKind::group) {
    for (const auto& [each, entry] : view.mesh.all<Principal>())
      if (is_in(entry.noun->belongs_to, PrincipalId{id})) out.push_back({each});
    return out;
  }
  const auto* team = view.mesh.find<Team>(team_of(view, kind, id));
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

std::vector<Ulid> channels_of(const View& view, GranteeKind kind, Ulid id, Ulid about, Time now) {
  std::vector<Ulid> out;
  if (kind == GranteeKind::user || kind == GranteeKind::service_account)
    add_own(view, id, about, now, out);
  if (out.empty() && kind != GranteeKind::user)
    add_own(view, team_of(view, kind, id).ulid, about, now, out);
  if (out.empty() && kind != GranteeKind::user)
    for (const PrincipalId each : people_of(view, kind, id))
      add_own(view, each.ulid, about, now, out);
  return out;
}

}  // namespace

std::vector<Ulid> channels_for(const View& view, const store::Message& message, Time now) {
  if (message.to_kind == told_kind) {
    std::set<Ulid> out;
    for (const Migration* each : view.mesh.migrations_of(PortId{message.to}))
      for (const Ulid channel :
           channels_of(view, each->consumer.kind, each->consumer.id, message.about, now))
        out.insert(channel);
    return {out.begin(), out.end()};
  }
  const auto kind = kind_of_text(message.to_kind);
  if (!kind) return {};
  return channels_of(view, *kind, message.to, message.about, now);
}

}  // namespace hansa::service
