// Uploaded text on its way into a port: converted in a sealed worker, with what was refused kept.
#pragma once

#include <cstdint>

#include "api/publish.h"
#include "service/authority/context.h"
#include "service/authority/live.h"
#include "service/step/staged.h"
#include "world/world.h"

namespace hansa::service {

struct ConvertedText {
  std::uint64_t rows = 0;
  std::uint64_t rejected = 0;
};

// Where the rows of a publish lie: under the names of uploads, or of a dry run's.
Result<Location> rows_location(const Target& target, const api::Publish& ask, std::uint32_t file);

// Writes each uploaded text of a publish as Parquet to rows_location, and its report. Whoever calls
// it holds a turn of the publish: what an earlier try left is replaced. Errors: invalid: more
// records were refused than the ask accepts, naming the first; what a text as a whole is refused
// for. Nothing but reports is left then.
Result<ConvertedText> convert_text(const Context& context, const Live& live, World& world,
                                   const Target& target, const api::Publish& ask);
// The texts, or the rows of a dry run, are not needed any more. What cannot be removed is swept
// later.
void drop_text(World& world, const Target& target, const api::Publish& ask);
void drop_trial(World& world, const Target& target, const api::Publish& ask);

}  // namespace hansa::service
