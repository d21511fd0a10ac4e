// What follows from a port being made of others: no port is made of itself, and nothing derived is
// less protected than what it was read from. Pure, and bounded by limits::derivation_depth_max.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/mesh.h"

namespace hansa {

// What an ODCS `classification` demands. A word that is none of the four counts as the highest:
// what is not understood is not loosened.
enum class Sensitivity { open, internal, confidential, restricted };
Sensitivity level_of(std::string_view classification);
std::string_view words_of(Sensitivity level);

// How far a product is kept from others; each demands at least what the ones before do.
enum class Closed { no, restricted, hidden };
Closed closed_of(const Product& product);

// What a port demands of whatever is made of it.
struct Protection {
  Sensitivity level = Sensitivity::open;
  Closed closed = Closed::no;
  friend bool operator==(const Protection&, const Protection&) = default;
};
Protection highest(Protection a, Protection b);

// Of these reads: of the columns read, as their contracts classify them, of the products they lie
// in, and of all that those are made of.
Protection protection_of(const Mesh& mesh, const std::vector<SourceRead>& reads);

// Errors: blocked: the product is more open, or a column says a lower classification, than what is
// read demands. A column that says nothing inherits.
Result<void> check_protected(const Contract& contract, const Product& product,
                             const Protection& demanded);

// Whether `port` may be made of these. Errors: blocked: it would be made of itself, or the chain
// would be longer than limits::derivation_depth_max.
struct Chain {
  std::vector<PortId> looked_at;  // whose derivations the answer rests on, those without one too
};
Result<Chain> check_acyclic(const Mesh& mesh, PortId port, const std::vector<SourceRead>& reads);

}  // namespace hansa
