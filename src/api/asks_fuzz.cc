// What a client sends as a route's ask: it is refused or is a value that writes itself back. The
// first byte chooses the route.
#include <cstdint>
#include <string_view>

#include "api/access.h"
#include "api/backup.h"
#include "api/channel.h"
#include "api/deletion.h"
#include "api/deprecation.h"
#include "api/doctor.h"
#include "api/events.h"
#include "api/identity.h"
#include "api/incident.h"
#include "api/issue.h"
#include "api/manifest.h"
#include "api/product.h"
#include "api/profile.h"
#include "api/publish.h"
#include "api/quarantine.h"
#include "api/query.h"
#include "api/replay.h"
#include "api/rows.h"
#include "api/slo.h"
#include "api/standard.h"
#include "base/result.h"

namespace {

using namespace hansa;

template <class Ask>
void check(const Json& json) {
  const auto ask = from_json<Ask>(json);
  if (!ask) return;
  const Json written = to_json(*ask);
  const auto again = from_json<Ask>(written);
  HANSA_ASSERT(again && to_text(to_json(*again)) == to_text(written));
}

template <class... Asks>
void check_one(std::size_t which, const Json& json) {
  constexpr void (*all[])(const Json&) = {check<Asks>...};
  all[which % sizeof...(Asks)](json);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hansa::api;
  if (size == 0) return 0;
  const auto json = parse_json(std::string_view(reinterpret_cast<const char*>(data) + 1, size - 1));
  if (!json) return 0;
  check_one<RequestAccess, ListAccess, GetAccess, Approve, GiveReason, Renew, Explain, ListAudit,
            CreatePrincipal, ListPrincipals, DisablePrincipal, CreateToken, ListTokens, RevokeToken,
            SetPassword, SignIn, PlanManifests, ApplyManifests, List, GetProduct, GetPort, ListAll,
            CreateMount, ListMounts, RemoveMount, Upload, Publish, ListSnapshots, Rollback,
            ListRejects, RunQuery, GetQuery, ListQueries, ReadRows, ListEvents, GetProfile,
            MakeBackup, PlanDeletion, Delete, Examine, Deprecate, OneVersion, ReplayVersion,
            AnswerNotice, ExtendVersion, RetireVersion, MoveDefault, ListSlo, RaiseIssue,
            ListIssues, OneIssue, AnswerIssue, OpenIncident, ListIncidents, OneIncident,
            UpdateIncident, ResolveIncident, MakeChannel, OneChannel, ListDeliveries, ListHeld,
            OneHeld, ReleaseHeld, QueryHeld, ListMaturity, GetDomainMaturity, GetNamed, BrownOut,
            CancelBrownout, SetRhythm, SetBridge>(data[0], *json);
  return 0;
}
