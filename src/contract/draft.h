// First manifests, so that nobody begins with an empty file: a product out of the schema of its
// data, a team out of its name. The same input gives the same text, always.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contract/kinds.h"
#include "contract/odcs.h"
#include "contract/odps.h"
#include "model/schema.h"

namespace hansa::contract {

struct DraftPort {
  std::string name;
  Schema schema;
  std::vector<std::string> partitions;  // columns that lie in folder names, in their order
  std::string version = "1.0.0";
};

struct Draft {
  std::string domain;
  std::string product;
  std::string title;  // empty: made from `product`
  std::vector<DraftPort> ports;
  std::optional<std::uint32_t> latency_hours =
      24;  // how late the newest data may be; none: no promise
};

struct Drafted {
  DataProduct product;
  std::vector<DataContract> contracts;  // one a port
  std::string text;                     // all of them, as one file
};

// The smallest legal product. Reading `text` back gives the same schemas, but for field ids, which
// contracts do not know. Errors: invalid (a name, a version, a schema without columns).
Result<Drafted> draft_product(const Draft& draft);
Result<DataContract> draft_contract(const DraftPort& port, std::string id,
                                    std::optional<std::uint32_t> latency_hours);

// Team, Domain and one Account for each of `accounts` ("dev" becomes DOMAIN-dev), as one file.
// Errors: invalid, naming the name that is none.
Result<std::string> draft_team(std::string_view name, std::string_view domain,
                               std::span<const std::string> accounts);

}  // namespace hansa::contract
