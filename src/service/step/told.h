// Who is told of the end of a version, and where all of them stand.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "service/authority/commit.h"
#include "service/step/differing.h"
#include "service/step/migration.h"
#include "world/world.h"

namespace hansa::service {

// So many are told in one commit, so that others do not wait for it long.
inline constexpr std::size_t told_at_once = 2'000;

// Notices to those of the audience who have none yet, at most `max`, with their messages. Returns
// how many.
std::size_t add_notices(const Context& context, const View& view, const Port& port,
                        const Deprecation& deprecation, const std::vector<Reader>& audience,
                        const Reading& reading, Differing& differing, std::size_t max,
                        Attempt& out);

// Tells who came to rely on a deprecated or retired version since it was announced, in as many
// commits as that takes. Returns how many. Errors: denied: the caller is not of the owning team.
Result<std::size_t> tell_newcomers(const Context& context, Live& live, World& world, PortId port);

// What others will read. Errors: invalid: longer than 500 bytes, or no text.
Result<void> check_words(std::string_view name, const std::string& text);
// Errors: invalid; also where somebody is overridden without a why.
Result<void> check_override(bool override_, const std::string& why);
// A date in the future, five years ahead at most. Errors: invalid.
Result<void> check_date(const Context& context, Time until);

struct Versions {
  PortId port;
  std::optional<PortId> use;
};
// Of a version that is deprecated. Errors: as find_version; not_found.
Result<Versions> versions_of(const Context& context, const Live& live, const std::string& text);
// Errors: not_found.
Result<api::DeprecationView> deprecation_now(const Context& context, Live& live, World& world,
                                             const HouseRules& rules, const Versions& ids,
                                             bool whole = true);

}  // namespace hansa::service
