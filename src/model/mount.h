// A mount maps somebody's port, domain or catalog into an account's catalog under a name of its
// own. It grants nothing: who reads through it is decided as if it read the original.
#pragma once

#include <string>

#include "model/ids.h"

namespace hansa {

enum class MountKind { port, domain, catalog };

struct Mount {
  MountId id;
  AccountId into;
  MountKind kind = MountKind::port;
  // Where it appears in the account's catalog. A port: schema and table. A domain: schema, and its
  // ports are tables there, those it gains too. A catalog: a prefix for its schemas
  // ("prefix_schema").
  std::string schema;
  std::string table;
  Ulid target;                     // the product of a port, the domain, or the account of a catalog
  std::string target_port;         // the port's name; empty for the other kinds
  std::uint32_t target_major = 0;  // 0: the default one
  std::string ended = {};          // why it leads nowhere any more; empty: it does
  friend bool operator==(const Mount&, const Mount&) = default;
};

}  // namespace hansa
