// How a port is made of others, for the caller.
#pragma once

#include "api/derivation.h"
#include "service/authority/authorize.h"

namespace hansa::service {

// "ok", "new" or "stopped".
std::string state_of(const View& view, const Derivation& derivation, Time now);
// The highest of what the port's rows were made of; empty: of nothing.
std::string classification_of(const View& view, PortId port, Time now);
// The ports it is made of, of those the caller may know.
std::vector<std::string> inputs_of(const Context& context, const View& view,
                                   const Derivation& derivation);
// The query, and why it stopped, for those who may change it.
api::DerivationView derivation_view(const Context& context, const View& view,
                                    const Derivation& derivation);

}  // namespace hansa::service
