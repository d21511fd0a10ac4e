// What follows from a port being made of others: no port is made of itself, and nothing derived is
// less protected than what it was read from. Pure, and bounded by limits::derivation_depth_max.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/mesh.h"

namespace hansa {

// A word that is none of the four counts as the highest: what is not understood is not loosened.
Sensitivity level_of(std::string_view classification);
Closed closed_of(const Product& product);

// What a query reads. Names move, so this is where they lead now, and not what was recorded once.
using SourcesOf = std::function<std::vector<SourceRead>(const Derivation&)>;

// What is made of these reads, one for each: of the columns read, as their contracts classify them,
// of the products they lie in, and of all that their rows and queries are made of.
std::vector<MadeOf> made_of(const Mesh& mesh, const std::vector<SourceRead>& reads,
                            const SourcesOf& sources);
Protection protection_of(const std::vector<MadeOf>& parts);

// Of all rows of a port that somebody may read (readable_rows), and of what its query reads.
std::vector<MadeOf> made_of(const Mesh& mesh, PortId port, Time since, const SourcesOf& sources);

// Errors: blocked: the product is more open, or a column says a lower classification, than what is
// read demands. A column that says nothing inherits.
Result<void> check_protected(const Contract& contract, const Product& product,
                             const Protection& demanded);

// Whether `port` may be made of these. Errors: blocked: it would be made of itself, or the chain
// would be longer than limits::derivation_depth_max.
struct Chain {
  std::vector<PortId> looked_at;  // whose derivations the answer rests on, those without one too
};
Result<Chain> check_acyclic(const Mesh& mesh, PortId port, const std::vector<SourceRead>& reads,
                            const SourcesOf& sources);

}  // namespace hansa
