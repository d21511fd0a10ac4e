// Whom a port's trouble concerns: who really reads it, who subscribes to it, and the readers of
// what is made of it. Owners are not readers. Pure, but for the counts of reads.
#pragma once

#include <map>
#include <set>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "model/grant.h"
#include "service/authority/commit.h"
#include "service/step/use.h"

namespace hansa::service {

// A port and who has read it lately.
struct PortReads {
  PortId port;
  std::vector<UseBy> reads;
};
inline constexpr std::chrono::hours readers_look_back{24 * 90};
// So many are told in one commit; the feed tells everybody.
inline constexpr std::size_t readers_told_max = limits::changes_per_commit_max / 2;

// Of the port alone, or with all that is made of it. Errors: as Store::uses.
Result<std::vector<PortReads>> reads_with(store::Store& store, const Live& live, PortId port,
                                          bool with_made, Time now);

// Who reads which of these ports; nobody of the team that owns the first.
std::map<Grantee, std::set<PortId>> concerned_by(const View& view,
                                                 const std::vector<PortReads>& reads);

// One message each, about the first of these ports, to the team that owns it too. Whoever may not
// know of it is told about what he reads himself, without its name. `facts` say what happened.
std::vector<store::Message> messages_to_readers(const Context& context, const View& view,
                                                const std::vector<PortReads>& reads,
                                                std::string_view type, const Json& facts);

}  // namespace hansa::service
