// What data demands of whoever keeps it, and of what it was made.
#pragma once

#include <string>
#include <vector>

#include "model/ids.h"

namespace hansa {

// What an ODCS `classification` demands.
enum class Sensitivity { open, internal, confidential, restricted };

// How far a product is kept from others; each demands at least what the ones before do.
enum class Closed { no, restricted, hidden };

// What a port demands of whatever is made of it.
struct Protection {
  Sensitivity level = Sensitivity::open;
  Closed closed = Closed::no;
  friend bool operator==(const Protection&, const Protection&) = default;
};

// One port that rows were made of, with all that it was made of itself, as it was when they were
// made: a later word of its owner changes nothing about rows that are there.
struct MadeOf {
  PortId port;
  std::string state;  // the last that was read of it: a snapshot, or the key of a view
  Protection demands;
  friend bool operator==(const MadeOf&, const MadeOf&) = default;
};

}  // namespace hansa
