// Something is wrong with a port, and its owner says so to whoever reads it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/ids.h"

namespace hansa {

// What led to it.
enum class IncidentCause { owner, report, late, failed };

struct IncidentUpdate {
  Time at;
  PrincipalId by;
  std::string text;
  std::optional<Time> expected = {};  // when it should be over, as was said then
  friend bool operator==(const IncidentUpdate&, const IncidentUpdate&) = default;
};

struct Incident {
  IncidentId id;
  PortId port;
  std::string text;  // what is wrong
  IncidentCause cause = IncidentCause::owner;
  std::optional<IssueId> issue = {};  // the report that it came from
  Time began;                         // of what led to it: the report, the lateness
  PrincipalId opened_by;
  Time opened_at;
  std::optional<Time> expected = {};
  std::vector<IncidentUpdate> updates = {};
  std::optional<Time> resolved_at = {};
  PrincipalId resolved_by = {};
  std::string resolution = {};
  friend bool operator==(const Incident&, const Incident&) = default;
};

inline constexpr std::size_t incident_text_max = 1'000;   // bytes
inline constexpr std::size_t incident_updates_max = 100;  // of one
inline constexpr std::size_t open_incidents_per_port_max = 10;

// Errors: conflict: it is resolved; exhausted; invalid: it says nothing.
Result<Incident> updated(Incident incident, IncidentUpdate update);
Result<Incident> resolved(Incident incident, std::string how, PrincipalId by, Time at);

// "incident since 2026-11-22: wrong totals; expected to be over by ...", for whoever reads the
// port.
std::string note_of(const Incident& incident);

}  // namespace hansa
