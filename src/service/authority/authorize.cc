#include "service/authority/authorize.h"

#include <fmt/format.h>

#include "policy/explain.h"

namespace hansa::service {
namespace {

std::string_view kind_words(ResourceKind kind) {
  switch (kind) {
    case ResourceKind::organisation: return "organisation";
    case ResourceKind::team: return "team";
    case ResourceKind::domain: return "domain";
    case ResourceKind::account: return "account";
    case ResourceKind::product: return "product";
    case ResourceKind::port: return "port";
    case ResourceKind::grant: return "request";
    case ResourceKind::principal: return "principal";
  }
  return "thing";
}

std::string_view verb(Action what) {
  switch (what) {
    case Action::know: return "see";
    case Action::read: return "read";
    case Action::request: return "ask for";
    case Action::decide: return "decide about";
    case Action::revoke: return "revoke";
    case Action::publish: return "publish into";
    case Action::manage: return "change";
    case Action::administer: return "administer";
  }
  return "use";
}

}  // namespace

std::unexpected<Error> unknown(std::string_view kind, std::string_view called) {
  return not_found(fmt::format("no {} '{}'", kind, called.substr(0, 140)),
                   fmt::format("hansa get {} lists those you may know of",
                               kind == "request" ? "access" : std::string(kind) + "s"));
}

Result<Permit> authorize(const Context& context, const View& view, Action what, Resource on,
                         std::string_view called) {
  const Ask ask{.who = context.who.id, .what = what, .on = on, .now = context.now};
  auto answer = policy::decide(view.rights, view.mesh, ask, view.seq);
  if (answer) return *std::move(answer);
  Refusal& refusal = answer.error();
  context.trail.add(refusal.decision);
  if (!refusal.may_know) return unknown(kind_words(on.kind), called);
  std::string text = fmt::format("you may not {} {}: {}", verb(what), called,
                                 policy::words(view.mesh, refusal.decision));
  if (what == Action::read && on.kind == ResourceKind::port)
    if (const auto* port = view.mesh.find<Port>(on.id))
      text += fmt::format("; it belongs to {}", policy::owner_words(view.mesh, port->domain));
  return denied(std::move(text), std::move(refusal.next_action));
}

bool may(const Context& context, const View& view, Action what, Resource on) {
  const Ask ask{.who = context.who.id, .what = what, .on = on, .now = context.now};
  return policy::judge(view.rights, view.mesh, ask, view.seq).allowed;
}

policy::Sight sight_of(const Context& context, const View& view) {
  return {view.rights, view.mesh, context.who.id, context.now};
}

}  // namespace hansa::service
