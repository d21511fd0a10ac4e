#include "model/incident.h"

#include <fmt/format.h>

#include <algorithm>

namespace hansa {
namespace {

Result<void> check_unresolved(const Incident& incident) {
  if (!incident.resolved_at) return {};
  return conflict("the incident is resolved already", "open another if it is wrong again");
}

}  // namespace

Result<Incident> updated(Incident incident, IncidentUpdate update) {
  HANSA_CHECK(check_unresolved(incident));
  if (update.text.empty() && !update.expected)
    return invalid("say what is known, or when it should be over",
                   "--text TEXT or --expected TIME");
  if (incident.updates.size() >= incident_updates_max)
    return exhausted(fmt::format("an incident has at most {} updates", incident_updates_max),
                     "resolve it, and open another");
  if (update.expected) incident.expected = update.expected;
  incident.updates.push_back(std::move(update));
  return incident;
}

Result<Incident> resolved(Incident incident, std::string how, PrincipalId by, Time at) {
  HANSA_CHECK(check_unresolved(incident));
  if (how.empty()) return invalid("say how it ended", "--text TEXT: its readers see it");
  incident.resolved_at = at;
  incident.resolved_by = by;
  incident.resolution = std::move(how);
  return incident;
}

std::string note_of(const Incident& incident) {
  std::string last;
  for (const IncidentUpdate& each : incident.updates)
    if (!each.text.empty()) last = each.text;
  return fmt::format(
      "incident since {}: {}{}{}", to_words(incident.began), incident.text,
      last.empty() ? "" : "; " + last,
      incident.expected ? "; expected to be over by " + to_words(*incident.expected) : "");
}

}  // namespace hansa
