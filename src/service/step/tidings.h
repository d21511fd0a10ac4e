// Messages of the jobs that end versions and open access: whom, and with which facts.
#pragma once

#include "service/authority/commit.h"
#include "service/step/differing.h"
#include "service/step/migration.h"
#include "service/step/outbox.h"

namespace hansa::service {

// To a consumer of a version that ends: what of it it reads, what differs, and what to do.
store::Message tell_deprecated(const Context& context, const View& view, const Port& port,
                               const Deprecation& deprecation, const Migration& notice,
                               const ReadOf& read, Differing& differing);
// The fact that names the notice which a message is about; not for people.
inline constexpr std::string_view notice_fact = "notice";
// To one that goes on reading: "version.reminder".
store::Message tell_reminder(const Context& context, const View& view, const Port& port,
                             const Deprecation& deprecation, const Migration& migration,
                             const ReadOf& read, Differing& differing);
// To everybody who was told so far: "version.retired", "version.restored", "version.changed",
// "version.bridged", "version.unbridged".
store::Message tell_all_told(const Context& context, const View& view, const Port& port,
                             const Deprecation& deprecation, std::string_view type);
// As above: "version.brownout", "version.brownout_cancelled".
store::Message tell_brownout(const Context& context, const View& view, const Port& port,
                             const Deprecation& deprecation, const Brownout& which,
                             std::string_view type);
// To one of them: "version.extended", "version.withdrawn".
store::Message tell_one_told(const Context& context, const View& view, const Port& port,
                             const Grantee& consumer, std::string_view type,
                             std::optional<Time> until);

// Of a request: "access.requested" and "access.waiting" to those who decide about it,
// "access.overdue" to them and to the owning team, all others to whom it is for and to whoever
// asked. What rows it would show is not in it.
void tell_access(const Context& context, const View& view, const Grant& grant,
                 std::string_view type, std::vector<store::Message>& out);

// To the owning team.
store::Message tell_owner(const Context& context, const View& view, const Port& port,
                          std::string_view type, Json facts);

}  // namespace hansa::service
