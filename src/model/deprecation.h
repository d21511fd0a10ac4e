// A version of a port on its way out: what replaces it, until when it is read, who was told, and
// what each of them answered.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "model/grant.h"
#include "model/ids.h"

namespace hansa {

// A column's name in the old version and in the one that replaces it.
struct Renamed {
  std::string from;
  std::string to;
  friend bool operator==(const Renamed&, const Renamed&) = default;
};

// A while in which reads of a version are refused, so that whoever did not notice does.
struct Brownout {
  Time from;
  Time until;
  PrincipalId by;
  Time announced;
  friend bool operator==(const Brownout&, const Brownout&) = default;
};

// One column of a version that is made of another, and the columns there that its values depend on.
struct BridgedColumn {
  std::string name;
  std::vector<std::string> from;  // ascending
  friend bool operator==(const BridgedColumn&, const BridgedColumn&) = default;
};

// The old version's rows, made of those of the version that replaces it: what was published into
// the old one itself is not read, and stays.
struct Bridge {
  std::string sql;                     // one SELECT over `next`
  std::vector<BridgedColumn> columns;  // as the old version's contract orders them
  PrincipalId set_by;
  Time set_at;
  friend bool operator==(const Bridge&, const Bridge&) = default;
};

// Its id is the port's: one version is deprecated once.
struct Deprecation {
  PortId id;
  std::optional<PortId> use;  // what replaces it; none: nothing does
  Time by;                    // it is read until then
  std::string why;
  std::vector<Renamed> renamed;
  PrincipalId set_by;
  Time set_at;
  // Once nobody reads it any more. Its data stays until the port is deleted.
  std::optional<Time> retired_at = {};
  PrincipalId retired_by = {};
  std::string retired_why = {};  // said because somebody still needed it
  // How often somebody came to rely on the version since: whoever retires it has seen them all.
  std::uint64_t joined = 0;
  std::optional<Time> reminded_at = {};  // by hand, all of its readers
  std::vector<Brownout> brownouts = {};  // ascending
  std::optional<Bridge> bridge = {};     // over `use`
  friend bool operator==(const Deprecation&, const Deprecation&) = default;
};

// What a consumer says to a notice.
enum class Answer { none, moved, needs_until, not_mine, question };

// One consumer that was told. What it reads is counted elsewhere (world/store/use.h).
struct Migration {
  MigrationId id;
  PortId port;       // the old version
  Grantee consumer;  // a user, service account, role, group, team, account or product
  std::vector<std::string> because;  // why it was told: "reads", "r-7", "makes ads/weekly@1"
  Time told_at;
  Answer answer = Answer::none;
  std::string text = {};  // its words
  PrincipalId answered_by = {};
  std::optional<Time> answered_at = {};
  std::optional<Time> wanted = {};  // it asked to be served until then
  std::optional<Time> agreed = {};  // it is, whatever was announced
  std::optional<Time> reminded_at = {};
  std::string answered_via = {};        // "a link in mail to ads@..."; empty: signed in
  std::vector<std::string> spent = {};  // digests of the links that were used, in hex
  friend bool operator==(const Migration&, const Migration&) = default;
};

// Until when the version is read: the announced date, or the latest that was agreed.
Time last_day(const Deprecation& deprecation, const std::vector<const Migration*>& migrations);

// Whether it is time to remind a consumer that goes on reading: once after half of its time, 14
// days, 7 days and a day before its end, however late somebody looks, and however many of these
// passed meanwhile.
bool reminder_due(const Deprecation& deprecation, const Migration& migration,
                  std::optional<Time> last_read, Time now);
// Whether one of these times has passed since it was told last.
bool reminder_passed(const Deprecation& deprecation, const Migration& migration, Time now);
// Until when it reads, as it was agreed or announced.
Time end_for(const Deprecation& deprecation, const Migration& migration);
// Whether it read since it was told or reminded last, or since it said that it does not.
bool still_reads(const Migration& migration, std::optional<Time> last_read);
// The brown-out of this moment.
const Brownout* brownout_at(const Deprecation& deprecation, Time now);

// Where a consumer stands. What it does counts before what it says.
enum class Standing {
  told,
  moved,
  reopened,  // it said that it moved, and read the old version since
  needs_until,
  not_mine,
  question,
  quiet,  // it answered nothing, and has not read the old version since it was told
};
Standing standing(const Migration& migration, std::optional<Time> last_read);

}  // namespace hansa
