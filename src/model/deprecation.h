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
  friend bool operator==(const Migration&, const Migration&) = default;
};

// Until when the version is read: the announced date, or the latest that was agreed.
Time last_day(const Deprecation& deprecation, const std::vector<const Migration*>& migrations);

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
