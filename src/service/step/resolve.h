// SQL names to ports: the common catalog `mesh`, or an account's own with what is mounted there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "service/authority/authorize.h"

namespace hansa::service {

struct SqlTable {
  std::string catalog;
  std::string schema;
  std::string name;
};

// The port a table name means, or nullptr: then nothing of that name exists (whether the caller may
// know the port is a question of its own).
struct Meant {
  const Port* port = nullptr;
  bool by_default = false;  // the name says no version, so it follows where the default moves
};
Meant meant_by(const View& view, const SqlTable& table);
const Port* resolve(const View& view, const SqlTable& table);
// The port that the name means in the common catalog, as people write it: "domain/port@2".
std::string written_port(const SqlTable& table);
// The mount behind the name that leads nowhere any more, or nullptr.
const Mount* ended_mount(const View& view, const SqlTable& table);
// Whether there is such a catalog.
bool is_catalog(const Context& context, const View& view, std::string_view catalog);

// A port under the name it has in a catalog.
struct Placed {
  std::string schema;
  std::string name;
  const Port* port;
};
// All tables of a catalog the caller may know, by schema and name: of each port its default major
// under the bare name, and each under name_vN where there are several. At most `max` + 1 are given.
std::vector<Placed> tables_of(const Context& context, const View& view, std::string_view catalog,
                              std::size_t max);

}  // namespace hansa::service
