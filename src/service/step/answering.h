// What a consumer says to the notice of a version that ends, whichever way it comes.
#pragma once

#include <string>

#include "api/deprecation.h"
#include "service/authority/commit.h"

namespace hansa::service {

// What its migration becomes. `context` says who answers, and when. Errors: invalid.
Result<Migration> answered(const Context& context, Migration before, const Deprecation& deprecation,
                           const api::AnswerNotice& ask);

// Writes it: the answer with its event, that the version is needed if it is, and messages to whom
// it concerns. `via`: by which link; empty: signed in.
void add_answer(const Context& context, const View& view, const Port& port,
                const Deprecation& deprecation, Migration after, const std::string& via,
                Attempt& out);

}  // namespace hansa::service
