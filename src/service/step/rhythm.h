// When a channel takes messages, as people write it. Pure.
#pragma once

#include "api/channel.h"
#include "base/result.h"
#include "model/channel.h"

namespace hansa::service {

// Errors: invalid: which member, and how it is written.
Result<Rhythm> rhythm_of(const api::RhythmView& view);
api::RhythmView rhythm_view(const Rhythm& rhythm);

// Whether a message of this type goes out at once whatever the channel's rhythm: something is wrong
// with data, it ends now, somebody is shut out, or waits for an answer.
bool is_urgent(std::string_view type);

}  // namespace hansa::service
