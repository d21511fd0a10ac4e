// What goes with a notice to one reader alone. It is made when the notice is sent and kept nowhere:
// neither do links lie in the store, nor does the outbox keep a statement beyond its days.
#pragma once

#include <functional>
#include <vector>

#include "api/deprecation.h"
#include "service/authority/live.h"
#include "service/step/deliver.h"

namespace hansa::service {

// Statements of this principal on this version, as it may see them now (service/replay.h).
using OwnStatements = std::function<std::vector<api::ReplayedView>(
    PrincipalId, const std::string& ref, std::size_t max)>;

// Mail alone: the links, if links lead anywhere; the statements, where nobody but their reader
// reads the channel.
void enclose(const Live& live, const Post& post, const OwnStatements& statements,
             const NoticeChannel& channel, const store::Message& message, Letter& letter);

}  // namespace hansa::service
