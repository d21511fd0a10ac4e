#include "service/step/talk.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "policy/explain.h"
#include "service/step/outbox.h"
#include "service/step/present.h"

namespace hansa::service {
namespace {

constexpr std::size_t kAskersShown = 50;

std::uint64_t seconds_between(Time from, Time to) {
  return static_cast<std::uint64_t>(std::max(to - from, Micros(0)).count() / 1'000'000);
}

// Of a version that the caller may not know of, no name.
std::string ref_for(const Context& context, const View& view, std::optional<PortId> id) {
  const auto* port = id ? view.mesh.find<Port>(*id) : nullptr;
  if (port == nullptr || !may(context, view, Action::know, on(*port))) return {};
  return view.mesh.ref_of(*port);
}

}  // namespace

Result<const Issue*> find_issue(const Context& context, const View& view, const std::string& id) {
  const auto ulid = parse_ulid(id);
  const auto* issue = ulid ? view.mesh.find<Issue>(*ulid) : nullptr;
  const auto* product = issue != nullptr ? view.mesh.find<Product>(issue->product) : nullptr;
  if (product == nullptr || !may(context, view, Action::know, on(*product)))
    return unknown("issue", id.substr(0, 140));
  return issue;
}

Result<const Incident*> find_incident(const Context& context, const View& view,
                                      const std::string& id) {
  const auto ulid = parse_ulid(id);
  const auto* incident = ulid ? view.mesh.find<Incident>(*ulid) : nullptr;
  const auto* port = incident != nullptr ? view.mesh.find<Port>(incident->port) : nullptr;
  if (port == nullptr || !may(context, view, Action::know, on(*port)))
    return unknown("incident", id.substr(0, 140));
  return incident;
}

Result<ReadsOf> reads_of_product(store::Store& store, const Live& live, ProductId product,
                                 Time now) {
  const auto ports = live.read([&](const View& view) {
    std::vector<PortId> out;
    for (const Port* port : view.mesh.ports_of(product)) out.push_back(port->id);
    return out;
  });
  ReadsOf out;
  for (const PortId port : ports) {
    HANSA_TRY(const auto readers, readers_of(store, port, now - weight_looks_back));
    for (const UseBy& each : readers)
      if (each.makes == PortId{}) out[each.who.ulid] += each.reads;
  }
  return out;
}

api::IssueView issue_view(const Context& context, const View& view, const Issue& issue,
                          const ReadsOf* reads) {
  const auto* product = view.mesh.find<Product>(issue.product);
  api::IssueView out{.id = to_text(issue.id),
                     .product = product != nullptr ? view.mesh.ref_of(*product) : "?",
                     .port = ref_for(context, view, issue.port),
                     .kind = issue.kind,
                     .text = issue.text,
                     .state = issue.state,
                     .askers = issue.askers.size(),
                     .at = issue.askers.empty() ? Time{} : issue.askers.front().at,
                     .reply = issue.reply,
                     .version = ref_for(context, view, issue.version),
                     .incident = issue.incident ? to_text(*issue.incident) : "",
                     .answered_at = issue.answered_at,
                     .ended_at = issue.ended_at};
  const bool owner = product != nullptr && may(context, view, Action::manage, on(*product));
  std::uint64_t readers = 0, read = 0;
  for (const Asker& asker : issue.askers) {
    out.mine = out.mine || asker.who == context.who.id;
    if (owner && out.asked_by.size() < kAskersShown)
      out.asked_by.push_back(name_of_principal(view, asker.who));
    if (reads == nullptr) continue;
    const auto found = reads->find(asker.who.ulid);
    if (found == reads->end()) continue;
    ++readers;
    read += found->second;
  }
  if (reads != nullptr) out.readers = readers, out.reads = read;
  if (issue.answered_at) {
    out.answered_by = name_of_principal(view, issue.answered_by);
    out.answered_after_seconds = seconds_between(out.at, *issue.answered_at);
  }
  return out;
}

api::IncidentView incident_view(const Context& context, const View& view,
                                const Incident& incident) {
  const auto* port = view.mesh.find<Port>(incident.port);
  api::IncidentView out{
      .id = to_text(incident.id),
      .port = port != nullptr ? view.mesh.ref_of(*port) : "?",
      .owner = port != nullptr ? policy::owner_words(view.mesh, port->domain) : "?",
      .text = incident.text,
      .state = incident.resolved_at ? "resolved" : "open",
      .cause = incident.cause,
      .began = incident.began,
      .opened_by = name_of_principal(view, incident.opened_by),
      .opened_at = incident.opened_at,
      .expected = incident.expected,
      .resolved_at = incident.resolved_at,
      .resolution = incident.resolution,
      .opened_after_seconds = seconds_between(incident.began, incident.opened_at)};
  if (incident.issue && find_issue(context, view, to_text(*incident.issue)))
    out.issue = to_text(*incident.issue);
  for (const IncidentUpdate& each : incident.updates)
    out.updates.push_back({each.at, name_of_principal(view, each.by), each.text, each.expected});
  if (incident.resolved_at) {
    out.resolved_by = name_of_principal(view, incident.resolved_by);
    out.resolved_after_seconds = seconds_between(incident.began, *incident.resolved_at);
  }
  return out;
}

Result<std::string> spoken(std::string_view what, const std::string& text, std::size_t bytes_max,
                           bool must) {
  HANSA_CHECK(check_text(what, text));
  if (text.size() > bytes_max)
    return invalid(fmt::format("{} is longer than {} bytes", what, bytes_max));
  std::string out = trim(text);
  if (must && out.empty())
    return invalid(fmt::format("{} says nothing", what), "others read it: say what it is about");
  return out;
}

Json details_of(const View& view, const Issue& issue) {
  const auto* product = view.mesh.find<Product>(issue.product);
  Json out{Json::Object{{"product", product != nullptr ? view.mesh.ref_of(*product) : "?"},
                        {"kind", std::string(hansa::name_of(issue.kind))},
                        {"askers", std::to_string(issue.askers.size())}}};
  return out;
}

std::vector<store::Message> messages_to_askers(const Context& context, const View& view,
                                               const Issue& issue, std::string_view event) {
  std::vector<store::Message> out;
  if (event == "issue.joined") return out;
  Json facts = details_of(view, issue);
  facts.set("issue", to_text(issue.id));
  facts.set("text", issue.text);
  const Ulid about = issue.product.ulid;
  if (event == "issue.raised") {
    out.push_back(message_to(context, {GranteeKind::product, about}, about, event, facts));
    return out;
  }
  if (!issue.reply.empty()) facts.set("reply", issue.reply);
  for (const Asker& asker : issue.askers) {
    const auto* who = view.mesh.find<Principal>(asker.who);
    if (who == nullptr) continue;
    const bool robot = who->kind == PrincipalKind::service_account;
    const Grantee to{robot ? GranteeKind::service_account : GranteeKind::user, asker.who.ulid};
    Json own = facts;
    const auto* version = issue.version ? view.mesh.find<Port>(*issue.version) : nullptr;
    if (version != nullptr &&
        policy::judge(view.rights, view.mesh, {asker.who, Action::know, on(*version), context.now},
                      view.seq)
            .allowed)
      own.set("version", view.mesh.ref_of(*version));
    out.push_back(message_to(context, to, about, event, std::move(own)));
  }
  return out;
}

Result<void> check_state(const std::string& state, std::initializer_list<std::string_view> known) {
  if (state.empty() || std::ranges::find(known, state) != known.end()) return {};
  const std::vector<std::string> names(known.begin(), known.end());
  return invalid(fmt::format("there is no state '{}'", state.substr(0, 140)),
                 "one of " + join(names, ", "));
}

}  // namespace hansa::service
