// What is left of a port, product or account that was deleted: what it was called, so that whoever
// still names it is told, and where its files lie.
#pragma once

#include <string>

#include "base/time.h"
#include "model/ids.h"

namespace hansa {

enum class DeletionKind { port, product, account };

// Its id is that of what was deleted, which is never given again.
struct Deletion {
  DeletionId id;
  DeletionKind kind = DeletionKind::port;
  std::string name;  // "domain/port@1", "domain/product", or the account's
  DomainId domain;
  bool hidden = false;
  // Where its files lie. An account's is claimed for ever: nobody else shall come upon them.
  std::string bucket;
  PrincipalId by;
  Time at;
  std::string why;
  std::string plan;  // the digest of what was agreed to; empty: it went with something else
  friend bool operator==(const Deletion&, const Deletion&) = default;
};

}  // namespace hansa
