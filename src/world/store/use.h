// Counts of use: how often somebody read a port, hour by hour, and which columns. Kept beside the
// audit, which has each single read, so that a question about months of reads is a short one.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/ids.h"

namespace hansa::store {

// One read.
struct Use {
  PortId port;
  PrincipalId who;
  PortId makes;  // the port that is made of what was read; zero: none
  std::vector<std::string> columns;
  Time at;
  std::string client;  // what it calls itself
};

struct Uses {
  std::vector<Use> all;
  // These were counted, and then gave nothing: they are not counted any more. The time of a count
  // and its client may still be theirs, if others of the hour stay.
  bool taken_back = false;
};

// All reads of one hour that agree in all of this are one count.
struct UseKey {
  PortId port;
  std::int64_t hour = 0;  // since 1970
  PrincipalId who;
  PortId makes;
  std::vector<std::string> columns;  // sorted, each once
  friend auto operator<=>(const UseKey&, const UseKey&) = default;
};

struct UseCount {
  std::uint64_t reads = 0;
  Time first, last;
  std::string client;  // of the last one
  friend bool operator==(const UseCount&, const UseCount&) = default;
};

struct UseQuestion {
  std::optional<PortId> port;
  std::optional<PrincipalId> who;
  std::int64_t hour_min = 0;
};

std::int64_t hour_of(Time at);
Time start_of_hour(std::int64_t hour);

UseKey key_of(const Use& use);
// A set of columns as it is persisted.
std::string encode_columns(const std::vector<std::string>& columns);
Result<std::vector<std::string>> decode_columns(std::string_view bytes);

std::size_t bytes_in(const Uses& uses);

// What reads that are written together change in the counts. Below zero: more was taken back than
// is new.
struct UseChange {
  std::int64_t reads = 0;
  Time first, last;  // of those that are new
  std::string client;
};
using UseChanges = std::map<UseKey, UseChange>;
void add(UseChanges& changes, const Uses& uses);

}  // namespace hansa::store
