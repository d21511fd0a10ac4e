// One port as the caller sees it, for jobs that write the statement themselves.
#pragma once

#include <string>

#include "service/authority/authorize.h"

namespace hansa::service {

struct OnePort {
  PortId id;
  std::string ref;    // domain/port@major
  std::string table;  // as a statement names it, quoted
  Schema columns;     // those that are shown; all of them if the caller may not read
  // A caller who may not read gets a statement all the same: it is refused, with its record, where
  // every other one is.
  bool readable = false;
};

// Errors: as find_port; invalid: it has no table.
Result<OnePort> one_port(const Context& context, const View& view, std::string_view domain,
                         std::string_view port);

// For HowToOpen::wanted. Errors: unavailable: what the statement was written for is not what was
// decided.
Result<void> still_readable(const OnePort& port);

}  // namespace hansa::service
