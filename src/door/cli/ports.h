// Ports as routes and statements name them.
#pragma once

#include <string>

#include "model/mesh.h"

namespace hansa::cli {

// "episodes", or "episodes@2": the port of an address.
std::string port_name(const PortRef& ref);
// "shows.episodes", or "shows.episodes_v2".
std::string sql_name(const PortRef& ref);

}  // namespace hansa::cli
