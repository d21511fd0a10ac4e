// What differs in the versions that replace others, for the many who are told of it: a pair of
// contracts is compared once, however many read by them.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "contract/compatible.h"
#include "service/authority/live.h"

namespace hansa::service {

class Differing {
 public:
  // Compares what a version promises with what its replacement does, without holding anybody up:
  // for a commit that is about to tell of it.
  void look(const Live& live, PortId from, const std::optional<PortId>& to);
  // The same for a version that is deprecated already.
  void look(const Live& live, PortId deprecated);

  // What hits somebody who reads these columns, in words and in the order of the contract; with no
  // columns, everybody. Past `max` it is counted: "and 7 more".
  std::vector<std::string> words(const View& view, const Deprecation& deprecation,
                                 const std::set<std::string>& columns, std::size_t max);

  // How the new version calls these columns of the old one, at most `max`; those that it lacks are
  // left out.
  std::vector<std::string> names(const View& view, const Deprecation& deprecation,
                                 const std::set<std::string>& columns, std::size_t max);

  // How many pairs of contracts were compared so far.
  std::size_t compared() const { return compared_; }

 private:
  struct Pair {
    std::shared_ptr<const Contract> before, after;
    std::string from, to;  // names of the ports
  };
  struct Known {
    Pair pair;  // kept, so that no other contract gets its address
    std::vector<contract::Shift> shifts;
    std::unordered_map<std::string, std::vector<std::size_t>> by_column;
    std::unordered_set<std::string_view> columns;  // of the new one
  };
  static std::optional<Pair> pair_of(const View& view, PortId from,
                                     const std::optional<PortId>& to);
  const Known& known(Pair pair);
  // Of a version and its replacement; nullptr if either is not there.
  const Known* known(const View& view, const Deprecation& deprecation);

  std::map<std::pair<const Contract*, const Contract*>, Known> known_;
  std::size_t compared_ = 0;
};

}  // namespace hansa::service
