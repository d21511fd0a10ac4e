#include "service/access.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "policy/concerned.h"
#include "policy/decide.h"
#include "policy/explain.h"
#include "service/authority/commit.h"
#include "service/step/find.h"
#include "service/step/present.h"
#include "service/step/tidings.h"

namespace hansa::service {
namespace {

constexpr std::size_t kPurposeBytesMin = 10;

Result<Grant> new_request(const Context& context, const View& view, const Port& port,
                          const api::RequestAccess& ask, bool one_major) {
  if (trim(ask.purpose).size() < kPurposeBytesMin)
    return invalid("say what the data is needed for",
                   "a sentence that the steward can judge: --purpose \"...\"");
  HANSA_CHECK(check_text("purpose", ask.purpose));
  if (ask.until && *ask.until <= context.now)
    return invalid("the end of the access lies in the past", "give a later date");
  if (ask.until && ask.from && *ask.until <= *ask.from)
    return invalid("the access would end before it begins");
  const auto* self = view.mesh.find<Principal>(context.who.id);
  HANSA_TRY(const Grantee grantee,
            find_grantee(context, view, ask.on_behalf.empty() ? self->name : ask.on_behalf));
  // Oneself, or what one acts as: nobody asks in the name of strangers.
  const auto* service = view.mesh.find<Principal>(grantee.id);
  const auto* subject = view.rights.subject(context.who.id);
  const bool of_team = service != nullptr && service->team && subject->in_team(*service->team);
  if (!view.rights.acts_as(context.who.id, grantee) && !of_team)
    return denied(fmt::format("you cannot ask for {}", policy::name_of(view.mesh, grantee)),
                  "ask for yourself, or for a team, role, group or account you belong to");
  Grant grant{.id = new_id<GrantId>(context.now),
              .number = view.mesh.last_grant_number() + 1,
              .product = port.product,
              .port = port.name,
              .majors = one_major ? std::vector{port.major} : std::vector<std::uint32_t>{},
              .grantee = grantee,
              .scope = ask.scope,
              .state = GrantState::requested,
              .purpose = trim(ask.purpose),
              .requested_by = context.who.id,
              .requested_at = context.now,
              .decided_by = {},
              .decided_at = {},
              .reason = {},
              .not_before = ask.from,
              .until = ask.until};
  HANSA_CHECK(check_scope(view, grant));
  add_step(grant, GrantAct::requested, context.who.id, context.now);
  return grant;
}

// The open request for the same port and grantee: there is at most one.
const Grant* waiting(const View& view, const Grant& like) {
  using By = Ledger::By;
  for (const auto& entry : view.mesh.ledger().waiting(By::given_to, like.grantee.id)) {
    const auto* other = view.mesh.find<Grant>(entry.grant);
    if (other->product == like.product && other->port == like.port &&
        other->grantee == like.grantee && other->majors == like.majors &&
        other->scope == like.scope)
      return other;
  }
  return nullptr;
}

Result<void> check_room(const Context& context, const View& view) {
  const auto open = view.mesh.ledger().waiting(Ledger::By::asked_by, context.who.id.ulid);
  if (open.size() >= limits::access_requests_open_max)
    return exhausted(fmt::format("{} requests of yours wait for a decision", open.size()),
                     "wait for answers, or take some back: hansa get access; hansa access revoke");
  return {};
}

Json details_of(const View& view, const Grant& grant) {
  const api::AccessView shown = access_view(view, grant, grant.requested_at);
  Json out{
      Json::Object{{"number", shown.number}, {"port", shown.port}, {"grantee", shown.grantee}}};
  if (grant.state == GrantState::requested) out.set("purpose", grant.purpose);
  if (!grant.scope.empty()) out.set("scope", to_json(grant.scope));
  if (!grant.reason.empty()) out.set("reason", grant.reason);
  if (grant.until) out.set("until", to_text(*grant.until));
  return out;
}

bool asks_the_same(const Grant& one, const Grant& other) {
  return one.purpose == other.purpose && one.scope == other.scope &&
         one.not_before == other.not_before && one.until == other.until;
}

// A request that its author writes anew ends, and the new one has another number: whoever has just
// read the old one and approves it by its number approves nothing else.
Result<void> replace(const Context& context, const View& view, const Grant& before,
                     std::uint64_t by, Attempt& out) {
  HANSA_TRY(Permit permit, authorize(context, view, Action::revoke, on(before),
                                     fmt::format("request r-{}", before.number)));
  HANSA_TRY(Grant after,
            revoke(before, context.who.id, context.now, fmt::format("replaced by r-{}", by)));
  Json details = details_of(view, after);
  out.permits.push_back(std::move(permit));
  out.changes.push_back(
      change(context, share(std::move(after)), "access.revoked", std::move(details)));
  return {};
}

Result<api::AccessView> shown(const Context& context, const Live& live, GrantId id) {
  return live.read([&](const View& view) -> Result<api::AccessView> {
    const auto* grant = view.mesh.find<Grant>(id);
    if (grant == nullptr) return unknown("request", to_text(id));
    return access_view(view, *grant, context.now);
  });
}

// What somebody was given is their business, and that of those who own or judge the data. Whoever
// else asks gets an answer only where no grant counts, so that a refusal tells nothing either.
Result<void> may_ask_about(const Context& context, const View& view, const Principal& who,
                           const Port& port, const Decision& decision) {
  const Grantee self{GranteeKind::user, who.id.ulid};
  if (decision.reason.rule == Rule::open_to_organisation || decision.reason.rule == Rule::owner ||
      decision.reason.rule == Rule::disabled ||
      policy::benefits(view.rights, view.mesh, context.who.id, self) ||
      may(context, view, Action::manage, on(port)) || may(context, view, Action::decide, on(port)))
    return {};
  return denied(
      fmt::format("what {} was given on {} is not yours to see", who.name, view.mesh.ref_of(port)),
      fmt::format("ask {}", policy::owner_words(view.mesh, port.domain)));
}

// One step of a grant's life: found, authorised, moved by the model's pure step, committed.
template <class Step>
Result<api::AccessView> move(const Context& context, Live& live, World& world, Action what,
                             std::string_view number, std::string_view event, Step step) {
  GrantId id;
  HANSA_CHECK(commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    HANSA_TRY(const Grant* found, find_grant(context, view, number));
    HANSA_TRY(Permit permit, authorize(context, view, what, on(*found),
                                       fmt::format("request r-{}", found->number)));
    HANSA_TRY(Grant grant, step(*found));
    if (grant.state == GrantState::active) HANSA_CHECK(check_scope(view, grant));
    id = grant.id;
    Json details = details_of(view, grant);
    std::vector<store::Message> messages;
    tell_access(context, view, grant, event, messages);
    Attempt out = attempt(std::move(permit),
                          change(context, share(std::move(grant)), event, std::move(details)));
    out.messages = std::move(messages);
    // The right to decide is the domain's: if its stewards change meanwhile, this is decided anew.
    if (const auto* product = view.mesh.find<Product>(found->product))
      if (auto domain = view.mesh.noun("domain", product->domain.ulid))
        out.relies_on.push_back(*domain);
    return out;
  }));
  return shown(context, live, id);
}

}  // namespace

Result<api::AccessView> request_access(const Context& context, Live& live, World& world,
                                       const api::RequestAccess& ask) {
  HANSA_TRY(const PortRef ref, parse_port_ref(ask.port));
  GrantId id;
  HANSA_CHECK(commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    HANSA_TRY(const Port* port, find_port(context, view, ref));
    HANSA_TRY(Permit permit, authorize(context, view, Action::request, on(*port), ask.port));
    HANSA_TRY(Grant grant, new_request(context, view, *port, ask, ref.major.has_value()));
    // Who sees a part may ask for more.
    const Decision now = policy::judge(
        view.rights, view.mesh, {context.who.id, Action::read, on(*port), context.now}, view.seq);
    if (grant.grantee.id == context.who.id.ulid && now.allowed && !now.visible)
      return conflict(
          fmt::format("you may read {} already", ask.port),
          fmt::format("try: hansa sql -c \"select * from {}.{} limit 10\"", ref.domain, ref.port));
    const Grant* before = waiting(view, grant);
    const bool stays = before != nullptr &&
                       (before->requested_by != context.who.id || asks_the_same(*before, grant));
    id = stays ? before->id : grant.id;
    if (stays) return Attempt{};
    if (before == nullptr) HANSA_CHECK(check_room(context, view));
    // Nobody is given a port that is deleted meanwhile, nor another of its name.
    const auto asked_for = view.mesh.noun("port", port->id.ulid);
    const std::uint64_t number = grant.number;
    Json details = details_of(view, grant);
    std::vector<store::Message> messages;
    tell_access(context, view, grant, "access.requested", messages);
    Attempt out = attempt(std::move(permit), change(context, share(std::move(grant)),
                                                    "access.requested", std::move(details)));
    out.messages = std::move(messages);
    if (asked_for) out.relies_on.push_back(*asked_for);
    if (before != nullptr) HANSA_CHECK(replace(context, view, *before, number, out));
    return out;
  }));
  return shown(context, live, id);
}

Result<api::AccessView> approve_access(const Context& context, Live& live, World& world,
                                       const api::Approve& ask) {
  return move(context, live, world, Action::decide, ask.number, "access.approved",
              [&](const Grant& grant) {
                return approve(grant, context.who.id, context.now, ask.until, ask.scope);
              });
}

Result<api::AccessView> reject_access(const Context& context, Live& live, World& world,
                                      const api::GiveReason& ask) {
  return move(
      context, live, world, Action::decide, ask.number, "access.rejected",
      [&](const Grant& grant) { return reject(grant, context.who.id, context.now, ask.reason); });
}

Result<api::AccessView> revoke_access(const Context& context, Live& live, World& world,
                                      const api::GiveReason& ask) {
  return move(
      context, live, world, Action::revoke, ask.number, "access.revoked",
      [&](const Grant& grant) { return revoke(grant, context.who.id, context.now, ask.reason); });
}

Result<api::AccessView> renew_access(const Context& context, Live& live, World& world,
                                     const api::Renew& ask) {
  return move(
      context, live, world, Action::decide, ask.number, "access.renewed",
      [&](const Grant& grant) { return renew(grant, context.who.id, context.now, ask.until); });
}

Result<api::AccessView> get_access(const Context& context, const Live& live,
                                   const api::GetAccess& ask) {
  return live.read([&](const View& view) -> Result<api::AccessView> {
    HANSA_TRY(const Grant* grant, find_grant(context, view, ask.number));
    return access_view(view, *grant, context.now);
  });
}

Result<api::PageOf<api::AccessView>> list_access(const Context& context, const Live& live,
                                                 const api::ListAccess& ask) {
  using Which = policy::Concerned::Which;
  const auto after = parse_int(ask.paging.after.empty() ? "0" : ask.paging.after);
  if (!after || *after < 0)
    return invalid(fmt::format("'{}' is no place in this list", ask.paging.after.substr(0, 140)),
                   "give `after` the `next` of the page before");
  // Nobody decides about what is their own.
  if (ask.mine && ask.to_decide) return api::PageOf<api::AccessView>{};
  const Which which = ask.to_decide ? Which::to_decide : ask.mine ? Which::own : Which::known;
  return live.read([&](const View& view) {
    policy::Concerned concerned(view.rights, view.mesh, context.who.id, which,
                                ask.state == "requested", static_cast<std::uint64_t>(*after));
    api::PageOf<api::AccessView> out;
    std::uint64_t last = 0;
    while (const Grant* grant = concerned.next(context.now)) {
      if (!ask.state.empty() && state_of(*grant, context.now) != ask.state) continue;
      if (!ask.port.empty() && port_name_of(view, *grant) != ask.port) continue;
      if (out.items.size() == ask.paging.limit) {
        out.next = fmt::format("{:012}", last);
        break;
      }
      out.items.push_back(access_view(view, *grant, context.now));
      last = grant->number;
    }
    return Result<api::PageOf<api::AccessView>>(std::move(out));
  });
}

Result<api::Explanation> explain_access(const Context& context, const Live& live,
                                        const api::Explain& ask) {
  return live.read([&](const View& view) -> Result<api::Explanation> {
    HANSA_TRY(const Port* port, find_port(context, view, ask.what));
    const auto* self = view.mesh.find<Principal>(context.who.id);
    HANSA_TRY(const Principal* who,
              find_principal(context, view, ask.who.empty() ? self->name : ask.who));
    const Ask question{.who = who->id, .what = Action::read, .on = on(*port), .now = context.now};
    const Decision decision = policy::judge(view.rights, view.mesh, question, view.seq);
    HANSA_CHECK(may_ask_about(context, view, *who, *port, decision));
    const auto knows_grant = [&](const Decision& d) {
      return may(context, view, Action::know, {ResourceKind::grant, d.reason.by});
    };
    api::Explanation out{.who = who->name,
                         .what = view.mesh.ref_of(*port),
                         .may_read = decision.allowed,
                         .rule = std::string(policy::name_of(decision.reason.rule)),
                         .says = decision.reason.rule != Rule::grant || knows_grant(decision)
                                     ? policy::words(view.mesh, decision)
                                     : "a grant to a role or group it belongs to",
                         .until = decision.until,
                         .rules = {},
                         .next = policy::next_action(view.mesh, decision),
                         .owner = policy::owner_words(view.mesh, port->domain),
                         .stewards = {}};
    for (policy::Step& step : policy::steps(view.rights, view.mesh, question, context.who.id))
      out.rules.push_back({std::move(step.rule), step.holds, std::move(step.says)});
    if (const auto* domain = view.mesh.find<Domain>(port->domain))
      for (const PrincipalId id : domain->stewards)
        out.stewards.push_back(name_of_principal(view, id));
    return out;
  });
}

}  // namespace hansa::service
