// The shapes of the standards' documents, version by version, as data: which members an object has,
// since and until when, which must be there, and what they hold. The readers in odcs.h and odps.h
// are liberal; this says exactly where a document leaves its own version of the standard.
//
// A shape is one line of members: `name!:type@since<until`. `!` must be there; `@310` since v3.1.0;
// `<320` before v3.2.0; a name may stand twice with different types or versions. Types: text (if
// none is given), flag, int, size (from 0), num, positive, scalar, any, list, texts, pair (two
// different numbers), uri, date, datetime, id (a stable id), reference, {shape}, [shape] (a list),
// (a|b|c) (one of these words).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace hansa::contract {

struct ShapeLine {
  std::string_view name;
  int closed_since;  // from this version on, other members are not allowed
  std::string_view members;
};

struct Deviation {
  Mark mark;
  std::string
      rule;  // "unknown-field", "missing-field", "wrong-type", "wrong-value", "wrong-version"
  std::string message;
  std::string next;
};

using Deviations = std::vector<Deviation>;

struct Specification {
  std::span<const ShapeLine> shapes;
  std::string_view root;
  // More shapes that this object has because of what it says ("server/postgres").
  std::vector<std::string> (*parts)(std::string_view shape, const Json& node, int version);
  // What a line of members cannot say.
  void (*rules)(std::string_view shape, const Json& node, int version, Deviations& out);
};

// Versions are numbers: 310 is v3.1.0.
std::string version_text(int version);

// Where `document` leaves the standard of that version; at most limits::findings_max places.
Deviations check_shape(const Specification& standard, const Json& document, int version);

const Specification& odcs_standard();
const Specification& odps_standard();

}  // namespace hansa::contract
