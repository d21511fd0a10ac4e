// get events: what changed, once or for as long as somebody watches.
#pragma once

#include "base/json.h"
#include "door/cli/client.h"
#include "door/cli/session.h"
#include "door/cli/verb.h"

namespace hansa::cli {

// The changes of the last commits, or of those behind `after` if it is not empty, oldest first; at
// most `items_max`, and `more` tells whether there are others.
Outcome<Json::Array> list_of_events(Client& client, const std::string& after, std::size_t items_max,
                                    bool& more);

// Prints each change as it happens, one a line; for machines one JSON object a line. Goes on behind
// what it printed when the connection was lost. Ends with Ctrl-C, or when the token does.
Done watch_events(Session& session, const Words& words);

}  // namespace hansa::cli
