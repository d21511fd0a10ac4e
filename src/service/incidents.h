// What is wrong with ports: opened, followed and resolved by the team that owns them.
#pragma once

#include "api/incident.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "world/world.h"

namespace hansa::service {

// For the owning team. Errors: denied; conflict: the port is not late, or did not fail; the report
// was answered for good; exhausted: so many of the port are open.
Result<api::IncidentView> open_incident(const Context& context, Live& live, World& world,
                                        const api::OpenIncident& ask);
Result<api::PageOf<api::IncidentView>> list_incidents(const Context& context, Live& live,
                                                      World& world, const api::ListIncidents& ask);
// Errors: not_found, for what the caller may not know too.
Result<api::IncidentView> get_incident(const Context& context, const Live& live,
                                       const api::OneIncident& ask);
// For the owning team. Errors: denied; conflict: it is resolved.
Result<api::IncidentView> update_incident(const Context& context, Live& live, World& world,
                                          const api::UpdateIncident& ask);
Result<api::IncidentView> resolve_incident(const Context& context, Live& live, World& world,
                                           const api::ResolveIncident& ask);

}  // namespace hansa::service
