// sql: one statement and its rows, or a conversation.
#pragma once

#include "api/query.h"
#include "door/cli/result.h"
#include "door/cli/session.h"
#include "door/cli/verb.h"

namespace hansa::cli {

// In the form that the ask says; JSON becomes what the settings say.
Done run_query(Session& session, Client& client, const api::RunQuery& ask, Destination& out);

// Statements from the person at the terminal, each ended by a semicolon, until Ctrl-D or \q.
Done talk_sql(Session& session, const Words& words);

}  // namespace hansa::cli
