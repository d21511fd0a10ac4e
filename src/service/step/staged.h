// Files about to become visible: found, inspected, held against the contract.
#pragma once

#include <string>
#include <vector>

#include "iceberg/metadata.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "service/step/tables.h"
#include "world/world.h"

namespace hansa::service {

// What a publish goes to, as values: it outlives the view it was read from.
struct Target {
  PortId port;
  ProductId product;
  AccountId account;
  std::string ref;  // domain/port@major
  std::string bucket;
  Schema schema;      // of the contract, ids as the table has them
  Location location;  // of the table
  std::optional<TableState> state;
  // Snapshots of it were expired: the table does not know each publish any more.
  bool forgets = false;
  std::vector<HeldBatch> held = {};  // what waits in quarantine, or was dropped from it
  std::uint64_t quota_bytes = 0;
  std::uint64_t other_bytes =
      0;  // what the account's other tables hold; only counted where there is a quota
};

// Authorised to publish there. Errors: as find_port and authorize; invalid if the port is no table.
Result<Target> find_target(const Context& context, const View& view, std::string_view port);
// The same for data from outside. Errors: also blocked: a query makes it.
Result<Target> find_open_target(const Context& context, const View& view, std::string_view port);

// Where an uploaded file lies until, and after, it is published.
Result<Location> upload_location(const Target& target, std::string_view publish,
                                 std::uint32_t file);

// Where a dry run's lies while it runs: nothing ever lists it.
Result<Location> trial_location(const Target& target, std::string_view publish, std::uint32_t file);
// Where uploaded text lies until it is converted, and where what was refused of it is listed.
Result<Location> text_location(const Target& target, std::string_view publish, std::uint32_t file);
Result<Location> rejects_location(const Target& target, std::string_view publish,
                                  std::uint32_t file);

// What was uploaded into a table and is in none of its snapshots, or in none but old ones that
// somebody else's publish replaced after its own was expired.
Result<std::vector<object::ObjectInfo>> unpublished(World& world, Tables& tables,
                                                    const Table& table);
// The lists of refused records of a table.
Result<std::vector<object::ObjectInfo>> reports(World& world, const Table& table);

// Footers of these objects, read in a worker. Errors: invalid, naming file and column that break
// the contract; corrupt, naming a file that is no Parquet.
Result<std::vector<iceberg::DataFile>> inspected(const Context& context, World& world,
                                                 const Target& target,
                                                 const std::vector<Location>& files);

}  // namespace hansa::service
