// Access to restricted data: requests, decisions, explanations.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/product.h"
#include "api/route.h"

namespace hansa::api {

struct StepView {
  GrantAct act = GrantAct::requested;
  std::string by;
  Time at;
  std::uint64_t seq = 0;
};
void describe(Fields& f, StepView& v);
struct AccessView {
  std::string id;
  std::string number;                 // r-7
  std::string port;                   // domain/port
  std::vector<std::uint32_t> majors;  // empty: all
  std::string grantee;                // "ada", "team ads", ...
  GranteeKind grantee_kind = GranteeKind::user;
  Scope scope;        // what of the port; empty: all
  std::string state;  // requested, active, rejected, revoked, expired, not-yet
  std::string purpose;
  std::string requested_by;
  Time requested_at;
  std::string decided_by;
  std::optional<Time> decided_at;
  std::string reason;
  std::optional<Time> not_before;
  std::optional<Time> until;
  std::vector<std::string> stewards;  // who can decide
  // While it waits: the median of how long the domain's last requests did.
  std::optional<std::uint64_t> usual_answer_seconds = {};
  std::vector<StepView> steps;  // the last changes, oldest first
};
void describe(Fields& f, AccessView& v);

struct RequestAccess {
  std::string port;  // domain/port or domain/port@2
  std::string purpose;
  std::string on_behalf;  // for whom: a name, or kind:name ("team:ads", "service:reporting");
                          // empty: the caller
  Scope scope;            // what of the port; empty: all
  std::optional<Time> from;
  std::optional<Time> until;
};
void describe(Fields& f, RequestAccess& v);
inline constexpr Route<RequestAccess, AccessView> request_access{
    Method::post, "/api/v1/access", "requestAccess", "Ask a steward for access to restricted data",
    "access"};

struct ListAccess {
  std::string state;
  std::string port;
  bool mine = false;       // asked by or for the caller
  bool to_decide = false;  // waiting for the caller's decision
  Paging paging;
};
void describe(Fields& f, ListAccess& v);
inline constexpr Route<ListAccess, PageOf<AccessView>> list_access{
    Method::get, "/api/v1/access", "listAccess", "Requests and grants the caller may see",
    "access"};
struct GetAccess {
  std::string number;
};
void describe(Fields& f, GetAccess& v);
inline constexpr Route<GetAccess, AccessView> get_access{
    Method::get, "/api/v1/access/{number}", "getAccess", "One request or grant", "access"};

struct Approve {
  std::string number;
  std::optional<Time> until;
  Scope scope;  // narrows what was asked for
};
void describe(Fields& f, Approve& v);
inline constexpr Route<Approve, AccessView> approve_access{
    Method::post, "/api/v1/access/{number}/approve", "approveAccess",
    "Approve a request, as a steward of the domain", "access"};
struct GiveReason {
  std::string number;
  std::string reason;
};
void describe(Fields& f, GiveReason& v);
inline constexpr Route<GiveReason, AccessView> reject_access{
    Method::post, "/api/v1/access/{number}/reject", "rejectAccess",
    "Reject a request, with a reason", "access"};
inline constexpr Route<GiveReason, AccessView> revoke_access{
    Method::post, "/api/v1/access/{number}/revoke", "revokeAccess",
    "End a grant now, running queries included", "access"};
struct Renew {
  std::string number;
  Time until;
};
void describe(Fields& f, Renew& v);
inline constexpr Route<Renew, AccessView> renew_access{
    Method::post, "/api/v1/access/{number}/renew", "renewAccess", "Move the end of a grant",
    "access"};

struct Explain {
  std::string who;   // empty: the caller
  std::string what;  // domain/port
};
void describe(Fields& f, Explain& v);
struct RuleView {
  std::string rule;
  bool holds = false;
  std::string says;
};
void describe(Fields& f, RuleView& v);
struct Explanation {
  std::string who;
  std::string what;
  bool may_read = false;
  std::string rule;  // the deciding one
  std::string says;
  std::optional<Time> until;
  std::vector<RuleView> rules;  // all that were looked at, in order
  std::string next;             // the shortest legal way in
  std::string owner;
  std::vector<std::string> stewards;
};
void describe(Fields& f, Explanation& v);
inline constexpr Route<Explain, Explanation> explain_access{
    Method::get, "/api/v1/explain", "explainAccess",
    "Why somebody may or may not read a port, rule by rule", "access"};

struct AuditLine {
  std::uint64_t number = 0;
  std::uint64_t seq = 0;  // of a change; 0: a decision or a read
  Time at;
  std::string kind;
  std::string who;
  std::string subject;
  Json details;
};
void describe(Fields& f, AuditLine& v);
struct ListAudit {
  std::string who;
  std::string port;
  std::string kind;
  Paging paging;
};
void describe(Fields& f, ListAudit& v);
inline constexpr Route<ListAudit, PageOf<AuditLine>> list_audit{
    Method::get, "/api/v1/audit", "listAudit",
    "Changes, decisions and reads, newest first: all of it for an administrator, of one's own port "
    "for its team",
    "access"};

}  // namespace hansa::api
