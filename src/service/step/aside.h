// Data that failed its checks, kept aside with its table: readers never meet it, and whoever may
// publish there looks at it, releases or drops it.
#pragma once

#include <string>
#include <vector>

#include "api/publish.h"
#include "model/held.h"
#include "service/authority/commit.h"
#include "service/step/gate.h"
#include "service/step/staged.h"
#include "world/world.h"

namespace hansa::service {

// Holds what `gate` refused, in one commit. Returns what whoever published is told: check_failed,
// and where the batch is, or that there was no room for it. Errors: as commit.
Error keep_aside(const Context& context, Live& live, World& world, const Target& target,
                 const std::vector<iceberg::DataFile>& files, const api::Publish& ask,
                 const Gate& gate);

// What a publish is told whose batch is held, or was dropped: nothing if it was neither.
Result<void> not_aside(const Target& target, std::string_view publish, Time now);

// The batch still fails: what failed of it this time is kept with it.
Result<void> note_again(const Context& context, Live& live, World& world, const Target& target,
                        const Gate& gate);

// Of a table noun: "quarantine.held" and the like, which only those who may publish there see.
Json held_details(std::string_view ref, const HeldBatch& batch);

}  // namespace hansa::service
