// Moving readers from one version of a port to the next: announced, answered, retired.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/product.h"
#include "api/route.h"
#include "model/deprecation.h"
#include "model/replay.h"
#include "model/spelling.h"

namespace hansa::api {

struct RenamedView {
  std::string from;
  std::string to;
};
void describe(Fields& f, RenamedView& v);

struct Deprecate {
  std::string port;  // domain/port@1
  std::string use;   // domain/port@2; empty: nothing replaces it
  Time until;
  std::string why;
  std::vector<RenamedView> renamed;
  bool override_ = false;   // although the notice is shorter than the least
  std::string bridge = {};  // a SELECT over `next` that gives the old rows; empty: as it is
};
void describe(Fields& f, Deprecate& v);

// One consumer in the ledger of a migration.
struct ToldView {
  std::string who;  // "ada", "team ads", "product ads/weekly"
  GranteeKind kind = GranteeKind::user;
  std::string name;  // as `answer` and `extend` take it: "user:ada", "team:ads"
  std::vector<std::string> because;
  Standing standing = Standing::told;
  Time told_at;
  Answer answer = Answer::none;
  std::string text;
  std::string answered_by;
  std::optional<Time> answered_at;
  std::optional<Time> wanted;
  std::optional<Time> agreed;
  std::uint64_t reads = 0;  // of the old version in the last 90 days
  std::optional<Time> last_read;
  std::vector<std::string> columns;  // that it reads of the old version
  std::string client;                // with which it read last
  std::optional<Time> last_read_new;
  std::optional<Time> reminded_at;
  std::string answered_via;  // by a link in a mail, and whose; empty: signed in
};
void describe(Fields& f, ToldView& v);

struct BrownoutView {
  Time from;
  Time until;
  std::string by;
};
void describe(Fields& f, BrownoutView& v);

struct DeprecationView {
  std::string port;
  std::string use;
  std::string state;  // announced, retired
  Time until;         // as it was announced
  Time last_day;      // the latest date that was agreed, or `until`
  std::string why;
  std::vector<RenamedView> renamed;
  std::string owner;
  std::string set_by;
  Time set_at;
  std::optional<Time> retired_at;
  std::string retired_why;
  std::uint64_t told = 0;
  std::uint64_t moved = 0;
  std::uint64_t reading = 0;            // so many of them read the old version in the last days
  std::optional<Time> reminded_at;      // by hand
  std::vector<BrownoutView> brownouts;  // that lie ahead, or are now
  std::vector<ToldView> consumers;      // the caller's own; all of them for the owning team
  std::vector<std::string> blockers;    // why it cannot be retired now, for the owning team
  std::vector<std::string> warnings;    // of standards, when it is announced
  bool bridged = false;                 // its rows are made of those of `use`
  std::string bridge;                   // how, for the owning team
};
void describe(Fields& f, DeprecationView& v);

inline constexpr Route<Deprecate, DeprecationView> deprecate{
    Method::post, "/api/v1/deprecations", "deprecate",
    "Announce the end of a version to everybody who reads it", "versions"};
inline constexpr Route<List, PageOf<DeprecationView>> list_deprecations{
    Method::get, "/api/v1/deprecations", "listDeprecations",
    "Versions on their way out that the caller may know of", "versions"};

struct OneVersion {
  std::string domain;
  std::string port;  // with its version: plays@1
};
void describe(Fields& f, OneVersion& v);
inline constexpr Route<OneVersion, DeprecationView> get_deprecation{
    Method::get, "/api/v1/deprecations/{domain}/{port}", "getDeprecation",
    "Where each consumer of a deprecated version stands", "versions"};
inline constexpr Route<OneVersion, Nothing> withdraw_deprecation{
    Method::delete_, "/api/v1/deprecations/{domain}/{port}", "withdrawDeprecation",
    "The version stays after all", "versions"};

struct AnswerNotice {
  std::string domain;
  std::string port;
  Answer answer = Answer::none;
  std::optional<Time> until;  // of needs_until
  std::string text;
  std::string on_behalf;  // "team:ads"; empty: as whom the caller was told
};
void describe(Fields& f, AnswerNotice& v);
inline constexpr Route<AnswerNotice, ToldView> answer_notice{
    Method::post, "/api/v1/deprecations/{domain}/{port}/answer", "answerNotice",
    "Say that you moved, how long you need, or that it is not yours", "versions"};

struct ExtendVersion {
  std::string domain;
  std::string port;
  std::string consumer;  // "team:ads"
  Time until;
};
void describe(Fields& f, ExtendVersion& v);
inline constexpr Route<ExtendVersion, ToldView> extend_version{
    Method::post, "/api/v1/deprecations/{domain}/{port}/extend", "extendVersion",
    "Agree with a consumer on a date", "versions"};

struct Reminded {
  std::uint64_t reminded = 0;
};
void describe(Fields& f, Reminded& v);
inline constexpr Route<OneVersion, Reminded> remind_version{
    Method::post, "/api/v1/deprecations/{domain}/{port}/remind", "remindVersion",
    "Remind those who still read a version that it ends", "versions"};

struct BrownOut {
  std::string domain;
  std::string port;
  Time from;
  std::uint64_t seconds = 0;
};
void describe(Fields& f, BrownOut& v);
inline constexpr Route<BrownOut, DeprecationView> brown_out{
    Method::post, "/api/v1/deprecations/{domain}/{port}/brownouts", "brownOut",
    "Announce a while in which reads of a version are refused", "versions"};
struct CancelBrownout {
  std::string domain;
  std::string port;
  Time from;
};
void describe(Fields& f, CancelBrownout& v);
inline constexpr Route<CancelBrownout, DeprecationView> cancel_brownout{
    Method::delete_, "/api/v1/deprecations/{domain}/{port}/brownouts", "cancelBrownout",
    "Call off a while in which reads would have been refused", "versions"};

struct SetBridge {
  std::string domain;
  std::string port;
  std::string sql;
};
void describe(Fields& f, SetBridge& v);
inline constexpr Route<SetBridge, DeprecationView> set_bridge{
    Method::put, "/api/v1/deprecations/{domain}/{port}/bridge", "setBridge",
    "Serve a deprecated version as a view over the one that replaces it", "versions"};
inline constexpr Route<OneVersion, DeprecationView> remove_bridge{
    Method::delete_, "/api/v1/deprecations/{domain}/{port}/bridge", "removeBridge",
    "Let what was published into a deprecated version be read again", "versions"};

struct RetireVersion {
  std::string domain;
  std::string port;
  bool override_ = false;  // although somebody needs it
  std::string why;
};
void describe(Fields& f, RetireVersion& v);
inline constexpr Route<RetireVersion, DeprecationView> retire_version{
    Method::post, "/api/v1/deprecations/{domain}/{port}/retire", "retireVersion",
    "End reads of a version that nobody needs any more", "versions"};
inline constexpr Route<OneVersion, DeprecationView> restore_version{
    Method::post, "/api/v1/deprecations/{domain}/{port}/restore", "restoreVersion",
    "Take a retirement back", "versions"};

// One statement of one reader, or several that differ in their literals only: then the latest.
struct ReplayedView {
  std::string who;    // "ada", "product ads/weekly"
  std::string makes;  // the port that it makes
  ReplayVerdict verdict = ReplayVerdict::not_run;
  std::string why;
  std::uint64_t reads = 0;
  Time last;
  bool rewrite = false;  // written for the new version it works
  // For whoever wrote it, while texts are kept.
  std::string sql;
  std::string rewritten;
};
void describe(Fields& f, ReplayedView& v);

// What somebody who was told reads: one version, and what it means for them.
struct NoticeView {
  std::string id;
  DeprecationView version;  // `consumers` holds the one who is told
  std::string table;        // as SQL names the old version: audience.plays_v1
  std::string use_table;
  std::vector<std::string> changes;  // what differs in the new version, of what is read
  // What the caller's own queries became on it when they were tried last; without their texts.
  std::vector<ReplayedView> queries;
  std::string next;
};
void describe(Fields& f, NoticeView& v);
inline constexpr Route<List, PageOf<NoticeView>> list_notices{
    Method::get, "/api/v1/notices", "listNotices",
    "Versions that the caller reads and that will end", "versions"};

struct MoveDefault {
  std::string domain;
  std::string port;  // with the version that the bare name shall mean
  bool override_ = false;
  std::string why;
};
void describe(Fields& f, MoveDefault& v);
inline constexpr Route<MoveDefault, PortView> move_default{
    Method::post, "/api/v1/ports/{domain}/{port}/default", "moveDefault",
    "Let the name without a version mean this one", "versions"};

}  // namespace hansa::api
