// Something is wrong with a port, and its readers are warned.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/product.h"
#include "api/route.h"
#include "model/incident.h"

namespace hansa::api {

struct IncidentUpdateView {
  Time at;
  std::string by;
  std::string text;
  std::optional<Time> expected;
};
void describe(Fields& f, IncidentUpdateView& v);

struct IncidentView {
  std::string id;
  std::string port;
  std::string owner;
  std::string text;
  std::string state;  // open, resolved
  IncidentCause cause = IncidentCause::owner;
  std::string issue;
  Time began;
  std::string opened_by;
  Time opened_at;
  std::optional<Time> expected;
  std::vector<IncidentUpdateView> updates;
  std::optional<Time> resolved_at;
  std::string resolved_by;
  std::string resolution;
  std::uint64_t opened_after_seconds = 0;
  std::optional<std::uint64_t> resolved_after_seconds;
};
void describe(Fields& f, IncidentView& v);

struct OpenIncident {
  std::string port;
  std::string text;
  IncidentCause cause = IncidentCause::owner;
  std::string issue;
  std::optional<Time> expected;
};
void describe(Fields& f, OpenIncident& v);
inline constexpr Route<OpenIncident, IncidentView> open_incident{
    Method::post, "/api/v1/incidents", "openIncident",
    "Say that something is wrong with a port; for the owning team", "talk"};
struct ListIncidents {
  std::string port;
  std::string state;
  Paging paging;
};
void describe(Fields& f, ListIncidents& v);
inline constexpr Route<ListIncidents, PageOf<IncidentView>> list_incidents{
    Method::get, "/api/v1/incidents", "listIncidents", "Incidents of ports", "talk"};
struct OneIncident {
  std::string id;
};
void describe(Fields& f, OneIncident& v);
inline constexpr Route<OneIncident, IncidentView> get_incident{
    Method::get, "/api/v1/incidents/{id}", "getIncident", "One of them", "talk"};
struct UpdateIncident {
  std::string id;
  std::string text;
  std::optional<Time> expected;
};
void describe(Fields& f, UpdateIncident& v);
inline constexpr Route<UpdateIncident, IncidentView> update_incident{
    Method::post, "/api/v1/incidents/{id}/update", "updateIncident",
    "Say what became known of it, or when it should be over; for the owning team", "talk"};
struct ResolveIncident {
  std::string id;
  std::string text;
};
void describe(Fields& f, ResolveIncident& v);
inline constexpr Route<ResolveIncident, IncidentView> resolve_incident{
    Method::post, "/api/v1/incidents/{id}/resolve", "resolveIncident",
    "Say how it ended; for the owning team", "talk"};

}  // namespace hansa::api
