#include "service/incidents.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "service/step/concerned.h"
#include "service/step/find.h"
#include "service/step/present.h"
#include "service/step/promises.h"
#include "service/step/talk.h"
#include "service/step/told.h"

namespace hansa::service {
namespace {

// What an incident stands on.
struct Ground {
  const Port* port = nullptr;
  const Issue* report = nullptr;
  Time began;
};

Result<Time> late_since(const Context& context, const View& view, const Port& port) {
  std::optional<Time> since;
  for (const Promise& each : promises_of(view, port, context.now))
    if (each.stand.not_measured.empty() && each.stand.state == SloState::late)
      since = std::min(since.value_or(each.stand.since), each.stand.since);
  if (since) return *since;
  return conflict(fmt::format("{} is not late", view.mesh.ref_of(port)),
                  "open the incident without a cause: it is your word then");
}

Result<Time> failed_since(const View& view, const Port& port) {
  const auto* derivation = view.mesh.find<Derivation>(port.id);
  if (derivation != nullptr && derivation->stopped_at) return *derivation->stopped_at;
  return conflict(fmt::format("no run of {} has failed", view.mesh.ref_of(port)),
                  "open the incident without a cause: it is your word then");
}

Result<const Issue*> report_for(const Context& context, const View& view, const Port& port,
                                const std::string& id) {
  HANSA_TRY(const Issue* issue, find_issue(context, view, id));
  if (issue->kind != IssueKind::problem || issue->product != port.product ||
      (issue->port && *issue->port != port.id))
    return invalid(fmt::format("that is no problem of {}", view.mesh.ref_of(port)),
                   "hansa get issues lists what was reported");
  if (!is_open(issue->state)) return conflict("the report was answered for good already");
  if (issue->incident) return conflict("there is an incident for this report already");
  return issue;
}

Result<void> check_cause(const api::OpenIncident& ask) {
  const bool by_report = ask.cause == IncidentCause::report;
  if (by_report && ask.issue.empty()) return invalid("name the report: issue");
  if (!ask.issue.empty() && !by_report && ask.cause != IncidentCause::owner)
    return invalid("what was reported has no other cause");
  return {};
}

Result<Ground> ground_of(const Context& context, const View& view, const Port& port,
                         const api::OpenIncident& ask) {
  Ground out{.port = &port, .began = context.now};
  if (!ask.issue.empty()) {
    HANSA_TRY(out.report, report_for(context, view, port, ask.issue));
    out.began = out.report->askers.empty() ? context.now : out.report->askers.front().at;
  } else if (ask.cause == IncidentCause::late) {
    HANSA_TRY(out.began, late_since(context, view, port));
  } else if (ask.cause == IncidentCause::failed) {
    HANSA_TRY(out.began, failed_since(view, port));
  }
  return out;
}

Json details_of(const View& view, PortId id) {
  const auto* port = view.mesh.find<Port>(id);
  return Json::Object{{"port", port != nullptr ? view.mesh.ref_of(*port) : "?"}};
}

void keep(const View& view, std::string_view kind, Ulid id, Attempt& out) {
  if (auto noun = view.mesh.noun(kind, id)) out.relies_on.push_back(*std::move(noun));
}

Result<api::IncidentView> incident_now(const Context& context, const Live& live,
                                       const std::string& id) {
  return live.read([&](const View& view) -> Result<api::IncidentView> {
    HANSA_TRY(const Incident* found, find_incident(context, view, id));
    return incident_view(context, view, *found);
  });
}

// What its readers are told.
std::vector<store::Message> tell(const Context& context, const View& view,
                                 const std::vector<PortReads>& reads, std::string_view type,
                                 const Incident& incident) {
  Json facts{Json::Object{{"incident", to_text(incident.id)}, {"text", incident.text}}};
  if (incident.expected) facts.set("expected", to_text(*incident.expected));
  if (!incident.updates.empty()) facts.set("update", incident.updates.back().text);
  if (incident.resolved_at) facts.set("resolution", incident.resolution);
  return messages_to_readers(context, view, reads, type, facts);
}

// Whoever read the port lately, before the mesh is looked at.
Result<std::vector<PortReads>> readers_now(const Context& context, Live& live, World& world,
                                           const std::function<Result<PortId>(const View&)>& of) {
  HANSA_TRY(const PortId port, live.read(of));
  return reads_with(world.store, live, port, false, context.now);
}
Result<std::vector<PortReads>> readers_of_incident(const Context& context, Live& live, World& world,
                                                   const std::string& id) {
  return readers_now(context, live, world, [&](const View& view) -> Result<PortId> {
    HANSA_TRY(const Incident* found, find_incident(context, view, id));
    return found->port;
  });
}

// Of a port of the caller's team.
struct Own {
  const Incident* incident = nullptr;
  Permit permit;
};
Result<Own> own_incident(const Context& context, const View& view, const std::string& id) {
  HANSA_TRY(const Incident* found, find_incident(context, view, id));
  const auto* port = view.mesh.find<Port>(found->port);
  HANSA_TRY(Permit permit,
            authorize(context, view, Action::manage, on(*port), view.mesh.ref_of(*port)));
  return Own{found, std::move(permit)};
}

// The report that led to it is answered with it.
Result<void> answer_report(const Context& context, const View& view, const Incident& incident,
                           Attempt& out) {
  const auto* report = incident.issue ? view.mesh.find<Issue>(*incident.issue) : nullptr;
  if (report == nullptr || !is_open(report->state)) return {};
  HANSA_TRY(Issue after, answered(*report, IssueAct::fulfil, incident.resolution, {},
                                  context.who.id, context.now));
  std::ranges::move(messages_to_askers(context, view, after, "issue.fulfilled"),
                    std::back_inserter(out.messages));
  out.changes.push_back(
      change(context, share(std::move(after)), "issue.fulfilled", details_of(view, incident.port)));
  return {};
}

}  // namespace

Result<api::IncidentView> open_incident(const Context& context, Live& live, World& world,
                                        const api::OpenIncident& ask) {
  HANSA_TRY(const std::string text, spoken("text", ask.text, incident_text_max, true));
  if (ask.expected) HANSA_CHECK(check_date(context, *ask.expected));
  HANSA_CHECK(check_cause(ask));
  const auto id = new_id<IncidentId>(context.now);
  HANSA_TRY(const auto reads,
            readers_now(context, live, world, [&](const View& view) -> Result<PortId> {
              HANSA_TRY(const Port* port, find_port(context, view, ask.port));
              return port->id;
            }));
  HANSA_CHECK(commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    HANSA_TRY(const Port* port, find_port(context, view, ask.port));
    HANSA_TRY(Permit permit,
              authorize(context, view, Action::manage, on(*port), view.mesh.ref_of(*port)));
    if (view.mesh.open_incidents_of(port->id).size() >= open_incidents_per_port_max)
      return exhausted(fmt::format("{} incidents of {} are open", open_incidents_per_port_max,
                                   view.mesh.ref_of(*port)),
                       "update or resolve one of them: hansa get incidents");
    HANSA_TRY(const Ground ground, ground_of(context, view, *port, ask));
    Incident incident{
        .id = id,
        .port = port->id,
        .text = text,
        .cause = ground.report != nullptr ? IncidentCause::report : ask.cause,
        .issue = ground.report != nullptr ? std::optional(ground.report->id) : std::nullopt,
        .began = ground.began,
        .opened_by = context.who.id,
        .opened_at = context.now,
        .expected = ask.expected};
    auto messages = tell(context, view, reads, "incident.opened", incident);
    Attempt out = attempt(std::move(permit), change(context, share(std::move(incident)),
                                                    "incident.opened", details_of(view, port->id)));
    out.messages = std::move(messages);
    keep(view, "port", port->id.ulid, out);
    if (ground.report == nullptr) return out;
    HANSA_TRY(Issue after, answered(*ground.report, IssueAct::accept, ground.report->reply, {},
                                    context.who.id, context.now));
    after.incident = id;
    std::ranges::move(messages_to_askers(context, view, after, "issue.accepted"),
                      std::back_inserter(out.messages));
    out.changes.push_back(
        change(context, share(std::move(after)), "issue.accepted", details_of(view, port->id)));
    return out;
  }));
  return incident_now(context, live, to_text(id));
}

Result<api::PageOf<api::IncidentView>> list_incidents(const Context& context, Live& live, World&,
                                                      const api::ListIncidents& ask) {
  HANSA_CHECK(check_state(ask.state, {"open", "resolved"}));
  return live.read([&](const View& view) -> Result<api::PageOf<api::IncidentView>> {
    const Port* only = nullptr;
    if (!ask.port.empty()) {
      HANSA_TRY(only, find_port(context, view, ask.port));
    }
    std::vector<const Incident*> found;
    for (const auto& [id, entry] : view.mesh.all<Incident>()) {
      const auto* port = view.mesh.find<Port>(entry.noun->port);
      if (port == nullptr || (only != nullptr && port != only) ||
          (!ask.state.empty() &&
           entry.noun->resolved_at.has_value() != (ask.state == "resolved")) ||
          !may(context, view, Action::know, on(*port)))
        continue;
      found.push_back(entry.noun.get());
    }
    std::ranges::sort(found, {}, &Incident::id);
    return page_of<api::IncidentView>(
        found, ask.paging, [](const Incident& each) { return to_text(each.id); },
        [&](const Incident& each) { return incident_view(context, view, each); });
  });
}

Result<api::IncidentView> get_incident(const Context& context, const Live& live,
                                       const api::OneIncident& ask) {
  return incident_now(context, live, ask.id);
}

Result<api::IncidentView> update_incident(const Context& context, Live& live, World& world,
                                          const api::UpdateIncident& ask) {
  HANSA_TRY(const std::string text, spoken("text", ask.text, incident_text_max, false));
  if (ask.expected) HANSA_CHECK(check_date(context, *ask.expected));
  HANSA_TRY(const auto reads, readers_of_incident(context, live, world, ask.id));
  HANSA_CHECK(commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    HANSA_TRY(Own own, own_incident(context, view, ask.id));
    HANSA_TRY(Incident after,
              updated(*own.incident, {context.now, context.who.id, text, ask.expected}));
    const PortId port = after.port;
    auto messages = tell(context, view, reads, "incident.updated", after);
    Attempt out = attempt(
        std::move(own.permit),
        change(context, share(std::move(after)), "incident.updated", details_of(view, port)));
    out.messages = std::move(messages);
    return out;
  }));
  return incident_now(context, live, ask.id);
}

Result<api::IncidentView> resolve_incident(const Context& context, Live& live, World& world,
                                           const api::ResolveIncident& ask) {
  HANSA_TRY(const std::string text, spoken("text", ask.text, incident_text_max, true));
  HANSA_TRY(const auto reads, readers_of_incident(context, live, world, ask.id));
  HANSA_CHECK(commit(context, live, world.store, [&](const View& view) -> Result<Attempt> {
    HANSA_TRY(Own own, own_incident(context, view, ask.id));
    HANSA_TRY(Incident after, resolved(*own.incident, text, context.who.id, context.now));
    Attempt out;
    HANSA_CHECK(answer_report(context, view, after, out));
    const PortId port = after.port;
    std::ranges::move(tell(context, view, reads, "incident.resolved", after),
                      std::back_inserter(out.messages));
    out.changes.push_back(
        change(context, share(std::move(after)), "incident.resolved", details_of(view, port)));
    out.permits.push_back(std::move(own.permit));
    return out;
  }));
  return incident_now(context, live, ask.id);
}

}  // namespace hansa::service
