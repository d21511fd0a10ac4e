// A change is the noun as it will be, plus the event that explains it. The audit log is the list of
// these events and of decisions.
#pragma once

#include <string>

#include "base/json.h"
#include "model/ids.h"
#include "model/noun.h"

namespace hansa {

struct Event {
  std::string kind;  // "grant.approved", "port.published": CloudEvents puts "hansa." in front
  PrincipalId by;
  Time at;
  Ulid subject;  // the noun it is about
  Json details;  // an object; never a secret
};

struct Change {
  Noun after;
  bool gone = false;  // the noun is removed; `after` is what it was
  Event event;
};

}  // namespace hansa
