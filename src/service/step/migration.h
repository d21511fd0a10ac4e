// Who reads a version that is on its way out, who was told, and what still needs it. Pure, but for
// the counts of reads, which are the store's and are fetched before the mesh is looked at.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "api/deprecation.h"
#include "service/authority/authorize.h"
#include "service/step/house_rules.h"
#include "service/step/use.h"

namespace hansa::service {

// Reads of a version and of the one that replaces it, lately.
struct Reading {
  std::vector<UseBy> old_reads;
  std::vector<UseBy> new_reads;
};
// Of the last `audience_looks_back`. Errors: as Store::uses.
Result<Reading> reading_of(store::Store& store, PortId port, std::optional<PortId> use, Time now);
inline constexpr std::chrono::hours audience_looks_back{24 * 90};
// All reads of a version that are counted, for a commit that nobody's read may come before: fetched
// before who reads it. Errors: as Store::uses.
Result<store::Unread> counted_of(store::Store& store, PortId port);

// `domain/port@1`: a version is named, unless there is one only. Errors: as find_port; invalid.
Result<const Port*> find_version(const Context& context, const View& view, std::string_view text);
// One that is deprecated. Errors: not_found.
Result<const Deprecation*> deprecation_of(const View& view, const Port& port);

// A consumer of a version, and why it is one.
struct Reader {
  Grantee consumer;
  std::vector<std::string> because;
};
// As whom a read counts: the product of the port that is made of it, else whoever read.
Grantee consumer_of(const View& view, PrincipalId who, PortId makes);
// Ports whose query reads this one, as its names lead now.
std::vector<const Port*> made_of_it(const View& view, PortId port);

// Whoever read it, may read it by a grant, subscribes to it, mounts this very version, or owns a
// product made of it.
// The owning team is not among them. Ascending by consumer.
std::vector<Reader> audience_of(const View& view, const Port& port, const Reading& reading,
                                Time now);

// What a consumer reads.
struct ReadOf {
  std::uint64_t reads = 0;
  std::optional<Time> last = {};
  std::set<std::string> columns = {};
  std::string client = {};  // of the last one
};

// Reads by consumer. Those of a team, role, group or account are its members'.
class ReadsBy {
 public:
  ReadsBy(const View& view, const std::vector<UseBy>& reads);
  ReadOf of(const Grantee& consumer) const;
  const std::map<Grantee, ReadOf>& all() const { return by_; }

 private:
  const View& view_;
  std::map<Grantee, ReadOf> by_;
};

// Why the version cannot go now: one line each.
std::vector<std::string> blockers_of(const Context& context, const View& view,
                                     const Deprecation& deprecation, const Port& port,
                                     const Reading& reading, const HouseRules& rules);

// "team:ads": what find_grantee takes.
std::string written(const View& view, const Grantee& grantee);
// In words for the caller: a product that it may not know of has no name.
std::string named(const Context& context, const View& view, const Grantee& consumer);
api::ToldView consumer_view(const Context& context, const View& view, const Migration& migration,
                            const ReadsBy& old_reads, const ReadsBy& new_reads);
// `whole`: with the consumers that the caller may see, and what is in the way; else their figures.
api::DeprecationView deprecation_view(const Context& context, const View& view,
                                      const Deprecation& deprecation, const Port& port,
                                      const Reading& reading, const HouseRules& rules, bool whole);

// In SQL: "audience.plays_v1".
std::string table_of(const View& view, const Port& port);

}  // namespace hansa::service
