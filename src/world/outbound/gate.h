// Which addresses may be dialled.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/result.h"

namespace hansa::outbound {

// All addresses of a name. Errors: unavailable.
using Resolve = std::function<Result<std::vector<Address>>(const std::string& host)>;
Result<std::vector<Address>> resolve_by_system(const std::string& host);

class Gate {
 public:
  // `allowed`: what an administrator allows besides the internet.
  Gate(std::vector<Network> allowed, Resolve resolve)
      : allowed_(std::move(allowed)), resolve_(std::move(resolve)) {}

  bool may_dial(const Address& address) const;
  // What a name leads to, looked up once: whoever dials takes these and asks nobody again. Errors:
  // denied: one of them must not be dialled, so that none is; as Resolve.
  Result<std::vector<Address>> open(const std::string& host) const;
  // The same for a machine that an administrator named.
  Result<std::vector<Address>> resolve(const std::string& host) const;

 private:
  std::vector<Network> allowed_;
  Resolve resolve_;
};

std::unexpected<Error> not_allowed();

}  // namespace hansa::outbound
