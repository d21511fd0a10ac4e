#include "door/cli/ports.h"

namespace hansa::cli {

std::string port_name(const PortRef& ref) {
  return ref.port + (ref.major ? "@" + std::to_string(*ref.major) : "");
}

std::string sql_name(const PortRef& ref) {
  return ref.domain + "." + ref.port + (ref.major ? "_v" + std::to_string(*ref.major) : "");
}

}  // namespace hansa::cli
